import { merge } from '../domain/query/merge.ts'
import type { Objects } from '../domain/result/objects.ts'
import { chainStreams, pageReader } from './pages.ts'
import { planOf } from './plans.ts'
import { readSources } from './sources.ts'

/**
 * The exact texts of a finished run's matched records, newest first, each record once, at most `limit` of them: the same records in the same order
 * as the rows of its CSV.
 */
export async function* matchedRecords(run: string, limit: number, objects: Objects): AsyncGenerator<string> {
  const plan = await planOf(run, objects)
  const sources = await readSources(run, objects)
  if (plan === undefined || sources === undefined) return
  const reader = pageReader(objects)
  let given = 0
  for await (const { page, entry } of merge(await chainStreams(plan, sources.pages, objects, reader))) {
    if (given >= limit) return
    given += 1
    yield await reader.textOf(page, entry)
  }
}
