import { inHistory } from '../query/inHistory.ts'
import { type Chain, type Plan, seconds, sliceCount, slicesOf } from '../query/plan.ts'
import type { FrozenWindow } from '../query/query.ts'
import { selectionWords } from '../query/words.ts'
import { globalRegion, PARTITIONS } from '../request/regions.ts'
import type { Match, Runbook } from '../runbook/runbook.ts'
import type { BoundMember } from './playbook.ts'
import { isSelectable, type Member, type Reading, readingsFor } from './readings.ts'

/** LookupEvents allows two calls a second per account and Region (AWS: API reference); ctq's pace leaves a hair of that. */
const SECONDS_A_REQUEST = 0.505

/** Why a member is not asked though all that it needs was given. */
export const NOT_SELECTABLE = 'LookupEvents cannot select it; what was read for the others was looked through'
/** LookupEvents has no attribute for errors (AWS: LookupAttribute). */
export const DENIED_NOT_SELECTABLE =
  'denied calls of others, reads above all, cannot be selected with LookupEvents; what was read for the others was looked through'

/** What a playbook's plan keeps beside its chains. */
export type PlaybookPlan = {
  readonly readings: readonly (Omit<Reading, 'regions'> & { readonly chains: readonly number[] })[]
  /** Members that nothing is read for, and why. */
  readonly notAsked: { readonly [member: string]: string }
  /** Requests that may be made in one account and Region. */
  readonly requests: number
}

type Asked = Extract<BoundMember, { match: unknown }>

/**
 * The chains of a playbook: what is indexed first, then what several members share, each cut into slices like a scan. A member that only everything
 * could answer is not asked, as long as another is: everything would take what the rest need.
 */
export function chainsForMembers(
  members: readonly BoundMember[],
  window: FrozenWindow,
  within: number,
): Pick<Plan, 'chains' | 'filters' | 'playbook'> {
  const asked = members.filter((member): member is Asked => 'match' in member)
  const selectable = asked.filter(({ match }) => isSelectable(match))
  const read = selectable.length > 0 ? selectable : asked
  const chains: Chain[] = []
  const readings = readingsFor(read.map(memberOf)).map(({ regions, ...reading }) => {
    const own = chainsOf({ regions, ...reading }, window)
    const at = own.map((_, index) => chains.length + index)
    chains.push(...own)
    return { ...reading, chains: at }
  })
  return {
    chains,
    filters: {
      aws: wordsOf(readings),
      local: ['what each question is about'],
    },
    playbook: {
      readings,
      notAsked: Object.fromEntries([
        ...members.flatMap((member) => ('notAsked' in member ? [[member.name, member.notAsked]] : [])),
        ...asked.filter((member) => !read.includes(member)).map(({ name, runbook }) => [name, whyNot(runbook)]),
      ]),
      requests: Math.max(1, Math.floor(within / SECONDS_A_REQUEST)),
    },
  }
}

function memberOf({ name, match: whole, runbook, changesAlone }: Asked): Member {
  const match: Match = changesAlone ? { all: [{ field: 'readOnly', equals: 'false' }, whole] } : whole
  const { match: seen } = inHistory(match)
  return { name, match: isSelectable(seen) ? seen : match, regions: runbook.regions }
}

/** What AWS filters by, each attribute once with all of its values. */
function wordsOf(readings: readonly Omit<Reading, 'regions'>[]): readonly string[] {
  const attributes = readings.flatMap(({ attribute }) => attribute ?? [])
  return [...new Set(attributes.map(({ key }) => key))].flatMap((key) => {
    const values = new Set(attributes.filter((one) => one.key === key).map(({ value }) => value))
    return selectionWords({ key, values: [...values] })
  })
}

function whyNot({ name }: Runbook): string {
  return name === 'denied-calls' ? DENIED_NOT_SELECTABLE : NOT_SELECTABLE
}

function chainsOf({ attribute, regions }: Reading, window: FrozenWindow): readonly Chain[] {
  const length = seconds(window.until) - seconds(window.since)
  const count = sliceCount(attribute && { key: attribute.key, values: [attribute.value] }, length)
  const where = regions === 'enabled' ? {} : { regions: regions === 'global' ? GLOBAL : regions }
  return slicesOf(window, count).map((slice) => ({
    ...(attribute === undefined ? {} : { attribute }),
    ...where,
    ...slice,
  }))
}

/** One of them at most is enabled in an account: partitions share no Region. */
const GLOBAL: readonly string[] = PARTITIONS.map(globalRegion)
