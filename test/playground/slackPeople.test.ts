import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ViewsOpenArguments } from '@slack/web-api'
import fc from 'fast-check'
import { normalise } from '../../src/domain/request/normalise.ts'
import { autocorrected, compose } from '../../src/playground/slack/composer.ts'
import type { Envelope } from '../../src/playground/slack/types.ts'
import { aClient, anApp, aSlack, fails, type Rig } from './slackRig.ts'

const INCIDENT = 'C0INCPAY1'
const MODAL: ViewsOpenArguments['view'] = {
  type: 'modal',
  title: { type: 'plain_text', text: 'Ask' },
  blocks: [{ type: 'divider' }],
}

/** What was sent to the app, acknowledged or not. */
function sent(slack: Rig): Envelope['payload'][] {
  return slack.workspace.deliveries.map(({ envelope }) => envelope.payload)
}

async function triggerOf(slack: Rig): Promise<string> {
  await slack.people.type({ user: 'alice', channel: 'ops', text: '/ctq' })
  return String(sent(slack).at(-1)?.['trigger_id'])
}

test('a trigger opens one view', async (t) => {
  const slack = await aSlack(t)
  const client = aClient(slack)
  const trigger_id = await triggerOf(slack)
  assert.match(String((await client.views.open({ trigger_id, view: MODAL })).view?.id), /^V/)
  await fails(client.views.open({ trigger_id, view: MODAL }), 'exchanged_trigger_id')
  await fails(client.views.open({ trigger_id: '1.2.3', view: MODAL }), 'invalid_trigger_id')
})

test('a trigger expires after three seconds', async (t) => {
  let now = Date.UTC(2026, 7, 15)
  const slack = await aSlack(t, { now: () => now })
  const client = aClient(slack)
  const [late, inTime] = [await triggerOf(slack), await triggerOf(slack)]
  now += 3000
  assert.ok((await client.views.open({ trigger_id: inTime, view: MODAL })).ok)
  now += 1
  await fails(client.views.open({ trigger_id: late, view: MODAL }), 'expired_trigger_id')
})

test('three modals lie on one another, a fourth is push_limit_reached', async (t) => {
  const slack = await aSlack(t)
  const client = aClient(slack)
  const blocks = [
    { type: 'actions', elements: [{ type: 'button', action_id: 'more', text: { type: 'plain_text', text: 'More' } }] },
  ]
  const view = { ...MODAL, blocks } as ViewsOpenArguments['view']
  let { view: top } = await client.views.open({ trigger_id: await triggerOf(slack), view })
  const press = async (): Promise<string> => {
    await slack.people.click({ user: 'alice', view_id: String(top?.id), action_id: 'more' })
    return String(sent(slack).at(-1)?.['trigger_id'])
  }
  for (const _ of [2, 3]) top = (await client.views.push({ trigger_id: await press(), view })).view
  await fails(client.views.push({ trigger_id: await press(), view }), 'push_limit_reached')
  await slack.people.close({ user: 'alice' })
  assert.equal(slack.workspace.modals.get('U0ALICE01')?.length, 2)
})

test('views are updated by id with their hash, published Home tabs too', async (t) => {
  const slack = await aSlack(t)
  const client = aClient(slack)
  const { view } = await client.views.open({
    trigger_id: await triggerOf(slack),
    view: { ...MODAL, external_id: 'e1' },
  })
  const update = { view_id: String(view?.id), view: MODAL }
  assert.ok((await client.views.update({ ...update, hash: String(view?.hash) })).ok)
  await fails(client.views.update({ ...update, hash: String(view?.hash) }), 'hash_conflict')
  await fails(client.views.update({ view_id: 'V0NOSUCH', view: MODAL }), 'not_found')
  const home = { type: 'home' as const, blocks: [] }
  const published = await client.views.publish({ user_id: 'U0ALICE01', view: home })
  await client.views.publish({ user_id: 'U0ALICE01', view: home, hash: String(published.view?.hash) })
  const stale = client.views.publish({ user_id: 'U0ALICE01', view: home, hash: String(published.view?.hash) })
  await fails(stale, 'hash_conflict')
})

