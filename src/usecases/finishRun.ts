import { hasher } from '../domain/canonical.ts'
import type { Grant } from '../domain/policy/grant.ts'
import { coverageOf, stoppedPart } from '../domain/query/cover.ts'
import type { PartCoverage } from '../domain/query/coverage.ts'
import { merge } from '../domain/query/merge.ts'
import type { Plan } from '../domain/query/plan.ts'
import type { Answer } from '../domain/result/answer.ts'
import { csvWriter } from '../domain/result/csv.ts'
import { answerKey, csvKey, type Objects, partEndKey, type Terminal, terminalKey } from '../domain/result/objects.ts'
import { type RowReader, rowOf } from '../domain/result/row.ts'
import { summariser } from '../domain/result/summary.ts'
import { compileColumns } from '../domain/runbook/columns.ts'
import { noiseOf, outcomeOf } from '../domain/runbook/ending.ts'
import type { Runbook } from '../domain/runbook/runbook.ts'
import { chainStreams, textReader } from './pages.ts'
import { parseRecord } from './readChain.ts'
import { withTotals } from './readPart.ts'

export type FinishDeps = {
  readonly objects: Objects
  readonly accountName: (id: string) => string | undefined
  readonly now: () => Date
}

/** Text handed to the store at a time. */
const CHUNK = 64 * 1024

/** Merges what a run's parts read into its CSV and its answer, then sets the terminal marker. Repeating it gives the same bytes. */
export async function finishRun(
  grant: Grant,
  plan: Plan,
  runbook: Runbook,
  ended: 'cancelled' | 'lapsed' | undefined,
  deps: FinishDeps,
): Promise<Answer> {
  const ends = await endsOf(plan, ended, deps.objects)
  const coverage = coverageOf(plan, ends, ended)
  const merged = await writeCsv(grant, plan, runbook, ends, deps.objects)
  const answer: Answer = {
    version: 1,
    run: grant.run,
    runbook: {
      name: runbook.name,
      digest: runbook.digest,
      title: runbook.title,
      ...(runbook.empty === '' ? {} : { empty: runbook.empty }),
    },
    parameters: grant.query.parameters,
    accounts: grant.query.accounts.map((id) => ({ id, ...named(deps.accountName(id)) })),
    coverage,
    filters: plan.filters,
    ...merged,
    requests: ends.reduce((sum, end) => sum + end.pages, 0),
    askedAt: new Date(grant.askedAt * 1000).toISOString(),
    finishedAt: deps.now().toISOString(),
  }
  await deps.objects.create(answerKey(grant.run), JSON.stringify(answer))
  const terminal: Terminal = {
    run: grant.run,
    outcome: coverage.verdict === 'failed' ? 'failed' : 'answered',
    at: answer.finishedAt,
  }
  await deps.objects.create(terminalKey(grant.run), JSON.stringify(terminal))
  return answer
}

function named(name: string | undefined): { readonly name?: string } {
  return name === undefined ? {} : { name }
}

/** How each part ended. One without an end was not finished, whatever the reason: that is never taken for "read". */
async function endsOf(
  plan: Plan,
  ended: 'cancelled' | 'lapsed' | undefined,
  objects: Objects,
): Promise<readonly PartCoverage[]> {
  const ends: PartCoverage[] = []
  for (const { account, region } of plan.parts) {
    const bytes = await objects.read(partEndKey(plan.run, account, region))
    ends.push(
      bytes === undefined
        ? await withTotals(stoppedPart(account, region, ended), plan, objects)
        : (JSON.parse(bytes.toString('utf8')) as PartCoverage),
    )
  }
  return ends
}

type Merged = Pick<Answer, 'counts' | 'first' | 'last' | 'cut' | 'columns' | 'newest' | 'groups' | 'csv'>

async function writeCsv(
  grant: Grant,
  plan: Plan,
  runbook: Runbook,
  ends: readonly PartCoverage[],
  objects: Objects,
): Promise<Merged> {
  const csv = csvWriter(runbook.columns)
  const summary = summariser(runbook)
  const reader: RowReader = { cellsOf: compileColumns(runbook.columns), outcomeOf, noiseOf }
  const textAt = textReader(objects)
  const state = { rows: 0, cut: false }
  const hash = hasher()
  let bytes = 0

  async function* lines(): AsyncGenerator<string> {
    yield csv.header()
    for await (const { page, entry } of merge(await chainStreams(plan, objects))) {
      state.cut = state.rows >= grant.query.limit
      if (state.cut) return
      const text = await textAt(page, entry)
      const { account, region } = page
      const record = parseRecord({ ...entry, text })
      const row = rowOf({ text, record, eventId: entry.eventId, eventTime: entry.eventTime, account, region }, reader)
      state.rows += 1
      summary.add(row)
      yield csv.row(row)
    }
  }
  async function* chunks(): AsyncGenerator<Buffer> {
    for await (const text of joined(lines())) {
      const chunk = Buffer.from(text, 'utf8')
      hash.update(chunk)
      bytes += chunk.length
      yield chunk
    }
  }
  await objects.createFrom(csvKey(grant.run), chunks())
  const read = ends.reduce((sum, end) => sum + end.records, 0)
  return { ...summary.finish({ read, cut: state.cut }), csv: { rows: state.rows, bytes, sha256: hash.digest() } }
}

async function* joined(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let chunk = ''
  for await (const line of lines) {
    chunk += line
    if (chunk.length < CHUNK) continue
    yield chunk
    chunk = ''
  }
  if (chunk !== '') yield chunk
}
