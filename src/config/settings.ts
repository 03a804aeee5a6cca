import ipaddr from 'ipaddr.js'
import type { z } from 'zod'
import { digestOf } from '../domain/canonical.ts'
import { err, ok, type Result } from '../domain/outcome.ts'
import type { Policy, Role } from '../domain/policy/policy.ts'
import { rank } from '../domain/policy/tier.ts'
import type { ScopeWord } from '../domain/request/command.ts'
import { type Account, accountsMeant, type Inventory, nearestAccount } from '../domain/request/inventory.ts'
import { scopeWord } from '../domain/request/scopeWords.ts'
import { parseDuration } from '../domain/runbook/duration.ts'
import type { Problem } from '../domain/runbook/runbook.ts'
import { suggestion } from '../domain/runbook/suggest.ts'
import { type Path, type Report, readYaml, reporter } from '../domain/runbook/yaml.ts'
import { approvalsOf, personOf } from './approvals.ts'
import { knownSettings, type RawRole, type RawSettings, rawSettings } from './schema.ts'

/** What ctq.yml says, complete and checked. Times are seconds unless a name says otherwise. */
export type Settings = {
  readonly policy: Policy
  /** With `organizations`, the listed accounts only add to what AWS says (`mergeInventory`). */
  readonly inventory: Inventory & { readonly from: 'list' | 'organizations' }
  readonly aws: { readonly readerRole: string; readonly homeRegion: string; readonly paceMs: number }
  readonly grants: { readonly minutes: number; readonly renewFor: number; readonly deliverWithin: number }
  readonly limits: { readonly rows: number }
  /** An address or range, and what people call it. */
  readonly addresses: readonly { readonly range: string; readonly label: string }[]
}

/** For a group whose members are checked before they are put in. */
const AT_ONCE = '0m'

/** Longest ctq.yml: ten thousand accounts fit. */
const LONGEST_TEXT = 4 * 1024 * 1024

/** Reads ctq.yml: everything wrong at once, each with its line and column. Pure; never throws. */
export function parseSettings(text: string, file: string): Result<Settings, readonly Problem[]> {
  const source = readYaml(text, file, LONGEST_TEXT)
  if (source.problems.length > 0) return err(source.problems)
  const { report, problems } = reporter(source, file)
  const shaped = rawSettings.safeParse(source.value, { reportInput: true })
  if (!shaped.success) for (const issue of shaped.error.issues) reportIssue(issue, report)
  if (!shaped.success) return err(sorted(problems))
  const settings = settingsOf(shaped.data, report)
  return problems.length > 0 ? err(sorted(problems)) : ok(settings)
}

function sorted(problems: readonly Problem[]): readonly Problem[] {
  return problems.toSorted((a, b) => a.line - b.line || a.column - b.column)
}

function reportIssue(issue: z.core.$ZodIssue, report: Report): void {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)))
  const name = path.length === 0 ? 'The file' : path.join('.')
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys)
      report([...path, key], `${key} is not known here.`, {
        suggestion: suggestion(key, knownSettings(path)),
        on: 'key',
      })
  } else if (issue.input === undefined && issue.code !== 'custom') report(path, `${name} is missing.`)
  else if (issue.code === 'invalid_value')
    report(path, `${name} is not ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}.`)
  else if (issue.code === 'invalid_key')
    report(path, `${name}: ${issue.issues[0]?.message ?? issue.message}.`, { on: 'key' })
  else report(path, `${name}: ${issue.message}.`)
}

function settingsOf(raw: RawSettings, report: Report): Settings {
  const inventory = { ...raw.inventory }
  checkAccounts(inventory.accounts, report)
  const length = (text: string, path: Path) => lengthOf(text, path, report)
  const resolve = (texts: readonly string[], path: Path) => accountWords(texts, path, inventory, report)
  return {
    policy: policyOf(raw, length, resolve, report),
    inventory,
    aws: raw.aws,
    grants: {
      minutes: raw.grants.minutes,
      renewFor: length(raw.grants.renewFor, ['grants', 'renewFor']),
      deliverWithin: length(raw.grants.deliverWithin, ['grants', 'deliverWithin']),
    },
    limits: raw.limits,
    addresses: Object.entries(raw.addresses).map(([range, label]) => ({ range: rangeOf(range, report), label })),
  }
}

function checkAccounts(accounts: readonly Account[], report: Report): void {
  for (const [index, account] of accounts.entries())
    for (const key of ['id', 'name'] as const) {
      const first = accounts.findIndex((other) => other[key].toLowerCase() === account[key].toLowerCase())
      if (first < index) report(['inventory', 'accounts', index, key], `${account[key]} is listed twice.`)
    }
}

