import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { namedKeyId } from '../../src/playground/aws/keyId.ts'
import { isObject, type Json, objects } from '../../src/playground/slack/json.ts'
import { ALICE, aRig, BOB, OPS, PAYMENTS, type Rig, SETTINGS, textOf, until } from '../support/rig.ts'
import { hoursAgo } from '../support/rigQuestions.ts'

const CAROL = 'U0CAROL01'
const KEY = namedKeyId('AKIA', PAYMENTS, 'nobody-at-all')

type Shown = { readonly id: string; readonly hash: string; readonly blocks: readonly Json[]; readonly json: Json }

/** The modal that somebody has open, once it is more than the one that comes first. */
async function modal(rig: Rig, user: string, ready: (shown: Shown) => boolean = () => true): Promise<Shown> {
  return await until(() => {
    const top = rig.slack.workspace.modals.get(user)?.at(-1)
    if (top === undefined || top.json['callback_id'] === undefined) return undefined
    const shown = { id: top.id, hash: top.hash, blocks: objects(top.json['blocks']), json: top.json }
    return ready(shown) ? shown : undefined
  }, 'the form')
}

function block({ blocks }: Shown, field: string): Json {
  const found = blocks.find((one) => String(one['block_id']).split('/')[0] === field)
  assert.ok(found, `no ${field} among ${blocks.map((one) => one['block_id']).join(', ')}`)
  return found
}

function element(shown: Shown, field: string): Json {
  const found = block(shown, field)['element']
  assert.ok(isObject(found))
  return found
}

