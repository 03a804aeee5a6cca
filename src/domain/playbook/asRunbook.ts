import { sha256 } from '../canonical.ts'
import type { Parameters } from '../query/query.ts'
import { bind } from '../runbook/bind.ts'
import { compileMatch, type RecordTest } from '../runbook/evaluate.ts'
import { parseRunbook } from '../runbook/parse.ts'
import type { Match, Runbook } from '../runbook/runbook.ts'
import type { Stage } from '../runbook/stages.ts'
import { anyMember, memberTests } from './memberTests.ts'
import { readBundle } from './parsePlaybook.ts'
import { type BoundMember, bindMembers, PLAYBOOK_COLUMNS, type Playbook } from './playbook.ts'

/**
 * A playbook as what everybody asks, decides about and grants: a runbook. Its text, and so its digest, are of its members too. Its own match takes
 * nothing: what is asked is what its members ask (`bindQuestion`).
 */
export function asRunbook(playbook: Playbook): Runbook {
  const { name, aliases, title, about, tags, tier, parameters, answers, window, digest, text } = playbook
  return Object.freeze({
    language: 1,
    ...{ name, aliases, title, about, tags, tier, parameters, answers, window, digest, text },
    regions: 'enabled',
    records: ['management'],
    match: { field: 'eventVersion', equals: '' },
    stages: [],
    columns: PLAYBOOK_COLUMNS.map((name) => ({ name, field: name })),
    group: ['who', 'service', 'eventName', 'outcome'],
    fold: ['ctq', 'service'],
    headline: { noun: 'call', counts: ['changes', 'denied', 'failed'], show: [] },
    next: playbook.next,
    empty:
      'Nothing that its questions look for was done or tried in what was read for them. What was read for each stands beside it.',
    lint: [],
    playbook,
  } satisfies Runbook)
}

/** The runbook, or playbook, that a text of the store is, when the text has this digest; undefined otherwise. Never throws. */
export function questionAt(
  text: string | undefined,
  { name, digest }: Pick<Runbook, 'name' | 'digest'>,
): Runbook | undefined {
  if (text === undefined || sha256(text) !== digest) return undefined
  const playbook = text.startsWith('{') ? readBundle(text) : undefined
  const runbook = playbook === undefined ? parseRunbook(text, `${name}.yaml`).runbook : asRunbook(playbook)
  return runbook?.name === name ? runbook : undefined
}

/** A question with its values in place. `members`: of a playbook, those that are not asked among them. */
export type BoundQuestion = {
  readonly match: Match
  readonly stages: readonly Stage[]
  readonly members?: readonly BoundMember[]
  readonly matches: RecordTest
}

/**
 * Puts values in place, whether a runbook is asked or several at once: then a record is for the question when it is for a member. `keys`: those that a
 * playbook went on with.
 */
export function bindQuestion(
  runbook: Runbook,
  parameters: Parameters,
  organisation: readonly string[],
  keys: readonly string[] = [],
): BoundQuestion {
  if (runbook.playbook === undefined) {
    const { match, stages } = bind(runbook, parameters, organisation)
    return { match, stages, matches: compileMatch(match) }
  }
  const members = bindMembers(runbook.playbook, parameters, organisation, keys)
  const any = members.flatMap((member) => ('match' in member ? [member.match] : []))
  return { match: { any }, stages: [], members, matches: anyMember(memberTests(any)) }
}
