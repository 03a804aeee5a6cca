import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deliveryKey, revokedKey, terminalKey } from '../../src/domain/result/objects.ts'
import { deliver } from '../../src/usecases/deliver.ts'
import { deliveryState } from '../../src/usecases/deliverMemory.ts'
import { OPS, SECRET } from '../slackadapter/rig.ts'
import { anAnswer, RUN } from '../support/answers.ts'
import { aDelivery, aGrant, CSV, directChannel, texts } from './rig.ts'

const ANSWER = `answer ${RUN}`

test('one message shows progress and then the answer, and the CSV is in its thread', async (t) => {
  const rig = await aDelivery(t)
  assert.deepEqual(await rig.through('status'), { kind: 'done' })
  assert.deepEqual(texts(rig, SECRET), ['page 1'])
  rig.clock.now += 5000
  await rig.through('status')
  assert.deepEqual(texts(rig, SECRET), ['page 2'])
  await rig.finish()
  assert.deepEqual(await rig.through('final'), { kind: 'done' })
  assert.deepEqual(texts(rig, SECRET), [ANSWER, `file:${CSV}`])
  const [message, file] = rig.messages(SECRET)
  assert.equal(file?.thread_ts, message?.ts)
  assert.deepEqual(await deliveryState(rig.objects, RUN, new Date(rig.clock.now + 3_600_000)), {
    message: 'sent',
    csv: 'sent',
  })
})

test('a file that Slack is being given is on its way; one that was begun long ago and never ended is not known of', async (t) => {
  const rig = await aDelivery(t)
  const begun = { at: new Date(rig.clock.now).toISOString(), channel: SECRET, thread: '1.1' }
  await rig.objects.create(deliveryKey(RUN, 'csv.1.intent'), JSON.stringify(begun))
  const after = async (ms: number): Promise<string> =>
    (await deliveryState(rig.objects, RUN, new Date(rig.clock.now + ms))).csv
  assert.deepEqual([await after(5_000), await after(300_000)], ['sending', 'unsure'])
})

test('an answer that is ready before any progress was shown is one message too', async (t) => {
  const rig = await aDelivery(t)
  await rig.finish()
  await rig.through('final')
  assert.deepEqual(texts(rig, SECRET), [ANSWER, `file:${CSV}`])
})

test('asked in a thread, everything is in that thread', async (t) => {
  const rig = await aDelivery(t)
  const root = await rig.client.write<{ ts: string }>('chat.postMessage', { channel: SECRET, text: 'alert' })
  rig.holds.grant = aGrant({ to: { kind: 'slack', team: 'T0CTQ0001', channel: SECRET, thread: root.ts } })
  await rig.through('status')
  await rig.finish()
  await rig.through('final')
  const [, ...ours] = rig.messages(SECRET)
  assert.deepEqual(
    ours.map(({ thread_ts }) => thread_ts),
    [root.ts, root.ts],
  )
  assert.deepEqual(texts(rig, SECRET).slice(1), [ANSWER, `file:${CSV}`])
})

test('asked in direct messages, everything is there', async (t) => {
  const rig = await aDelivery(t, aGrant({ to: { kind: 'direct', team: 'T0CTQ0001', user: 'U0ALICE01' } }))
  await rig.through('status')
  await rig.finish()
  await rig.through('final')
  assert.deepEqual(texts(rig, directChannel(rig)), [ANSWER, `file:${CSV}`])
})

test('repeating either job changes nothing', async (t) => {
  const rig = await aDelivery(t)
  await rig.through('status')
  await rig.finish()
  for (let i = 0; i < 3; i += 1) assert.equal((await rig.through('final')).kind, 'done')
  assert.equal((await rig.through('status')).kind, 'done')
  assert.deepEqual(texts(rig, SECRET), [ANSWER, `file:${CSV}`])
  assert.equal(rig.calls('chat.update').length, 1, 'no progress after the answer, no second answer')
})

test('no progress is posted after an answer that came without any', async (t) => {
  const rig = await aDelivery(t)
  await rig.finish()
  await rig.through('final')
  rig.clock.now += 60_000
  assert.deepEqual(await rig.once('status'), { kind: 'done' })
  assert.deepEqual(texts(rig, SECRET), [ANSWER, `file:${CSV}`])
})

test('progress is shown at most every three seconds', async (t) => {
  const rig = await aDelivery(t)
  await rig.once('status')
  assert.equal((await rig.once('status')).kind, 'done')
  rig.clock.now += 1000
  assert.deepEqual(await rig.once('status'), { kind: 'wait', until: new Date(rig.clock.now + 2000) })
  rig.clock.now += 2000
  assert.equal((await rig.once('status')).kind, 'done')
})

