import { seconds } from '../query/plan.ts'
import type { StageAnswer } from '../stage/finding.ts'
import type { MemberFindings } from './collectMembers.ts'
import type { BoundMember } from './playbook.ts'
import type { Collected } from './tellDeeds.ts'

/** Calls that tell more together than each by itself: many secrets within minutes. Times are seconds since 1970. */
export type Pattern = {
  readonly member: string
  readonly callers: readonly string[]
  /** Undefined: there are more than were kept. */
  readonly addresses?: readonly string[]
  readonly first: number
  readonly last: number
}

/** Stages that count what came together. Another address, or what was not seen before, is told beside the findings: in good faith it is met every day. */
const KINDS: readonly StageAnswer['kind'][] = ['count', 'distinct', 'sequence']

/** The news in how calls came together, of members whose calls are no findings by themselves. */
export function patternsOf(members: readonly BoundMember[], found: readonly MemberFindings[]): readonly Pattern[] {
  const looking = new Set(
    members.flatMap((one) => (one.context && 'bound' in one && one.bound.stages.length > 0 ? [one.name] : [])),
  )
  return found
    .filter(({ name }) => looking.has(name))
    .flatMap(({ name, stages }) =>
      stages
        .filter(({ kind }) => KINDS.includes(kind))
        .flatMap(({ findings }) => findings)
        .filter(({ usual }) => !usual)
        .map(({ callers, addresses, more, first, last }) => ({
          member: name,
          callers: callers.map(({ who }) => who),
          ...(more.addresses ? {} : { addresses }),
          first: seconds(first),
          last: seconds(last),
        })),
    )
}

/** Whether what was done is part of such a pattern. What was refused is told as that alone. */
export function isIn({ row, members, first, last }: Collected, patterns: readonly Pattern[]): boolean {
  const { who, address } = row.telling
  return (
    row.outcome === 'done' &&
    patterns.some(
      (one) =>
        members.includes(one.member) &&
        one.callers.includes(who) &&
        (one.addresses?.includes(address) ?? true) &&
        first <= one.last &&
        last >= one.first,
    )
  )
}
