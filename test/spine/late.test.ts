import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { lateRunOf } from '../../src/domain/result/late.ts'
import { ALICE, BOB, messageAt, OPS, type Seen, textOf, until } from '../support/rig.ts'
import { aFlatRig, FLAT, FLAT_KEY, type FlatRig } from '../support/rigFlat.ts'
import { readCsv } from '../support/rigTruth.ts'

const REGION = 'eu-west-1'
/** What ctq takes as settled: 15 minutes after an event. */
const SETTLING_MS = 15 * 60_000

/** A moment as questions and records write it. */
function iso(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')
}

/** Records of a second before the end, which CloudTrail shows only now. */
async function addLate(rig: FlatRig, ids: readonly string[], end: number): Promise<void> {
  const records = ids.map((eventID) => ({
    text: JSON.stringify({
      eventVersion: '1.11',
      userIdentity: { type: 'IAMUser', userName: 'ci-deploy', accountId: FLAT, accessKeyId: FLAT_KEY },
      eventTime: iso(end - 1000),
      eventSource: 'iam.amazonaws.com',
      eventName: 'CreateUser',
      awsRegion: REGION,
      sourceIPAddress: '203.0.113.9',
      userAgent: 'aws-cli/2.15',
      requestParameters: { userName: '<!channel> backup' },
      eventID,
      readOnly: false,
      recipientAccountId: FLAT,
    }),
  }))
  await rig.tellAws('records', { account: FLAT, region: REGION, records })
}

describe('minutes that AWS had not settled', () => {
  let rig: FlatRig
  before(async () => {
    rig = await aFlatRig({ regions: [REGION], perRegion: 300, paceMs: 2 })
    await Promise.all([rig.bot(), rig.worker()])
  })
  after(() => rig.close())

  let asked = 0
  /** Asks up to a moment that settles in so many seconds. */
  async function askUntil(seconds: number, user = ALICE): Promise<{ readonly run: string; readonly until: number }> {
    asked += 1
    const end = Math.floor(Date.now() / 1000 + seconds) * 1000 - SETTLING_MS
    const since = iso(end - (3600 + asked) * 1000)
    return {
      run: await rig.ask(`key-activity ${FLAT_KEY} since ${since} until ${iso(end)} region=${REGION}`, { user }),
      until: end,
    }
  }
  const comesLate = (id: string, end: number): Promise<void> => addLate(rig, [id], end)
  const inThread = (seen: Seen) =>
    (rig.slack.workspace.messages.get(OPS) ?? []).filter(
      ({ thread_ts, deleted }) => thread_ts === seen.message.ts && !deleted,
    )
  const shown = (seen: Seen): string => textOf(messageAt(rig.slack, OPS, seen.message.ts))
  const settled = async (seen: Seen): Promise<string> =>
    await until(
      () => (/asked again at (?:\d+ \w{3} )?\d\d:\d\dZ(?:: |, nothing)/.test(shown(seen)) ? shown(seen) : undefined),
      () => `the answer says what came of it: ${shown(seen)}`,
      40_000,
    )

  test('what came late is added to the thread, alone and escaped, and the answer says so', async () => {
    const { run, until: end } = await askUntil(6)
    const seen = await rig.seen(run)
    assert.match(seen.shown, /Not settled: after .*, asked again at (?:\d+ \w{3} )?\d\d:\d\dZ, posted here/)
    await comesLate('late-1', end)
    assert.match(await settled(seen), /asked again at (?:\d+ \w{3} )?\d\d:\d\dZ: 1 call came late, in the thread/)
    const late = await rig.seen(lateRunOf(run))
    assert.match(late.message.text, /^\+1 late\. key-activity/)
    assert.deepEqual([...new Set(JSON.stringify(late.message).match(/<[@!][^>]*>/g))], [`<@${ALICE}>`])
    assert.match(shown(seen).split('\n')[0] ?? '', /\+1 late: see the thread/)
    assert.equal(late.message.thread_ts, seen.message.ts)
    assert.match(late.shown, /CreateUser/)
    assert.doesNotMatch(late.shown, /<!channel>/)
    const rows = readCsv(late.file?.content.toString('utf8') ?? '')
    assert.deepEqual(
      rows.map(({ eventID }) => eventID),
      ['late-1'],
    )
    assert.equal(inThread(seen).length, 3, 'the CSV, what came late, and its CSV')
    const steps = (await rig.audit(late.run)).map(({ step }) => step)
    assert.deepEqual(
      ['decided', 'minted', 'run_started', 'run_finished'].filter((step) => !steps.some((one) => one === step)),
      [],
    )
  })

  test('when nothing came late the answer is edited, and nobody is disturbed', async () => {
    const { run } = await askUntil(5)
    const seen = await rig.seen(run)
    const before = inThread(seen).length
    const text = await settled(seen)
    assert.match(text, /Settled: asked again at (?:\d+ \w{3} )?\d\d:\d\dZ, nothing late/)
    assert.doesNotMatch(text, /Not settled/)
    assert.equal(inThread(seen).length, before)
    assert.equal(messageAt(rig.slack, OPS, seen.message.ts)?.metadata !== undefined, true, 'the same message')
  })

  test('a bot that is killed, and a Redis that forgets, lose nothing and ask nothing twice', async () => {
    const { run, until: end } = await askUntil(5)
    const seen = await rig.seen(run)
    const [bot] = rig.processes.filter(({ command }) => command === 'bot')
    await bot?.stop('SIGKILL')
    await comesLate('late-2', end)
    await rig.redis.client.flushdb()
    await delay(5_000)
    await rig.bot()
    const late = lateRunOf(run)
    // Killed again as soon as it is asked: what is known of it then is in the store alone.
    await until(() => rig.stored(late, 'asked.json'), 'it is asked', 30_000)
    await rig.processes
      .filter(({ command }) => command === 'bot')
      .at(-1)
      ?.stop('SIGKILL')
    await rig.redis.client.flushdb()
    await Promise.all([rig.bot(), rig.bot()])
    assert.match(await settled(seen), /1 call came late/)
    await rig.seen(late)
    await delay(1_500)
    assert.equal(inThread(seen).filter(({ text }) => text.startsWith('+1 late.')).length, 1)
    assert.equal(
      (await rig.audit(late)).filter(({ step, outcome }) => step === 'minted' && outcome === 'allow').length,
      1,
    )
  })

  test('whoever lost the right to ask is not asked for again, and the answer says that', async () => {
    const { run, until: end } = await askUntil(5, BOB)
    const seen = await rig.seen(run)
    await comesLate('late-3', end)
    const bob = rig.slack.workspace.users.get(BOB)
    assert.ok(bob)
    bob.deleted = true
    const text = await until(
      () => (/may no longer ask this here/.test(shown(seen)) ? shown(seen) : undefined),
      () => shown(seen),
      40_000,
    )
    assert.match(text, /Not settled: after .*; not asked again/)
    assert.equal(await rig.stored(lateRunOf(run), 'asked.json'), undefined)
    assert.doesNotMatch(text, /late-3/)
  })
})

