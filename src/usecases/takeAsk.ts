import type { Failure } from '../domain/failure.ts'
import type { Result } from '../domain/outcome.ts'
import { originOf, type SignedAsk } from '../domain/policy/ask.ts'
import { mayBreakGlass } from '../domain/policy/breakGlass.ts'
import type { Grant } from '../domain/policy/grant.ts'
import { type MayInvestigate, mayInvestigate } from '../domain/policy/mayInvestigate.ts'
import { mayRun, type Runnable } from '../domain/policy/mayRun.ts'
import type { Person, PersonFacts, PlaceFacts } from '../domain/policy/person.ts'
import type { Policy, Role } from '../domain/policy/policy.ts'
import type { RequestStatus } from '../domain/policy/requestStatus.ts'
import { personChecks, rolesOf, type TooNew, tooNew } from '../domain/policy/roles.ts'
import type { Command } from '../domain/request/command.ts'
import { correctionsOf } from '../domain/request/corrections.ts'
import type { Inventory } from '../domain/request/inventory.ts'
import { investigateWords } from '../domain/request/investigate.ts'
import { maskedAsk } from '../domain/request/maskedAsk.ts'
import { normalise } from '../domain/request/normalise.ts'
import { parseCommand } from '../domain/request/parse.ts'
import { isAnswerable } from '../domain/request/questions.ts'
import type { Answer } from '../domain/result/answer.ts'
import type { Diff } from '../domain/result/diff.ts'
import type { RunStatus } from '../domain/result/runStatus.ts'
import { findRunbooks } from '../domain/runbook/find.ts'
import type { Library, Runbook } from '../domain/runbook/runbook.ts'
import type { ApprovalAnswer } from './answerApproval.ts'
import { againOf } from './askAgain.ts'
import { type CancelDeps, cancelRun } from './cancelRun.ts'
import { type HoldDeps, holdRun } from './holdRun.ts'
import { type Said, type SaidDeps, saidOf, type Understood } from './said.ts'
import { diffRuns, lastAnswer, type StoredDeps } from './storedRuns.ts'
import type { GrantCommand } from './takeGrant.ts'

/** What came in: as Slack sent the text, from whom and where. */
export type Incoming = {
  readonly text: string
  readonly person: Person
  readonly channel: string
  readonly thread?: string
  readonly entry: SignedAsk['entry']
  readonly step?: string
  readonly closes?: string
}

/** Who typed something, and in which channel. */
export type TypedBy = Pick<Incoming, 'person' | 'channel'>

/** Builders of what the asker sees at once: pure. */
export type AskMessages<M> = {
  readonly failure: (failure: Failure) => M
  /** A name was mistyped; `asks` are the questions that may have been meant, as typed. */
  readonly mistyped: (failure: Failure, asks: readonly string[]) => M
  /** Something needed is missing; `words` is what was typed, for the form. */
  readonly incomplete: (failure: Failure, words: string) => M
  readonly menu: (runnable: readonly Runnable[]) => M
  readonly help: (runnable: readonly Runnable[], may: MayInvestigate & { readonly glass: boolean }) => M
  readonly runbookHelp: (runnable: Runnable) => M
  readonly list: (runnable: readonly Runnable[]) => M
  readonly found: (runnable: readonly Runnable[], words: readonly string[]) => M
  readonly whoami: (who: {
    person: PersonFacts
    place: PlaceFacts
    roles: readonly Role[]
    runnable: readonly Runnable[]
    tooNew: readonly TooNew[]
  }) => M
  readonly status: (runs: readonly RunStatus[], requests: readonly RequestStatus[]) => M
  readonly cancelled: (run: string) => M
  /** An answer once more, for the asker alone. */
  readonly answer: (answer: Answer, grant: Grant) => M
  readonly diff: (diff: Diff) => M
  readonly held: (run: string, hold: boolean) => M
  /** The question was understood and is in the queue. */
  readonly accepted: (run: string, said: Said) => M
}

export type TakeDeps<M> = CancelDeps &
  StoredDeps &
  HoldDeps & {
    readonly library: Library
    readonly policy: Policy
    readonly inventory: () => Inventory
    readonly messages: AskMessages<M>
    readonly placeFacts: (
      place: { readonly channel: string; readonly thread?: string },
      person: Person,
    ) => Promise<PlaceFacts>
    /** The person's time zone when it is known without asking anybody. */
    readonly knownZone: (person: Person) => string | undefined
    readonly statusOf: (person: PersonFacts, typed: string | undefined) => Promise<readonly RunStatus[] | undefined>
    /** Requests that wait and that somebody asked, or may answer; or the one that they typed, when it is theirs to see. */
    readonly requestsSeen: (person: PersonFacts, typed: string | undefined) => Promise<readonly RequestStatus[]>
    readonly newId: () => string
    /** What becomes of an answer to a request for approval, in words; undefined when there is no such request. */
    readonly answerApproval: (answer: ApprovalAnswer) => Promise<M | undefined>
    /** Lists investigations, shows one, ends or narrows one. */
    readonly onGrant: (command: GrantCommand, ask: Incoming) => Promise<M>
    /** Takes what somebody found in the review of a run that broke the glass; gives what it has come to. */
    readonly onReview: (command: Extract<Command, { kind: 'review' }>, by: TypedBy) => Promise<M>
    /** Signs and queues the ask. Throws at once when the queue is away. */
    readonly queueAsk: (
      ask: Pick<SignedAsk, 'run' | 'text' | 'person' | 'channel' | 'thread' | 'entry' | 'step' | 'closes'>,
    ) => Promise<void>
  }

