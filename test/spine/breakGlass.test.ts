import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { OPS, textOf, until } from '../support/rig.ts'
import { buttonsOf, QUESTION } from '../support/rigApprovals.ts'
import { ALICE, APPROVERS, aGlassRig, BOB, CAROL, type GlassRig, WHY } from '../support/rigGlass.ts'

describe('break-glass, over the wire', { concurrency: 1 }, () => {
  let rig: GlassRig
  before(async () => {
    rig = await aGlassRig()
    await Promise.all([rig.bot(), rig.worker()])
  })
  after(() => rig.close())

  const served = async (): Promise<number> =>
    [...(await rig.lookups()).values()].reduce((sum, count) => sum + count.served, 0)

  test('it runs now, everybody who was skipped is told at once, and all that is shown of it says so', async () => {
    const run = await rig.broken(`${QUESTION} last 10d ${WHY}`)
    const whole = await rig.wholeId(run)
    const seen = await rig.seen(whole)
    assert.equal(seen.answer.coverage.verdict, 'complete')
    assert.match(seen.shown, /Break-glass:\* nobody approved this.*payments are down/)
    assert.match(seen.file?.name ?? '', /-break-glass\.csv$/)
    const [header = '', first = ''] = String(seen.file?.content ?? '').split('\r\n')
    assert.match(header, /,breakGlass,/)
    assert.ok(first.includes(whole))
    for (const user of [BOB, CAROL]) {
      const card = await rig.card(run, user)
      for (const part of ['<@U0ALICE01> did not wait', 'payments are down', 'the leads', '111122223333', 'Hash of all'])
        assert.ok(textOf(card).includes(part), `${part} in ${textOf(card)}`)
      assert.ok(textOf(card).includes(`<@${user}>`))
    }
    assert.match(rig.told(await rig.type(`/ctq status ${run}`)), /break-glass/)
    assert.match(rig.told(await rig.type('/ctq last')), /Break-glass:\* nobody approved/)
    const steps = await rig.audit(whole)
    assert.equal(steps.find(({ step }) => step === 'minted')?.detail?.['basis'], 'break_glass')
    assert.equal(
      steps.find(({ step }) => step === 'glass_broken')?.detail?.['reason'],
      'INC-42: payments are down, and nobody answers the pager',
    )
    assert.equal(steps.find(({ step }) => step === 'decided')?.detail?.['decision'], 'break_glass')
  })

  test('whoever broke the glass cannot review it; somebody else does, once, and everybody reads what they found', async () => {
    const run = await rig.broken(`${QUESTION} last 11d ${WHY}`)
    const whole = await rig.wholeId(run)
    await rig.seen(whole)
    const own = rig.told(await rig.type(`/ctq review ${run} justified I was right`))
    assert.match(own, /You broke the glass yourself/)
    await rig.card(run, CAROL)
    assert.equal((await rig.judge(BOB, run, 'justified')).errors, undefined)
    for (const user of [BOB, CAROL]) {
      const edited = await rig.about(run, rig.direct(user), /justified\*.*<@U0BOB0001> at \d\d:\d\dZ.*nobody was awake/)
      assert.deepEqual(buttonsOf(edited), [])
    }
    const told = await rig.about(run, OPS, /<@U0ALICE01> The review of run.*\*justified\*.*nobody was awake/)
    assert.ok(told.thread_ts !== undefined, 'under the answer')
    const again = rig.told(await rig.type(`/ctq review ${run} not-justified too late`, { user: CAROL }))
    assert.match(again, /already found justified by <@U0BOB0001>/)
    const closings = (await rig.audit(whole)).filter(({ step }) => step === 'review_closed')
    assert.deepEqual(closings.map(({ outcome, detail }) => detail?.['refused'] ?? outcome).toSorted(), [
      'allow',
      'already_closed',
      'own_review',
    ])
  })

  test('the second use in a day raises the alarm where policy says, and the record has it', async () => {
    const run = await rig.broken(`${QUESTION} last 12d ${WHY}`)
    const alarm = await rig.about(run, APPROVERS, /used \d times within 24 hours/)
    assert.match(textOf(alarm), /each time by <@U0ALICE01>/)
    const whole = await rig.wholeId(run)
    const raised = await until(
      async () => (await rig.audit(whole)).find(({ step }) => step === 'glass_alarm'),
      'the alarm',
    )
    assert.equal(raised.detail?.['own'], raised.detail?.['all'])
    await rig.seen(whole)
  })

  test('a reason that is too short, whoever is not named, and what is sensitive are refused, each with its words', async () => {
    const short = await rig.broken(`${QUESTION} last 13d reason="it is urgent"`)
    await rig.toldTo(ALICE, OPS, /at least 30 letters/)
    await rig.broken(`${QUESTION} last 13d ${WHY}`, { user: BOB })
    await rig.toldTo(BOB, OPS, /not one of those who may break the glass/)
    await rig.broken(`secrets-read last 30d account=all ${WHY}`)
    await rig.toldTo(ALICE, OPS, /This is a sensitive question/)
    assert.match(rig.told(await rig.type('/ctq break-glass')), /break-glass needs the question/)
    const steps = await rig.audit(await rig.wholeId(short))
    assert.equal(steps.find(({ step }) => step === 'decided')?.detail?.['decision'], 'glass_reason_short')
    assert.ok(!steps.some(({ step }) => step === 'glass_broken' || step === 'minted'))
  })

  test('what needs nobody breaks no glass: it runs as any question, and whoever asked is told so', async () => {
    const run = await rig.broken(`${QUESTION} last 2d ${WHY}`)
    await rig.toldTo(ALICE, OPS, /No glass was broken/)
    const whole = await rig.wholeId(run)
    assert.doesNotMatch((await rig.seen(whole)).shown, /Break-glass/)
    assert.ok(!(await rig.audit(whole)).some(({ step }) => step === 'glass_broken'))
  })

  test('stopped by an approver while it goes on: what it has read is its answer, and the review stays open', async () => {
    await rig.tellAws('settings', { latencyMs: 400 })
    const run = await rig.broken(`denied-calls account=all region=all last 29d ${WHY}`)
    const card = await rig.card(run)
    const whole = await rig.wholeId(run)
    const before = await served()
    await until(async () => ((await served()) > before + 6 ? true : undefined), 'pages that were read')
    assert.match(rig.told(await rig.type(`/ctq revoke ${run}`, { user: BOB })), /is being stopped/)
    const seen = await rig.seen(whole, 60_000)
    await rig.tellAws('settings', { latencyMs: 0 })
    assert.equal(seen.answer.coverage.verdict, 'partial')
    const edited = await rig.about(run, rig.direct(BOB), /Stopped by <@U0BOB0001>/)
    assert.equal(edited.ts, card.ts)
    assert.deepEqual(
      buttonsOf(edited).map(({ action_id }) => action_id),
      ['review_run'],
    )
  })

  test('asked again from its answer it is an ordinary question, which waits for approval', async () => {
    const run = await rig.broken(`${QUESTION} last 14d ${WHY}`)
    await rig.seen(await rig.wholeId(run))
    const told = rig.told(await rig.type(`/ctq again ${run}`))
    const [, next = ''] = /run `?([0-9a-f]{8})/.exec(told) ?? []
    await rig.about(next, OPS, /Waits for approval/)
  })

  test('a bot that is killed on the way is followed by another: one review, one card each, one answer', async () => {
    const [bot] = rig.processes
    const run = await rig.broken(`${QUESTION} last 15d ${WHY}`)
    await bot?.stop('SIGKILL')
    await rig.bot()
    const whole = await rig.wholeId(run)
    await rig.seen(whole, 60_000)
    const card = await rig.card(run)
    const cards = (rig.slack.workspace.messages.get(rig.direct(BOB)) ?? []).filter(
      (message) => textOf(message).includes(`Run \`${run}`) && textOf(message).includes('did not wait'),
    )
    assert.deepEqual(
      cards.map(({ ts }) => ts),
      [card.ts],
    )
    assert.equal((await rig.audit(whole)).filter(({ step }) => step === 'glass_broken').length, 1)
    assert.equal((await rig.judge(BOB, run, 'justified')).errors, undefined)
    await rig.about(run, rig.direct(BOB), /Break-glass: justified/)
  })

  test('all of Redis lost: what a reviewer finds after it still closes the review, and the card shows it', async () => {
    const run = await rig.broken(`${QUESTION} last 16d ${WHY}`)
    await rig.seen(await rig.wholeId(run))
    await rig.card(run)
    await rig.redis.client.flushall()
    const told = await until(async () => {
      const words = rig.told(await rig.type(`/ctq review ${run} not-justified ask the owner first`, { user: CAROL }))
      return /is closed/.test(words) ? words : undefined
    }, 'a bot that has Redis again')
    assert.match(told, /not justified/)
    await rig.about(run, rig.direct(BOB), /not justified\* · <@U0CAROL01>/, 90_000)
  })
})

