import type { Failure } from '../failure.ts'
import { nearest } from '../nearest.ts'
import { err, ok, type Result } from '../outcome.ts'
import type { Runbook } from '../runbook/runbook.ts'
import { parseArn } from './arn.ts'
import type { Request, ScopeWord } from './command.ts'
import { type Account, accountsMeant, accountWords, groupWords, type Inventory, nearestAccount } from './inventory.ts'
import { accountOfKey } from './key.ts'
import { globalRegion, PARTITIONS, type Partition, partitionOfRegion, regionsOf } from './regions.ts'
import { scopeWordText } from './scopeWords.ts'

/** Where a question without accounts is asked: the place's or the role's default, and how to say so. */
export type ScopeDefault = { readonly accounts: readonly ScopeWord[]; readonly words: string }

/** What was found out about keys whose id does not tell their account: the account, or null when AWS does not know it. */
export type KeyAccounts = { readonly [key: string]: string | null }

/** Where records will be read. The words say where each part came from, for the person. */
export type Scope = {
  readonly kind: 'scope'
  /** Account ids, sorted. */
  readonly accounts: readonly string[]
  readonly regions: 'enabled' | readonly string[]
  readonly words: { readonly accounts: string; readonly regions: string }
}

/** Something only AWS can tell: ask sts:GetAccessKeyInfo, add the answer to the hints and resolve again. */
export type Needs = { readonly kind: 'needs'; readonly needs: { readonly kind: 'key-account'; readonly key: string } }

/** Finds the accounts and Regions of a request: as typed, else as its key or ARN says, else the default. */
export function resolveScope(
  request: Request,
  runbook: Runbook,
  inventory: Inventory,
  defaults: ScopeDefault | undefined,
  hints: KeyAccounts = {},
): Result<Scope | Needs, Failure> {
  const chosen = chooseAccounts(request, runbook, inventory, defaults, hints)
  if (!chosen.ok) return chosen
  if (chosen.value.kind === 'needs') return ok(chosen.value)
  const { accounts, words } = chosen.value
  const partition = accounts[0]?.partition ?? 'aws'
  const stray = accounts.find((account) => account.partition !== partition)
  if (stray !== undefined) return err({ code: 'mixed_partitions', accounts: [accounts[0]?.id ?? '', stray.id] })
  const regions = chooseRegions(request, runbook, inventory, partition)
  if (!regions.ok) return regions
  return ok({
    kind: 'scope',
    accounts: [...new Set(accounts.map(({ id }) => id))].toSorted(),
    regions: regions.value.regions,
    words: { accounts: words, regions: regions.value.words },
  })
}

type Chosen = { readonly kind: 'chosen'; readonly accounts: readonly Account[]; readonly words: string }

function chooseAccounts(
  request: Request,
  runbook: Runbook,
  inventory: Inventory,
  defaults: ScopeDefault | undefined,
  hints: KeyAccounts,
): Result<Chosen | Needs, Failure> {
  if (request.accounts.length > 0) return meant(request.accounts, inventory, 'as asked')
  const owners = ownersOf(request, runbook, inventory, hints)
  if (owners.kind === 'needs') return ok(owners)
  if (owners.accounts.length > 0) return owned(owners, inventory)
  if (defaults !== undefined && defaults.accounts.length > 0) return meant(defaults.accounts, inventory, defaults.words)
  const [only, ...others] = inventory.accounts
  if (only !== undefined && others.length === 0)
    return ok({ kind: 'chosen', accounts: [only], words: 'the only account' })
  const names = inventory.accounts.slice(0, 3).map(({ name, id }) => name || id)
  return err({ code: 'no_account', hint: names.length === 0 ? 'account=111122223333' : `account=${names[0]}` })
}

function meant(words: readonly ScopeWord[], inventory: Inventory, source: string): Result<Chosen, Failure> {
  const accounts: Account[] = []
  for (const word of words) {
    const found = accountsMeant(word, inventory)
    if (found === undefined) return unknownAccount(scopeWordText(word), inventory, word.kind)
    accounts.push(...found)
  }
  return ok({ kind: 'chosen', accounts, words: source })
}

/** Units and groups that are named in a refusal. */
const KNOWN_NAMED = 12

