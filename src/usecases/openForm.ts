import { mayRun } from '../domain/policy/mayRun.ts'
import type { Person, PersonFacts, PlaceFacts } from '../domain/policy/person.ts'
import type { Policy, Role } from '../domain/policy/policy.ts'
import { personChecks, rolesOf } from '../domain/policy/roles.ts'
import { accountsOf } from '../domain/policy/weigh.ts'
import { type Entity, entitiesIn } from '../domain/request/entities.ts'
import {
  type AccountChoice,
  emptyForm,
  type Filled,
  type Form,
  type FormMemory,
  filledFrom,
  filledFromWords,
  runbookOfWords,
} from '../domain/request/form.ts'
import { type Account, accountWords, type Inventory } from '../domain/request/inventory.ts'
import { offersFor } from '../domain/request/offers.ts'
import { regionsOf } from '../domain/request/regions.ts'
import { scopeWordText } from '../domain/request/scopeWords.ts'
import type { Library, Runbook } from '../domain/runbook/runbook.ts'

export type FormDeps = {
  readonly library: Library
  readonly policy: Policy
  readonly inventory: () => Inventory
  readonly now: () => Date
  readonly personFacts: (person: Person) => Promise<PersonFacts>
  readonly placeFacts: (
    place: { readonly channel: string; readonly thread?: string },
    person: Person,
  ) => Promise<PlaceFacts>
  readonly directChannel: (user: string) => Promise<string>
}

/** Who wants the form and from where. Without a place the answer goes directly, unless another is chosen in the form. */
export type FormWanted = {
  readonly person: Person
  readonly place?: { readonly channel: string; readonly thread?: string }
  /** What was typed so far: ctq's own words, or what Slack's escapes were taken off of. */
  readonly words?: string
  /** The text of the message that it was opened under. */
  readonly message?: string
}

/** The form for one person, in one place: only what they may ask there, with what was typed or found filled in. */
export async function openForm(wanted: FormWanted, deps: FormDeps): Promise<Form> {
  const place = wanted.place ?? { channel: await deps.directChannel(wanted.person.user) }
  const memory = { ...place, choosesPlace: wanted.place === undefined, turn: 0, offers: [], found: [] }
  const { person, choices } = await choicesFor(wanted.person, memory, deps)
  const context = {
    now: deps.now(),
    timeZone: person.timeZone,
    inventory: deps.inventory(),
    origin: 'terminal',
  } as const
  const mine = among(choices.runbooks)
  if (wanted.message === undefined) {
    const filled = wanted.words === undefined ? undefined : filledFromWords(wanted.words, mine, context)
    return { ...choices, memory, filled: filled ?? emptyForm(mine.find(wanted.words ?? '')?.name) }
  }
  const entities = entitiesIn(wanted.message, context.now, person.timeZone)
  const offers = offersFor(entities, mine, context.now)
  const [first] = offers
  return {
    ...choices,
    memory: {
      ...memory,
      offers: offers.map(({ text }) => text),
      ...(first === undefined ? {} : { offer: 0 }),
      found: distinct(entities),
    },
    filled: first === undefined ? emptyForm() : filledFrom(first.request),
  }
}

/** What is in the form, and what was chosen in it just now. */
export type FormChange = {
  readonly person: Person
  readonly filled: Filled
  readonly memory: FormMemory
  /** One of the questions that fit, by its place among them: it replaces everything. */
  readonly offer?: number
}

/** The form after something in it was chosen: the fields of another runbook, or another question that fits. */
export async function changeForm(change: FormChange, deps: FormDeps): Promise<Form> {
  const { memory, filled, offer } = change
  const { person, choices } = await choicesFor(change.person, memory, deps)
  const words = offer === undefined ? undefined : memory.offers[offer]
  if (words === undefined) return { ...choices, memory: stillOffered(memory, filled), filled }
  const context = {
    now: deps.now(),
    timeZone: person.timeZone,
    inventory: deps.inventory(),
    origin: 'terminal',
  } as const
  const chosen = filledFromWords(words, among(choices.runbooks), context)
  if (chosen === undefined || offer === undefined) return { ...choices, memory, filled }
  return { ...choices, memory: { ...memory, offer, turn: memory.turn + 1 }, filled: chosen }
}

