import { merge } from '../domain/query/merge.ts'
import type { Answer, GroupRow } from '../domain/result/answer.ts'
import type { Diff, OneSided } from '../domain/result/diff.ts'
import type { Objects } from '../domain/result/objects.ts'
import { rowOf } from '../domain/result/row.ts'
import { rowReader } from '../domain/result/rowReader.ts'
import { soFar } from '../domain/result/soFar.ts'
import type { Runbook } from '../domain/runbook/runbook.ts'
import { pageReader } from './pages.ts'
import { parseRecord } from './readChain.ts'
import { readRounds, roundStreams } from './rounds.ts'

export type DiffDeps = {
  readonly objects: Objects
  readonly accountName: (id: string) => string | undefined
  readonly now: Date
}

const TOLD = 8

/** Compares two answers by their records in the store. Throws when a run's plan or sources are not there. */
export async function diffAnswers(before: Answer, after: Answer, runbook: Runbook, deps: DiffDeps): Promise<Diff> {
  const [old, young] = [await idsOf(before, deps.objects), await idsOf(after, deps.objects)]
  let both = 0
  for (const id of young) if (old.has(id)) both += 1
  return {
    before,
    after,
    both,
    added: await oneSided(after, old, before, runbook, deps),
    gone: await oneSided(before, young, after, runbook, deps),
    groups: { added: groupsWithout(after, before), gone: groupsWithout(before, after) },
  }
}

async function* entriesOf(answer: Answer, objects: Objects) {
  const rounds = await readRounds(answer.run, objects)
  if (rounds === undefined) throw new Error(`run ${answer.run} has no sources in the store`)
  const reader = pageReader(objects)
  let given = 0
  for await (const { page, entry } of merge(await roundStreams(rounds, objects, reader))) {
    if (given >= answer.csv.rows) return
    given += 1
    yield { page, entry, reader }
  }
}

async function idsOf(answer: Answer, objects: Objects): Promise<ReadonlySet<string>> {
  const ids = new Set<string>()
  for await (const { entry } of entriesOf(answer, objects)) ids.add(entry.eventId)
  return ids
}

async function oneSided(
  answer: Answer,
  others: ReadonlySet<string>,
  other: Answer,
  runbook: Runbook,
  deps: DiffDeps,
): Promise<OneSided> {
  const met = soFar(runbook)
  const rows = rowReader(runbook, deps.accountName)
  const { since, until } = other.coverage.window
  const counts = { calls: 0, outside: 0 }
  for await (const { page, entry, reader } of entriesOf(answer, deps.objects)) {
    if (others.has(entry.eventId)) continue
    counts.calls += 1
    const at = entry.eventTime * 1000
    if (at < Date.parse(since) || at > Date.parse(until)) counts.outside += 1
    const text = await reader.textOf(page, entry)
    const { account, region } = page
    met.add(rowOf({ ...entry, text, record: parseRecord({ ...entry, text }), account, region }, rows))
  }
  return { ...counts, told: met.told(TOLD, deps.now.toISOString()) }
}

/** Groups are compared by what they group, not by how many: a count changes with the window. */
function groupsWithout(answer: Answer, other: Answer): readonly GroupRow[] {
  const key = ({ values }: GroupRow): string => JSON.stringify(values)
  const known = new Set(other.groups.rows.map(key))
  return answer.groups.rows.filter((row) => !known.has(key(row)))
}
