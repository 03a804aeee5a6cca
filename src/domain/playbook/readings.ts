import { impliedBy, type LookupKey, type Selection } from '../query/pushdown.ts'
import type { Match, Runbook } from '../runbook/runbook.ts'

/** A question among several that are to be read together: its match is bound. */
export type Member = { readonly name: string; readonly match: Match; readonly regions: Runbook['regions'] }

/** One thing to ask of CloudTrail, and the questions that are answered by it, with others or alone. */
export type Reading = {
  /** Undefined: everything in the window. */
  readonly attribute: { readonly key: LookupKey; readonly value: string } | undefined
  readonly regions: Runbook['regions']
  readonly members: readonly string[]
}

/**
 * About how many requests a day of one Region takes, for choosing between readings and for nothing else: an indexed value mostly has one page, a
 * service some, the changes of a day more, everything the most.
 */
const COST: { readonly [key in LookupKey]: number } = {
  EventId: 1,
  AccessKeyId: 2,
  ResourceName: 2,
  Username: 4,
  EventName: 2,
  EventSource: 12,
  ReadOnly: 24,
}
const COST_OF_READS = 200
const COST_OF_ALL = 240
/** Regions that a question of every Region is asked in, about. */
const REGIONS = 17

/** One way to answer a question: every one of these must be read. */
type Way = readonly Wanted[]
type Wanted = { readonly key: LookupKey | 'all'; readonly value: string; readonly regions: Runbook['regions'] }

/**
 * What several questions need read, each thing once: every record that one of them matches is in one of its readings. The cheapest for all of them
 * together, as far as one-by-one changes find it; the same for the same questions in any order of their clauses. Indexed readings come first.
 */
export function readingsFor(members: readonly Member[]): readonly Reading[] {
  const ways = members.map(waysOf)
  const chosen = cheapest(ways)
  const found = new Map<string, { readonly wanted: Wanted; readonly members: string[] }>()
  for (const [index, member] of members.entries())
    for (const wanted of chosen[index] ?? []) {
      const known = found.get(nameOf(wanted)) ?? { wanted, members: [] }
      known.members.push(member.name)
      found.set(nameOf(wanted), known)
    }
  return [...found.values()]
    .sort(
      (a, b) =>
        Number(isRead(a.wanted)) - Number(isRead(b.wanted)) ||
        costOf(a.wanted) - costOf(b.wanted) ||
        (nameOf(a.wanted) < nameOf(b.wanted) ? -1 : 1),
    )
    .map(({ wanted, members: fed }) => ({
      attribute: wanted.key === 'all' ? undefined : { key: wanted.key, value: wanted.value },
      regions: wanted.regions,
      members: fed,
    }))
}

/** What programs read all day long comes last: it must not take the time of what was changed. */
function isRead({ key, value }: Wanted): boolean {
  return key === 'EventName' && /^(?:AssumeRole|BatchGet|Decrypt|Describe|Generate|Get|Head|List)/.test(value)
}

/** Every way in which LookupEvents can be asked for all that a question is about. */
function waysOf({ match, regions }: Member): readonly Way[] {
  const implied = [...impliedBy(match), ...(isAboutChanges(match) ? [CHANGES] : [])]
  const ways = implied
    .filter(({ values }) => values.length > 0 && values.every(isSendable))
    .map(({ key, values }) => values.map((value) => ({ key, value, regions })))
  const mixed = implied.flatMap(({ key, values }) => (key === 'EventName' ? changesAndNames(values, regions) : []))
  // Where another question has the same thing read in every Region, one of a few Regions has it for nothing.
  const wide =
    regions === 'enabled'
      ? []
      : [...ways, ...mixed].map((way) => way.map((one) => ({ ...one, regions: 'enabled' as const })))
  return [...ways, ...mixed, ...wide, [{ key: 'all', value: '', regions }]]
}

/** Names of which most change something: these among the changes, the others by themselves. */
function changesAndNames(names: readonly string[], regions: Wanted['regions']): readonly Way[] {
  const others = names.filter((name) => !CHANGING.test(name))
  if (others.length === 0 || others.length === names.length || !others.every(isSendable)) return []
  return [
    [
      { key: 'ReadOnly', value: 'false', regions },
      ...others.map((value) => ({ key: 'EventName', value, regions }) as const),
    ],
  ]
}

/** Whether LookupEvents can be asked for what a question is about, without everything else. */
export function isSelectable(match: Match): boolean {
  return waysOf({ name: '', match, regions: 'enabled' }).length > 1
}

const CHANGES: Selection = { key: 'ReadOnly', values: ['false'] }

