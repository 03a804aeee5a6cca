import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sha256 } from '../../src/domain/canonical.ts'
import { startPagerDuty } from '../../src/playground/pagerduty/server.ts'
import { textOf, until } from '../support/rig.ts'
import {
  ALICE,
  APPROVERS,
  anApprovalRig,
  BOB,
  buttonsOf,
  CAROL,
  OPS,
  QUESTION,
  REASON,
  TEAM,
} from '../support/rigApprovals.ts'

test('two must approve: each copy of the card says who has, and one person is not two', async (t) => {
  const rig = await anApprovalRig({ seats: [{ by: ['leads'], count: 2 }] })
  t.after(() => rig.close())
  await Promise.all([rig.bot(), rig.worker()])
  const run = await rig.wanted()
  const [bobs, carols] = await Promise.all(
    [BOB, CAROL].map((user) => rig.about(run, rig.direct(user), /approve_request/)),
  )
  assert.ok(bobs && carols)
  await rig.press(BOB, bobs, 'approve_request')
  await rig.about(run, rig.direct(CAROL), /approved by <@U0BOB0001>.*approve_request/)
  await rig.press(BOB, bobs, 'approve_request')
  await rig.toldTo(BOB, rig.direct(BOB), /You have answered this already/)
  await rig.press(CAROL, carols, 'approve_request')
  await rig.about(run, OPS, /\*Approved\* by <@U0BOB0001> <@U0CAROL01>/)
  assert.equal((await rig.seen(await rig.wholeId(run))).answer.coverage.verdict, 'complete')
})

test('between card and click the bot is killed and started again: who lost the right has none, who has it approves', async (t) => {
  const rig = await anApprovalRig(
    {},
    {
      settings: {
        groups: { S0SECURIT: { name: 'security', managed: true } },
        approvers: { leads: { groups: ['S0SECURIT'], persons: [`${TEAM}/${BOB}`] } },
      },
    },
  )
  t.after(() => rig.close())
  const [bot] = await Promise.all([rig.bot(), rig.worker()])
  const run = await rig.wanted()
  const card = await rig.about(run, rig.direct(CAROL), /approve_request/)
  const other = await rig.about(run, rig.direct(BOB), /approve_request/)
  await bot.stop('SIGKILL')
  rig.slack.workspace.usergroups.get('S0SECURIT')?.users.splice(0)
  await rig.bot()
  await rig.press(CAROL, card, 'approve_request')
  await rig.toldTo(CAROL, card.channel, /not one of those who may approve/)
  await rig.press(BOB, other, 'approve_request')
  // The bot that was killed may have held the lock on the request, which outlives it by 15 s; and what it posted without noting it is looked for 12 s after.
  await rig.about(run, rig.direct(CAROL), /Approved\* by <@U0BOB0001>/, 40_000)
  await rig.seen(await rig.wholeId(run))
})

test('the on-call service is down: the card says so, the fallback approves, whoever would be on call does not', async (t) => {
  const pager = await startPagerDuty({ oncalls: [{ user: 'PT23IWX', schedule: 'PI7DH85' }] })
  pager.fail({ status: 503 }, 10_000)
  const rig = await anApprovalRig(
    { seats: [{ by: ['on-call'] }] },
    {
      settings: {
        onCall: {
          payments: {
            pagerduty: ['PI7DH85'],
            people: { PT23IWX: `${TEAM}/${BOB}` },
            fallback: { persons: [`${TEAM}/${CAROL}`] },
          },
        },
        approvers: { 'on-call': { onCall: ['payments'] } },
      },
    },
  )
  t.after(async () => {
    await rig.close()
    await pager.close()
  })
  await Promise.all([rig.bot({ PAGERDUTY_TOKEN: pager.token, PAGERDUTY_API_URL: pager.url }), rig.worker()])
  const run = await rig.wanted()
  const card = await rig.about(run, rig.direct(CAROL), /approve_request/)
  assert.match(textOf(card), /The schedule payments cannot be read .*its fallback approves instead/)
  const refused = await rig.type(`/ctq approve ${run}`, { user: BOB })
  assert.match(rig.told(refused), /not one of those/)
  await rig.press(CAROL, card, 'approve_request')
  await rig.seen(await rig.wholeId(run))
})