test('a view that asks for it is told that it was closed', async (t) => {
  const slack = await aSlack(t)
  const view = { ...MODAL, notify_on_close: true }
  await aClient(slack).views.open({ trigger_id: await triggerOf(slack), view })
  await slack.people.close({ user: 'alice' })
  assert.deepEqual([sent(slack).at(-1)?.['type'], sent(slack).at(-1)?.['is_cleared']], ['view_closed', false])
})

async function respondTo(payload: Envelope['payload'] | undefined, body: unknown): Promise<Response> {
  return fetch(String(payload?.['response_url']), { method: 'POST', body: JSON.stringify(body) })
}

test('a response_url works five times within thirty minutes', async (t) => {
  let now = Date.UTC(2026, 7, 15)
  const slack = await aSlack(t, { now: () => now })
  await triggerOf(slack)
  const [payload] = sent(slack)
  for (const _ of [1, 2, 3, 4, 5]) assert.equal((await respondTo(payload, { text: 'x' })).status, 200)
  const sixth = await respondTo(payload, { text: 'x' })
  assert.deepEqual([sixth.status, ((await sixth.json()) as { error: string }).error], [404, 'used_url'])
  await triggerOf(slack)
  now += 30 * 60_000 + 1
  const late = await respondTo(sent(slack).at(-1), { text: 'x' })
  assert.deepEqual([late.status, ((await late.json()) as { error: string }).error], [404, 'expired_url'])
})

test('a response_url speaks where the bot is not a member, to one person unless it says in_channel', async (t) => {
  const slack = await aSlack(t)
  await slack.people.type({ user: 'carol', channel: 'people-team', text: '/ctq list' })
  const [payload] = sent(slack)
  await respondTo(payload, { text: 'only you' })
  await respondTo(payload, { text: 'everybody', response_type: 'in_channel' })
  const bad = await respondTo(payload, { blocks: [{ type: 'banner' }] })
  assert.deepEqual([bad.status, ((await bad.json()) as { error: string }).error], [400, 'invalid_blocks'])
  const said = slack.workspace.messages.get('C0HRPRIV1')?.filter(({ from_bot }) => from_bot)
  assert.deepEqual(
    said?.map(({ ephemeral_to }) => ephemeral_to),
    ['U0CAROL01', undefined],
  )
})

test('an ephemeral message is replaced and deleted through its button, and stays ephemeral', async (t) => {
  const slack = await aSlack(t)
  const button = { type: 'button', action_id: 'go', text: { type: 'plain_text', text: 'Go' } } as const
  const blocks = [{ type: 'actions' as const, elements: [button] }]
  const post = { channel: INCIDENT, user: 'U0ALICE01', text: 'x', blocks }
  const { message_ts } = await aClient(slack).chat.postEphemeral(post)
  const press = { channel: INCIDENT, ts: String(message_ts), action_id: 'go' }
  await assert.rejects(slack.people.click({ ...press, user: 'bob' }), /sees no message/)
  await slack.people.click({ ...press, user: 'alice' })
  const payload = sent(slack).at(-1)
  const container = payload?.['container'] as { is_ephemeral: boolean } | undefined
  assert.deepEqual([payload?.['message'], container?.is_ephemeral], [undefined, true])
  await respondTo(payload, { replace_original: true, response_type: 'in_channel', text: 'done' })
  const message = slack.workspace.messages.get(INCIDENT)?.find(({ ts }) => ts === message_ts)
  assert.deepEqual([message?.text, message?.ephemeral_to], ['done', 'U0ALICE01'])
  await respondTo(payload, { delete_original: true })
  assert.equal(message?.deleted, true)
})

