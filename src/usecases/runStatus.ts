import type { Grant } from '../domain/policy/grant.ts'
import { isSame } from '../domain/policy/membership.ts'
import type { Person, PersonFacts } from '../domain/policy/person.ts'
import type { Answer, Progress } from '../domain/result/answer.ts'
import { standingOf } from '../domain/result/headline.ts'
import { answerKey, type Objects, terminalKey } from '../domain/result/objects.ts'
import type { RunStatus } from '../domain/result/runStatus.ts'
import { type AskedDeps, findRun, readAsked } from './cancelRun.ts'
import { deliveryState } from './deliverMemory.ts'
import { readHeld } from './heldRun.ts'
import type { Asked } from './requestRun.ts'

export type StatusDeps = AskedDeps & {
  readonly recent: (person: Person) => Promise<readonly string[]>
  readonly progress: (run: string) => Promise<Progress>
  readonly cancelled: (run: string) => Promise<boolean>
  readonly mayCancel: (by: PersonFacts, asker: Person) => boolean
  readonly now: () => Date
  /** How long after asking a run that waits may begin, in seconds. */
  readonly runFor: number
}

/** Somebody's recent runs, or the one they typed. Undefined when there is no such run, or it is not theirs to see. */
export async function statusOf(
  person: PersonFacts,
  typed: string | undefined,
  deps: StatusDeps,
): Promise<readonly RunStatus[] | undefined> {
  if (typed !== undefined) {
    const run = await findRun(typed, deps.objects)
    const status = run === undefined ? undefined : await statusOfRun(run, person, deps)
    return status === undefined ? undefined : [status]
  }
  const runs = await deps.recent(person.person)
  const found = await Promise.all(runs.map((run) => statusOfRun(run, person, deps)))
  return found.filter((status) => status !== undefined)
}

async function statusOfRun(run: string, person: PersonFacts, deps: StatusDeps): Promise<RunStatus | undefined> {
  const found = await readAsked(run, deps)
  if (found === undefined) return await statusOfHeld(run, person, deps)
  const { grant, asked } = found
  const mayCancel = deps.mayCancel(person, grant.person)
  if (!isSame(grant.person, person.person) && !mayCancel) return undefined
  const base = { ...baseOf(grant, asked), ...(grant.basis.kind === 'break_glass' ? { glass: true as const } : {}) }
  const verdict = await verdictOf(run, deps.objects)
  if (verdict !== undefined)
    return { ...base, state: verdict, mayCancel: false, delivery: await deliveryState(deps.objects, run, deps.now()) }
  const progress = await deps.progress(run)
  const state = (await deps.cancelled(run)) ? 'cancelling' : progress.parts.total === 0 ? 'queued' : 'running'
  return { ...base, state, mayCancel, ...(state === 'queued' ? {} : { progress }) }
}

function baseOf(grant: Grant, { echo }: Asked): Pick<RunStatus, 'run' | 'question' | 'askedAt'> {
  return { run: grant.run, question: echo, askedAt: new Date(grant.askedAt * 1000).toISOString() }
}

/** A question that waits to be begun, while it may be. */
async function statusOfHeld(run: string, person: PersonFacts, deps: StatusDeps): Promise<RunStatus | undefined> {
  const held = await readHeld(run, deps.objects)
  const verified = held === undefined ? undefined : await deps.verifyExpired(held.asked.token)
  if (held === undefined || verified?.ok !== true || verified.value.run !== run) return undefined
  const grant = verified.value
  if (deps.now().getTime() / 1000 >= grant.askedAt + deps.runFor) return undefined
  const mayCancel = deps.mayCancel(person, grant.person)
  if (!isSame(grant.person, person.person) && !mayCancel) return undefined
  const { seconds, requests } = held.estimate
  return { ...baseOf(grant, held.asked), state: 'held', mayCancel, takes: { seconds, requests } }
}

/** How a run ended; undefined when it has no end. */
export async function verdictOf(
  run: string,
  objects: Pick<Objects, 'read' | 'size'>,
): Promise<Answer['coverage']['verdict'] | undefined> {
  if ((await objects.size(terminalKey(run))) === undefined) return undefined
  const bytes = await objects.read(answerKey(run))
  if (bytes === undefined) return 'failed'
  const standing = standingOf(JSON.parse(bytes.toString('utf8')) as Answer)
  // Nothing found where nothing has settled yet: the answer does not call itself complete, so this may not.
  return standing === 'unknown' ? 'partial' : standing
}
