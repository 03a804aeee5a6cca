import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ALICE, BOB, botWords, until } from '../support/rig.ts'
import { aFlatRig, type FlatRig } from '../support/rigFlat.ts'

/** Slack's ack is due within 3 seconds; less is asked of ctq. */
const ACK_MS = 3_000

describe('Redis goes away, or forgets', () => {
  let rig: FlatRig
  before(async () => {
    rig = await aFlatRig({ regions: ['eu-west-1', 'us-east-1'], perRegion: 2_000, paceMs: 80 })
    await Promise.all([rig.bot(), rig.worker()])
  })
  after(() => rig.close())

  const assertAnswered = async (run: string, asked: ReturnType<FlatRig['question']>): Promise<void> => {
    await rig.assertWhole(await rig.seen(run, 40_000), asked)
  }
  const forget = async (): Promise<void> => {
    rig.redis.away()
    await rig.redis.client.flushdb()
    rig.redis.back()
  }

  test('away when somebody asks: the ack comes in time and says that nothing was started', async () => {
    rig.redis.away()
    const { text } = rig.question()
    const commanded = await rig.type(`/ctq ${text}`)
    assert.equal(commanded.status, 'acked')
    assert.ok((commanded.ms ?? ACK_MS) < ACK_MS, `${commanded.ms} ms`)
    assert.match(rig.told(commanded), /queue cannot be reached, so nothing was started/)
    const before = botWords(rig.slack).length
    await rig.type(`@ctq ${text}`)
    const told = await until(() => botWords(rig.slack).slice(before)[0], 'an answer to the mention')
    assert.match(told, /queue cannot be reached, so nothing was started/)
    rig.redis.back()
    const again = rig.question()
    await assertAnswered(await until(() => rig.ask(again.text).catch(() => undefined), 'Redis is back'), again)
  })

  test('emptied while pages are read: the run is put back and goes on from the pages that exist', async () => {
    const asked = rig.question()
    const before = (await rig.pages()).length
    const run = await rig.ask(asked.text)
    await until(async () => ((await rig.pages()).length >= before + 20 ? true : undefined), 'pages are read')
    await forget()
    await assertAnswered(run, asked)
    const minted = (await rig.audit(run)).filter(({ step }) => step === 'minted')
    assert.equal(minted.length, 1)
  })

  test('emptied when a question is acknowledged and not yet decided: it is asked anew', async () => {
    const asked = rig.question()
    await rig.tellSlack('faults', { method: '*', kind: 'http', times: 1000 })
    const bob = await rig.type(`/ctq ${asked.text}`, { user: BOB, channel: 'dm' })
    assert.match(rig.told(bob), /^Asking /)
    const waiting = async (): Promise<true | undefined> =>
      (await rig.redis.client.zcard('{ctq}:ask:delayed')) > 0 ? true : undefined
    await until(waiting, 'a retry')
    await forget()
    await rig.tellSlack('faults', undefined, 'DELETE')
    const [, begin = ''] = /run `?([0-9a-f]{8})/.exec(rig.told(bob)) ?? []
    const run = await until(async () => (await rig.audit()).find((step) => step.run?.startsWith(begin))?.run, 'the run')
    await assertAnswered(run, asked)
  })

  test('emptied between the end of a run and its delivery: the answer is still delivered, once', async () => {
    const [bot] = rig.processes.filter(({ command }) => command === 'bot')
    const asked = rig.question()
    const run = await rig.ask(asked.text)
    await bot?.stop('SIGKILL')
    await until(() => rig.stored(run, 'terminal.json'), 'the end', 30_000)
    await forget()
    const shown = (): number => botWords(rig.slack).filter((words) => words.startsWith('COMPLETE')).length
    const before = shown()
    await rig.bot()
    await assertAnswered(run, asked)
    assert.equal(shown(), before + 1)
    const files = [...rig.slack.workspace.files.values()].filter(({ name }) => name.includes(run.slice(0, 8)))
    assert.equal(files.length, 1, `one CSV for ${ALICE}`)
  })
})