export type Taken<M> =
  /** Something needed is missing: the form can be opened with these words. */
  | { readonly kind: 'incomplete'; readonly words: string; readonly message: M }
  | { readonly kind: 'shown'; readonly message: M }
  | { readonly kind: 'queued'; readonly run: string; readonly message: M }

/**
 * What somebody typed: answered at once when it is a command or cannot be understood, else signed and queued. Nothing is asked of
 * Slack or AWS before a question is in the queue, so that it is acknowledged in time whatever they do.
 */
export async function takeAsk<M>(ask: Incoming, deps: TakeDeps<M>): Promise<Taken<M>> {
  const zone = deps.knownZone(ask.person)
  const now = deps.now()
  const inZone = (timeZone: string) => ({ now, timeZone, inventory: deps.inventory(), origin: originOf(ask.entry) })
  const readIn = (timeZone: string): Result<Command, Failure> => parseCommand(ask.text, deps.library, inZone(timeZone))
  const unsure = zone === undefined && !isSame(FARTHEST.map(readIn))
  let command = readIn(zone ?? 'UTC')
  if (!command.ok && unsure) command = readIn(await zoneOf(ask.person, deps))
  // A form waits for approval like any question: whoever breaks the glass is told what is missing instead.
  const inForm = !command.ok && !/^\s*(?:\/ctq\s+)?break-glass\b/i.test(ask.text)
  if (!command.ok && inForm && command.error.code === 'missing_parameter') {
    const words = normalise(ask.text, originOf(ask.entry))
    return { kind: 'incomplete', words, message: deps.messages.incomplete(command.error, words) }
  }
  if (!command.ok) {
    const meant = correctionsOf(ask.text, deps.library, inZone(zone ?? 'UTC'))
    const { failure, mistyped } = deps.messages
    return { kind: 'shown', message: meant.length === 0 ? failure(command.error) : mistyped(command.error, meant) }
  }
  if (command.value.kind === 'again') return await askAgain(ask, command.value.run, deps)
  if (command.value.kind === 'investigate') {
    const words = investigateWords(command.value)
    return await queueWords(ask, async () => ({ words, notes: [] }), deps)
  }
  if (command.value.kind !== 'run') return { kind: 'shown', message: await show(ask, command.value, deps) }
  const understood = command.value
  return await queueWords(
    ask,
    async () => {
      const known = unsure ? readIn(await zoneOf(ask.person, deps)) : command
      return known.ok && known.value.kind === 'run' ? known.value : understood
    },
    deps,
  )
}

/** Zones between which every other lies: what reads the same in both does not depend on the zone. */
const FARTHEST = ['Pacific/Kiritimati', 'Etc/GMT+12']

