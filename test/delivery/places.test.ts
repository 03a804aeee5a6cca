import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deliveryState } from '../../src/usecases/deliverMemory.ts'
import { OPS, SECRET, TEAM } from '../slackadapter/rig.ts'
import { RUN } from '../support/answers.ts'
import { aDelivery, aGrant, CSV, directChannel, notices, texts } from './rig.ts'

const ANSWER = `answer ${RUN}`
const MOVED = { kind: 'moved', run: RUN }

test('a channel that becomes shared while the run goes on keeps only the run’s id; the answer goes to the asker', async (t) => {
  const rig = await aDelivery(t)
  await rig.through('status')
  assert.deepEqual(texts(rig, SECRET), ['page 1'])
  await rig.control('POST', 'channels', { id: SECRET, connected_team_ids: ['T0PARTNER'] })
  await rig.finish()
  assert.equal((await rig.through('final')).kind, 'done')
  assert.deepEqual(notices(rig, SECRET), [MOVED])
  assert.equal(texts(rig, SECRET).length, 1)
  assert.deepEqual(notices(rig, directChannel(rig)), [
    { kind: 'why_direct', run: RUN, channel: SECRET, cause: 'place', why: 'readers' },
  ])
  assert.deepEqual(texts(rig, directChannel(rig)).slice(1), [ANSWER, `file:${CSV}`])
  assert.equal((await deliveryState(rig.objects, RUN, new Date(rig.clock.now + 3_600_000))).moved?.why, 'readers')
})

test('a guest who joins between the answer and its CSV takes the answer out of the channel again', async (t) => {
  const rig = await aDelivery(t)
  await rig.finish()
  const update = rig.deps.slack.post
  const slack = {
    ...rig.deps.slack,
    post: async (...args: Parameters<typeof update>) => {
      const sent = await update(...args)
      await rig.control('POST', 'join', { channel: SECRET, user: 'U0DAVE001' })
      return sent
    },
  }
  await rig.through('final', { ...rig.deps, slack })
  assert.deepEqual(notices(rig, SECRET), [MOVED])
  assert.equal(texts(rig, SECRET).length, 1)
  assert.deepEqual(texts(rig, directChannel(rig)).slice(1), [ANSWER, `file:${CSV}`])
})

test('a channel that is no longer shared does not get the answer back', async (t) => {
  const rig = await aDelivery(t)
  await rig.control('POST', 'channels', { id: SECRET, connected_team_ids: ['T0PARTNER'] })
  await rig.through('status')
  await rig.control('POST', 'channels', { id: SECRET, connected_team_ids: [] })
  await rig.finish()
  await rig.through('final')
  assert.deepEqual(notices(rig, SECRET), [MOVED])
  assert.equal(texts(rig, SECRET).length, 1)
})

test('asked in a public channel, progress too goes to the asker', async (t) => {
  const rig = await aDelivery(t, aGrant({ to: { kind: 'slack', team: TEAM, channel: OPS } }))
  await rig.through('status')
  assert.deepEqual(notices(rig, OPS), [MOVED])
  assert.match(texts(rig, directChannel(rig)).at(-1) ?? '', /^page/)
  await rig.finish()
  await rig.through('final')
  assert.deepEqual(texts(rig, OPS).length, 1)
  assert.deepEqual(texts(rig, directChannel(rig)).slice(1), [ANSWER, `file:${CSV}`])
})

const GONE = [
  [
    'the bot was taken out of the channel',
    async (rig: Awaited<ReturnType<typeof aDelivery>>) =>
      rig.control('POST', 'leave', { channel: SECRET, user: rig.self.botUser }),
    'not_member',
  ],
  [
    'the channel was archived',
    async (rig: Awaited<ReturnType<typeof aDelivery>>) =>
      rig.control('POST', 'channels', { id: SECRET, is_archived: true }),
    'archived',
  ],
] as const
for (const [what, happen, why] of GONE) {
  test(`when ${what} the asker gets the answer directly, and why`, async (t) => {
    const rig = await aDelivery(t)
    await rig.through('status')
    await happen(rig)
    await rig.finish()
    assert.equal((await rig.through('final')).kind, 'done')
    assert.deepEqual(texts(rig, SECRET), ['page 1'], 'nothing can be changed there')
    const [notice] = notices(rig, directChannel(rig))
    assert.deepEqual([notice?.kind, notice?.why], ['why_direct', why])
    assert.deepEqual(texts(rig, directChannel(rig)).slice(1), [ANSWER, `file:${CSV}`])
  })
}

