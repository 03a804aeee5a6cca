import { stoppedPart } from '../domain/query/cover.ts'
import type { EndedEarly, PartCoverage } from '../domain/query/coverage.ts'
import type { Plan } from '../domain/query/plan.ts'
import { chainKey, type Objects, partEndKey, sourcesKey } from '../domain/result/objects.ts'
import { inTurns } from './inTurns.ts'
import { totalled } from './partTotals.ts'
import { countPages } from './readChain.ts'

/**
 * What an answer is put together from: how each part of the plan ended, and how many pages each of its chains had. Frozen when the answer is
 * begun, so that whoever is killed over it and whoever goes on, or a part that is still being read, cannot make two different answers of it.
 */
export type Sources = {
  readonly version: 1
  readonly ended?: EndedEarly
  readonly ends: readonly PartCoverage[]
  /** By part of the plan, then by chain. */
  readonly pages: readonly (readonly number[])[]
  readonly at: string
  /** Rounds after the first that the answer is made of too, each with sources of its own. */
  readonly rounds?: number
}

/** Parts looked at side by side. */
const LOOKED_AT_ONCE = 32

/** The sources of a run's answer: those that were frozen first, or else the ones of this moment. */
export async function freezeSources(
  plan: Plan,
  ended: EndedEarly | undefined,
  deps: { readonly objects: Objects; readonly now: () => Date },
  rounds = 0,
): Promise<Sources> {
  const before = await readSources(plan.run, deps.objects)
  if (before !== undefined) return before
  const parts = await inTurns(plan.parts, LOOKED_AT_ONCE, (part) => sourceOf(part, plan, ended, deps.objects))
  const sources: Sources = {
    version: 1,
    ...(ended === undefined ? {} : { ended }),
    ends: parts.map(({ end }) => end),
    pages: parts.map(({ pages }) => pages),
    at: deps.now().toISOString(),
    ...(rounds === 0 ? {} : { rounds }),
  }
  const first = await deps.objects.create(sourcesKey(plan.run), JSON.stringify(sources))
  return first ? sources : ((await readSources(plan.run, deps.objects)) ?? sources)
}

/** The frozen sources of a run's answer, or undefined while it is not begun. */
export async function readSources(run: string, objects: Pick<Objects, 'read'>): Promise<Sources | undefined> {
  const bytes = await objects.read(sourcesKey(run))
  return bytes === undefined ? undefined : (JSON.parse(bytes.toString('utf8')) as Sources)
}

/** How many pages each chain of a plan has at this moment, by part and chain. */
export async function pagesOf(plan: Plan, objects: Objects): Promise<Sources['pages']> {
  return await inTurns(plan.parts, LOOKED_AT_ONCE, (part) => pagesOfPart(part, plan, objects))
}

async function pagesOfPart(
  { account, region }: Plan['parts'][number],
  { run, chains }: Plan,
  objects: Objects,
): Promise<readonly number[]> {
  return await Promise.all(chains.map((_, chain) => countPages(chainKey(run, account, region, chain), objects)))
}

type Source = { readonly end: PartCoverage; readonly pages: readonly number[] }

/** A part without an end was not finished, whatever the reason: that is never taken for "read". */
async function sourceOf(
  { account, region }: Plan['parts'][number],
  plan: Plan,
  ended: EndedEarly | undefined,
  objects: Objects,
): Promise<Source> {
  const bytes = await objects.read(partEndKey(plan.run, account, region))
  const pages = await pagesOfPart({ account, region }, plan, objects)
  const end =
    bytes === undefined
      ? await totalled(stoppedPart(account, region, ended), plan, pages, objects)
      : (JSON.parse(bytes.toString('utf8')) as PartCoverage)
  return { end, pages }
}