/** Another runbook is another question than the one that was offered. */
function stillOffered(memory: FormMemory, { runbook }: Filled): FormMemory {
  const { offer, ...rest } = memory
  const offered = offer === undefined ? undefined : memory.offers[offer]
  return offered === undefined || runbookOfWords(offered) === runbook ? memory : rest
}

type Choices = Pick<Form, 'runbooks' | 'accounts' | 'regions'>

async function choicesFor(
  who: Person,
  memory: FormMemory,
  deps: FormDeps,
): Promise<{ readonly person: PersonFacts; readonly choices: Choices }> {
  const { channel, thread, choosesPlace } = memory
  const place = { channel, ...(thread === undefined ? {} : { thread }) }
  const [person, at] = await Promise.all([deps.personFacts(who), deps.placeFacts(place, who)])
  // Where the place is chosen in the form itself, it is not known yet which roles reach there.
  const policy = choosesPlace ? { ...deps.policy, roles: deps.policy.roles.map(everywhere) } : deps.policy
  const known = personChecks(person, policy).every(({ passed }) => passed)
  const inventory = deps.inventory()
  const runbooks = known ? mayRun(person, at, deps.library, inventory, policy).map(({ runbook }) => runbook) : []
  const accounts = known ? reachable(rolesOf(person, policy), inventory) : []
  return {
    person,
    choices: { runbooks, accounts: accountChoices(accounts), regions: regionNames(accounts, inventory) },
  }
}

function everywhere(role: Role): Role {
  return { ...role, places: ['*'] }
}

function among(runbooks: readonly Runbook[]): Library {
  const find = (word: string): Runbook | undefined => {
    const wanted = word.trim().toLowerCase()
    return runbooks.find(({ name, aliases }) => [name, ...aliases].some((one) => one.toLowerCase() === wanted))
  }
  return { all: runbooks, find }
}

function reachable(roles: readonly Role[], inventory: Inventory): readonly Account[] {
  const ids = new Set(roles.flatMap((role) => [...accountsOf(role, inventory)]))
  return inventory.accounts.filter(({ id, closed }) => ids.has(id) && !closed)
}

/** Every one of them, groups, then single accounts by name. */
function accountChoices(accounts: readonly Account[]): readonly AccountChoice[] {
  const groups = [...new Set(accounts.flatMap(({ groups: own }) => own))].toSorted()
  const single = accounts.map(({ id }) => ({ word: id, label: accountWords(id, { accounts, regions: [] }) }))
  const all = accounts.length > 1 ? [{ word: 'all', label: `Every account (${accounts.length})` }] : []
  return [
    ...all,
    ...groups.map((name) => ({ word: scopeWordText({ kind: 'group', name }), label: `@${name}` })),
    ...single.toSorted((a, b) => (a.label < b.label ? -1 : 1)),
  ]
}

function regionNames(accounts: readonly Account[], { regions }: Inventory): readonly string[] {
  const partitions = [...new Set(accounts.map(({ partition }) => partition))]
  return [...new Set([...partitions.flatMap(regionsOf), ...regions])]
}

/** The accounts among the choices that fit what is typed: by name or id, in any case. */
export async function findAccounts(
  person: Person,
  memory: FormMemory,
  typed: string,
  deps: FormDeps,
): Promise<readonly AccountChoice[]> {
  const { choices } = await choicesFor(person, memory, deps)
  const wanted = typed.trim().toLowerCase()
  return choices.accounts.filter(({ word, label }) => `${label} ${word}`.toLowerCase().includes(wanted))
}

function distinct(entities: readonly Entity[]): readonly string[] {
  return [...new Set(entities.map(({ text }) => text))]
}