function lengthOf(text: string, path: Path, report: Report): number {
  const seconds = parseDuration(text)
  if (seconds === undefined)
    report(path, `${text} is no length of time.`, { suggestion: 'A number and m, h, d or w, such as 24h or 7d.' })
  return seconds ?? 0
}

/** An account word that means nothing would silently allow less than was meant: it is refused where the list is known. */
function accountWords(
  texts: readonly string[],
  path: Path,
  inventory: Inventory & { readonly from: string },
  report: Report,
): readonly ScopeWord[] {
  return texts.map((text, index) => {
    const word: ScopeWord = text === '*' ? { kind: 'all' } : scopeWord(text)
    if (inventory.from === 'list' && word.kind !== 'all' && accountsMeant(word, inventory) === undefined) {
      const near = nearestAccount(text, inventory)
      report([...path, index], `${text} is no account, group or unit of the inventory.`, {
        ...(near !== undefined && { suggestion: `Did you mean ${near}?` }),
      })
    }
    return word
  })
}

function rangeOf(text: string, report: Report): string {
  if (!ipaddr.isValid(text) && !ipaddr.isValidCIDR(text))
    report(['addresses', text], `${text} is no address or range such as 203.0.113.0/24.`, { on: 'key' })
  return text
}

type ReadLength = (text: string, path: Path) => number
type Resolve = (texts: readonly string[], path: Path) => readonly ScopeWord[]

function policyOf(raw: RawSettings, length: ReadLength, resolve: Resolve, report: Report): Policy {
  const rules = {
    roles: Object.entries(raw.roles).map(([name, role]) => roleOf(name, role, length, resolve, report)),
    deny: { ...raw.deny, persons: raw.deny.persons.map(personOf) },
    places: Object.entries(raw.places).map(([channel, { answers, accounts }]) => ({
      channel,
      answers,
      accounts: resolve(accounts, ['places', channel, 'accounts']),
    })),
    emails: raw.matchEmails,
    ...approvalsOf(raw, { length, resolve, report }),
    settleFor:
      raw.membership.countsAfter === AT_ONCE ? 0 : length(raw.membership.countsAfter, ['membership', 'countsAfter']),
    announceIn: raw.changes.announceIn,
    ...answersOf(raw, length),
    ...investigationsOf(raw, length, report),
    raise: raw.raise.map((one, index) => ({ ...one, accounts: resolve(one.accounts, ['raise', index, 'accounts']) })),
  }
  const { contact } = raw
  return { ...rules, digest: digestOf(rules), ...(contact === undefined ? {} : { contact }) }
}

/** Whoever looks for open ones looks at two days (investigationLog.ts). */
const LONGEST_S = 86_400

function investigationsOf(
  { investigations }: RawSettings,
  length: ReadLength,
  report: Report,
): Pick<Policy, 'investigations'> {
  if (investigations === undefined) return {}
  const at: Path = ['investigations']
  const longest = length(investigations.longest, [...at, 'longest'])
  if (longest > LONGEST_S)
    report([...at, 'longest'], `${investigations.longest} is too long: an investigation is open for a day at most.`)
  return { investigations: { longest, window: length(investigations.window, [...at, 'window']) } }
}

/** Absent where nothing is said, so that a policy without it is the same policy as before. */
function answersOf({ answers }: RawSettings, length: ReadLength): Pick<Policy, 'answers'> {
  const said = Object.entries(answers).map(([tier, { csv, keep, revoked }]) => [
    tier,
    {
      csv,
      ...(keep === undefined ? {} : { keep: length(keep, ['answers', tier, 'keep']) }),
      ...(revoked === undefined ? {} : { revoked }),
    },
  ])
  return said.length === 0 ? {} : { answers: Object.fromEntries(said) }
}

function roleOf(name: string, raw: RawRole, length: ReadLength, resolve: Resolve, report: Report): Role {
  const { persons, groups, emails, onCall, ceiling = raw.tier, ...rest } = raw
  const at: Path = ['roles', name]
  if (rank(ceiling) < rank(raw.tier))
    report([...at, 'ceiling'], `The ceiling ${ceiling} is below the tier ${raw.tier}.`)
  return {
    ...rest,
    name,
    ceiling,
    members: { persons: persons.map(personOf), groups, emails, onCall },
    accounts: resolve(raw.accounts, [...at, 'accounts']),
    window: length(raw.window, [...at, 'window']),
    defaultAccounts: resolve(raw.defaultAccounts, [...at, 'defaultAccounts']),
  }
}
