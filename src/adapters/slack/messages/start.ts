import type { Runnable } from '../../../domain/policy/mayRun.ts'
import { durationWords } from '../../../domain/request/duration.ts'
import { FIRST } from '../../../domain/request/questions.ts'
import { quote } from '../../../domain/request/words.ts'
import { type Phrase, say } from '../../../domain/result/phrase.ts'
import { code, mrkdwn } from '../../../domain/result/safe.ts'
import type { Runbook, ShapeName } from '../../../domain/runbook/runbook.ts'
import { mrkdwnOf } from './markup.ts'

/** Values that are questions by themselves, in the order in which they are shown, with what somebody would ask of each. */
const BARE: readonly (readonly [ShapeName, string])[] = [
  ['accessKeyId', 'AKIAIOSFODNN7EXAMPLE'],
  ['address', '203.0.113.9 last 6h'],
  ['user', 'user=alice last 24h'],
  ['bucket', 'arn:aws:s3:::customer-exports'],
]
const EXAMPLES = 4

/** How to begin at three in the morning: the playbook, a value alone, and how to find the rest. Examples are of what this person may run. */
export function startLines(runnable: readonly Runnable[]): readonly string[] {
  const playbooks = runnable.filter(isPlaybook).slice(0, 1)
  const bare = BARE.flatMap(([shape, words]) => {
    const found = runnable.find(({ runbook }) => runbook.answers.includes(shape))
    return found === undefined ? [] : [{ words, runbook: found.runbook }]
  })
  const others = runnable
    .filter(({ runbook }) => runbook.playbook === undefined && !bare.some((one) => one.runbook === runbook))
    .toSorted((a, b) => commonness(b.runbook) - commonness(a.runbook))
  const first = playbooks.map(({ runbook }) => ({ words: `${runbook.name} ${BARE[0]?.[1] ?? ''}`, runbook }))
  const named = others.map(({ runbook, window }) => ({ words: exampleOf(runbook, window), runbook }))
  const examples = [...first, ...bare, ...named].slice(0, EXAMPLES)
  return [
    '*Paste a key, an address, an ARN, an instance or a name: it is a question by itself.*',
    ...examples.map(({ words, runbook }) => `• ${code(`/ctq ${words}`, 200)} ${mrkdwn(runbook.title, 120)}`),
    '• `/ctq find stolen key` when you do not know what it is called',
  ]
}

/** What is asked in the first minutes stands before the rest. */
function commonness({ answers, tags }: Runbook): number {
  return (answers.length > 0 ? 2 : 0) + (tags.includes(FIRST) ? 1 : 0)
}

/** A question that this runbook understands, every needed parameter given, over no longer than `longest` seconds. */
export function exampleOf(runbook: Runbook, longest = Number.POSITIVE_INFINITY): string {
  const given = Object.entries(runbook.parameters)
    .filter(([, { optional }]) => !optional)
    .map(([name, { example }]) => `${name}=${quote(example)}`)
  return [runbook.name, ...given, `last ${durationWords(Math.min(runbook.window.default, longest))}`].join(' ')
}

/** Tags that say when to ask rather than about what. */
const BROAD: readonly string[] = [FIRST, 'intrusion', 'outage', 'audit']
/** A technique of ATT&CK. */
const TECHNIQUE = /^t\d{4}(?:-\d{3})?$/
const OTHER = 'other'
const NAME_MAX = 60
const LINE_MAX = 900

/**
 * The names of runbooks, each once: those of the first ten minutes, then by what they are about, then those that need somebody's approval, with
 * whose.
 */
export function nameLines(runnable: readonly Runnable[]): readonly string[] {
  const [alone, asked] = [runnable.filter((one) => one.alone), runnable.filter((one) => !one.alone)]
  const inFirst = alone.filter(({ runbook }) => runbook.tags.includes(FIRST))
  const first = inFirst.toSorted((a, b) => Number(isPlaybook(b)) - Number(isPlaybook(a)))
  const rest = alone.filter((one) => !first.includes(one))
  const topics = grouped(rest, ({ runbook }) => topicOf(runbook))
  const few = [...topics]
    .filter(([topic, members]) => topic === OTHER || members.length === 1)
    .flatMap(([, all]) => all)
  const shared = [...topics].filter(([topic, members]) => topic !== OTHER && members.length > 1)
  const byApproval = grouped(asked, ({ approval }) => approval?.by ?? '')
  return [
    ...nameLine('First ten minutes', first),
    ...shared.toSorted(([a], [b]) => a.localeCompare(b)).flatMap(([topic, members]) => nameLine(topic, members)),
    ...nameLine(shared.length === 0 && first.length === 0 ? 'Questions' : 'More', few),
    ...[...byApproval].flatMap(([by, members]) => nameLine(`🔐 Needs approval: ${by}`, members)),
  ]
}

function grouped<T>(all: readonly T[], by: (one: T) => string): ReadonlyMap<string, readonly T[]> {
  const keys = [...new Set(all.map(by))]
  return new Map(keys.map((key) => [key, all.filter((one) => by(one) === key)]))
}

function nameLine(heading: string, members: readonly Runnable[]): readonly string[] {
  if (members.length === 0) return []
  const names = members.map(({ runbook }) => mrkdwn(runbook.name, NAME_MAX))
  let shown = names.length
  while (shown > 1 && names.slice(0, shown).join(', ').length > LINE_MAX) shown -= 1
  const more = names.length - shown
  return [`*${mrkdwn(heading, 200)}:* ${names.slice(0, shown).join(', ')}${more > 0 ? `, … and ${more} more` : ''}`]
}

const isPlaybook = ({ runbook }: Runnable): boolean => runbook.playbook !== undefined

function topicOf({ tags }: Runbook): string {
  return tags.find((tag) => !BROAD.includes(tag) && !TECHNIQUE.test(tag)) ?? OTHER
}

/** What can be asked beyond what somebody may by themselves, and whom it takes. */
export function approvalPhrase(alone: boolean, tier: string, approval: NonNullable<Runnable['approval']>): Phrase {
  if (!alone) return say`Every question needs approval: ${approval.by}.`
  return say`What is above ${tier} needs approval: ${approval.by}.`
}

/** Longer and wider questions of what somebody may ask anyway: said once for all that need the same people. */
export function beyondLines(runnable: readonly Runnable[]): readonly string[] {
  const lines = runnable.flatMap(({ alone, tier, approval }) =>
    !alone || approval === undefined ? [] : [mrkdwnOf(approvalPhrase(alone, tier, approval), 300)],
  )
  return [...new Set(lines)].slice(0, 3)
}
