import { merge } from '../domain/query/merge.ts'
import type { Objects } from '../domain/result/objects.ts'
import { pageReader } from './pages.ts'
import { readRounds, roundStreams } from './rounds.ts'

/**
 * The exact texts of a finished run's matched records, newest first, each record once, at most `limit` of them: the same records in the same order
 * as the rows of its CSV.
 */
export async function* matchedRecords(run: string, limit: number, objects: Objects): AsyncGenerator<string> {
  const rounds = await readRounds(run, objects)
  if (rounds === undefined) return
  const reader = pageReader(objects)
  let given = 0
  for await (const { page, entry } of merge(await roundStreams(rounds, objects, reader))) {
    if (given >= limit) return
    given += 1
    yield await reader.textOf(page, entry)
  }
}
