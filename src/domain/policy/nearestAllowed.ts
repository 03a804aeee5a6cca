import type { Query } from '../query/query.ts'
import { durationWords } from '../request/duration.ts'
import { accountsMeant, accountWords } from '../request/inventory.ts'
import { START_WITHIN_S, windowLength } from '../request/toQuery.ts'
import { quote } from '../request/words.ts'
import type { Runbook } from '../runbook/runbook.ts'
import type { Policy, Role } from './policy.ts'
import { rolesOf } from './roles.ts'
import type { Ask } from './weigh.ts'

/** Windows that people ask for, longest first, seconds. */
const WINDOWS_S = [90, 30, 14, 7, 3, 1, 0.5, 0.25].map((days) => days * 86_400).concat(3600)

/** So many accounts are tried by themselves. */
const SINGLES = 10

type Narrowed<T> = { readonly value: T; readonly words: string }

/** A question that is allowed: as a phrase, and as what to type, where that is short enough. */
export type Nearest = { readonly nearest: string; readonly type?: string }

/** Longer questions nobody copies from a refusal. */
const TYPED_MAX = 300

/**
 * The question nearest to a refused one that is allowed: the same over less time, then in fewer accounts or Regions, then another runbook with
 * a tag in common. Each is decided before it is named.
 */
export function nearestAllowed(ask: Ask, policy: Policy, isAllowed: (ask: Ask) => boolean): Nearest | undefined {
  const roles = rolesOf(ask.person, policy)
  for (const regions of narrowedRegions(ask, roles))
    for (const accounts of narrowedAccounts(ask, roles))
      for (const window of narrowedWindows(ask.query)) {
        const query = { ...ask.query, regions: regions.value, accounts: accounts.value, window: window.value }
        if (!isAllowed({ ...ask, query })) continue
        const typed = typedWords({ ...ask, query })
        return {
          nearest: `the same${window.words}${accounts.words}${regions.words}`,
          ...(typed.length <= TYPED_MAX && { type: typed }),
        }
      }
  const another = anotherRunbook(ask, isAllowed)
  return another === undefined ? undefined : { nearest: another }
}

/** A question as it is typed, with everything that its defaults might say otherwise. */
function typedWords({ query, runbook, inventory }: Ask): string {
  const { window, regions } = query
  const names = query.accounts.map((id) => inventory.accounts.find((account) => account.id === id)?.name || id)
  const isDefault = regions === 'enabled' && runbook.regions === 'enabled'
  return [
    runbook.name,
    ...Object.entries(query.parameters).map(([name, value]) => `${name}=${quote(value)}`),
    typeof window.until === 'string'
      ? `since ${window.since} until ${window.until}`
      : `last ${durationWords(windowLength(query))}`,
    `account=${names.map(quote).join(',')}`,
    ...(isDefault ? [] : [`region=${regions === 'enabled' ? 'all' : regions.join(',')}`]),
  ].join(' ')
}

function narrowedWindows(query: Query): readonly Narrowed<Query['window']>[] {
  const asked = windowLength(query)
  const shorter = WINDOWS_S.filter((length) => length < asked)
  return [
    { value: query.window, words: '' },
    ...shorter.map((length) => ({ value: shortened(query, length), words: ` over ${durationWords(length)} or less` })),
  ]
}

/** The newest part of a window. */
function shortened({ window }: Query, length: number): Query['window'] {
  const { until } = window
  const end = typeof until === 'string' ? Date.parse(until) : Date.parse(until.notAfter) - START_WITHIN_S * 1000
  return { until, since: `${new Date(end - length * 1000).toISOString().slice(0, 19)}Z` }
}

function narrowedAccounts({ query, inventory }: Ask, roles: readonly Role[]): readonly Narrowed<readonly string[]>[] {
  const reachable = roles.map((role) => {
    const ids = role.accounts.flatMap((word) => accountsMeant(word, inventory) ?? []).map(({ id }) => id)
    return query.accounts.filter((account) => ids.includes(account))
  })
  const fewer = reachable.flatMap((some) => [some, ...some.slice(0, SINGLES).map((account) => [account])])
  const sets = fewer.filter((some) => some.length > 0 && some.length < query.accounts.length)
  return [
    { value: query.accounts, words: '' },
    ...sets.map((value) => ({ value, words: ` in ${namesOf(value, inventory)}` })),
  ]
}

function namesOf(accounts: readonly string[], inventory: Ask['inventory']): string {
  const shown = accounts.slice(0, 3).map((account) => accountWords(account, inventory))
  return `${shown.join(', ')}${accounts.length > shown.length ? ` and ${accounts.length - shown.length} more` : ''}`
}

function narrowedRegions({ query }: Ask, roles: readonly Role[]): readonly Narrowed<Query['regions']>[] {
  const fewer = roles
    .filter((role) => !role.regions.includes('*'))
    .map((role) =>
      query.regions === 'enabled' ? role.regions : query.regions.filter((name) => role.regions.includes(name)),
    )
    .filter((names) => names.length > 0)
  return [
    { value: query.regions, words: '' },
    ...fewer.map((value) => ({ value, words: ` with region=${value.join(',')}` })),
  ]
}

function anotherRunbook(ask: Ask, isAllowed: (ask: Ask) => boolean): string | undefined {
  const others = (ask.library?.all ?? []).filter((runbook) => runbook.name !== ask.runbook.name)
  const kin = others.filter((runbook) => runbook.tags.some((tag) => ask.runbook.tags.includes(tag)))
  return kin.find((runbook) => isAllowed({ ...ask, runbook, query: withDefaults(ask.query, runbook) }))?.name
}

/** Another runbook as it would be asked with nothing but its name, where this one was asked. */
function withDefaults(query: Query, runbook: Runbook): Query {
  const asked = { ...query, runbook: { name: runbook.name, digest: runbook.digest }, parameters: {} }
  return { ...asked, window: shortened(query, runbook.window.default) }
}
