import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Message } from '../../src/playground/slack/types.ts'
import { ALICE, aRig, BOB, OPS, RESPONDER, type Rig, SECRET, type Seen, textOf, until } from '../support/rig.ts'
import { hoursAgo } from '../support/rigQuestions.ts'

const CAROL = 'U0CAROL01'

type Button = { readonly action_id: string; readonly value: string; readonly text: { readonly text: string } }

function buttons(message: Message): readonly Button[] {
  return message.blocks.flatMap((block) => (block['type'] === 'actions' ? (block['elements'] as Button[]) : []))
}

function button(seen: Seen, label: RegExp): Button {
  const all = buttons(seen.message)
  const found = all.find(({ text }) => label.test(text.text))
  assert.ok(found, `no ${label} among ${all.map(({ text }) => text.text).join(', ')}`)
  return found
}

describe('the next question is a button', { concurrency: 1 }, () => {
  let rig: Rig
  let first: Seen
  before(async () => {
    rig = await aRig({ settings: { roles: { responder: RESPONDER } } })
    await Promise.all([rig.bot(), rig.worker()])
    const question = `denied-calls since ${hoursAgo(30)} until ${hoursAgo(2)} region=us-east-1,eu-west-1`
    first = await rig.seen(await rig.ask(question))
  })
  after(() => rig.close())

  const press = (seen: Seen, one: Button, user = ALICE) =>
    rig.slack.people.click({ user, channel: seen.channel, ts: seen.message.ts, action_id: one.action_id })
  const toldTo = (user: string, matching: RegExp, channel = OPS) =>
    until(
      () =>
        (rig.slack.workspace.messages.get(channel) ?? []).find(
          (message) => message.ephemeral_to === user && matching.test(textOf(message)),
        ),
      () => `${matching} told to ${user}`,
    )
  const inThread = (ts: string) =>
    (rig.slack.workspace.messages.get(OPS) ?? []).filter(
      ({ thread_ts, from_bot, ephemeral_to, files }) =>
        thread_ts === ts && from_bot && ephemeral_to === undefined && files.length === 0,
    )
  const answered = async (ts: string, who: string, matching: RegExp): Promise<Seen> => {
    const status = await until(
      () => inThread(ts).find((message) => matching.test(textOf(message))),
      () => `an answer like ${matching} in the thread, not ${inThread(ts).map(textOf).join(' | ')}`,
    )
    const steps = await until(async () => {
      const runs = (await rig.audit()).filter(({ step, person }) => step === 'minted' && person?.user === who)
      return runs.at(-1)
    }, 'a grant')
    const seen = await rig.seen(steps.run ?? '')
    assert.equal(seen.message.ts, status.ts)
    return seen
  }

  test('what a name means is asked back, and one press asks it as if it had been typed', async () => {
    await rig.type('/ctq customer-exports last 2h region=eu-west-1')
    const asked = await toldTo(ALICE, /customer-exports.* may be a user, role or session, or a bucket: which is meant/)
    assert.deepEqual(
      buttons(asked).map(({ text }) => text.text),
      ['As a user, role or session', 'As a bucket'],
    )
    const [, bucket] = buttons(asked)
    await rig.slack.people.click({ user: ALICE, channel: OPS, ts: asked.ts, action_id: bucket?.action_id ?? '' })
    const accepted = await toldTo(
      ALICE,
      /Asking .*resource-history resourceName=customer-exports last 2h region=eu-west-1/,
    )
    const run = /run `?([0-9a-f]{8})/.exec(textOf(accepted))?.[1] ?? ''
    const begun = await until(
      async () => (await rig.audit()).find((step) => step.step === 'minted' && step.run?.startsWith(run) === true),
      `a grant of ${run}`,
    )
    const seen = await rig.seen(begun.run ?? '')
    assert.match(
      textOf(seen.message),
      /Read as the name or id of a resource; as a user, role or session: .*user=customer-exports/,
    )
  })

  test('what a mistyped question may have meant is a button, and one press asks it with all else that was typed', async () => {
    await rig.type('/ctq denied-clls principl=alice last 2h region=eu-west-1')
    const asked = await toldTo(ALICE, /no runbook or command .*denied-clls.*Did you mean/)
    const meant = 'denied-calls principal=alice last 2h region=eu-west-1'
    assert.equal(buttons(asked)[0]?.text.text, meant)
    await rig.slack.people.click({
      user: ALICE,
      channel: OPS,
      ts: asked.ts,
      action_id: buttons(asked)[0]?.action_id ?? '',
    })
    const accepted = await toldTo(ALICE, new RegExp(`Asking .*${meant}`))
    const run = /run `?([0-9a-f]{8})/.exec(textOf(accepted))?.[1] ?? ''
    const begun = await until(
      async () => (await rig.audit()).find((step) => step.step === 'minted' && step.run?.startsWith(run) === true),
      `a grant of ${run}`,
    )
    assert.equal(begun.person?.user, ALICE)
    assert.equal((await rig.seen(begun.run ?? '')).channel, OPS)
  })

  test('whoever has no role is offered what was meant too, and refused when they press', async () => {
    const before = (await rig.audit()).filter(({ step }) => step === 'minted').length
    await rig.type('/ctq denied-calls principl=alice last 2h region=eu-west-1', { user: CAROL })
    const asked = await toldTo(CAROL, /has no parameter .*principl/)
    await rig.slack.people.click({
      user: CAROL,
      channel: OPS,
      ts: asked.ts,
      action_id: buttons(asked)[0]?.action_id ?? '',
    })
    await toldTo(CAROL, /Nobody has given you a role yet/)
    assert.equal((await rig.audit()).filter(({ step }) => step === 'minted').length, before)
  })

  test('a press asks in the thread of the answer, as whoever presses', async () => {
    const [next] = buttons(first.message).filter(({ action_id }) => action_id.startsWith('ask_next:next-'))
    assert.ok(next, 'the refused calls lead somewhere')
    const act = await press(first, next, BOB)
    assert.equal(act.status, 'acked')
    await toldTo(BOB, /Asking/)
    const seen = await answered(first.message.ts, BOB, /run/)
    assert.equal(seen.message.thread_ts, first.message.ts)
    const [decided] = (await rig.audit(seen.run)).filter(({ step }) => step === 'decided')
    assert.equal(decided?.person?.user, BOB, 'decided as Bob, not as Alice who asked first')
  })

  test('the same again is a run of its own', async () => {
    await press(first, button(first, /^Again$/))
    const seen = await answered(first.message.ts, ALICE, /denied-calls/)
    assert.notEqual(seen.run, first.run)
    assert.deepEqual(seen.answer.coverage.window, first.answer.coverage.window)
  })

  test('the timeline comes to the presser alone, with event ids, the run and a link to the answer', async () => {
    await press(first, button(first, /^Text$/), BOB)
    const told = textOf(await toldTo(BOB, /Timeline/))
    const ids = first.answer.timeline.rows.map(({ eventId }) => eventId)
    assert.ok(ids.filter((id) => told.includes(id)).length > 3, 'event ids')
    assert.ok(told.includes(first.run.slice(0, 8)), 'the run')
    assert.match(told, new RegExp(`/archives/${OPS}/p${first.message.ts.replace('.', '')}`))
  })

  test('what else fits the value that was asked about is a menu under the answer', async () => {
    const about = await rig.seen(await rig.ask(`console-logins principal=alice since ${hoursAgo(3)} region=us-east-1`))
    const menu = buttons(about.message).find(({ action_id }) => action_id === 'ask_next:other')
    const [option] = (menu as unknown as { options: { value: string }[] } | undefined)?.options ?? []
    assert.ok(option, 'a menu')
    const { channel, message } = about
    await rig.slack.people.click({
      user: ALICE,
      channel,
      ts: message.ts,
      action_id: 'ask_next:other',
      value: option.value,
    })
    const seen = await answered(message.ts, ALICE, /alice/)
    assert.notEqual(seen.answer.runbook.name, 'console-logins')
    assert.deepEqual(Object.values(seen.answer.parameters), ['alice'])
  })

  test('whoever has no role is refused, and nothing is asked', async () => {
    const before = (await rig.audit()).filter(({ step }) => step === 'minted').length
    await press(first, button(first, /^Again$/), CAROL)
    await toldTo(CAROL, /Nobody has given you a role yet/)
    await press(first, button(first, /^Text$/), CAROL)
    const timeline = (rig.slack.workspace.messages.get(OPS) ?? []).find(
      (message) => message.ephemeral_to === CAROL && /Timeline/.test(textOf(message)),
    )
    assert.equal(timeline, undefined)
    assert.equal((await rig.audit()).filter(({ step }) => step === 'minted').length, before)
  })

  test('a forged button is refused: another channel, another run, no such pivot, no value', async () => {
    const forged = async (channel: string, value: string) => {
      const { ts } = await rig.slack.people.type({ user: ALICE, channel, text: 'look' })
      const message = rig.slack.workspace.messages.get(channel)?.find((each) => each.ts === ts)
      assert.ok(message)
      message.blocks = [
        {
          type: 'actions',
          block_id: 'b',
          elements: [{ type: 'button', action_id: 'ask_next:again', value, text: { type: 'plain_text', text: 'x' } }],
        },
      ]
      await rig.slack.people.click({ user: ALICE, channel, ts: ts ?? '', action_id: 'ask_next:again' })
    }
    const minted = async () => (await rig.audit()).filter(({ step }) => step === 'minted').length
    const before = await minted()
    const { run } = first
    await forged(SECRET, JSON.stringify({ run, pivot: 'again' }))
    await toldTo(ALICE, /There is no run/, SECRET)
    await forged(OPS, JSON.stringify({ run: '2b2c3d4e-5e6f-4a7b-8c9d-0e1f2a3b4c5d', pivot: 'again' }))
    await toldTo(ALICE, /There is no run "2b2c3d4e"/)
    await forged(OPS, JSON.stringify({ run, pivot: 'next-77' }))
    await toldTo(ALICE, /not offered under the answer/)
    await forged(OPS, '{"run":"../../x"}')
    await toldTo(ALICE, /What this button stood for is not offered any more/)
    assert.equal(await minted(), before)
    const denied = (await rig.audit()).filter(({ step, outcome }) => step === 'pressed' && outcome === 'deny')
    assert.ok(denied.length >= 3)
  })
})
