import type { Person, PersonFacts, PlaceFacts } from '../domain/policy/person.ts'
import type { Policy } from '../domain/policy/policy.ts'
import { defaultScope, personChecks } from '../domain/policy/roles.ts'
import type { Request } from '../domain/request/command.ts'
import { durationWords } from '../domain/request/duration.ts'
import { echo } from '../domain/request/echo.ts'
import { accountWords, type Inventory } from '../domain/request/inventory.ts'
import { resolveScope, type Scope } from '../domain/request/scope.ts'
import { joined, type Phrase, say, value } from '../domain/result/phrase.ts'
import type { Library, Runbook } from '../domain/runbook/runbook.ts'

/**
 * How a question is repeated to the asker: as it can be typed again, what was chosen for them where they said nothing, and how something
 * ambiguous was read.
 */
export type Said = { readonly words: string; readonly chosen: readonly Phrase[]; readonly notes: readonly string[] }

/** What was understood, and notes on how: a question, or something else that is asked for, in words. */
export type Understood = { readonly notes: readonly string[] } & (
  | { readonly request: Request }
  | { readonly words: string }
)

export type SaidDeps = {
  readonly library: Library
  readonly policy: Policy
  readonly inventory: () => Inventory
  readonly personFacts: (person: Person) => Promise<PersonFacts>
  readonly placeFacts: (
    place: { readonly channel: string; readonly thread?: string },
    person: Person,
  ) => Promise<PlaceFacts>
}

type Asked = { readonly person: Person; readonly channel: string; readonly thread?: string }

/** Repeats a question with the accounts and the window that will be asked, where none were named. Asks Slack only if accounts were not. */
export async function saidOf(understood: Understood, asked: Asked, deps: SaidDeps): Promise<Said> {
  const { notes } = understood
  if (!('request' in understood)) return { words: understood.words, chosen: [], notes }
  const { request } = understood
  const runbook = deps.library.find(request.runbook)
  if (runbook === undefined) return { words: echo(request), chosen: [], notes }
  const accounts = request.accounts.length > 0 ? [] : await chosenAccounts(request, runbook, asked, deps)
  const window = request.span === undefined ? [say`last ${durationWords(runbook.window.default)}, the default`] : []
  return { words: echo(request), chosen: [...accounts, ...window], notes }
}

/**
 * The accounts that the key or ARN, or the place or role, stands for. Nothing when it cannot be told without AWS, or Slack does not say: the
 * run waits for them and shows its accounts before it reads. Whoever may not ask hears no account's name.
 */
async function chosenAccounts(
  request: Request,
  runbook: Runbook,
  { person, channel, thread }: Asked,
  deps: SaidDeps,
): Promise<readonly Phrase[]> {
  const place = { channel, ...(thread === undefined ? {} : { thread }) }
  const facts = await Promise.all([deps.personFacts(person), deps.placeFacts(place, person)]).catch(() => undefined)
  if (facts === undefined || !personChecks(facts[0], deps.policy).every(({ passed }) => passed)) return []
  const inventory = deps.inventory()
  const resolved = resolveScope(request, runbook, inventory, defaultScope(...facts, deps.policy))
  if (!resolved.ok || resolved.value.kind !== 'scope') return []
  return [accountsPhrase(resolved.value, inventory)]
}

/** Accounts named one by one. */
const NAMED = 3

function accountsPhrase({ accounts, words }: Scope, inventory: Inventory): Phrase {
  const named = accounts.slice(0, NAMED).map((id) => say`${value(accountWords(id, inventory))}`)
  const more = accounts.length - named.length
  return say`${joined(named, ', ')}${more > 0 ? ` and ${more} more` : ''}, ${words.accounts}`
}
