import type { Check } from '../domain/audit/step.ts'
import { admit, type Decision, decide } from '../domain/policy/decide.ts'
import type { Grant } from '../domain/policy/grant.ts'
import { isSame } from '../domain/policy/membership.ts'
import type { Person, PersonFacts, PlaceFacts } from '../domain/policy/person.ts'
import { queryHash } from '../domain/query/query.ts'
import type { Answer } from '../domain/result/answer.ts'
import { lateRunOf } from '../domain/result/late.ts'
import { isGapAgain, type Pivot, pivotById } from '../domain/result/pivots.ts'
import { openMemory } from './deliverMemory.ts'
import { readAnswer } from './readAnswer.ts'
import { queueWords, type TakeDeps, type Taken } from './takeAsk.ts'

/** A press under an answer. `run` and `pivot` are what the button carried and are believed in nothing; the rest is Slack's word. */
export type NextPressed = {
  readonly run: string
  readonly pivot: string
  readonly person: Person
  readonly channel: string
  /** The message pressed under, and the thread it stands in. */
  readonly ts: string
  readonly thread?: string
}

export type PressDeps<M> = TakeDeps<M> & {
  readonly pressMessages: {
    /** `late`: what asking its last minutes again gave, once that is known. */
    readonly timeline: (answer: Answer, permalink: string | undefined, late: Answer | undefined, grant: Grant) => M
    readonly fix: (answer: Answer) => M
  }
  /** The direct-message channel of ctq and a user. */
  readonly directChannel: (user: string) => Promise<string>
  /** A link to a message; undefined when Slack does not give one. */
  readonly permalink: (channel: string, ts: string) => Promise<string | undefined>
}

/** Slack shows in the channel alone that a message has a reply: whoever pressed is told where to look. */
const IN_THREAD = 'The answer comes in the thread of what you pressed under.'

/**
 * What somebody pressed under an answer. The question is made anew from the stored answer and asked as by whoever presses: decided about
 * like any that is typed, in the thread of the answer. A button of another place, or of an answer that went to somebody else, gives nothing.
 */
export async function pressNext<M>(press: NextPressed, deps: PressDeps<M>): Promise<Taken<M>> {
  const found = await readAnswer(press.run, deps)
  const here = found !== undefined && (await isShownThere(found.grant, press, deps))
  const pivot = here ? await pivotUnder(found.answer, press.pivot, deps) : undefined
  const checks = [
    { check: 'answer_here', passed: here },
    { check: 'pivot_known', passed: pivot !== undefined },
  ]
  if (found === undefined || pivot === undefined) {
    await record(press, checks, found?.grant, deps)
    const run = press.run.slice(0, 8)
    return shown(deps.messages.failure(here ? { code: 'unknown_pivot', run } : { code: 'unknown_run', input: run }))
  }
  if (pivot.kind !== 'ask') return await tell(press, pivot, found, checks, deps)
  await record(press, checks, found.grant, deps)
  const { person, channel } = press
  return await queueWords(
    {
      text: pivot.words,
      person,
      channel,
      thread: press.thread ?? press.ts,
      entry: 'button',
      ...(isGapAgain(pivot, found.answer) ? { closes: found.grant.run } : {}),
    },
    async () => ({ request: pivot.request, notes: press.thread === undefined ? [IN_THREAD] : [] }),
    deps,
  )
}

function shown<M>(message: M): Taken<M> {
  return { kind: 'shown', message }
}

type Found = { readonly answer: Answer; readonly grant: Grant }

/** The place the answer was given in: the channel that was granted, or the asker's own direct messages. */
async function isShownThere<M>(grant: Grant, press: NextPressed, deps: PressDeps<M>): Promise<boolean> {
  const { to, person, run } = grant
  const moved = (await openMemory(deps.objects, run)).has('moved')
  if (to.kind === 'slack' && !moved && to.channel === press.channel) return true
  return (
    isSame(person, press.person) &&
    to.kind !== 'sink' &&
    press.channel === (await deps.directChannel(press.person.user))
  )
}

/**
 * The timeline, or what mends the gaps: shown to the presser alone. Whoever asked may have more of their own answer while they may ask here at all;
 * anybody else must be allowed the question that the answer is of.
 */
async function tell<M>(
  press: NextPressed,
  pivot: Exclude<Pivot, { kind: 'ask' }>,
  { answer, grant }: Found,
  before: readonly Check[],
  deps: PressDeps<M>,
): Promise<Taken<M>> {
  const place = { channel: press.channel, ...(press.thread === undefined ? {} : { thread: press.thread }) }
  const [person, at] = await Promise.all([deps.personFacts(press.person), deps.placeFacts(place, press.person)])
  const decision = isSame(press.person, grant.person)
    ? admit(person, at, deps.policy)
    : decideAnew(person, at, grant, deps)
  const allowed = decision?.outcome === 'allow' || decision?.outcome === 'admit'
  await record(press, [...before, ...(decision?.checks ?? [])], grant, deps, allowed)
  if (decision === undefined) return shown(deps.messages.failure({ code: 'unknown_pivot', run: press.run.slice(0, 8) }))
  // No question was asked that could be allowed or approved, nor is the nearest allowed one of any use.
  if (!allowed) return shown(deps.messages.failure({ code: 'denied' }))
  if (pivot.kind === 'fix') return shown(deps.pressMessages.fix(answer))
  const late = await lateAnswer(grant.run, deps)
  return shown(deps.pressMessages.timeline(answer, await deps.permalink(press.channel, press.ts), late, grant))
}

/** What leads on from an answer, by its id. There is no timeline of no calls: neither of the answer's nor of those that came late. */
async function pivotUnder<M>(answer: Answer, id: string, deps: PressDeps<M>): Promise<Pivot | undefined> {
  const pivot = pivotById(answer, id, deps.library, deps.now())
  if (pivot?.kind !== 'text' || answer.timeline.rows.length > 0) return pivot
  const late = await lateAnswer(answer.run, deps)
  return late !== undefined && late.timeline.rows.length > 0 ? pivot : undefined
}

async function lateAnswer<M>(run: string, deps: PressDeps<M>): Promise<Answer | undefined> {
  const late = await readAnswer(lateRunOf(run), deps)
  return late?.grant.follows === run ? late.answer : undefined
}

/** The runbook may have a newer text by now: what is shown was read with the one that was granted. Undefined: it is gone. */
function decideAnew<M>(
  person: PersonFacts,
  place: PlaceFacts,
  { query }: Grant,
  deps: PressDeps<M>,
): Decision | undefined {
  const runbook = deps.library.find(query.runbook.name)
  if (runbook === undefined) return undefined
  const asked = { ...query, runbook: { name: runbook.name, digest: runbook.digest } }
  return decide({ person, place, query: asked, runbook, inventory: deps.inventory() }, deps.policy)
}

async function record<M>(
  press: NextPressed,
  checks: readonly Check[],
  grant: Grant | undefined,
  deps: PressDeps<M>,
  allowed = checks.every(({ passed }) => passed),
): Promise<void> {
  await deps.audit({
    step: 'pressed',
    outcome: allowed ? 'allow' : 'deny',
    at: deps.now().toISOString(),
    ...(grant === undefined ? {} : { run: grant.run, queryHash: queryHash(grant.query) }),
    person: press.person,
    checks,
    detail: { pivot: press.pivot, channel: press.channel },
  })
}
