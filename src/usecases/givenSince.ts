import { merge } from '../domain/query/merge.ts'
import { seconds } from '../domain/query/plan.ts'
import type { Objects } from '../domain/result/objects.ts'
import { chainStreams, pageReader } from './pages.ts'
import { planOf } from './plans.ts'
import { readSources } from './sources.ts'

/**
 * The eventIDs of a finished run's matched records from a moment (ISO) on: its pages are read newest first and no further back. Throws when
 * the run's plan or sources are not in the store: what is new could not be told from what was given.
 */
export async function givenSince(run: string, since: string, objects: Objects): Promise<ReadonlySet<string>> {
  const plan = await planOf(run, objects)
  const sources = await readSources(run, objects)
  if (plan === undefined || sources === undefined) throw new Error(`run ${run} has no sources in the store`)
  const given = new Set<string>()
  for await (const { entry } of merge(await chainStreams(plan, sources.pages, objects, pageReader(objects)))) {
    if (entry.eventTime < seconds(since)) break
    given.add(entry.eventId)
  }
  return given
}
