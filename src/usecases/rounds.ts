import type { EndedEarly } from '../domain/query/coverage.ts'
import type { Stream } from '../domain/query/merge.ts'
import type { Plan } from '../domain/query/plan.ts'
import { type Objects, roundOf } from '../domain/result/objects.ts'
import { chainStreams, type PageReader, type StoredPage } from './pages.ts'
import { planOf } from './plans.ts'
import { freezeSources, readSources, type Sources } from './sources.ts'

/** A plan of a run and what was read by it. */
export type PlanRead = { readonly plan: Plan; readonly sources: Sources }

/** What an answer is made of: the run's first plan, and those of the rounds that followed credentials. */
export type Rounds = readonly [PlanRead, ...(readonly PlanRead[])]

/** Freezes what an answer is made of. The first sources say how many rounds: one that is planned later is not in it. */
export async function freezeRounds(
  plans: readonly Plan[],
  ended: EndedEarly | undefined,
  deps: { readonly objects: Objects; readonly now: () => Date },
): Promise<Rounds> {
  const [first, ...others] = plans
  if (first === undefined) throw new Error('a run has a plan')
  const sources = await freezeSources(first, ended, deps, others.length)
  const later: PlanRead[] = []
  for (const plan of others.slice(0, sources.rounds ?? 0))
    later.push({ plan, sources: await freezeSources(plan, sources.ended, deps) })
  return [{ plan: first, sources }, ...later]
}

/** What a finished run's answer was made of; undefined when something of it is not in the store. */
export async function readRounds(run: string, objects: Pick<Objects, 'read'>): Promise<Rounds | undefined> {
  const first = await readRound(run, objects)
  if (first === undefined) return undefined
  const later: PlanRead[] = []
  for (let round = 1; round <= (first.sources.rounds ?? 0); round++) {
    const next = await readRound(roundOf(run, round), objects)
    if (next === undefined) return undefined
    later.push(next)
  }
  return [first, ...later]
}

async function readRound(run: string, objects: Pick<Objects, 'read'>): Promise<PlanRead | undefined> {
  const plan = await planOf(run, objects)
  const sources = await readSources(run, objects)
  return plan === undefined || sources === undefined ? undefined : { plan, sources }
}

/** The streams of all rounds: a record that several of them read comes out of the merge once. */
export async function roundStreams(
  rounds: Rounds,
  objects: Objects,
  reader: PageReader,
): Promise<readonly Stream<StoredPage>[]> {
  const streams: (readonly Stream<StoredPage>[])[] = []
  for (const { plan, sources } of rounds) streams.push(await chainStreams(plan, sources.pages, objects, reader))
  return streams.flat()
}
