import assert from 'node:assert/strict'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileObjects } from '../../src/adapters/resultStore/file.ts'
import { expiresOnKey } from '../../src/domain/result/objects.ts'
import { botWords, textOf, until } from '../support/rig.ts'
import { type ApprovalRig, anApprovalRig, BOB, CAROL, OPS, QUESTION, REASON } from '../support/rigApprovals.ts'

describe('approvals, whatever happens to Redis', { concurrency: 1 }, () => {
  let rig: ApprovalRig
  before(async () => {
    rig = await anApprovalRig({}, { settings: { answers: { elevated: { keep: '90d' } } } })
    await Promise.all([rig.bot(), rig.worker()])
  })
  after(() => rig.close())

  const forget = async (): Promise<void> => {
    rig.redis.away()
    await rig.redis.client.flushdb()
    rig.redis.back()
  }
  const minted = async (run: string): Promise<number> =>
    (await rig.audit(run)).filter(({ step }) => step === 'minted').length
  /** Messages about a run that stand somewhere now. */
  const standing = (run: string): readonly string[] =>
    [...rig.slack.workspace.messages.values()]
      .flat()
      .filter((message) => message.from_bot && !message.deleted && message.ephemeral_to === undefined)
      .map(textOf)
      .filter((text) => text.includes(run.slice(0, 8)))

  test('emptied while a card waits: nothing is asked twice, and the card still approves', async () => {
    const run = await rig.wanted()
    const card = await rig.about(run, rig.direct(BOB), /approve_request/)
    await rig.about(run, rig.direct(CAROL), /approve_request/)
    const before = standing(run).length
    await forget()
    await until(
      async () => ((await rig.redis.client.zcard('{ctq}:approve:delayed')) > 0 ? true : undefined),
      'it is looked after again',
    )
    assert.equal(standing(run).length, before)
    await rig.press(BOB, card, 'approve_request')
    const whole = await rig.wholeId(run)
    assert.equal((await rig.seen(whole)).answer.coverage.verdict, 'complete')
    await rig.about(run, rig.direct(CAROL), /\*Approved\* by <@U0BOB0001>/)
    assert.equal(await minted(whole), 1)
  })

  test('away at the click and emptied before the run: the approval stands, and there is one run', async () => {
    const run = await rig.wanted(`${QUESTION} last 11d ${REASON}`)
    const card = await rig.about(run, rig.direct(BOB), /approve_request/)
    const whole = await rig.wholeId(run)
    rig.redis.away()
    await rig.press(BOB, card, 'approve_request')
    await until(
      async () => ((await rig.audit(whole)).some(({ step }) => step === 'approval_voted') ? true : undefined),
      'the vote',
    )
    await rig.redis.client.flushdb()
    rig.redis.back()
    assert.equal((await rig.seen(whole, 40_000)).answer.coverage.verdict, 'complete')
    await rig.about(run, rig.direct(CAROL), /\*Approved\* by <@U0BOB0001>/)
    assert.equal(await minted(whole), 1)
    assert.equal((await rig.audit(whole)).filter(({ step }) => step === 'run_started').length, 1)
  })

  test('the bot is killed between the click and the run, and Redis emptied: another bot starts it, once', async () => {
    const run = await rig.wanted(`${QUESTION} last 12d ${REASON}`)
    const card = await rig.about(run, rig.direct(CAROL), /approve_request/)
    const whole = await rig.wholeId(run)
    rig.redis.away()
    await rig.press(CAROL, card, 'approve_request')
    await until(
      async () => ((await rig.audit(whole)).some(({ step }) => step === 'approval_voted') ? true : undefined),
      'the vote',
    )
    const [bot] = rig.processes.filter(({ command }) => command === 'bot')
    await bot?.stop('SIGKILL')
    await rig.redis.client.flushdb()
    rig.redis.back()
    await Promise.all([rig.bot(), rig.bot()])
    assert.equal((await rig.seen(whole, 40_000)).answer.coverage.verdict, 'complete')
    assert.equal((await rig.audit(whole)).filter(({ step }) => step === 'run_started').length, 1)
  })

  test('when its time in Slack is over a run goes with the cards of its approval, and so does a request that came to nothing', async () => {
    const run = await rig.wanted(`${QUESTION} last 13d ${REASON}`)
    const denied = await rig.wanted(`${QUESTION} last 14d ${REASON}`)
    const card = await rig.about(run, rig.direct(BOB), /approve_request/)
    await rig.about(denied, rig.direct(BOB), /approve_request/)
    await rig.press(BOB, card, 'approve_request')
    await rig.type(`/ctq deny ${denied} ask the owner first`, { user: CAROL })
    const runs = await Promise.all([run, denied].map(rig.wholeId))
    await rig.seen(runs[0] ?? '')
    await rig.about(denied, OPS, /ask the owner first/)
    await rig.about(run, rig.direct(CAROL), /Approved/)
    for (const one of runs) {
      assert.ok(standing(one).length >= 3, `${standing(one).length} messages of ${one}`)
      await until(() => rig.stored(one, 'expiry.json'), 'the clock')
      // Ninety days pass.
      await rm(join(rig.results, 'runs', one, 'expiry.json'))
      await writeFile(join(rig.results, 'runs', one, 'expiry.json'), JSON.stringify({ at: '2026-01-01T00:00:00Z' }))
      await fileObjects(rig.results).create(expiresOnKey(new Date('2026-01-01'), one), '')
    }
    await until(
      () => (runs.every((one) => standing(one).length === 0) ? true : undefined),
      () => standing(runs[1] ?? '').join('\n'),
      45_000,
    )
    for (const one of runs) {
      const step = await until(async () => (await rig.audit(one)).find(({ step }) => step === 'deleted'), 'the record')
      assert.equal(step.outcome, 'done')
      assert.ok(Number(step.detail?.['messages']) >= 3)
    }
    assert.ok(!botWords(rig.slack).some((words) => words.includes('ask the owner first')))
  })
})