test('after everything was away: what is due is done, once: card, reminder, the next who are asked, the end', async (t) => {
  const rig = await anApprovalRig(
    { seats: [{ by: ['first', 'second'] }] },
    { settings: { approvers: { first: { persons: [`${TEAM}/${BOB}`] }, second: { persons: [`${TEAM}/${CAROL}`] } } } },
  )
  t.after(() => rig.close())
  const early = (await rig.asked(200, { places: ['direct'] })).run.slice(0, 8)
  const late = (await rig.asked(700, { places: [APPROVERS] })).run.slice(0, 8)
  const over = (await rig.asked(2_000, { places: ['direct'] })).run.slice(0, 8)
  await Promise.all([rig.bot(), rig.bot()])
  await rig.about(early, rig.direct(BOB), /approve_request/)
  await rig.about(early, rig.direct(BOB), /still waits for 1 of first or second/)
  const card = await rig.about(late, APPROVERS, /approve_request/)
  assert.match(textOf(card), /<@U0BOB0001> <@U0CAROL01>/)
  assert.equal((await rig.about(late, APPROVERS, /Asked as well: <@U0CAROL01>/)).thread_ts, card.ts)
  await rig.about(late, APPROVERS, /<@U0BOB0001> <@U0CAROL01> This still waits/)
  await rig.about(over, OPS, /<@U0ALICE01> .*Expired without approval/)
  const about = (run: string, channel: string): readonly string[] =>
    (rig.slack.workspace.messages.get(channel) ?? []).map(textOf).filter((text) => text.includes(run))
  assert.equal(about(early, rig.direct(CAROL)).length, 0, 'not asked yet')
  assert.equal(about(early, rig.direct(BOB)).length, 2)
  assert.equal(about(late, APPROVERS).length, 3)
  assert.equal(about(over, rig.direct(BOB)).length, 0)
  const press = await rig.type(`/ctq approve ${over}`, { user: BOB })
  assert.match(rig.told(press), /already expired at/)
})

test('a channel that may not have the card gets none, and a list that is too long for it is a file under each, with its hash', async (t) => {
  const accounts = Array.from({ length: 120 }, (_, index) => ({
    id: String(700_000_000_000 + index * 7_919),
    name: `account-${index}`,
    groups: ['many'],
  }))
  const inventory = { from: 'list', accounts: [...accounts, { id: '111122223333', name: 'prod-payments' }] }
  const rig = await anApprovalRig({ places: ['C0HRPRIV1'] }, { settings: { inventory } })
  t.after(() => rig.close())
  await rig.bot()
  const run = await rig.wanted('iam-persistence account=@many region=us-east-1 last 10d reason="INC-42: everywhere"')
  const card = await rig.about(run, rig.direct(BOB), /approve_request/)
  assert.match(textOf(card), /\*Accounts \(120\):\* 120 entries, in the file/)
  const under = await until(
    () =>
      (rig.slack.workspace.messages.get(card.channel) ?? []).find(
        ({ thread_ts, files }) => thread_ts === card.ts && files.length > 0,
      ),
    'the file',
  )
  const file = rig.slack.workspace.files.get(under.files[0] ?? '')
  assert.ok(file)
  const text = Buffer.from(file.content).toString('utf8')
  for (const { id, name } of accounts) assert.ok(text.includes(`${name} (${id})`), name)
  assert.ok(textOf(card).includes(sha256(text)), 'the hash of the file on the card')
  await rig.about(run, rig.direct(CAROL), /approve_request/)
  assert.equal(
    (rig.slack.workspace.messages.get('C0HRPRIV1') ?? []).some((message) => textOf(message).includes(run)),
    false,
  )
})

test('the last minutes of what was approved are not asked again by themselves where that needs approval: a button asks for them', async (t) => {
  const raise = [{ runbooks: ['iam-persistence'], tier: 'elevated' }]
  const rig = await anApprovalRig({}, { settings: { raise } })
  t.after(() => rig.close())
  await Promise.all([rig.bot(), rig.worker()])
  const run = await rig.wanted(`${QUESTION} last 2h ${REASON}`)
  await rig.about(run, OPS, /Waits for approval/)
  await rig.type(`/ctq approve ${run}`, { user: BOB })
  const { message, channel, shown } = await rig.seen(await rig.wholeId(run))
  assert.match(shown, /These minutes are not asked again by themselves: one approval is for one run/)
  const button = buttonsOf(message).find(({ action_id }) => action_id.startsWith('open_form:late-'))
  assert.ok(button, shown)
  assert.match(button.value, /iam-persistence since 20\S+Z until 20\S+Z account=111122223333 region=us-east-1/)
  await rig.press(ALICE, { ...message, channel }, button.action_id)
  // The dialog opens at once and is filled when it is known what may be asked.
  const filled = async (): Promise<true | undefined> =>
    /iam-persistence/.test(JSON.stringify(await rig.dialogOf(ALICE))) || undefined
  await until(filled, 'the form with the question')
})
