import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type ConnectionOptions, Queue } from 'bullmq'
import { PREFIX } from '../../src/adapters/bullmq/queues.ts'
import { patientRedis } from '../../src/adapters/redis/connection.ts'
import { textOf, until } from '../support/rig.ts'
import {
  ALICE,
  type ApprovalRig,
  anApprovalRig,
  BOB,
  buttonsOf,
  CAROL,
  DAVE,
  OPS,
  type Placed,
  QUESTION,
  REASON,
} from '../support/rigApprovals.ts'

describe('what needs approval, over the wire', { concurrency: 1 }, () => {
  let rig: ApprovalRig
  before(async () => {
    rig = await anApprovalRig()
    await Promise.all([rig.bot(), rig.worker()])
  })
  after(() => rig.close())

  test('asked, approved, answered: the card shows everything, the copies are edited, the answer comes where it was asked', async () => {
    const run = await rig.wanted()
    await rig.about(run, OPS, /Waits for approval/)
    const [bobs, carols] = [rig.direct(BOB), rig.direct(CAROL)]
    const card = await rig.about(run, bobs, /approve_request/)
    const copy = await rig.about(run, carols, /approve_request/)
    const said = textOf(card)
    for (const part of [
      '<@U0ALICE01> asks',
      'iam-persistence',
      'INC-42',
      '111122223333',
      'us-east-1',
      'at latest',
      'Expires at',
    ])
      assert.ok(said.includes(part), `${part} in ${said}`)
    await rig.press(BOB, card, 'approve_request')
    await rig.toldTo(BOB, bobs, /is approved/)
    for (const channel of [bobs, carols, OPS]) {
      const edited = await rig.about(run, channel, /\*Approved\* by <@U0BOB0001> at \d\d:\d\dZ/)
      assert.deepEqual(buttonsOf(edited), [])
    }
    const whole = await rig.wholeId(run)
    const seen = await rig.seen(whole)
    assert.equal(seen.channel, OPS)
    assert.equal(seen.answer.coverage.verdict, 'complete')
    const [minted] = (await rig.audit(whole)).filter(({ step }) => step === 'minted')
    assert.equal(minted?.detail?.['basis'], 'approval')
    assert.equal((await rig.about(run, carols, /Approved/)).ts, copy.ts)
  })

  test('denied with a reason from the dialog: whoever asked is told why, and nothing runs', async () => {
    const run = await rig.wanted(`${QUESTION} last 11d ${REASON}`)
    const card = await rig.about(run, rig.direct(CAROL), /approve_request/)
    await rig.press(CAROL, card, 'deny_request')
    await rig.dialogOf(CAROL)
    const sent = await rig.slack.people.submit({ user: CAROL, values: { reason: 'ask the owner first' } })
    assert.equal(sent.status, 'acked', JSON.stringify(sent))
    await rig.about(run, OPS, /<@U0ALICE01>.*Denied\* by <@U0CAROL01>.*ask the owner first/)
    await rig.about(run, rig.direct(BOB), /Denied/)
    const whole = await rig.wholeId(run)
    assert.equal(
      (await rig.audit(whole)).some(({ step }) => step === 'minted'),
      false,
    )
  })

  test('withdrawn by whoever asked, by nobody else', async () => {
    const run = await rig.wanted(`${QUESTION} last 12d ${REASON}`)
    const waiting = await rig.about(run, OPS, /withdraw_request/)
    await rig.press(BOB, waiting, 'withdraw_request')
    await rig.toldTo(BOB, OPS, /Somebody else asked this/)
    await rig.press(ALICE, waiting, 'withdraw_request')
    await rig.about(run, rig.direct(BOB), /Withdrawn/)
    await rig.about(run, OPS, /Withdrawn/)
  })

  test('two approvers in the same moment: one of them approves, the other is told who was first', async () => {
    const run = await rig.wanted(`${QUESTION} last 13d ${REASON}`)
    const cards = await Promise.all([BOB, CAROL].map((user) => rig.about(run, rig.direct(user), /approve_request/)))
    await Promise.all([BOB, CAROL].map((user, index) => rig.press(user, cards[index] as Placed, 'approve_request')))
    const told = await Promise.all(
      [BOB, CAROL].map((user) =>
        rig.toldTo(user, rig.direct(user), new RegExp(`${run}.*approved|already approved by`)),
      ),
    )
    assert.equal(told.filter((message) => /already approved by <@U0/.test(message.text)).length, 1)
    const whole = await rig.wholeId(run)
    await rig.seen(whole)
    const steps = await rig.audit(whole)
    assert.equal(steps.filter(({ step, outcome }) => step === 'approval_voted' && outcome === 'allow').length, 1)
    assert.equal(steps.filter(({ step }) => step === 'minted').length, 1)
  })

  test('approved and denied by typing the id, which whoever has no right cannot', async () => {
    const run = await rig.wanted(`${QUESTION} last 14d ${REASON}`)
    await rig.about(run, rig.direct(BOB), /approve_request/)
    const own = await rig.type(`/ctq approve ${run}`)
    assert.match(rig.told(own), /You asked this yourself/)
    const denied = await rig.type(`/ctq deny ${run} ask the owner first`, { user: CAROL })
    assert.match(rig.told(denied), /You denied run/)
    const late = await rig.type(`/ctq approve ${run}`, { user: BOB })
    assert.match(rig.told(late), /already denied by <@U0CAROL01> at \d\d:\d\dZ/)
    const unknown = await rig.type('/ctq approve 00000000', { user: BOB })
    assert.match(rig.told(unknown), /There is no request for approval/)
  })

  test('a question that is changed after its approval is another request', async () => {
    const run = await rig.wanted(`${QUESTION} last 15d ${REASON}`)
    await rig.about(run, OPS, /Waits for approval/)
    await rig.type(`/ctq approve ${run}`, { user: BOB })
    await rig.seen(await rig.wholeId(run))
    const other = await rig.wanted(`${QUESTION} last 16d ${REASON}`)
    await rig.about(other, OPS, /Waits for approval/)
    assert.notEqual(other, run)
    await rig.type(`/ctq cancel ${other}`)
    await rig.about(other, OPS, /Withdrawn/)
  })

  test('the same question twice is one request', async () => {
    const question = `${QUESTION} last 17d ${REASON}`
    const run = await rig.wanted(question)
    await rig.about(run, OPS, /Waits for approval/)
    await rig.wanted(question)
    await rig.toldTo(ALICE, OPS, new RegExp(`waits for approval already: run .${run}`))
    await rig.type(`/ctq withdraw ${run}`)
    await rig.about(run, OPS, /Withdrawn/)
    const again = await rig.wanted(question)
    await rig.about(again, OPS, /Waits for approval/)
  })

  test('without a reason nobody is asked, and whoever asks is told what is missing', async () => {
    await rig.wanted(`${QUESTION} last 18d`)
    const told = await rig.toldTo(ALICE, OPS, /Add reason=.*Without approval you may ask the same over 7d or less/s)
    const form = buttonsOf(told).find(({ action_id }) => action_id.startsWith('open_form'))
    assert.match(form?.value ?? '', /iam-persistence .*last 18d/)
  })

  test('status shows what waits to its asker and to whoever may answer it, and to nobody else', async () => {
    const run = await rig.wanted(`${QUESTION} last 21d ${REASON}`)
    await rig.about(run, OPS, /Waits for approval/)
    const status = async (user: string, typed = ''): Promise<string> =>
      rig.told(await rig.type(`/ctq status ${typed}`, { user }))
    assert.match(
      await status(ALICE),
      new RegExp(`Waits for approval.*${run}.*needs 1 of the leads.*withdraw_request`, 's'),
    )
    assert.match(await status(BOB), new RegExp(`by you.*${run}.*<@U0ALICE01> asks`, 's'))
    for (const typed of ['', run]) {
      const told = rig.told(await rig.type(`/ctq status ${typed}`, { user: DAVE, channel: 'C0CONTRAC' }))
      assert.match(told, /no run/i)
      assert.doesNotMatch(told, /iam-persistence/)
    }
    await rig.type(`/ctq withdraw ${run}`)
    assert.doesNotMatch(await status(BOB), new RegExp(run))
    assert.match(await status(BOB, run), /Withdrawn/)
  })

  test('a forged button is of no request, or of another than is asked', async () => {
    const run = await rig.wanted(`${QUESTION} last 19d ${REASON}`)
    const card = await rig.about(run, rig.direct(BOB), /approve_request/)
    const genuine = buttonsOf(card)[0]
    assert.ok(genuine)
    const forged = async (value: string, matching: RegExp): Promise<void> => {
      Object.assign(genuine, { value })
      await rig.press(BOB, card, 'approve_request')
      await rig.toldTo(BOB, card.channel, matching)
    }
    const carried = JSON.parse(genuine.value) as { run: string; hash: string }
    await forged(JSON.stringify({ ...carried, hash: 'a'.repeat(64) }), /no longer what is asked/)
    await forged(
      JSON.stringify({ ...carried, run: '2b2c3d4e-5e6f-4a7b-8c9d-0e1f2a3b4c5d' }),
      /no request for approval "2b2c3d4e/,
    )
    await forged('../../approvals', /There is no request for approval ""/)
    assert.equal(
      (await rig.audit(carried.run)).some(({ step }) => step === 'minted'),
      false,
    )
    await forged(JSON.stringify(carried), /is approved/)
    await rig.seen(carried.run)
  })

  test('an approval is for one run: its token in a second job reads nothing', async () => {
    const run = await rig.wanted(`${QUESTION} last 20d ${REASON}`)
    await rig.about(run, OPS, /Waits for approval/)
    await rig.type(`/ctq approve ${run}`, { user: CAROL })
    const whole = await rig.wholeId(run)
    await rig.seen(whole)
    const token = (await rig.stored<{ token: string }>(whole, 'asked.json'))?.token ?? ''
    const redis = patientRedis(rig.redis.url)
    const before = (await rig.lookups()).get('111122223333 us-east-1')?.servedAt.length
    const queue = new Queue('run', { connection: redis as unknown as ConnectionOptions, prefix: PREFIX })
    const job = await queue.add('run', { token, run: whole }, { jobId: `again.${whole}` })
    await until(async () => (await job.getState()) === 'completed' || undefined, 'the second job')
    assert.equal((await rig.audit(whole)).filter(({ step }) => step === 'run_started').length, 1)
    assert.equal((await rig.lookups()).get('111122223333 us-east-1')?.servedAt.length, before)
    await queue.close()
    redis.disconnect()
  })

  test('an approval that is taken back stops its run: what it has read is the answer, and every card says so', async () => {
    const run = await rig.wanted(`denied-calls account=all region=all last 30d run=now ${REASON}`)
    await rig.about(run, OPS, /Waits for approval/)
    await rig.tellAws('settings', { latencyMs: 400 })
    await rig.type(`/ctq approve ${run}`, { user: BOB })
    const whole = await rig.wholeId(run)
    await until(async () => (await rig.audit(whole)).some(({ step }) => step === 'part_read') || undefined, 'a part')
    const other = rig.told(await rig.type(`/ctq revoke ${run}`, { user: DAVE, channel: 'dm' }))
    const unknown = rig.told(await rig.type('/ctq revoke ffffffff', { user: DAVE, channel: 'dm' }))
    assert.equal(other.split('\n')[0], unknown.split('\n')[0], 'the same as of one that is not there')
    assert.match(rig.told(await rig.type(`/ctq revoke ${run}`, { user: CAROL })), /approval of run .* is taken back/)
    const seen = await rig.seen(whole, 60_000)
    assert.equal(seen.answer.coverage.ended, 'revoked')
    assert.match(seen.message.text, /^PARTIAL: permission withdrawn before the end/)
    await rig.about(run, rig.direct(BOB), /\*Withdrawn\* by <@U0CAROL01>/)
    await rig.tellAws('settings', { latencyMs: 0 })
    assert.match(rig.told(await rig.type(`/ctq revoke ${run}`, { user: CAROL })), /No investigation/)
  })
})
