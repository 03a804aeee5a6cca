import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { bindQuestion } from '../../src/domain/playbook/asRunbook.ts'
import type { FollowedSoFar } from '../../src/domain/playbook/collectReport.ts'
import { merge, type Stream } from '../../src/domain/query/merge.ts'
import { rowOf } from '../../src/domain/result/row.ts'
import { rowReader } from '../../src/domain/result/rowReader.ts'
import { playbookCollector } from '../../src/usecases/collectPlaybook.ts'
import { BYSTANDERS, LEAKED_KEY, LEAKED_KEY_RECORDS, NEW_KEY } from '../support/leakedKey.ts'
import { LABELS, rowsOf, shipped } from '../support/stories.ts'

const TRIAGE = shipped('triage')
const ORGANISATION = ['111122223333', '444455556666']
const WINDOW = { since: '2026-11-19T14:08:00Z', until: '2026-11-20T14:08:00Z' }
const NAMES = { accountName: () => undefined, addressLabel: LABELS }
const TODAY = [...LEAKED_KEY_RECORDS.filter(({ eventTime }) => String(eventTime) >= '2026-11-20T00'), ...BYSTANDERS]
const BY_ID = new Map(TODAY.map((record) => [String(record['eventID']), record]))
/** Newest first, as AWS gives them. */
const RECORDS = rowsOf(TRIAGE, TODAY).flatMap(({ eventId, eventTime }) => {
  const record = BY_ID.get(eventId)
  return record === undefined ? [] : [{ eventId, eventTime, record }]
})
type Recorded = (typeof RECORDS)[number]
type Page = {
  readonly index: readonly { eventId: string; eventTime: number; start: number; length: number; matched: boolean }[]
  readonly records: readonly Recorded[]
}

function streamOf(records: readonly Recorded[], size: number): Stream<Page> {
  let at = 0
  return {
    next: async () => {
      const page = records.slice(at, at + size)
      at += size
      const index = page.map(({ eventId, eventTime }, start) => ({
        eventId,
        eventTime,
        start,
        length: 1,
        matched: true,
      }))
      return page.length === 0 ? undefined : { index, records: page }
    },
  }
}

async function told(streams: readonly Stream<Page>[], given: { readonly [name: string]: string }) {
  const followed: FollowedSoFar = {
    root: given['accessKeyId'] ?? '',
    found: new Set([NEW_KEY]),
    whyNot: () => 'account',
  }
  const { members = [], matches } = bindQuestion(TRIAGE, given, ORGANISATION, [NEW_KEY])
  const collector = playbookCollector(TRIAGE, members, ORGANISATION, given, followed, NAMES)
  const reader = rowReader(TRIAGE, NAMES.accountName)
  for await (const { page, entry } of merge(streams)) {
    const { record = {}, eventId = '', eventTime = 0 } = page.records[entry.start] ?? {}
    if (!matches(record)) continue
    const region = String(record['awsRegion'])
    collector.add(rowOf({ text: '', record, eventId, eventTime, account: '111122223333', region }, reader), record)
  }
  return collector.finish({ window: WINDOW, whole: true }, () => ({ kind: 'full' }))
}

const chain = fc.uniqueArray(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 3 })
const cut = fc.record({
  chains: fc.array(chain, { minLength: RECORDS.length, maxLength: RECORDS.length }),
  sizes: fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 5, maxLength: 5 }),
})

for (const [what, given] of [
  ['a key', { accessKeyId: LEAKED_KEY }],
  ['an address', { sourceIPAddress: '203.0.113.9' }],
  ['accounts alone', {}],
] as const)
  test(`what a playbook tells from ${what} does not depend on how records are cut into pages and chains, nor on duplicates`, async () => {
    const whole = await told([streamOf(RECORDS, RECORDS.length)], given)
    assert.ok(whole.playbook.findings.length > 3)
    assert.ok(whole.playbook.apart.length > 1)
    await fc.assert(
      fc.asyncProperty(cut, async ({ chains, sizes }) => {
        const streams = sizes.map((size, at) =>
          streamOf(
            RECORDS.filter((_, index) => chains[index]?.includes(at)),
            size,
          ),
        )
        assert.deepEqual(await told(streams, given), whole)
      }),
      { numRuns: 25 },
    )
  })