function unknownAccount(input: string, inventory: Inventory, kind?: ScopeWord['kind']): Result<never, Failure> {
  const isGroup = kind === 'unit' || kind === 'group'
  const groups = isGroup ? groupWords(inventory) : []
  // Another account's id is no slip of the fingers, however like one of ours it is.
  if (kind === 'id') return err({ code: 'unknown_account', input, outside: [] })
  const near = (isGroup ? nearest(input, groups) : undefined) ?? nearestAccount(input, inventory)
  return err({
    code: 'unknown_account',
    input,
    ...(near !== undefined && { nearest: near }),
    ...(groups.length > 0 && { known: groups.slice(0, KNOWN_NAMED) }),
  })
}

type Owners = {
  readonly kind: 'owners'
  readonly accounts: readonly { readonly id: string; readonly of: string }[]
  readonly words: string
}

/** The accounts that the parameters themselves name: a key's owner, an ARN's account. */
function ownersOf(request: Request, runbook: Runbook, inventory: Inventory, hints: KeyAccounts): Owners | Needs {
  const accounts: { readonly id: string; readonly of: string }[] = []
  let words = ''
  for (const [name, value] of Object.entries(request.parameters)) {
    const isKey = runbook.parameters[name]?.type === 'accessKeyId'
    const known = isKey
      ? (accountOfKey(value) ?? hints[value])
      : (accountOfArn(value) ?? ourKeyAccount(value, inventory))
    if (isKey && known === undefined) return { kind: 'needs', needs: { kind: 'key-account', key: value } }
    if (known === undefined || known === null) continue
    accounts.push({ id: known, of: value })
    words = accountOfArn(value) === undefined ? 'from the key id' : 'from the ARN'
  }
  return { kind: 'owners', accounts, words }
}

/** A key that something was done to is most likely its own account's; another's key may have been handed out by one of ours. */
function ourKeyAccount(value: string, inventory: Inventory): string | undefined {
  const account = accountOfKey(value)
  return inventory.accounts.some(({ id }) => id === account) ? account : undefined
}

function accountOfArn(value: string): string | undefined {
  const account = parseArn(value)?.account ?? ''
  return /^\d{12}$/.test(account) ? account : undefined
}

function owned(owners: Owners, inventory: Inventory): Result<Chosen, Failure> {
  const accounts: Account[] = []
  for (const { id, of } of owners.accounts) {
    const account = inventory.accounts.find((candidate) => candidate.id === id)
    if (account === undefined) return err({ code: 'foreign_account', of, account: id })
    accounts.push(account)
  }
  return ok({ kind: 'chosen', accounts, words: owners.words })
}

type ChosenRegions = { readonly regions: 'enabled' | readonly string[]; readonly words: string }

function chooseRegions(
  request: Request,
  runbook: Runbook,
  inventory: Inventory,
  partition: Partition,
): Result<ChosenRegions, Failure> {
  if (request.regions !== undefined) return typedRegions(request.regions, inventory, partition)
  const fromArn = Object.values(request.parameters).flatMap((value) => parseArn(value)?.region || [])
  if (fromArn.length > 0) {
    const checked = typedRegions(fromArn, inventory, partition)
    return checked.ok ? ok({ ...checked.value, words: 'from the ARN' }) : checked
  }
  if (runbook.regions === 'enabled') return ok({ regions: 'enabled', words: 'every Region enabled' })
  if (runbook.regions === 'global')
    return ok({ regions: [globalRegion(partition)], words: 'where global services are recorded' })
  return ok({ regions: sorted(runbook.regions), words: 'as the runbook says' })
}

function typedRegions(
  typed: 'enabled' | readonly string[],
  inventory: Inventory,
  partition: Partition,
): Result<ChosenRegions, Failure> {
  if (typed === 'enabled') return ok({ regions: 'enabled', words: 'every Region enabled' })
  const names = typed.map((name) => (name === 'global' ? globalRegion(partition) : name))
  for (const name of names) {
    const known = [...regionsOf(partition), ...inventory.regions.filter((own) => partitionOfRegion(own) === partition)]
    if (known.includes(name)) continue
    const elsewhere = PARTITIONS.some((other) => other !== partition && regionsOf(other).includes(name))
    const near = elsewhere ? undefined : nearest(name, known)
    return err({ code: 'unknown_region', input: name, ...(near !== undefined && { nearest: near }), partition })
  }
  return ok({ regions: sorted(names), words: 'as asked' })
}

function sorted(names: readonly string[]): readonly string[] {
  return [...new Set(names)].toSorted()
}

/** Accounts by name and id with where they came from: `prod-payments (111122223333), from the key id`. */
export function scopeAccountWords(scope: Scope, inventory: Inventory): string {
  const shown = scope.accounts.slice(0, 3).map((id) => accountWords(id, inventory))
  const more = scope.accounts.length - shown.length
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}, ${scope.words.accounts}`
}
