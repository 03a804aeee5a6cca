import { hasher } from '../domain/canonical.ts'
import { cutAt } from '../domain/playbook/memberCoverage.ts'
import type { BoundMember } from '../domain/playbook/playbook.ts'
import type { Grant } from '../domain/policy/grant.ts'
import { byPlace, coverageOf } from '../domain/query/cover.ts'
import type { Coverage, EndedEarly } from '../domain/query/coverage.ts'
import { merge } from '../domain/query/merge.ts'
import type { Plan } from '../domain/query/plan.ts'
import { windowLength } from '../domain/request/toQuery.ts'
import type { Answer } from '../domain/result/answer.ts'
import { csvWriter } from '../domain/result/csv.ts'
import { type FindingsCollector, findingsCollector } from '../domain/result/findings.ts'
import { givenOf } from '../domain/result/meaning.ts'
import { answerKey, csvKey, type Objects, type Terminal, terminalKey } from '../domain/result/objects.ts'
import { rowOf } from '../domain/result/row.ts'
import { rowReader } from '../domain/result/rowReader.ts'
import { isFolded, type Summary, summariser } from '../domain/result/summary.ts'
import type { OwnCaller } from '../domain/runbook/ownCalls.ts'
import type { Runbook } from '../domain/runbook/runbook.ts'
import { type StageCollector, stageCollector } from '../domain/stage/collect.ts'
import type { Followed } from '../domain/stage/follow.ts'
import { type Allowed, followOf } from './allowed.ts'
import { type PlaybookCollector, playbookCollector } from './collectPlaybook.ts'
import { followedBy } from './followFindings.ts'
import { askedKeys } from './followRun.ts'
import { givenSince } from './givenSince.ts'
import { memberCoverages } from './memberCoverages.ts'
import { pageReader } from './pages.ts'
import { parseRecord } from './readChain.ts'
import { freezeRounds, type Rounds, roundStreams } from './rounds.ts'

export type FinishDeps = {
  readonly objects: Objects
  readonly accountName: (id: string) => string | undefined
  /** What people call an address, by ctq.yml. */
  readonly addressLabel: (address: string) => string | undefined
  /** Who ctq is for AWS, where that is known: its own calls are noise. */
  readonly own?: () => Promise<OwnCaller | undefined>
  readonly now: () => Date
}

const NONE: ReadonlySet<string> = new Set()

/** The question, with its values in place. */
export type FinishedBy = Pick<Allowed, 'runbook' | 'stages' | 'organisation' | 'members'>

/** Bytes handed to the store at a time. */
const CHUNK = 64 * 1024