test('a failed run says so, without a CSV', async (t) => {
  const rig = await aDelivery(t)
  await rig.through('status')
  const terminal = { run: RUN, outcome: 'failed', at: new Date().toISOString(), why: 'the runbook is gone' }
  await rig.objects.create(terminalKey(RUN), JSON.stringify(terminal))
  assert.equal((await rig.through('final')).kind, 'done')
  assert.deepEqual(texts(rig, SECRET), ['failed: the runbook is gone'])
})

test('an answer without rows has no CSV', async (t) => {
  const rig = await aDelivery(t)
  await rig.finish({ csv: { rows: 0, bytes: CSV.length, sha256: 'a'.repeat(64) } })
  assert.equal((await rig.through('final')).kind, 'done')
  assert.deepEqual(texts(rig, SECRET), [ANSWER])
})

test('a token that is not good, of another run, or too old to deliver posts nothing', async (t) => {
  const rig = await aDelivery(t)
  await rig.finish()
  assert.deepEqual(await deliver({ token: 'forged', run: RUN, want: 'final' }, rig.deps), {
    kind: 'final',
    why: 'token: signature',
  })
  const other = { token: 'good', run: '00000000-0000-4000-8000-000000000000', want: 'final' } as const
  assert.deepEqual(await deliver(other, rig.deps), { kind: 'final', why: 'token: of another run' })
  rig.clock.now += 2 * 86_400_000
  assert.deepEqual(await rig.once('final'), { kind: 'final', why: 'too late to deliver' })
  assert.deepEqual(texts(rig, SECRET), [])
})

test('a run that has not ended, and an answer of something else, are not delivered', async (t) => {
  const rig = await aDelivery(t)
  assert.equal((await rig.once('final')).kind, 'final')
  await rig.finish({ runbook: { ...anAnswer().runbook, digest: 'e'.repeat(64), title: 'Another text' } })
  assert.deepEqual(await rig.once('final'), { kind: 'final', why: 'the answer is not of what the token allows' })
  assert.deepEqual(texts(rig, SECRET), [])
})

test('an answer about an account that the token does not name is not delivered', async (t) => {
  const rig = await aDelivery(t)
  await rig.finish({ accounts: [{ id: '999999999999' }] })
  assert.equal((await rig.once('final')).kind, 'final')
  assert.deepEqual(texts(rig, SECRET), [])
})

test('an answer for a sink is not Slack’s to deliver', async (t) => {
  const rig = await aDelivery(t, aGrant({ to: { kind: 'sink', name: 'archive' } }))
  assert.equal((await rig.once('status')).kind, 'final')
})

test('each place check and each delivery is one audit step that names run, person, query and where', async (t) => {
  const rig = await aDelivery(t)
  await rig.through('status')
  await rig.finish()
  await rig.through('final')
  assert.deepEqual(
    rig.steps.map(({ step, outcome, detail }) => [step, outcome, detail?.['step'] ?? detail?.['place']]),
    [
      ['place_checked', 'allow', SECRET],
      ['delivered', 'done', 'status'],
      ['place_checked', 'allow', SECRET],
      ['delivered', 'done', 'final'],
      ['place_checked', 'allow', SECRET],
      ['delivered', 'done', 'csv'],
    ],
  )
  for (const { run, person, queryHash, jti, at } of rig.steps) {
    assert.deepEqual([run, person, jti], [RUN, { team: 'T0CTQ0001', user: 'U0ALICE01' }, 'jti-1'])
    assert.match(queryHash ?? '', /^[0-9a-f]{64}$/)
    assert.ok(!Number.isNaN(Date.parse(at)))
  }
})

test('posts to one channel are a second apart', async (t) => {
  const rig = await aDelivery(t)
  await rig.deps.turn(`post:${SECRET}`, 1000, 'another')
  assert.deepEqual(await rig.once('status'), { kind: 'wait', until: new Date(rig.clock.now + 1000) })
  assert.deepEqual(texts(rig, SECRET), [])
  assert.deepEqual(texts(rig, OPS), [])
})

test('an answer that policy keeps back is not shown, in no form: its message says so, and there is no CSV', async (t) => {
  const rig = await aDelivery(t)
  await rig.through('status')
  await rig.finish()
  await rig.objects.create(revokedKey(RUN), '{}')
  const deps = { ...rig.deps, withholds: () => true }
  assert.deepEqual(await rig.through('final', deps), { kind: 'done' })
  const [message, ...others] = rig.messages(SECRET)
  assert.deepEqual([message?.text, others], [JSON.stringify({ kind: 'withheld', run: RUN }), []])
  assert.ok((await rig.objects.size(deliveryKey(RUN, 'csv.none'))) !== undefined, 'nobody looks for a file')
})

test('where policy gives it, an answer whose right was taken away is given like any other', async (t) => {
  const rig = await aDelivery(t)
  await rig.finish()
  await rig.objects.create(revokedKey(RUN), '{}')
  await rig.through('final')
  assert.deepEqual(texts(rig, SECRET), [ANSWER, `file:${CSV}`])
})
