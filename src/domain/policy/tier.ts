import { memberQuestions } from '../playbook/playbook.ts'
import type { Parameters, Query } from '../query/query.ts'
import { durationWords } from '../request/duration.ts'
import { type Inventory, idsMeant } from '../request/inventory.ts'
import type { Runbook } from '../runbook/runbook.ts'
import { TIERS, type Tier } from './person.ts'
import type { Policy, Raise } from './policy.ts'
import { type Reading, readingOf } from './reading.ts'

/** How sensitive a question is, and why, in words for the asker. */
export type Tiered = { readonly tier: Tier; readonly reason: string }

/** An open search is measured in account-days, each category of events by itself: up to one it is open, up to seven duty, beyond that elevated. */
const OPEN_ACCOUNT_DAYS = 1
const DUTY_ACCOUNT_DAYS = 7

/**
 * The tier follows what is read. The runbook's own tier and the policy can only raise it.
 */
export function tierOf(query: Query, runbook: Runbook, all: readonly Raise[], inventory: Inventory): Tiered {
  const floors: readonly Tiered[] = [
    { tier: runbook.tier, reason: `${runbook.name} is always one` },
    ...all
      .filter((raise) => applies(raise, query, runbook, inventory))
      .map(({ tier }) => ({ tier, reason: 'it is one here' })),
  ]
  return floors.reduce(
    (highest, floor) => (rank(floor.tier) > rank(highest.tier) ? floor : highest),
    tierOfReading(readingOf(query, runbook)),
  )
}

/** Whether a question is one that a role, by its name, allows without anybody's approval, as far as its tier goes. */
export function isAlone(
  query: Query,
  role: string,
  runbook: Runbook,
  { roles, raise }: Pick<Policy, 'roles' | 'raise'>,
  inventory: Inventory,
): boolean {
  const highest = roles.find(({ name }) => name === role)?.tier
  return highest !== undefined && rank(tierOf(query, runbook, raise, inventory).tier) <= rank(highest)
}

/** Where a tier stands, lowest first. */
export function rank(tier: Tier): number {
  return TIERS.indexOf(tier)
}

/** The lower of two tiers. */
export function lowerTier(a: Tier, b: Tier): Tier {
  return rank(a) <= rank(b) ? a : b
}

/**
 * The tier of what is read. One named key, session or thing is at most duty at any window; an open search rises with window ×
 * accounts × categories. A store of secrets rises one step. Raw records, and events other than management events, rise one step each
 * and are never below elevated.
 */
export function tierOfReading(reading: Reading): Tiered {
  const { window, accounts, categories } = reading
  const days = (window / 86_400) * accounts * Math.max(1, categories.length)
  const over = `over ${durationWords(window)}${accountsWords(accounts)}`
  const base: Tiered =
    reading.named === undefined
      ? { tier: scanTier(days), reason: `an open search ${over}` }
      : { tier: days <= OPEN_ACCOUNT_DAYS ? 'open' : 'duty', reason: `one named ${reading.named} ${over}` }
  return STEPS.filter(({ when }) => when(reading)).reduce(risen, base)
}

type Step = { readonly when: (reading: Reading) => boolean; readonly words: string; readonly least: Tier }

const STEPS: readonly Step[] = [
  { when: ({ secrets }) => secrets, words: 'of a store of secrets', least: 'open' },
  {
    when: ({ categories }) => categories.some((category) => category !== 'management'),
    words: 'of data events',
    least: 'elevated',
  },
  { when: ({ raw }) => raw, words: 'of raw records', least: 'elevated' },
]

function risen({ tier, reason }: Tiered, { words, least }: Step): Tiered {
  const next = TIERS[rank(tier) + 1] ?? 'sensitive'
  return { tier: rank(next) < rank(least) ? least : next, reason: `${reason}, ${words}` }
}

function accountsWords(count: number): string {
  return count === 1 ? '' : ` in ${count} accounts`
}

function scanTier(days: number): Tier {
  if (days <= OPEN_ACCOUNT_DAYS) return 'open'
  return days <= DUTY_ACCOUNT_DAYS ? 'duty' : 'elevated'
}

function applies(raise: Raise, query: Query, runbook: Runbook, inventory: Inventory): boolean {
  if (!raises(raise, runbook, query.parameters)) return false
  const raised = idsMeant(raise.accounts, inventory)
  return query.accounts.some((account) => raised.has(account))
}

/** Whether a raise is of a runbook, or of one that a playbook asks with these values: asked together, a question is no less than asked alone. */
function raises({ runbooks }: Raise, runbook: Runbook, parameters: Parameters): boolean {
  const asked = runbook.playbook === undefined ? [] : memberQuestions(runbook.playbook, parameters)
  return [{ runbook }, ...asked].some((one) => selectsRunbook(runbooks, one.runbook))
}

/** The lowest tier that any question with a runbook can have in an account: a playbook asks some of its members whatever it is given. */
export function leastTier(runbook: Runbook, account: string, all: readonly Raise[], inventory: Inventory): Tier {
  const raised = all.filter((raise) => raises(raise, runbook, {}) && idsMeant(raise.accounts, inventory).has(account))
  return raised.reduce<Tier>((least, { tier }) => (rank(tier) > rank(least) ? tier : least), runbook.tier)
}

/** True when one of the selectors (`*`, `tag:…`, a name) is for the runbook. */
export function selectsRunbook(selectors: readonly string[], runbook: Runbook): boolean {
  return selectors.some(
    (selector) =>
      selector === '*' ||
      selector === runbook.name ||
      (selector.startsWith('tag:') && runbook.tags.includes(selector.slice('tag:'.length))),
  )
}
