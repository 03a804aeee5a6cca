import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { fixMessage } from '../../src/adapters/slack/messages/pivots.ts'
import type { Count } from '../../src/playground/aws/counters.ts'
import { aRig, PAYMENTS, RESPONDER, type Rig, SETTINGS, type Seen, until } from '../support/rig.ts'
import { hoursAgo, isRefused } from '../support/rigQuestions.ts'
import { lookedUp, type Rec, readCsv, truth } from '../support/rigTruth.ts'

const WEB = '444455556666'
/** Has no reader role. */
const SANDBOX = '888899990000'
/** An account with a reader role, asked in a Region where nothing happens. */
const DATA = '555566667777'

const SINCE = hoursAgo(26)
const UNTIL = hoursAgo(2)
const WINDOW = `since ${SINCE} until ${UNTIL}`
/** Denied calls put into each Region that is read to the end: three pages, in both halves of the window. */
const PLANTED = 120
const APART_MS = (24 * 3_600_000) / (PLANTED + 1)

/** Every test has a Region of its own, so that they can run side by side. */
describe('what goes wrong with AWS', { concurrency: 5 }, () => {
  let rig: Rig
  before(async () => {
    const accounts = [...SETTINGS.inventory.accounts, { id: SANDBOX, name: 'sandbox', groups: [] }]
    rig = await aRig({
      settings: { inventory: { from: 'list', accounts }, roles: { responder: { ...RESPONDER } } },
    })
    await Promise.all([rig.bot(), rig.worker()])
  })
  after(() => rig.close())

  const fault = async (
    given: { readonly region: string; readonly account?: string } & Readonly<Record<string, unknown>>,
  ): Promise<void> => void (await rig.tellAws('faults', { operation: 'LookupEvents', account: PAYMENTS, ...given }))

  const asked = async (scope: string, ms = 60_000): Promise<Seen> =>
    await rig.seen(await rig.ask(`denied-calls ${WINDOW} ${scope}`), ms)

  const countOf = async (region: string, account = PAYMENTS): Promise<Count> => {
    const count = (await rig.lookups()).get(`${account} ${region}`)
    assert.ok(count, `${region} was asked`)
    return count
  }

  const injected = (id: string, at: number): { readonly text: string } => ({
    text: JSON.stringify({
      eventVersion: '1.11',
      eventID: id,
      eventTime: new Date(at).toISOString().replace(/\.\d+Z/, 'Z'),
      eventSource: 'ec2.amazonaws.com',
      eventName: 'RunInstances',
      errorCode: 'AccessDenied',
    }),
  })

  const plant = async (region: string): Promise<void> => {
    const at = (index: number): number => Date.parse(SINCE) + (index + 1) * APART_MS
    const records = Array.from({ length: PLANTED }, (_, index) => injected(`${region}-${index}`, at(index)))
    await rig.tellAws('records', { account: PAYMENTS, region, records })
  }

  /** Complete, and the CSV holds what a plain loop finds, each record once. */
  const assertWhole = async (seen: Seen, region: string): Promise<void> => {
    assert.match(seen.message.text, /^COMPLETE/)
    const expected = (await lookedUp(rig.aws, region, SINCE, UNTIL)).filter(isRefused)
    assert.ok(expected.length >= PLANTED, `enough to compare in ${region}: ${expected.length}`)
    const rows = readCsv(seen.file?.content.toString('utf8') ?? '')
    assert.deepEqual(rows.map((row) => row['eventID']).sort(), expected.map(({ eventID }) => eventID).sort())
  }

  test('throttled: it pauses, goes on, and the answer is whole', async () => {
    await plant('eu-west-1')
    await fault({ region: 'eu-west-1', code: 'ThrottlingException', after: 2, times: 2 })
    const seen = await asked('region=eu-west-1')
    const { throttledAt, servedAt } = await countOf('eu-west-1')
    assert.equal(throttledAt.length, 2)
    // whoever was under way already may be throttled too, or be served; after that everybody pauses for a second
    const last = Math.max(...throttledAt)
    const soon = servedAt.filter((time) => time > last && time < last + 900)
    assert.ok(soon.length <= 1, `at most the one under way, not ${soon.map((time) => time - last).join(', ')} ms later`)
    await assertWhole(seen, 'eu-west-1')
  })

  test('credentials that expire on the way are fetched anew, and the run goes on under the same token', async () => {
    await plant('us-east-1')
    await fault({ region: 'us-east-1', times: 10_000, delayMs: 250 })
    const run = await rig.ask(`denied-calls ${WINDOW} region=us-east-1`)
    const reading = async (): Promise<true | undefined> =>
      ((await rig.lookups()).get(`${PAYMENTS} us-east-1`)?.served ?? 0) >= 2 ? true : undefined
    await until(reading, 'two pages')
    const { expired } = (await rig.tellAws('sessions/expire', {})) as { readonly expired: number }
    assert.ok(expired > 0)
    const seen = await rig.seen(run)
    await assertWhole(seen, 'us-east-1')
    const steps = (await rig.audit(run)).map(({ step }) => step)
    assert.equal(steps.filter((step) => step === 'minted').length, 1)
    assert.ok(!steps.includes('renewed'), 'nothing was renewed')
  })

  test('access denied in one account: the others answer, and the gap names account, Region, action, role and statement', async () => {
    const message = `User: arn:aws:sts::${WEB}:assumed-role/ctq-reader/x is not authorized to perform: cloudtrail:LookupEvents because no identity-based policy allows the cloudtrail:LookupEvents action`
    await fault({ account: WEB, region: 'eu-west-2', code: 'AccessDeniedException', message, times: 1000 })
    const { answer, shown, message: shownAs } = await asked('account=prod-payments,prod-web region=eu-west-2')
    assert.match(shownAs.text, /^PARTIAL/)
    assert.deepEqual(answer.coverage.parts, { asked: 2, complete: 1, blind: 0 })
    const role = `arn:aws:iam::${WEB}:role/ctq-reader`
    const statement = JSON.stringify({ Effect: 'Allow', Action: 'cloudtrail:LookupEvents', Resource: '*' })
    const [open] = answer.coverage.open
    assert.deepEqual(open?.fault, {
      code: 'access_denied',
      detail: `AccessDeniedException: ${message}`,
      action: 'cloudtrail:LookupEvents',
      role,
      statement,
    })
    for (const named of ['prod-web', 'eu-west-2', 'cloudtrail:LookupEvents', role, 'How to fix eu-west-2'])
      assert.ok(shown.includes(named), `${named} in ${shown}`)
    assert.match(JSON.stringify(fixMessage(answer)), /Effect/)
    assert.equal(
      (await countOf('eu-west-2', WEB)).failed['AccessDeniedException'],
      2,
      'a denial is tried by each of the two slices, and not again',
    )
  })

  test('a Region that an SCP denies is a known blind spot: counted, named, and no failure', async () => {
    const { answer, shown, message } = await asked('region=all')
    assert.match(message.text, /^COMPLETE/)
    const { asked: all, complete, blind } = answer.coverage.parts
    assert.deepEqual([complete, blind], [all - 1, 1])
    assert.equal(answer.coverage.open[0]?.fault?.code, 'scp_denied')
    assert.match(shown, /sa-east-1/)
  })

  test('a Region that an SCP denies and that was asked by name is a gap', async () => {
    const { answer, shown, message } = await asked('region=eu-west-3,sa-east-1')
    assert.match(message.text, /^PARTIAL/)
    assert.deepEqual(answer.coverage.parts, { asked: 2, complete: 1, blind: 0 })
    assert.match(shown, /sa-east-1.*organisation policy/s)
  })

  test('a Region that is not enabled is said to be that, not a fault of the credentials', async () => {
    const { answer, shown, message } = await asked('region=ca-central-1,il-central-1')
    assert.match(message.text, /^PARTIAL/)
    assert.equal(answer.coverage.open[0]?.fault?.code, 'region_not_enabled')
    assert.match(shown, /il-central-1.*not enabled/)
  })

  for (const regions of ['eu-central-1', 'all'])
    test(`an account whose role cannot be assumed, region=${regions}: the others answer, and the role is named`, async () => {
      const { answer, shown, message } = await asked(`account=prod-data,sandbox region=${regions} eventSource=iam`)
      assert.match(message.text, /^PARTIAL/)
      const open = answer.coverage.open.filter(({ account }) => account === SANDBOX)
      assert.equal(open.length, 1)
      assert.equal(open[0]?.fault?.code, 'assume_role_denied')
      for (const named of ['sandbox', `arn:aws:iam::${SANDBOX}:role/ctq-reader`, 'How to fix'])
        assert.ok(shown.includes(named), `${named} in ${shown}`)
      assert.match(JSON.stringify(fixMessage(answer)), /sts:AssumeRole/)
      assert.ok(answer.coverage.parts.complete > 0)
    })

  for (const [region, given] of [
    ['us-east-2', { code: 'InternalFailure' }],
    ['us-west-2', { code: 'ServiceUnavailable' }],
    ['ap-south-1', { drop: 'before' }],
    ['ap-southeast-1', { drop: 'after' }],
    ['ap-southeast-2', { code: 'InvalidNextTokenException', times: 1 }],
  ] as const)
    test(`${JSON.stringify(given)} passes: the answer is whole`, async () => {
      await plant(region)
      await fault({ region, after: 2, times: 2, ...given })
      await assertWhole(await asked(`region=${region}`), region)
    })

  test('what does not pass ends the part as failed after a bounded number of tries, and says so', async () => {
    await plant('us-west-1')
    // two slices are read side by side: each has its first page
    await fault({ region: 'us-west-1', code: 'InternalFailure', after: 2, times: 1000 })
    const { answer, shown, message } = await asked('region=us-west-1', 90_000)
    assert.match(message.text, /^PARTIAL/)
    const [open] = answer.coverage.open
    assert.equal(open?.fault?.code, 'aws_failed')
    assert.equal(open?.pages, 2)
    assert.ok(open?.readBackTo, 'how far back it was read')
    assert.match(shown, /us-west-1.*InternalFailure.*read back to/)
    const { failed } = await countOf('us-west-1')
    assert.ok((failed['InternalFailure'] ?? 0) <= 14, `${failed['InternalFailure']} tries`)
  })

  test('a record that AWS gives twice, at the end of one page and the start of the next, is counted once', async () => {
    const region = 'ap-northeast-3'
    const quiet = gapIn(await truth(rig.aws, { account: DATA, region, start: SINCE, end: UNTIL }))
    const stretch = { account: DATA, region, ...quiet }
    const newest = Date.parse(quiet.end) - 1000
    const records = Array.from({ length: 60 }, (_, at) =>
      injected(`dup-${String(at).padStart(4, '0')}`, newest - at * 1000),
    )
    // 49 alone, then a pair: its halves are the 50th and the 51st
    const twice = [...records.slice(0, 50), ...records.slice(49)]
    await rig.tellAws('records', { account: DATA, region, records: twice })
    const ids = (await truth(rig.aws, stretch)).map(({ eventID }) => eventID)
    assert.deepEqual([ids.length, ids[49]], [61, ids[50]])
    const question = `denied-calls since ${quiet.start} until ${quiet.end} account=prod-data region=${region}`
    const seen = await rig.seen(await rig.ask(question))
    assert.equal(seen.answer.requests, 2)
    const rows = readCsv(seen.file?.content.toString('utf8') ?? '').map((row) => row['eventID'])
    assert.deepEqual(rows, [...new Set(ids)])
  })

  test('a record that arrives late is not in the answer, which says up to when it is settled; asked again, it is', async () => {
    const region = 'ap-northeast-2'
    const since = new Date(Date.now() - 600_000).toISOString().replace(/\.\d+Z/, 'Z')
    const question = `denied-calls since ${since} account=prod-data region=${region}`
    const records = [{ ...injected('late-0001', Date.now() - 120_000), visibleInMs: 8_000 }]
    await rig.tellAws('records', { account: DATA, region, records })
    const first = await rig.seen(await rig.ask(question))
    assert.equal(first.answer.csv.rows, 0)
    assert.ok(first.answer.coverage.settledUntil < since, 'nothing of the window is settled')
    assert.match(first.message.text, /^NOT KNOWN: NOT AN ALL-CLEAR/)
    const again = await until(async () => {
      const seen = await rig.seen(await rig.ask(question))
      return seen.answer.csv.rows > 0 ? seen : undefined
    }, 'the late record')
    assert.notEqual(again.run, first.run)
    assert.equal(readCsv(again.file?.content.toString('utf8') ?? '')[0]?.['eventID'], 'late-0001')
  })
})

/** Two minutes between two records in which nothing happened. */
function gapIn(records: readonly Rec[]): { readonly start: string; readonly end: string } {
  const times = records.map(({ eventTime }) => Date.parse(eventTime))
  const end = times.find((time, index) => time - (times[index + 1] ?? time) > 122_000)
  if (end === undefined) throw new Error('there is no quiet moment')
  const text = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z')
  return { start: text(end - 121_000), end: text(end - 1000) }
}