function isSame([one, other]: readonly Result<Command, Failure>[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

/** Somebody's zone, from Slack; UTC when Slack does not say, as the run will read it then. */
async function zoneOf<M>(person: Person, deps: Pick<TakeDeps<M>, 'personFacts'>): Promise<string> {
  const facts = await deps.personFacts(person).catch(() => undefined)
  return facts?.timeZone ?? 'UTC'
}

/** Slack shows in the channel alone that a message has a reply. */
const IN_THREAD = 'The answer comes in the thread of the one whose gap it closes.'

/** Nothing of what was allowed then counts now. */
async function askAgain<M>(ask: Incoming, typed: string | undefined, deps: TakeDeps<M>): Promise<Taken<M>> {
  const again = await againOf(ask, typed, deps)
  if (!again.ok) return { kind: 'shown', message: deps.messages.failure(again.error) }
  // The words are ctq's own: they are not escaped as what is typed in Slack is.
  if (again.value.kind === 'whole') return await takeAsk({ ...ask, text: again.value.text, entry: 'button' }, deps)
  const { request, inThread } = again.value
  return await queueWords(again.value.ask, async () => ({ request, notes: inThread ? [IN_THREAD] : [] }), deps)
}

/** Signs and queues a question that was understood. `understood`, asked for when it is in the queue: as what it is repeated to the asker. */
export async function queueWords<M>(
  ask: Incoming,
  understood: () => Promise<Understood>,
  deps: Pick<TakeDeps<M>, 'newId' | 'queueAsk' | 'messages'> & SaidDeps,
): Promise<Taken<M>> {
  const run = deps.newId()
  try {
    // What waits there can be read by whoever reads Redis.
    await deps.queueAsk({ ...ask, text: maskedAsk(ask.text, originOf(ask.entry)), run })
  } catch {
    // The queue's own error says nothing to the person that this does not; /readyz and the log have it.
    return { kind: 'shown', message: deps.messages.failure({ code: 'queue_unavailable' }) }
  }
  const said = await saidOf(await understood(), ask, deps)
  return { kind: 'queued', run, message: deps.messages.accepted(run, said) }
}

async function show<M>(
  ask: Incoming,
  command: Exclude<Command, { kind: 'run' | 'again' | 'investigate' }>,
  deps: TakeDeps<M>,
): Promise<M> {
  const { messages } = deps
  if (command.kind === 'grants' || command.kind === 'revoke') return await deps.onGrant(command, ask)
  if (command.kind === 'review') return await deps.onReview(command, typedBy(ask))
  if (command.kind === 'approve' || command.kind === 'deny' || command.kind === 'withdraw') {
    const told = await deps.answerApproval(answerOf(command, typedBy(ask)))
    return told ?? messages.failure({ code: 'unknown_request', input: command.run })
  }
  if (command.kind === 'cancel') {
    const cancelled = await cancelRun(command.run, ask.person, ask.channel, deps)
    if (!cancelled.ok && cancelled.error.code === 'unknown_run') {
      // What waits for approval is no run yet: whoever asked takes it back.
      const told = await deps.answerApproval({ ...typedBy(ask), run: command.run, verdict: 'withdraw' })
      if (told !== undefined) return told
    }
    return cancelled.ok ? messages.cancelled(cancelled.value.run) : messages.failure(cancelled.error)
  }
  if (command.kind === 'hold' || command.kind === 'release') {
    const hold = command.kind === 'hold'
    const held = await holdRun(command.run, hold, ask.person, deps)
    return held.ok ? messages.held(held.value.run, hold) : messages.failure(held.error)
  }
  const person = await deps.personFacts(ask.person)
  if (command.kind === 'last') {
    const last = await lastAnswer(person, deps)
    return last.ok ? messages.answer(last.value.answer, last.value.grant) : messages.failure(last.error)
  }
  if (command.kind === 'diff') {
    const diff = await diffRuns(person, command.runs, deps)
    return diff.ok ? messages.diff(diff.value) : messages.failure(diff.error)
  }
  if (command.kind === 'status') {
    return await status(person, command.run, deps)
  }
  const place = await deps.placeFacts(
    { channel: ask.channel, ...(ask.thread === undefined ? {} : { thread: ask.thread }) },
    ask.person,
  )
  const runnable = mayRun(person, place, deps.library, deps.inventory(), deps.policy)
  // What only a trail has is answered by nothing yet: asked for by name, it says so.
  const offered = runnable.filter(({ runbook }) => isAnswerable(runbook))
  switch (command.kind) {
    case 'menu':
      return messages.menu(offered)
    case 'list':
      return messages.list(offered)
    case 'find':
      return messages.found(among(runnable, findRunbooks(deps.library, command.words)), command.words)
    case 'whoami': {
      const known = personChecks(person, deps.policy).every((check) => check.passed)
      const roles = known ? rolesOf(person, deps.policy) : []
      return messages.whoami({ person, place, roles, runnable: offered, tooNew: tooNew(person, deps.policy) })
    }
    case 'help':
      if (command.topic === undefined) {
        const glass = mayBreakGlass(person, deps.policy)
        return messages.help(offered, { ...mayInvestigate(person, place, deps.policy), glass })
      }
      return helpAbout(command.topic, runnable, deps)
  }
}

/** Somebody's runs and requests, or the one that they typed: as a request while it is not, or never became, a run. */
async function status<M>(person: PersonFacts, typed: string | undefined, deps: TakeDeps<M>): Promise<M> {
  const { messages } = deps
  const runs = await deps.statusOf(person, typed)
  if (typed !== undefined && runs !== undefined) return messages.status(runs, [])
  const requests = await deps.requestsSeen(person, typed)
  return typed !== undefined && requests.length === 0
    ? messages.failure({ code: 'unknown_run', input: typed })
    : messages.status(runs ?? [], requests)
}

function typedBy({ person, channel }: Incoming): TypedBy {
  return { person, channel }
}

function answerOf(command: Extract<Command, { kind: 'approve' | 'deny' | 'withdraw' }>, by: TypedBy): ApprovalAnswer {
  const { kind: verdict, run } = command
  if (command.kind !== 'deny' || command.reason === undefined) return { ...by, run, verdict }
  return { ...by, run, verdict: 'deny', reason: command.reason }
}

/** Help tells of a runbook only whom it may run: what is hidden in the list is hidden here. */
function helpAbout<M>(topic: string, runnable: readonly Runnable[], deps: TakeDeps<M>): M {
  const runbook = deps.library.find(topic)
  const found = runnable.find((candidate) => candidate.runbook.name === runbook?.name)
  return found === undefined
    ? deps.messages.failure({ code: 'unknown_runbook', input: topic })
    : deps.messages.runbookHelp(found)
}

function among(runnable: readonly Runnable[], found: readonly Runbook[]): readonly Runnable[] {
  return found.flatMap((runbook) => runnable.filter((candidate) => candidate.runbook.name === runbook.name))
}
