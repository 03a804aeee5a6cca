import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { flatActor } from '../../src/playground/aws/history/flat.ts'
import { namedKeyId } from '../../src/playground/aws/keyId.ts'
import { aRig, OPS, PAYMENTS, RESPONDER, type Rig, type Seen, textOf, until } from '../support/rig.ts'
import { hoursAgo, isRefused } from '../support/rigQuestions.ts'
import { lookedUp, readCsv, truth } from '../support/rigTruth.ts'

function csvOf(seen: Seen): readonly Readonly<Record<string, string>>[] {
  assert.ok(seen.file, 'there is a CSV in Slack')
  return readCsv(seen.file.content.toString('utf8'))
}

describe('one question all the way, in Socket Mode', () => {
  let rig: Rig
  before(async () => {
    rig = await aRig({ aws: { latencyMs: 600 }, slack: { settings: { rateLimits: true } } })
    await Promise.all([rig.bot(), rig.worker()])
  })
  after(() => rig.close())

  test('status, progress and answer are one message, the CSV lies in its thread, and its rows are what a plain loop finds', async () => {
    const { workspace } = rig.slack
    const since = hoursAgo(30)
    const until_ = hoursAgo(2)
    const regions = ['eu-west-1', 'us-east-1']
    const run = await rig.ask(`denied-calls since ${since} until ${until_} region=${regions.join(',')}`)
    const status = await until(
      () => bot(rig).find((message) => textOf(message).includes(run.slice(0, 8))),
      'a status message',
    )
    assert.match(textOf(status), /cancel_run/)
    await until(
      () => (/[1-9]\d* page/.test(textOf(status)) ? true : undefined),
      () => `progress: ${textOf(status)}`,
    )
    await rig.tellAws('settings', { latencyMs: 0 })
    const seen = await rig.seen(run)
    assert.equal(seen.message.ts, status.ts, 'the answer is in the status message')
    assert.equal(seen.channel, OPS)
    assert.match(seen.message.text, /^COMPLETE/)
    assert.doesNotMatch(seen.shown, /cancel_run/)

    const [shared] = seen.file?.shares ?? []
    assert.deepEqual([shared?.channel, shared?.thread_ts], [OPS, status.ts])
    const inThread = workspace.messages.get(OPS)?.filter(({ thread_ts }) => thread_ts === status.ts) ?? []
    assert.deepEqual(
      inThread.flatMap(({ files }) => files),
      [seen.file?.id],
      'one file, once',
    )

    const all = await Promise.all(regions.map((region) => lookedUp(rig.aws, region, since, until_)))
    const expected = all.flat().filter(isRefused)
    const rows = csvOf(seen)
    assert.ok(expected.length > 20, `enough to compare: ${expected.length}`)
    assert.deepEqual(rows.map(({ eventID }) => eventID).sort(), expected.map(({ eventID }) => eventID).sort())
    const byId = new Map(expected.map((record) => [record.eventID, record]))
    for (const row of rows) {
      const record = byId.get(row['eventID'] ?? '')
      assert.deepEqual([row['eventTime'], row['eventName']], [record?.eventTime, record?.eventName])
      assert.equal(row['account'], PAYMENTS)
    }
    const times = rows.map(({ eventTime }) => eventTime ?? '')
    assert.deepEqual(times, times.toSorted().reverse(), 'newest first')
  })
})

function bot(rig: Rig) {
  return (rig.slack.workspace.messages.get(OPS) ?? []).filter(
    ({ from_bot, deleted, ephemeral_to }) => from_bot && !deleted && ephemeral_to === undefined,
  )
}

describe('one question all the way, over signed HTTP, while workers are killed', () => {
  const ACCOUNT = '100000000001'
  const REGIONS = ['eu-west-1', 'us-east-1', 'eu-central-1', 'us-west-2']
  const PER_REGION = 4_000
  let rig: Rig
  before(async () => {
    rig = await aRig({
      mode: 'http',
      aws: { fixture: { kind: 'flat', accounts: 1, regions: REGIONS, recordsPerAccountRegion: PER_REGION, actors: 1 } },
      settings: {
        inventory: { from: 'list', accounts: [{ id: ACCOUNT, name: 'flat-1' }] },
        roles: { responder: { ...RESPONDER, defaultAccounts: ['flat-1'] } },
        aws: { paceMs: 25 },
      },
    })
    await Promise.all([rig.bot(), rig.worker(), rig.worker(), rig.worker()])
  })
  after(() => rig.close())

  test('three kill -9 on the way double no record, lose none, and read no page more often than they explain', async () => {
    const key = namedKeyId('AKIA', ACCOUNT, flatActor(0))
    const since = hoursAgo(23)
    const until_ = hoursAgo(1)
    const run = await rig.ask(`key-activity ${key} since ${since} until ${until_} region=${REGIONS.join(',')}`)
    const pagesRead = async (): Promise<number> =>
      [...(await rig.lookups()).values()].reduce((sum, { served }) => sum + served, 0)
    const workers = rig.processes.filter(({ command }) => command === 'worker')
    let kills = 0
    for (const victim of workers) {
      const before = await pagesRead()
      await until(async () => ((await pagesRead()) >= before + 25 ? true : undefined), 'pages are read', 25_000)
      await victim.stop('SIGKILL')
      kills += 1
      if (kills < workers.length) continue
      await rig.worker()
    }
    const seen = await rig.seen(run, 60_000)
    assert.match(seen.message.text, /^COMPLETE/)

    const stretch = { account: ACCOUNT, start: since, end: until_ }
    const all = await Promise.all(REGIONS.map((region) => truth(rig.aws, { ...stretch, region })))
    const expected = all.flat().filter(({ userIdentity }) => userIdentity?.accessKeyId === key)
    const ids = csvOf(seen).map(({ eventID }) => eventID ?? '')
    assert.equal(new Set(ids).size, ids.length, 'no record twice')
    assert.deepEqual(ids.toSorted(), expected.map(({ eventID }) => eventID).toSorted(), 'none missing, none too many')

    const needed = all.reduce((sum, records) => sum + Math.ceil(records.length / 50), 0)
    const served = await pagesRead()
    assert.ok(needed >= 250, `several hundred pages: ${needed}`)
    assert.equal(seen.answer.requests, needed)
    assert.ok(served >= needed && served <= needed + kills * REGIONS.length, `${served} served for ${needed} pages`)
  })
})