/**
 * What AWS marks as not read-only, refused calls too. A verb stands here only when records of it are known and none of them says readOnly: true, of
 * 3,771 records of 464 events (2026-11-20: captured by Stratus Red Team and TrailDiscover, and Invictus's AWS dataset). What else only sounds like a
 * change is asked for by its name: SendEmail is marked as a read, and of Copy, Export, Import, Submit or Upload no record was seen.
 */
const VERBS =
  'Accept|Add|Associate|Attach|Authorize|Change|Create|Deactivate|Delete|Deregister|Detach|Disable|Disassociate|Enable|Modify|Put|Register|Remove|Replace|Request|Revoke|Run|Set|StartExport|Stop|Terminate|Update'
const CHANGING = new RegExp(`^(?:${VERBS})(?:[A-Z]|$)`)
/** A beginning says nothing of how the name goes on: `Create` may be of `Creates`. */
const CHANGING_BEGINNING = new RegExp(`^(?:${VERBS})[A-Z]`)

/** Whether every record that a match takes changes something, or would have: it says so, or all the names it takes do. */
export function isAboutChanges(match: Match): boolean {
  if ('all' in match) return match.all.some(isAboutChanges)
  if ('any' in match) return match.any.length > 0 && match.any.every(isAboutChanges)
  if (!('field' in match) || match.ignoreCase === true) return false
  if (match.field === 'readOnly') return 'equals' in match && String(match.equals) === 'false'
  if (match.field !== 'eventName') return false
  if ('equals' in match) return CHANGING.test(String(match.equals))
  if ('in' in match) return match.in.length > 0 && match.in.every((name) => CHANGING.test(String(name)))
  return 'prefix' in match && CHANGING_BEGINNING.test(match.prefix)
}

/** An AttributeValue has 1 to 2000 characters, of which `_`, space, comma and newline count double (AWS: LookupAttribute). */
function isSendable(value: string): boolean {
  return value.length > 0 && value.length + (value.match(/[_ ,\n]/g)?.length ?? 0) <= 2000
}

/** Begins with each question's own cheapest way, then changes one question, or all that can share something, as long as that saves requests. */
function cheapest(ways: readonly (readonly Way[])[]): readonly Way[] {
  let chosen = ways.map((some) => least(some, (way) => totalOf([way])))
  for (let best = totalOf(chosen); ; ) {
    const tries = [...ownChanges(ways, chosen), ...sharedChanges(ways, chosen)]
    const better = tries.length === 0 ? undefined : least(tries, totalOf)
    if (better === undefined || totalOf(better) >= best) return chosen
    chosen = [...better]
    best = totalOf(better)
  }
}

function ownChanges(ways: readonly (readonly Way[])[], chosen: readonly Way[]): readonly (readonly Way[])[] {
  return ways.flatMap((some, at) =>
    some.map((way) => chosen.map((before, index): Way => (index === at ? way : before))),
  )
}

/** All questions that could be answered by one thing alone are answered by it. */
function sharedChanges(ways: readonly (readonly Way[])[], chosen: readonly Way[]): readonly (readonly Way[])[] {
  const alone = new Map<string, Way>()
  for (const way of ways.flat()) if (way[0] !== undefined && way.length === 1) alone.set(kindOf(way[0]), way)
  // Each where it must be, or all of them in every Region.
  return [...alone.keys()].flatMap((kind) =>
    (['find', 'findLast'] as const).map((pick) =>
      chosen.map(
        (before, at): Way =>
          ways[at]?.[pick]((way) => way.length === 1 && way[0] !== undefined && kindOf(way[0]) === kind) ?? before,
      ),
    ),
  )
}

/** Things alike, wherever they are read. */
function kindOf({ key, value }: Wanted): string {
  return `${key} ${value}`
}

function nameOf({ key, value, regions }: Wanted): string {
  return `${key} ${JSON.stringify(regions)} ${value}`
}

function least<T>(items: readonly T[], cost: (item: T) => number): T {
  const [first, ...others] = items
  if (first === undefined) throw new Error('nothing to choose from')
  return others.reduce((best, item) => (cost(item) < cost(best) ? item : best), first)
}

/** What is read for several costs once. */
function totalOf(chosen: readonly Way[]): number {
  const all = new Map(chosen.flat().map((wanted) => [nameOf(wanted), wanted]))
  return [...all.values()].reduce((sum, wanted) => sum + costOf(wanted), 0)
}

function costOf({ key, value, regions }: Wanted): number {
  const places = regions === 'enabled' ? REGIONS : regions === 'global' ? 1 : regions.length
  if (key === 'all') return COST_OF_ALL * places
  return (key === 'ReadOnly' && value === 'true' ? COST_OF_READS : COST[key]) * places
}
