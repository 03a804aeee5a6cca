import fc from 'fast-check'
import { merge, type Stream } from '../../src/domain/query/merge.ts'
import type { Indexed } from '../../src/domain/query/page.ts'
import { iso } from '../../src/domain/query/plan.ts'
import type { CloudTrailRecord } from '../../src/domain/record.ts'
import type { Reading } from '../../src/domain/result/facets.ts'
import { type RowReader, rowOf } from '../../src/domain/result/row.ts'
import { compileTelling } from '../../src/domain/result/telling.ts'
import { bind } from '../../src/domain/runbook/bind.ts'
import { compileColumns } from '../../src/domain/runbook/columns.ts'
import { noiseOf, outcomeOf } from '../../src/domain/runbook/ending.ts'
import type { Runbook } from '../../src/domain/runbook/runbook.ts'
import { stageCollector } from '../../src/domain/stage/collect.ts'
import type { StageAnswer } from '../../src/domain/stage/finding.ts'
import { runbookOf } from '../runbook/builders.ts'

export const OURS = '111122223333'
/** 2026-11-20T12:00:00Z */
export const NOON = Date.parse('2026-11-20T12:00:00Z') / 1000

export type Call = {
  readonly at: number
  readonly id?: string
  readonly who?: string
  readonly from?: string
  readonly name?: string
  readonly denied?: boolean
  readonly more?: CloudTrailRecord
}

export type Recorded = { readonly record: CloudTrailRecord; readonly eventId: string; readonly eventTime: number }

/** A record of a call, `at` seconds after noon. */
export function aCall({
  at,
  id,
  who = 'alice',
  from = '203.0.113.9',
  name = 'ListUsers',
  denied,
  more,
}: Call): Recorded {
  const eventId = id ?? `${who}-${name}-${from}-${at}`
  const record: CloudTrailRecord = {
    eventID: eventId,
    eventTime: iso(NOON + at),
    eventSource: 'iam.amazonaws.com',
    eventName: name,
    awsRegion: 'us-east-1',
    recipientAccountId: OURS,
    sourceIPAddress: from,
    readOnly: /^(?:List|Get)/.test(name),
    userIdentity: { type: 'IAMUser', userName: who, arn: `arn:aws:iam::${OURS}:user/${who}`, accountId: OURS },
    ...(denied === true ? { errorCode: 'AccessDenied' } : {}),
    ...more,
  }
  return { record, eventId, eventTime: NOON + at }
}

/** A runbook about everything, with these stages, as YAML. */
export function stagesOf(then: string): Runbook {
  return runbookOf({
    match: '{ field: eventName, exists: true }',
    columns: '[eventTime, who, eventName, target, outcome, sourceIPAddress]',
    then,
  })
}

type TestPage = { readonly index: readonly Indexed[]; readonly records: readonly CloudTrailRecord[] }

function pageOf(recorded: readonly Recorded[]): TestPage {
  return {
    index: recorded.map(({ eventId, eventTime }, start) => ({ eventId, eventTime, start, length: 1, matched: true })),
    records: recorded.map(({ record }) => record),
  }
}

function streamOf(pages: readonly TestPage[]): Stream<TestPage> {
  let at = 0
  return { next: async () => pages[at++] }
}

export type Asked = {
  readonly organisation?: readonly string[]
  readonly labels?: { readonly [address: string]: string }
  readonly reading?: Reading
}

export const WHOLE: Reading = { window: { since: iso(NOON - 90 * 86_400), until: iso(NOON + 86_400) }, whole: true }

/** What a runbook's stages find in records that are cut into chains of pages like this. */
export async function found(
  runbook: Runbook,
  chains: readonly (readonly (readonly Recorded[])[])[],
  { organisation = [OURS], labels = {}, reading = WHOLE }: Asked = {},
): Promise<readonly StageAnswer[]> {
  const reader: RowReader = {
    cellsOf: compileColumns(runbook.columns),
    outcomeOf,
    noiseOf,
    tellingOf: compileTelling(runbook, () => undefined),
  }
  const { stages } = bind(runbook, {}, organisation)
  const collector = stageCollector(stages, { columns: runbook.columns, organisation, labelOf: (ip) => labels[ip] })
  for await (const { page, entry } of merge(chains.map((pages) => streamOf(pages.map(pageOf))))) {
    const record = page.records[entry.start]
    if (record === undefined) throw new Error('no record')
    const { eventId, eventTime } = entry
    const found = { text: '', record, eventId, eventTime, account: OURS, region: 'us-east-1' }
    collector.add(rowOf(found, reader), record)
  }
  return collector.finish(reading)
}

/** The same in one chain of one page. */
export async function foundIn(
  runbook: Runbook,
  calls: readonly Call[],
  asked: Asked = {},
): Promise<readonly StageAnswer[]> {
  return await found(runbook, [[calls.map(aCall)]], asked)
}

/** Calls out of few values, close together, so that stages meet them often. */
export const someCalls: fc.Arbitrary<readonly Call[]> = fc
  .array(
    fc.record({
      at: fc.integer({ min: 0, max: 240 }).map((at) => at * 30),
      who: fc.constantFrom('alice', 'bob'),
      from: fc.constantFrom('203.0.113.9', '198.51.100.7', '10.0.0.5'),
      name: fc.constantFrom('ListUsers', 'ListRoles', 'GetUser', 'CreateUser'),
      denied: fc.boolean(),
    }),
    { maxLength: 90, size: 'max' },
  )
  .map((calls) => calls.map((call, index) => ({ ...call, id: `e-${index}` })))

/** Cuts records into chains of pages, newest first as AWS gives them, some of them in more than one chain. */
export function cutOf(calls: readonly Call[]): fc.Arbitrary<readonly (readonly (readonly Recorded[])[])[]> {
  const chain = fc.integer({ min: 0, max: 3 })
  return fc
    .record({
      chains: fc.array(fc.uniqueArray(chain, { minLength: 1, maxLength: 2 }), {
        minLength: calls.length,
        maxLength: calls.length,
      }),
      sizes: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 4, maxLength: 4 }),
      shuffle: fc.infiniteStream(fc.integer({ min: 0, max: 1_000_000 })),
    })
    .map(({ chains, sizes, shuffle }) =>
      sizes.map((size, at) => {
        const mine = calls.filter((_, index) => chains[index]?.includes(at)).map(aCall)
        const order = new Map(mine.map((one) => [one, Number(shuffle.next().value)]))
        mine.sort((a, b) => b.eventTime - a.eventTime || (order.get(a) ?? 0) - (order.get(b) ?? 0))
        return pagesOf(mine, size)
      }),
    )
}

function pagesOf(records: readonly Recorded[], size: number): readonly (readonly Recorded[])[] {
  return Array.from({ length: Math.ceil(records.length / size) }, (_, page) =>
    records.slice(page * size, (page + 1) * size),
  )
}
