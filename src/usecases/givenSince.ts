import { merge } from '../domain/query/merge.ts'
import { seconds } from '../domain/query/plan.ts'
import type { Objects } from '../domain/result/objects.ts'
import { pageReader } from './pages.ts'
import { readRounds, roundStreams } from './rounds.ts'

/**
 * The eventIDs of a finished run's matched records from a moment (ISO) on: its pages are read newest first and no further back. Throws when
 * the run's plan or sources are not in the store: what is new could not be told from what was given.
 */
export async function givenSince(run: string, since: string, objects: Objects): Promise<ReadonlySet<string>> {
  const rounds = await readRounds(run, objects)
  if (rounds === undefined) throw new Error(`run ${run} has no sources in the store`)
  const given = new Set<string>()
  for await (const { entry } of merge(await roundStreams(rounds, objects, pageReader(objects)))) {
    if (entry.eventTime < seconds(since)) break
    given.add(entry.eventId)
  }
  return given
}