test('a slash command is refused in a thread, when unknown, and for people of another workspace', async (t) => {
  const slack = await aSlack(t)
  const { ts } = await slack.people.type({ user: 'alice', channel: 'ops', text: 'hi' })
  const inThread = await slack.people.type({ user: 'alice', channel: 'ops', text: '/ctq list', thread_ts: String(ts) })
  assert.match(String(inThread.error), /not supported in threads/)
  const unknown = await slack.people.type({ user: 'alice', channel: 'ops', text: '/deploy now' })
  assert.match(String(unknown.error), /not a valid command/)
  const stranger = await slack.people.type({ user: 'frank', channel: 'ext-vendor-support', text: '/ctq list' })
  assert.match(String(stranger.error), /not a valid command/)
  assert.equal(sent(slack).filter(({ command }) => command !== undefined).length, 0)
})

test('people act only where their client would let them', async (t) => {
  const slack = await aSlack(t)
  const say = (user: string, channel: string) => slack.people.type({ user, channel, text: 'hi' })
  await assert.rejects(say('erin', 'ops'), /deactivated/)
  await assert.rejects(say('buildbot', 'ops'), /is a bot/)
  await assert.rejects(say('alice', 'people-team'), /cannot see/)
  await assert.rejects(say('dave', 'ops'), /cannot see/)
  await assert.rejects(say('alice', 'incident-2025-search'), /archived/)
})

test('typed text is escaped as a Slack client escapes it', async (t) => {
  const { workspace } = await aSlack(t)
  const text = (typed: string): string => compose(workspace, typed).text
  assert.equal(text('a < b & c > d'), 'a &lt; b &amp; c &gt; d')
  assert.equal(
    text('@ctq ask @responders in #ops @here'),
    '<@U0CTQBOT1> ask <!subteam^S0RESPOND|@responders> in <#C0OPS0001|ops> <!here>',
  )
  assert.equal(text('mail a.b@example.com'), 'mail <mailto:a.b@example.com|a.b@example.com>')
  assert.equal(text('s3.amazonaws.com'), '<http://s3.amazonaws.com|s3.amazonaws.com>')
  assert.equal(text('see https://example.com/a?b=c&d'), 'see <https://example.com/a?b=c&amp;d>')
  assert.equal(text('<!channel>'), '&lt;!channel&gt;')
  assert.equal(text('arn:aws:iam::111122223333:user/ci @nobody'), 'arn:aws:iam::111122223333:user/ci @nobody')
})

test('autocorrect makes curly quotes and dashes', () => {
  assert.equal(autocorrected('reason="it\'s" --last 24h'), 'reason=“it’s” —last 24h')
})

test('should_escape decides whether a command text is escaped', async (t) => {
  const slack = await aSlack(t)
  const [command] = slack.workspace.settings.commands
  await slack.people.type({ user: 'alice', channel: 'ops', text: '/ctq a&b ec2.amazonaws.com @bob' })
  if (command) command.should_escape = true
  await slack.people.type({ user: 'alice', channel: 'ops', text: '/ctq a&b ec2.amazonaws.com @bob' })
  assert.deepEqual(
    sent(slack).map(({ text }) => text),
    ['a&b ec2.amazonaws.com @bob', 'a&amp;b <http://ec2.amazonaws.com|ec2.amazonaws.com> <@U0BOB0001|bob>'],
  )
})

