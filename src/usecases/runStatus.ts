import type { Person, PersonFacts } from '../domain/policy/person.ts'
import type { Answer, Progress } from '../domain/result/answer.ts'
import { standingOf } from '../domain/result/headline.ts'
import { answerKey, type Objects, terminalKey } from '../domain/result/objects.ts'
import type { RunStatus } from '../domain/result/runStatus.ts'
import { type AskedDeps, findRun, readAsked } from './cancelRun.ts'
import { deliveryState } from './deliverMemory.ts'

export type StatusDeps = AskedDeps & {
  readonly recent: (person: Person) => Promise<readonly string[]>
  readonly progress: (run: string) => Promise<Progress>
  readonly cancelled: (run: string) => Promise<boolean>
  readonly mayCancel: (by: PersonFacts, asker: Person) => boolean
  readonly now: () => Date
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
  if (found === undefined) return undefined
  const { grant, asked } = found
  const own = grant.person.team === person.person.team && grant.person.user === person.person.user
  const mayCancel = deps.mayCancel(person, grant.person)
  if (!own && !mayCancel) return undefined
  const base = {
    run,
    question: asked.echo,
    askedAt: new Date(grant.askedAt * 1000).toISOString(),
    ...(grant.basis.kind === 'break_glass' ? { glass: true as const } : {}),
  }
  const verdict = await verdictOf(run, deps.objects)
  if (verdict !== undefined)
    return { ...base, state: verdict, mayCancel: false, delivery: await deliveryState(deps.objects, run, deps.now()) }
  const progress = await deps.progress(run)
  const state = (await deps.cancelled(run)) ? 'cancelling' : progress.parts.total === 0 ? 'queued' : 'running'
  return { ...base, state, mayCancel, ...(state === 'queued' ? {} : { progress }) }
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
