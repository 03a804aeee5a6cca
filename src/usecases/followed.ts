import type { Answer } from '../domain/result/answer.ts'
import { type Closing, closingOf, isClosed, unionOf } from '../domain/result/closing.ts'
import { shownCount, standingOf } from '../domain/result/headline.ts'
import { lateRunOf } from '../domain/result/late.ts'
import type { Followed, Late } from '../domain/result/notes.ts'
import { deliveryKey, type Objects, terminalKey } from '../domain/result/objects.ts'
import { readLateNote } from './askLate.ts'
import { readAsked } from './cancelRun.ts'
import { type Ending, endingOf } from './deliverEnding.ts'
import { type Done, openMemory } from './deliverMemory.ts'
import type { Delivery } from './deliverOnce.ts'
import type { Leg } from './deliverPlace.ts'

/** In a run's memory: the run whose gap it asks for again. */
const CLOSES = 'closes'
/** In the memory of the run with the gap: that another run has read some of it, or all; then the run's id. */
const CLOSING = 'closing.'

/** Notes that a run asks again for what another's answer could not read. Once is enough. */
export async function noteCloses(run: string, first: string, objects: Pick<Objects, 'create'>): Promise<void> {
  await objects.create(deliveryKey(run, CLOSES), JSON.stringify({ run: first }))
}

/** The run whose gap a run asks for again. */
export async function closedBy<M>({ memory }: Delivery<M>): Promise<string | undefined> {
  return (await memory.get<{ readonly run: string }>(CLOSES))?.run
}

/** An answer that another run belongs to, where it is shown, and what its own token allowed. */
export type First<M> = {
  readonly delivery: Delivery<M>
  readonly answer: Answer
  readonly at: Done
  readonly suffix: Leg['suffix']
}

/** Another run's answer, as its own token allows it. Undefined when there is none that is shown. */
export async function firstOf<M>({ deps }: Delivery<M>, run: string): Promise<First<M> | undefined> {
  const delivery = await deliveryOf(run, deps)
  return delivery === undefined ? undefined : await shown(delivery)
}

async function deliveryOf<M>(run: string, deps: Delivery<M>['deps']): Promise<Delivery<M> | undefined> {
  const found = await readAsked(run, {
    objects: deps.objects,
    verifyExpired: async (token) => {
      const verified = await deps.verify(token, run)
      return verified.ok ? verified : { ok: false, error: { code: 'invalid', why: verified.error.why } }
    },
  })
  if (found === undefined) return undefined
  return { grant: found.grant, deps, memory: await openMemory(deps.objects, run) }
}

/** A run's answer and where its message is. Undefined when there is none. */
export async function shown<M>(delivery: Delivery<M>): Promise<First<M> | undefined> {
  const ending = await endingOf(delivery)
  if ('kind' in ending || ending.answer === undefined) return undefined
  for (const suffix of ['-direct', ''] as const) {
    const at = await delivery.memory.get<Done>(`final${suffix}.done`)
    if (at !== undefined) return { delivery, answer: ending.answer, at, suffix }
  }
  return undefined
}

/** What is known now of what followed an answer: whatever brings its message up to date shows all of it. */
export async function followedBy<M>(delivery: Delivery<M>, answer: Answer): Promise<Followed> {
  const [late, closing, closes] = await Promise.all([
    lateOf(delivery),
    allClosings(delivery).then(unionOf),
    closedHere(delivery, answer),
  ])
  return {
    ...(late === undefined ? {} : { late }),
    ...(closing === undefined ? {} : { closing }),
    ...(closes === undefined ? {} : { closes }),
  }
}

/** What became of asking its last minutes again; undefined while nothing has. */
async function lateOf<M>({ grant, deps }: Delivery<M>): Promise<Late | undefined> {
  if (grant.follows !== undefined) return undefined
  const late = lateRunOf(grant.run)
  if ((await deps.objects.size(terminalKey(late))) === undefined) {
    const note = await readLateNote(grant.run, deps.objects)
    return note === undefined || note.outcome === 'asked' ? undefined : { kind: note.outcome, at: note.at }
  }
  const delivery = await deliveryOf(late, deps)
  const ending = delivery === undefined ? undefined : await endingOf(delivery)
  return ending === undefined || 'kind' in ending ? undefined : readLate(ending)
}

function readLate({ answer, terminal }: Ending): Late {
  if (answer === undefined || answer.coverage.verdict === 'failed') return { kind: 'failed', at: terminal.at }
  // by the clock of whoever read it: one that is behind has not yet read what had settled
  const { settledUntil, window } = answer.coverage
  const whole = standingOf(answer) === 'complete' && settledUntil >= window.until
  return { kind: 'read', at: answer.askedAt, calls: shownCount(answer), whole }
}

/** What all that asked for the gap again have read of it. */
async function allClosings<M>({ memory }: Pick<Delivery<M>, 'memory'>): Promise<readonly Closing[]> {
  const names = memory.names().filter((name) => name.startsWith(CLOSING))
  return (await Promise.all(names.map((name) => memory.get<Closing>(name)))).filter((one) => one !== undefined)
}

/** What an answer reads of another's gap, with what those before it have. */
async function closedHere<M>(delivery: Delivery<M>, answer: Answer): Promise<Closing | undefined> {
  const run = await closedBy(delivery)
  const first = run === undefined ? undefined : await firstOf(delivery, run)
  const own = first === undefined ? undefined : closingOf(first.answer, answer)
  if (first === undefined || own === undefined || own.read === 0) return own
  const before = (await allClosings(first.delivery)).filter(({ again, at }) => again !== own.again && at < own.at)
  // What others read as well is theirs to say: only what this one adds to is told with theirs.
  const all = unionOf([own, ...before])
  return all?.again === own.again ? all : own
}

/** Remembers beside an answer with a gap what a later one has read of it. False: nothing of it. */
export async function noteClosing<M>({ delivery, answer }: First<M>, again: Answer): Promise<boolean> {
  const closing = closingOf(answer, again)
  if (closing === undefined || closing.read === 0) return false
  await delivery.memory.put(`${CLOSING}${closing.again}`, closing)
  return true
}

/** Whether nothing of an answer's gap is left to be asked again. */
export function isGapClosed({ closing }: Followed): boolean {
  return closing !== undefined && isClosed(closing)
}