test('menus, dates and checkboxes arrive with what was chosen', async (t) => {
  const slack = await aSlack(t)
  const text = (value: string) => ({ type: 'plain_text', text: value })
  const options = ['prod', 'stage'].map((value) => ({ text: text(value), value }))
  const elements = [
    { type: 'static_select', action_id: 'account', options },
    { type: 'datepicker', action_id: 'since', initial_date: '2026-08-15' },
    { type: 'overflow', action_id: 'more', options },
    { type: 'users_select', action_id: 'who' },
    { type: 'checkboxes', action_id: 'flags', options },
    { type: 'multi_static_select', action_id: 'regions', options, initial_options: [options[1]] },
    { type: 'multi_users_select', action_id: 'people' },
    { type: 'conversations_select', action_id: 'where', initial_conversation: 'C0OPS0001' },
    { type: 'channels_select', action_id: 'channel' },
    { type: 'timepicker', action_id: 'at' },
    { type: 'datetimepicker', action_id: 'from', initial_date_time: 1786800000 },
  ]
  const post = { channel: INCIDENT, text: 'x', blocks: [{ type: 'actions', block_id: 'b', elements }] }
  const { ts } = await aClient(slack).chat.postMessage(post as never)
  const press = { user: 'alice', channel: INCIDENT, ts: String(ts) }
  const chosen = async (action_id: string, value: unknown) => {
    await slack.people.click({ ...press, action_id, value })
    const actions = sent(slack).at(-1)?.['actions'] as Record<string, unknown>[] | undefined
    return actions?.[0] ?? {}
  }
  assert.deepEqual((await chosen('account', 'stage'))['selected_option'], options[1])
  assert.equal((await chosen('since', '2026-08-01'))['selected_date'], '2026-08-01')
  assert.deepEqual((await chosen('more', 'prod'))['selected_option'], options[0])
  assert.equal((await chosen('who', 'U0BOB0001'))['selected_user'], 'U0BOB0001')
  assert.deepEqual((await chosen('flags', ['prod', 'stage']))['selected_options'], options)
  const state = sent(slack).at(-1)?.['state'] as
    | { values: { b: Record<string, { selected_date?: string }> } }
    | undefined
  assert.equal(state?.values.b['since']?.selected_date, '2026-08-15')
  await assert.rejects(slack.people.click({ ...press, action_id: 'nothing' }), /no action nothing/)
})

test('shortcuts and external menus reach the real Bolt app', async (t) => {
  const slack = await aSlack(t)
  const app = await anApp(slack)
  const heard: string[] = []
  app.shortcut({ type: 'message_action', callback_id: 'ask' }, async ({ ack, shortcut }) => {
    heard.push(`message ${'message' in shortcut ? shortcut.message.text : ''}`)
    await ack()
  })
  app.shortcut({ type: 'shortcut', callback_id: 'open' }, async ({ ack }) => {
    heard.push('global')
    await ack()
  })
  const option = { text: { type: 'plain_text' as const, text: 'prod' }, value: '1' }
  app.options('account', async ({ ack, options }) => {
    heard.push(`options ${options.value}`)
    await ack({ options: [option] })
  })
  const menu = { type: 'external_select', action_id: 'account', min_query_length: 1 }
  const post = { channel: INCIDENT, text: 'alert', blocks: [{ type: 'actions', elements: [menu] }] }
  const { ts } = await aClient(slack).chat.postMessage(post as never)
  const place = { user: 'alice', channel: INCIDENT, ts: String(ts) }
  await slack.people.shortcut({ ...place, callback_id: 'ask' })
  await slack.people.shortcut({ user: 'alice', callback_id: 'open' })
  const { options } = await slack.people.suggest({ ...place, action_id: 'account', value: 'pr' })
  assert.deepEqual(heard, ['message alert', 'global', 'options pr'])
  assert.deepEqual(options, [option])
})

/** What people paste into a question, and what of it a client makes links of. */
const PASTED: readonly string[] = [
  'eventSource=ec2.amazonaws.com',
  'arn:aws:iam::111122223333:user/alice@example.com',
  'AROA2E0A8F3B244C9986:erin.k+ops@example.co.uk',
  'https://eu-west-1.console.aws.amazon.com/x?a=1&b=2#top',
  'http://203.0.113.9/a|b',
  'reason="see https://wiki.example.com/a&b, and <this> & that"',
  'userAgent="aws-cli/2.15 md/awscrt#0.19 (a<b)"',
  'assumed-role/OrganizationAccountAccessRole/bob@example.com',
  "principal='o&amp;m'",
  '203.0.113.0/24',
  'account=@no-such-handle,prod-web',
]

test('whatever a command of which Slack escapes the text is given, the grammar reads what was typed', async (t) => {
  const { workspace } = await aSlack(t)
  const piece = fc.oneof(fc.constantFrom(...PASTED), fc.string({ unit: fc.constantFrom(...'ab.@#&<>|;:/=" -') }))
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
      const typed = pieces.join(' ')
      assert.equal(normalise(compose(workspace, typed, 'named').text), normalise(typed, 'terminal'))
    }),
    { numRuns: 500 },
  )
})