for (const reason of ['not_in_channel', 'restricted_action', 'is_archived', 'cannot_reply_to_message']) {
  test(`a post that Slack refuses with ${reason} goes to the asker, with that reason`, async (t) => {
    const rig = await aDelivery(t)
    await rig.fault({ method: 'chat.postMessage', kind: 'error', error: reason, channel: SECRET })
    await rig.through('status')
    const [notice] = notices(rig, directChannel(rig))
    assert.deepEqual([notice?.kind, notice?.why], ['why_direct', reason])
    await rig.finish()
    await rig.through('final')
    assert.deepEqual(texts(rig, SECRET), [])
    assert.deepEqual(texts(rig, directChannel(rig)).slice(1), [ANSWER, `file:${CSV}`])
  })
}

test('a CSV that the channel refuses goes to the asker together with the answer', async (t) => {
  const rig = await aDelivery(t)
  await rig.finish()
  await rig.fault({ method: 'files.completeUploadExternal', kind: 'error', error: 'posting_to_channel_denied' })
  await rig.through('final')
  assert.deepEqual(texts(rig, directChannel(rig)).slice(1), [ANSWER, `file:${CSV}`])
})

test('an asker who has left gets nothing, and nobody else does', async (t) => {
  const rig = await aDelivery(t)
  await rig.through('status')
  await rig.control('POST', 'users', { id: 'U0ALICE01', deleted: true })
  await rig.finish()
  const outcome = await rig.through('final')
  assert.deepEqual(outcome, { kind: 'final', why: 'not delivered: left' })
  assert.deepEqual(notices(rig, SECRET), [MOVED])
  assert.equal(directChannel(rig), '')
})

test('an asker who takes no direct messages is a final outcome', async (t) => {
  const rig = await aDelivery(t, aGrant({ to: { kind: 'slack', team: TEAM, channel: OPS } }))
  await rig.finish()
  await rig.control('POST', 'settings', { messagesTab: false })
  assert.deepEqual(await rig.through('final'), { kind: 'final', why: 'no direct message: messages_tab_disabled' })
})

test('a place that cannot be checked now gets nothing until it can be', async (t) => {
  const rig = await aDelivery(t)
  await rig.finish()
  await rig.fault({ method: 'conversations.info', kind: 'http', status: 500, times: 3 })
  const first = await rig.once('final')
  assert.equal(first.kind, 'wait')
  assert.deepEqual(texts(rig, SECRET), [])
  await rig.through('final')
  assert.deepEqual(texts(rig, SECRET), [ANSWER, `file:${CSV}`])
})

test('each refused place is an audit step', async (t) => {
  const rig = await aDelivery(t)
  await rig.control('POST', 'channels', { id: SECRET, connected_team_ids: ['T0PARTNER'] })
  await rig.finish()
  await rig.through('final')
  const denied = rig.steps.filter(({ outcome }) => outcome === 'deny')
  assert.deepEqual(
    denied.map(({ step, detail }) => [step, detail?.['place'], detail?.['why']]),
    [['place_checked', SECRET, 'readers']],
  )
})

test('a place that Slack refuses to describe counts as one that may not have the answer', async (t) => {
  const rig = await aDelivery(t)
  await rig.fault({ method: 'conversations.info', kind: 'error', error: 'team_not_found', times: 9 })
  await rig.finish()
  await rig.through('final')
  assert.deepEqual(texts(rig, SECRET), [])
  assert.equal(notices(rig, directChannel(rig))[0]?.why, 'unreadable')
})

test('a place that may not even have the run’s id is told nothing', async (t) => {
  const rig = await aDelivery(t)
  const placeAllows: typeof rig.deps.placeAllows = async (_grant, to) =>
    to.kind === 'direct' ? { allowed: true } : { allowed: false, why: 'policy', tell: false }
  await rig.finish()
  await rig.through('final', { ...rig.deps, placeAllows })
  assert.deepEqual(texts(rig, SECRET), [])
  assert.deepEqual(texts(rig, directChannel(rig)).slice(1), [ANSWER, `file:${CSV}`])
})

test('an asker whom the bot cannot write to is a final outcome; one whom it cannot reach now is not', async (t) => {
  const rig = await aDelivery(t, aGrant({ to: { kind: 'slack', team: TEAM, channel: OPS } }))
  await rig.finish()
  const allowAsker: typeof rig.deps.placeAllows = async (_grant, to) =>
    to.kind === 'direct' ? { allowed: true } : { allowed: false, why: 'readers' }
  const deps = { ...rig.deps, placeAllows: allowAsker }
  await rig.fault({ method: 'conversations.open', kind: 'http', status: 500 })
  assert.equal((await rig.once('final', deps)).kind, 'wait')
  await rig.fault({ method: 'conversations.open', kind: 'error', error: 'user_disabled', times: 9 })
  assert.deepEqual(await rig.through('final', deps), { kind: 'final', why: 'no direct message: user_disabled' })
})