describe('a question as a form', { concurrency: 1 }, () => {
  let rig: Rig
  before(async () => {
    rig = await aRig()
    await Promise.all([rig.bot(), rig.worker()])
  })
  after(() => rig.close())

  const send = (shown: Shown, values: Json, user = ALICE) =>
    rig.slack.people.submit({ user, view_id: shown.id, values })
  const told = (user: string, matching: RegExp, channel = OPS) =>
    until(
      () =>
        (rig.slack.workspace.messages.get(channel) ?? []).find(
          (message) => message.ephemeral_to === user && matching.test(textOf(message)),
        ),
      () => `${matching} told to ${user}`,
    )
  const runOf = async (text: string): Promise<string> => {
    const [, begin = ''] = /run `?([0-9a-f]{8})/.exec(text) ?? []
    return await until(
      async () => (await rig.audit()).find(({ run, step }) => step === 'minted' && run?.startsWith(begin))?.run,
      `run ${begin}`,
    )
  }

  test('a command that lacks something opens the form with what was typed; what is wrong is said beside the field; then it is asked', async () => {
    const since = hoursAgo(3)
    const act = await rig.type(`/ctq key-activity since ${since} region=us-east-1 reason=INC-7`)
    assert.equal(act.status, 'acked')
    const shown = await modal(rig, ALICE)
    assert.equal(element(shown, 'since')['initial_date_time'], Date.parse(since) / 1000)
    assert.equal(element(shown, 'reason')['initial_value'], 'INC-7')
    assert.equal(element(shown, 'parameter:accessKeyId')['initial_value'], undefined)
    const wrong = await send(shown, { 'parameter:accessKeyId/key-activity/0': 'AKIA' })
    assert.match(
      wrong.errors?.['parameter:accessKeyId/key-activity/0'] ?? '',
      /looks like an access key id with 4 of 20 characters/,
    )
    assert.equal((await modal(rig, ALICE)).id, shown.id, 'it stays open')
    const right = await send(shown, { 'parameter:accessKeyId/key-activity/0': KEY })
    assert.deepEqual([right.ok, right.errors], [true, undefined])
    assert.equal(rig.slack.workspace.modals.get(ALICE)?.length ?? 0, 0, 'it is closed')
    const echoed = textOf(await told(ALICE, /Asking/))
    assert.ok(echoed.includes(`key-activity accessKeyId=${KEY} since`), echoed)
    assert.match(echoed, /region=us-east-1 reason=INC-7/)
    const seen = await rig.seen(await runOf(echoed))
    assert.equal(seen.channel, OPS)
    assert.deepEqual(seen.answer.parameters, { accessKeyId: KEY })
  })

  test('a trigger that is too old opens nothing, and the asker is told in words', async () => {
    const { settings } = rig.slack.workspace
    const before = settings.triggerMs
    settings.triggerMs = -1
    await rig.type('/ctq key-activity last 3h', { user: BOB })
    const words = await told(BOB, /needs accessKeyId/)
    settings.triggerMs = before
    assert.match(textOf(words), /open_form:rest/)
    assert.equal(rig.slack.workspace.modals.get(BOB), undefined)
  })

  test('without a trigger, as after a mention, the words come with a button that opens the form', async () => {
    await rig.type('@ctq key-activity last 3h')
    const message = await told(ALICE, /Fill in the rest/)
    await rig.slack.people.click({ user: ALICE, channel: OPS, ts: message.ts, action_id: 'open_form:rest' })
    const shown = await modal(rig, ALICE)
    assert.ok(element(shown, 'parameter:accessKeyId'))
    await rig.slack.people.close({ user: ALICE, all: true })
  })

  test('the button under a bare /ctq opens an empty form; choosing a runbook shows its fields and keeps what was filled in', async () => {
    const act = await rig.type('/ctq')
    await rig.slack.people.click({ user: ALICE, channel: OPS, ts: act.ts ?? '', action_id: 'open_form:menu' })
    const shown = await modal(rig, ALICE)
    assert.ok(!shown.blocks.some((one) => String(one['block_id']).startsWith('parameter:')))
    await rig.slack.people.click({
      user: ALICE,
      view_id: shown.id,
      action_id: 'form_runbook',
      value: 'principal-writes',
      values: { 'reason//0': 'kept' },
    })
    const next = await modal(rig, ALICE, ({ hash }) => hash !== shown.hash)
    assert.equal(element(next, 'reason')['initial_value'], 'kept')
    assert.equal((element(next, 'runbook')['initial_option'] as Json)['value'], 'principal-writes')
    assert.ok(next.blocks.some((one) => String(one['block_id']).startsWith('parameter:')))
    const words = objects(element(next, 'account')['options']).map(({ value }) => value)
    assert.deepEqual(words.slice(0, 2), ['all', '@prod'])
    await rig.slack.people.close({ user: ALICE, all: true })
  })

  test('the global shortcut asks for the place too; without one the answer comes directly', async () => {
    await rig.slack.people.shortcut({ user: ALICE, callback_id: 'ask_cloudtrail' })
    const shown = await modal(rig, ALICE)
    assert.ok(block(shown, 'place'))
    const sent = await send(shown, {
      'runbook//0': 'denied-calls',
      'since//0': Math.floor(Date.now() / 1000) - 3 * 3600,
      'account//0': [PAYMENTS],
      'region//0': ['us-east-1'],
    })
    // the fields of the runbook were never shown: it needs none
    assert.deepEqual([sent.ok, sent.errors], [true, undefined])
    const minted = await until(
      async () =>
        (await rig.audit())
          .filter(({ step, detail }) => step === 'decided' && detail?.['runbook'] === 'denied-calls')
          .at(-1),
      'a decision',
    )
    const seen = await rig.seen(minted.run ?? '')
    assert.equal(rig.slack.workspace.channels.get(seen.channel)?.kind, 'im')
  })

  test('under a message the form has what was found there and the questions that fit; the answer goes into its thread', async () => {
    const said = await rig.type(`GuardDuty: key ${KEY} was used from 203.0.113.9`)
    await rig.slack.people.shortcut({ user: ALICE, callback_id: 'ask_about_message', channel: OPS, ts: said.ts ?? '' })
    const shown = await modal(rig, ALICE)
    assert.match(JSON.stringify(shown.blocks[0]), new RegExp(`Found in the message.*${KEY}.*203\\.0\\.113\\.9`))
    assert.equal(element(shown, 'parameter:accessKeyId')['initial_value'], KEY)
    const offers = objects(element(shown, 'offer')['options']).map(({ text }) => String((text as Json)['text']))
    const chosen = element(shown, 'offer')['initial_option'] as Json
    assert.deepEqual([chosen['value'], (chosen['text'] as Json)['text']], ['0', 'What did this access key do?'])
    const other = offers.indexOf('What came from this address?')
    assert.ok(other > 0, offers.join(' | '))
    await rig.slack.people.click({ user: ALICE, view_id: shown.id, action_id: 'form_offer', value: String(other) })
    const next = await modal(rig, ALICE, ({ hash }) => hash !== shown.hash)
    assert.equal((element(next, 'runbook')['initial_option'] as Json)['value'], 'ip-activity')
    assert.match(JSON.stringify(next.blocks), /"initial_value":"203\.0\.113\.9"/)
    const sent = await send(next, { 'region//1': ['us-east-1'], 'since//1': Math.floor(Date.now() / 1000) - 3600 })
    assert.deepEqual([sent.ok, sent.errors], [true, undefined])
    const echoed = await told(ALICE, /Asking.*ip-activity/)
    assert.equal(echoed.thread_ts, said.ts)
    const seen = await rig.seen(await runOf(textOf(echoed)))
    assert.equal(seen.message.thread_ts, said.ts)
  })

  test('what was understood is told in one line however it is asked, with the account and the window that were chosen', async () => {
    const line =
      'Asking `logging-tamper` · `prod-payments (111122223333)`, the default of the role responder · last 24h, the default · run'
    const slash = await rig.type('/ctq logging-tamper')
    assert.ok(textOf(await told(ALICE, /Asking .*logging-tamper/)).includes(line), rig.told(slash))
    await rig.type('@ctq logging-tamper', { user: BOB })
    assert.ok(textOf(await told(BOB, /Asking .*logging-tamper/)).includes(line))
    const direct = await rig.type('logging-tamper', { channel: 'dm' })
    const said = () => rig.slack.workspace.messages.get(direct.channel ?? '') ?? []
    const echoed = await until(
      () => said().find((message) => /Asking .*logging-tamper/.test(textOf(message))),
      'an echo',
    )
    assert.ok(textOf(echoed).includes(line))
    const bare = await rig.type(`/ctq ${KEY}`, { user: BOB })
    assert.match(
      rig.told(bare),
      /Asking `key-activity accessKeyId=\w+` · `prod-payments \(111122223333\)`, from the key id · last 90d, the default · run/,
    )
  })

  test('whoever may ask nothing gets no form', async () => {
    await rig.slack.people.shortcut({ user: CAROL, callback_id: 'ask_cloudtrail' })
    await until(
      () => (/You may ask nothing here/.test(JSON.stringify(rig.slack.workspace.modals.get(CAROL))) ? true : undefined),
      'a refusal',
    )
    await rig.slack.people.close({ user: CAROL, all: true })
  })

  test('the Home tab shows my questions, what I may ask and how ctq does; a runbook opens from there', async () => {
    rig.slack.people.openHome(ALICE)
    const home = await until(() => rig.slack.workspace.homes.get(ALICE), 'the Home tab')
    const text = JSON.stringify(home.json)
    assert.match(text, new RegExp(`key-activity accessKeyId=${KEY}`))
    assert.match(text, /The queue is reached.*2 connections to Slack/)
    await rig.slack.people.click({ user: ALICE, view_id: home.id, action_id: 'open_form:console-logins' })
    const shown = await modal(rig, ALICE)
    assert.equal((element(shown, 'runbook')['initial_option'] as Json)['value'], 'console-logins')
    await rig.slack.people.close({ user: ALICE, all: true })
    rig.slack.people.openHome(CAROL)
    const empty = await until(() => rig.slack.workspace.homes.get(CAROL), 'the Home tab of somebody else')
    assert.doesNotMatch(JSON.stringify(empty.json), /key-activity/)
  })
})

test('more accounts than a menu holds are looked up as they are typed', async (t) => {
  const accounts = Array.from({ length: 130 }, (_, index) => ({
    id: String(200_000_000_000 + index),
    name: `team-${index}`,
  }))
  const rig = await aRig({
    settings: { inventory: { from: 'list', accounts: [...SETTINGS.inventory.accounts, ...accounts] } },
  })
  t.after(() => rig.close())
  await rig.bot()
  await rig.type('/ctq key-activity')
  const shown = await modal(rig, ALICE)
  const menu = element(shown, 'account')
  assert.equal(menu['type'], 'multi_external_select')
  const press = { user: ALICE, view_id: shown.id, action_id: String(menu['action_id']) }
  const some = await rig.slack.people.suggest({ ...press, value: 'TEAM-12' })
  assert.deepEqual(
    some.options?.map(({ value }) => value),
    ['12', '120', '121', '122', '123', '124', '125', '126', '127', '128', '129'].map((end) =>
      String(200_000_000_000 + Number(end)),
    ),
  )
  const all = await rig.slack.people.suggest({ ...press, value: '' })
  assert.equal(all.options?.length, 100)
})