/** Merges what a run's parts read into its CSV and its answer, then sets the terminal marker. Repeating it gives the same bytes. */
export async function finishRun(
  grant: Grant,
  plans: readonly Plan[],
  { runbook, ...bound }: FinishedBy,
  ended: EndedEarly | undefined,
  deps: FinishDeps,
): Promise<Answer> {
  const rounds = await freezeRounds(plans, ended, deps)
  const [{ plan, sources }] = rounds
  const ends = rounds.flatMap((round) => round.sources.ends)
  const merged = await writeCsv(grant, rounds, runbook, bound, deps)
  const coverage = asCut(coverageOf(plan, byPlace(ends), sources.ended), merged.summary)
  const reading = { window: coverage.window, whole: coverage.verdict === 'complete' && !merged.summary.cut }
  const coverageOfMember = await memberCoverages(rounds, merged.members, deps.objects)
  const { cutFrom } = merged
  const playbook = merged.playbook?.finish(reading, (member) =>
    cutFrom === undefined ? coverageOfMember(member) : cutAt(coverageOfMember(member), cutFrom),
  )
  const answer: Answer = {
    version: 1,
    run: grant.run,
    runbook: {
      name: runbook.name,
      digest: runbook.digest,
      title: runbook.title,
      ...(runbook.empty === '' ? {} : { empty: runbook.empty }),
      given: givenOf(runbook, grant.query.parameters),
      headline: runbook.headline,
    },
    parameters: grant.query.parameters,
    asked: askedOf(grant, runbook, bound.organisation),
    accounts: grant.query.accounts.map((id) => ({ id, ...named(deps.accountName(id)) })),
    coverage,
    filters: { ...plan.filters, aws: rounds.flatMap((round) => round.plan.filters.aws) },
    ...merged.summary,
    ...(playbook ?? merged.findings(reading)),
    ...(bound.stages.length === 0 ? {} : { stages: merged.staged(reading) }),
    csv: merged.csv,
    requests: ends.reduce((sum, end) => sum + end.pages, 0),
    askedAt: new Date(grant.askedAt * 1000).toISOString(),
    finishedAt: sources.at,
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

/** What was asked, and how much of what could be: nobody may take a default for everything. */
function askedOf(
  { query }: Grant,
  { window }: Pick<Runbook, 'window'>,
  organisation: readonly string[],
): Answer['asked'] {
  const openEnd = typeof query.window.until !== 'string'
  return {
    regions: query.regions,
    openEnd,
    others: organisation.filter((id) => !query.accounts.includes(id)).length,
    usualWindow: openEnd && windowLength(query) === window.default && window.default < window.max,
  }
}

/** Rows that are left out of an answer make it partial, though every part was read to its end. */
function asCut(coverage: Coverage, { cut }: Summary): Coverage {
  return cut && coverage.verdict === 'complete' ? { ...coverage, verdict: 'partial' } : coverage
}

function named(name: string | undefined): { readonly name?: string } {
  return name === undefined ? {} : { name }
}

/** In the CSV of a run that did not wait for the approval that it needed: the run whose review that is. */
const GLASS_COLUMN = 'breakGlass'

type Merged = {
  readonly summary: Summary
  readonly findings: FindingsCollector['finish']
  readonly staged: StageCollector['finish']
  readonly playbook: PlaybookCollector | undefined
  /** Of the playbook, asked about the keys that it went on with too. */
  readonly members: readonly BoundMember[]
  /** Where older rows are left out: the answer is gapless from there on, in seconds since 1970. */
  readonly cutFrom: number | undefined
  readonly csv: Answer['csv']
}

async function writeCsv(
  grant: Grant,
  rounds: Rounds,
  runbook: Runbook,
  bound: Omit<FinishedBy, 'runbook'>,
  deps: FinishDeps,
): Promise<Merged> {
  const { objects, accountName, addressLabel, own } = deps
  const glass = grant.basis.kind === 'break_glass' ? [grant.basis.review] : []
  const ofMembers = bound.members === undefined ? [] : ['members']
  const csv = csvWriter(runbook.columns, [...ofMembers, ...glass.map(() => GLASS_COLUMN)])
  const summary = summariser(runbook)
  const findings = findingsCollector(runbook, grant.query.parameters, addressLabel)
  const reader = rowReader(runbook, accountName, await own?.())
  const [{ plan }] = rounds
  const followed = followedIn(grant, { runbook, ...bound }, rounds)
  const staged = stageCollector(bound.stages, {
    columns: runbook.columns,
    labelOf: addressLabel,
    ...bound,
    ...(followed === undefined ? {} : { followed }),
  })
  const { members, ...soFar } = await followedBy(grant, { runbook, ...bound }, rounds, objects)
  const playbook =
    members && playbookCollector(runbook, members, bound.organisation, grant.query.parameters, soFar, deps)
  const pages = pageReader(objects)
  const state: { rows: number; cutFrom?: number } = { rows: 0 }
  // A run that follows another gives what that one had not: its answer, its counts and its CSV are of the new records alone.
  const given = grant.follows === undefined ? NONE : await givenSince(grant.follows, plan.window.since, objects)

  async function* lines(): AsyncGenerator<string> {
    yield csv.header()
    for await (const { page, entry } of merge(await roundStreams(rounds, objects, pages))) {
      if (given.has(entry.eventId)) continue
      if (state.rows >= grant.query.limit) {
        // Of the second of the first row that is left out, others may have been given.
        state.cutFrom = entry.eventTime + 1
        return
      }
      const text = await pages.textOf(page, entry)
      const { account, region } = page
      const record = parseRecord({ ...entry, text })
      const row = rowOf({ text, record, eventId: entry.eventId, eventTime: entry.eventTime, account, region }, reader)
      state.rows += 1
      summary.add(row)
      if (playbook === undefined) findings.add(row)
      if (!isFolded(row, runbook)) staged.add(row, record)
      const found = playbook === undefined ? [] : [playbook.add(row, record).join(' ')]
      yield csv.row(row, [...found, ...glass])
    }
  }
  const hash = hasher()
  let bytes = 0
  async function* chunks(): AsyncGenerator<Buffer> {
    for await (const chunk of packed(lines())) {
      hash.update(chunk)
      bytes += chunk.length
      yield chunk
    }
  }
  const key = csvKey(grant.run)
  const created = await objects.createFrom(key, chunks())
  const read = rounds.flatMap((round) => round.sources.ends).reduce((sum, end) => sum + end.records, 0)
  return {
    summary: summary.finish({ read, cut: state.cutFrom !== undefined }),
    findings: findings.finish,
    staged: staged.finish,
    playbook,
    members: members ?? [],
    cutFrom: state.cutFrom,
    csv: { rows: state.rows, ...(created ? { bytes, sha256: hash.digest() } : await measured(key, objects)) },
  }
}

/** What a run that follows credentials went on with. */
function followedIn(grant: Grant, { runbook, ...bound }: FinishedBy, rounds: Rounds): Followed | undefined {
  const follow = followOf({ runbook, ...bound })
  if (follow === undefined || runbook.playbook !== undefined) return undefined
  const [{ plan, sources }] = rounds
  return {
    root: grant.query.parameters[follow.parameter] ?? '',
    keys: askedKeys(
      grant,
      follow,
      rounds.map((round) => round.plan),
    ),
    accounts: grant.query.accounts,
    readable: [...new Set(plan.parts.map(({ account }) => account))],
    ended: sources.ended !== undefined,
  }
}

/** What is in the store when another wrote it first: the answer must name the file that is delivered. */
async function measured(key: string, objects: Objects): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = hasher()
  let bytes = 0
  for await (const chunk of objects.stream(key)) {
    hash.update(chunk)
    bytes += chunk.length
  }
  return { bytes, sha256: hash.digest() }
}

/** Lines as UTF-8, so many bytes at a time. Each is written down at once: a long string of them would outlive the quick garbage. */
async function* packed(lines: AsyncIterable<string>): AsyncGenerator<Buffer> {
  let chunk = Buffer.allocUnsafe(CHUNK)
  let used = 0
  for await (const line of lines) {
    const length = Buffer.byteLength(line)
    if (used + length > chunk.length) {
      yield chunk.subarray(0, used)
      chunk = Buffer.allocUnsafe(Math.max(CHUNK, length))
      used = 0
    }
    used += chunk.write(line, used)
  }
  yield chunk.subarray(0, used)
}
