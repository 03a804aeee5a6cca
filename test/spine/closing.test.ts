import assert from 'node:assert/strict'
import { test } from 'node:test'
import { objects } from '../../src/playground/slack/json.ts'
import { ALICE, aRig, BOB, OPS, PAYMENTS, textOf, until } from '../support/rig.ts'
import { hoursAgo } from '../support/rigQuestions.ts'

const REGIONS = 'region=us-east-1,eu-west-1'

test('a gap that is asked for again is closed in the answer that comes, and in the one that had it', async (t) => {
  const rig = await aRig()
  t.after(() => rig.close())
  await Promise.all([rig.bot(), rig.worker()])
  const denied = { code: 'AccessDeniedException', message: 'not authorized', region: 'eu-west-1', times: 9 }
  await rig.tellAws('faults', { operation: 'LookupEvents', account: PAYMENTS, ...denied })
  const first = await rig.seen(await rig.ask(`denied-calls since ${hoursAgo(30)} until ${hoursAgo(2)} ${REGIONS}`))
  assert.match(first.message.text, /PARTIAL: there may be more/)
  await rig.tellAws('faults', undefined, 'DELETE')
  const at = (ts: string) => rig.slack.workspace.messages.get(OPS)?.find((message) => message.ts === ts)
  const buttons = () => objects(at(first.message.ts)?.blocks ?? []).flatMap((block) => objects(block['elements'] ?? []))
  const again = buttons().find(({ action_id }) => action_id === 'ask_next:again')
  assert.match(JSON.stringify(again), /Ask this one again/)
  await rig.slack.people.click({ user: BOB, channel: OPS, ts: first.message.ts, action_id: 'ask_next:again' })
  const run = await until(
    async () => (await rig.audit()).find(({ step, person }) => step === 'minted' && person?.user === BOB)?.run,
    "Bob's run",
  )
  const second = await rig.seen(run)
  assert.equal(second.message.thread_ts, first.message.ts)
  assert.match(textOf(second.message), new RegExp(`Closes the gap of run \`${first.run.slice(0, 8)}\``))
  const told = await until(() => {
    const text = textOf(at(first.message.ts))
    return /Gap closed/.test(text) ? text : undefined
  }, 'the first answer tells of it')
  assert.match(told, /PARTIAL by itself: gap closed at \d\d:\d\dZ, see the thread/)
  assert.match(told, new RegExp(`See run \`${run.slice(0, 8)}\` in the thread`))
  assert.doesNotMatch(told, /COMPLETE/)
  assert.deepEqual(
    buttons().filter(({ action_id }) => action_id === 'ask_next:again' || action_id === 'ask_next:fix'),
    [],
  )
  const closed = await rig.stored<{ channel: string; ts: string }>(run, 'delivery/closed.done.json')
  assert.deepEqual([closed?.channel, closed?.ts], [OPS, first.message.ts])
  assert.equal(first.answer.coverage.verdict, 'partial')
  assert.equal(rig.slack.workspace.messages.get(OPS)?.filter(({ ephemeral_to }) => ephemeral_to === ALICE).length, 1)
})

test('two that close half of a gap each close it together, and a bare "again" asks for what the last answer could not read', async (t) => {
  const rig = await aRig()
  t.after(() => rig.close())
  await Promise.all([rig.bot(), rig.worker()])
  const deny = (region: string) =>
    rig.tellAws('faults', {
      operation: 'LookupEvents',
      account: PAYMENTS,
      code: 'AccessDeniedException',
      message: 'not authorized',
      region,
      times: 9,
    })
  await Promise.all([deny('eu-west-1'), deny('us-east-1')])
  const question = `denied-calls since ${hoursAgo(30)} until ${hoursAgo(2)} region=us-east-1,eu-west-1,eu-west-2`
  const first = await rig.seen(await rig.ask(question))
  assert.equal(first.answer.coverage.open.length, 2)
  const at = (ts: string) => textOf(rig.slack.workspace.messages.get(OPS)?.find((message) => message.ts === ts))
  const told = (matching: RegExp) =>
    until(
      () => (matching.test(at(first.message.ts)) ? at(first.message.ts) : undefined),
      () => `${matching} in ${at(first.message.ts)}`,
    )

  await rig.tellAws('faults', undefined, 'DELETE')
  await deny('us-east-1')
  await rig.slack.people.click({ user: BOB, channel: OPS, ts: first.message.ts, action_id: 'ask_next:again' })
  await told(/Asked again at .*: 1 of 2 could be read/)

  await rig.tellAws('faults', undefined, 'DELETE')
  await deny('eu-west-1')
  const act = await rig.type('/ctq again')
  assert.match(rig.told(act), /Asking .*denied-calls since .* region=.*in the thread of the one whose gap it closes/)
  const shown = await told(/Gap closed at \d\d:\d\dZ: both were read by then/)
  assert.match(shown, /See runs `[0-9a-f]{8}` and `[0-9a-f]{8}` in the thread/)
  assert.match(shown, /PARTIAL by itself: gap closed at/)
  assert.doesNotMatch(shown, /ask_next:again/)
  const [, begin = ''] = /run `?([0-9a-f]{8})/.exec(rig.told(act)) ?? []
  const run = (await rig.audit()).find((step) => step.run?.startsWith(begin))?.run ?? ''
  const second = await rig.seen(run)
  assert.equal(second.message.thread_ts, first.message.ts)
  assert.match(
    textOf(second.message),
    /Closes what was left of the gap of run .*: both that it could not read are read/,
  )

  await rig.tellAws('faults', undefined, 'DELETE')
  const whole = await rig.type('/ctq again')
  assert.match(rig.told(whole), /Asking .*denied-calls/)
})