describe('what is asked in the background', () => {
  let rig: FlatRig
  before(async () => {
    rig = await aFlatRig({ regions: [REGION], perRegion: 3_000, paceMs: 40 })
    await Promise.all([rig.bot(), rig.worker()])
  })
  after(() => rig.close())

  /** When each page of a run was read, in milliseconds since 1970. */
  async function readAt(run: string): Promise<readonly number[]> {
    const parts = join(rig.results, 'runs', run, 'parts')
    const files = await readdir(parts, { recursive: true }).catch(() => [])
    const pages = files.filter((file) => file.endsWith('.page')).map((file) => readFile(join(parts, file), 'utf8'))
    return (await Promise.all(pages)).map((text) => Date.parse(JSON.parse(text.split('\n')[0] ?? '').fetchedAt))
  }

  test('it lets questions about the same account and Region go first, page by page, and still gets on', async () => {
    const end = Math.floor(Date.now() / 1000 + 5) * 1000 - SETTLING_MS
    const run = await rig.ask(`key-activity ${FLAT_KEY} since ${iso(end - 60_000)} until ${iso(end)} region=${REGION}`)
    const seen = await rig.seen(run)
    assert.match(seen.shown, /asked again at/)
    await addLate(
      rig,
      Array.from({ length: 1_500 }, (_, at) => `late-${at}`),
      end,
    )
    const late = lateRunOf(run)
    await until(async () => ((await readAt(late)).length > 0 ? true : undefined), 'it is being read', 30_000)
    const questions = [rig.question(), rig.question(), rig.question()]
    const runs = await Promise.all(questions.map(({ text }) => rig.ask(text)))
    await Promise.all(runs.map((one) => rig.seen(one, 60_000)))
    const others = (await Promise.all(runs.map(readAt))).flat().toSorted((a, b) => a - b)
    const [first = 0, last = 0] = [others[20], others.at(-1)]
    const between = (times: readonly number[]): number => times.filter((at) => at >= first && at <= last).length
    const mine = between(await readAt(late))
    assert.ok(others.length > 100, `${others.length} pages of questions`)
    assert.ok(mine >= 1, 'it is not starved')
    assert.ok(mine <= between(others) / 5, `${mine} pages of its own beside ${between(others)}`)
    await rig.seen(late, 60_000)
    const done = await readAt(late)
    // 1,500 records, 50 a page; the simulated AWS may have written one of its own beside them
    assert.ok(done.length >= 30, `${done.length} pages`)
    assert.ok((done.toSorted((a, b) => a - b).at(-1) ?? 0) > last, 'it ends after them')
  })
})
