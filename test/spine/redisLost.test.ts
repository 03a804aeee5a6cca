import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { flatActor } from '../../src/playground/aws/history/flat.ts'
import { namedKeyId } from '../../src/playground/aws/keyId.ts'
import { ALICE, aRig, botWords, RESPONDER, type Rig, until } from '../support/rig.ts'
import { hoursAgo } from '../support/rigQuestions.ts'
import { readCsv, truth } from '../support/rigTruth.ts'

const ACCOUNT = '100000000001'
const REGIONS = ['eu-west-1', 'us-east-1']
const KEY = namedKeyId('AKIA', ACCOUNT, flatActor(0))
const SINCE = hoursAgo(23)
/** Slack's ack is due within 3 seconds; less is asked of ctq. */
const ACK_MS = 3_000

describe('Redis goes away, or forgets', () => {
  let rig: Rig
  before(async () => {
    const fixture = { kind: 'flat', accounts: 1, regions: REGIONS, recordsPerAccountRegion: 2_000, actors: 1 } as const
    rig = await aRig({
      aws: { fixture, latencyMs: 60 },
      settings: {
        inventory: { from: 'list', accounts: [{ id: ACCOUNT, name: 'flat-1' }] },
        roles: { responder: { ...RESPONDER, defaultAccounts: ['flat-1'] } },
        aws: { paceMs: 20 },
      },
    })
    await Promise.all([rig.bot(), rig.worker()])
  })
  after(() => rig.close())

  /** Each question is another window, so that none joins one before it. */
  let asked = 0
  const question = (): { readonly text: string; readonly end: string } => {
    asked += 1
    const end = new Date(Date.parse(hoursAgo(1)) - asked * 1000).toISOString().replace('.000Z', 'Z')
    return { text: `key-activity ${KEY} since ${SINCE} until ${end} region=${REGIONS.join(',')}`, end }
  }
  const pages = async (): Promise<number> =>
    [...(await rig.lookups()).values()].reduce((sum, { served }) => sum + served, 0)
  const assertWhole = async (run: string, end: string): Promise<void> => {
    const seen = await rig.seen(run, 40_000)
    assert.match(seen.message.text, /^COMPLETE/)
    const all = await Promise.all(
      REGIONS.map((region) => truth(rig.aws, { account: ACCOUNT, region, start: SINCE, end })),
    )
    const ids = readCsv(seen.file?.content.toString('utf8') ?? '').map(({ eventID }) => eventID)
    const expected = all.flat().filter(({ userIdentity }) => userIdentity?.accessKeyId === KEY)
    assert.deepEqual(ids.toSorted(), expected.map(({ eventID }) => eventID).toSorted())
  }
  const forget = async (): Promise<void> => {
    rig.redis.away()
    await rig.redis.client.flushdb()
    rig.redis.back()
  }

  test('away when somebody asks: the ack comes in time and says that nothing was started', async () => {
    rig.redis.away()
    const { text } = question()
    const commanded = await rig.type(`/ctq ${text}`)
    assert.equal(commanded.status, 'acked')
    assert.ok((commanded.ms ?? ACK_MS) < ACK_MS, `${commanded.ms} ms`)
    assert.match(rig.told(commanded), /queue cannot be reached, so nothing was started/)
    const before = botWords(rig.slack).length
    await rig.type(`@ctq ${text}`)
    const told = await until(() => botWords(rig.slack).slice(before)[0], 'an answer to the mention')
    assert.match(told, /queue cannot be reached, so nothing was started/)
    rig.redis.back()
    const again = question()
    await assertWhole(await until(() => rig.ask(again.text).catch(() => undefined), 'Redis is back'), again.end)
  })

  test('emptied while pages are read: the run is put back and goes on from the pages that exist', async () => {
    const { text, end } = question()
    const before = await pages()
    const run = await rig.ask(text)
    await until(async () => ((await pages()) >= before + 20 ? true : undefined), 'pages are read')
    await forget()
    await assertWhole(run, end)
    const minted = (await rig.audit(run)).filter(({ step }) => step === 'minted')
    assert.equal(minted.length, 1)
  })

  test('emptied when a question is acknowledged and not yet decided: it is asked anew', async () => {
    const { text, end } = question()
    await rig.tellSlack('faults', { method: '*', kind: 'http', times: 1000 })
    const bob = await rig.type(`/ctq ${text}`, { user: 'U0BOB0001', channel: 'dm' })
    assert.match(rig.told(bob), /^Asking /)
    const waiting = async (): Promise<true | undefined> =>
      (await rig.redis.client.zcard('{ctq}:ask:delayed')) > 0 ? true : undefined
    await until(waiting, 'a retry')
    await forget()
    await rig.tellSlack('faults', undefined, 'DELETE')
    const [, begin = ''] = /run `?([0-9a-f]{8})/.exec(rig.told(bob)) ?? []
    const run = await until(async () => (await rig.audit()).find((step) => step.run?.startsWith(begin))?.run, 'the run')
    await assertWhole(run, end)
  })

  test('emptied between the end of a run and its delivery: the answer is still delivered, once', async () => {
    const [bot] = rig.processes.filter(({ command }) => command === 'bot')
    const { text, end } = question()
    const run = await rig.ask(text)
    await bot?.stop('SIGKILL')
    await until(() => rig.stored(run, 'terminal.json'), 'the end', 30_000)
    await forget()
    const shown = (): number => botWords(rig.slack).filter((words) => words.startsWith('COMPLETE')).length
    const before = shown()
    await rig.bot()
    await assertWhole(run, end)
    assert.equal(shown(), before + 1)
    const files = [...rig.slack.workspace.files.values()].filter(({ name }) => name.includes(run.slice(0, 8)))
    assert.equal(files.length, 1, `one CSV for ${ALICE}`)
  })
})