describe('break-glass, when nobody reviews it', { concurrency: 1 }, () => {
  let rig: GlassRig
  let run = ''
  before(async () => {
    rig = await aGlassRig({ within: '1m', remind: '1m' })
    await Promise.all([rig.bot(), rig.worker()])
    run = await rig.broken(`${QUESTION} last 10d ${WHY}`)
    await rig.card(run)
  })
  after(() => rig.close())

  test('the reviewers are reminded, whoever used it cannot use it again, and can once it is closed', async () => {
    await rig.about(run, rig.direct(BOB), /still waits for its review.*overdue since/s, 90_000)
    await rig.about(run, rig.direct(CAROL), /The review is overdue/)
    await rig.broken(`${QUESTION} last 11d ${WHY}`)
    await rig.toldTo(ALICE, OPS, new RegExp(`the review of your run ${run} is overdue`))
    assert.equal((await rig.judge(CAROL, run, 'not_justified')).errors, undefined)
    await rig.about(run, OPS, /not justified/)
    const next = await rig.broken(`${QUESTION} last 12d ${WHY}`)
    await rig.seen(await rig.wholeId(next))
  })
})

describe('break-glass, by a group', { concurrency: 1 }, () => {
  let rig: GlassRig
  before(async () => {
    rig = await aGlassRig(
      { persons: [], groups: ['S0SECURIT'] },
      { settings: { groups: { S0SECURIT: { name: 'security', managed: true } }, grants: { minutes: 1 } } },
    )
    await Promise.all([rig.bot(), rig.worker()])
  })
  after(() => rig.close())

  test('somebody taken out of it while their run goes on: it stops at the next renewal, with what it has read', async () => {
    await rig.tellAws('settings', { latencyMs: 600 })
    const run = await rig.broken(`denied-calls account=all region=all last 80d ${WHY}`)
    const whole = await rig.wholeId(run)
    await until(async () => ((await rig.stored(whole, 'plan.json')) === undefined ? undefined : true), 'a plan')
    rig.slack.workspace.usergroups.get('S0SECURIT')?.users.splice(0)
    const seen = await rig.seen(whole, 120_000)
    assert.equal(seen.answer.coverage.verdict, 'partial')
    const refused = (await rig.audit(whole)).filter(({ step, outcome }) => step === 'renewed' && outcome === 'deny')
    assert.match(refused[0]?.checks[0]?.detail ?? '', /glass_not_theirs/)
  })
})
