import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sha256 } from '../../src/domain/canonical.ts'
import { answerKey } from '../../src/domain/result/objects.ts'
import { deliveryState } from '../../src/usecases/deliverMemory.ts'
import { SECRET } from '../slackadapter/rig.ts'
import { RUN } from '../support/answers.ts'
import { aDelivery, CSV, notices, texts } from './rig.ts'

const ANSWER = `answer ${RUN}`
const DELIVERED = [ANSWER, `file:${CSV}`]

test('a rate limit waits as long as Slack says, then goes on', async (t) => {
  const rig = await aDelivery(t)
  await rig.fault({ method: 'chat.postMessage', kind: 'ratelimited', retryAfter: 17 })
  assert.deepEqual(await rig.once('status'), { kind: 'wait', until: new Date(rig.clock.now + 17_000) })
  rig.clock.now += 17_000
  await rig.once('status')
  assert.deepEqual(texts(rig, SECRET), ['page 2'])
  assert.equal(rig.calls('conversations.history').length, 0, 'a call that was not taken need not be looked for')
})

const EFFECTIVE = [
  { as: 'hang', what: 'never answered' },
  { as: 'drop', what: 'cut off' },
  { as: 'http', what: 'answered with HTTP 500' },
]
for (const { as, what } of EFFECTIVE) {
  test(`a post that took effect and was ${what} is found again and not repeated`, async (t) => {
    const rig = await aDelivery(t)
    await rig.finish()
    await rig.fault({ method: 'chat.postMessage', kind: 'lost', as })
    assert.equal((await rig.once('final')).kind, 'wait')
    assert.deepEqual((await deliveryState(rig.objects, RUN, new Date(rig.clock.now + 3_600_000))).message, 'unsure')
    assert.equal((await rig.through('final')).kind, 'done')
    assert.deepEqual(texts(rig, SECRET), DELIVERED)
    assert.equal(rig.calls('chat.postMessage').length, 1)
    assert.ok(rig.steps.some(({ detail }) => detail?.['step'] === 'final' && detail['how'] === 'found'))
  })

  test(`a file that was given and whose completion was ${what} is there once`, async (t) => {
    const rig = await aDelivery(t)
    await rig.finish()
    await rig.fault({ method: 'files.completeUploadExternal', kind: 'lost', as })
    assert.equal((await rig.through('final')).kind, 'done')
    assert.deepEqual(texts(rig, SECRET), DELIVERED)
    assert.equal(rig.calls('upload').length, 1)
  })
}

const INEFFECTIVE = [
  { kind: 'http', status: 500 },
  { kind: 'html' },
  { kind: 'drop' },
  { kind: 'hang' },
  { kind: 'error', error: 'internal_error' },
]
for (const fault of INEFFECTIVE) {
  test(`a post that failed with ${fault.error ?? fault.kind} is looked for, and made again when it is not there`, async (t) => {
    const rig = await aDelivery(t)
    await rig.finish()
    await rig.fault({ method: 'chat.postMessage', ...fault })
    assert.equal((await rig.through('final')).kind, 'done')
    assert.deepEqual(texts(rig, SECRET), DELIVERED)
    assert.equal(rig.calls('conversations.history').length, 1)
    assert.equal(rig.calls('chat.postMessage').length, 2)
  })
}

for (const method of [
  'chat.update',
  'files.getUploadURLExternal',
  'upload',
  'files.completeUploadExternal',
  'files.info',
]) {
  for (const fault of [...INEFFECTIVE.slice(0, 3), { kind: 'ratelimited', retryAfter: 3 }]) {
    test(`${method} that fails with ${fault.kind} delays delivery and changes nothing of it`, async (t) => {
      const rig = await aDelivery(t)
      await rig.through('status')
      await rig.finish()
      await rig.fault({ method, ...fault, times: 3 })
      assert.equal((await rig.through('final')).kind, 'done')
      assert.deepEqual(texts(rig, SECRET), DELIVERED)
    })
  }
}

test('while nobody can look, nothing is repeated; when Slack answers again, the message is found', async (t) => {
  const rig = await aDelivery(t)
  await rig.finish()
  await rig.fault({ method: 'chat.postMessage', kind: 'lost', as: 'drop' })
  await rig.fault({ method: 'conversations.history', kind: 'http', status: 503, times: 9 })
  assert.equal((await rig.through('final')).kind, 'done')
  assert.deepEqual(texts(rig, SECRET), DELIVERED)
  assert.equal(rig.calls('chat.postMessage').length, 1)
})

test('when looking is refused the post is not repeated, ever, and its state is unsure', async (t) => {
  const rig = await aDelivery(t)
  await rig.finish()
  await rig.fault({ method: 'chat.postMessage', kind: 'drop' })
  await rig.fault({ method: 'conversations.history', kind: 'error', error: 'missing_scope', times: 9 })
  assert.deepEqual(await rig.through('final'), { kind: 'final', why: 'outcome unknown: missing_scope' })
  assert.deepEqual(await rig.through('final'), { kind: 'final', why: 'outcome unknown: missing_scope' })
  assert.equal(rig.calls('chat.postMessage').length, 1)
  assert.equal(rig.calls('conversations.history').length, 1, 'and it is remembered that nobody can look')
  assert.equal((await deliveryState(rig.objects, RUN, new Date(rig.clock.now + 3_600_000))).message, 'unsure')
})

test('a status message that cannot be looked for does not keep the answer back', async (t) => {
  const rig = await aDelivery(t)
  await rig.fault({ method: 'chat.postMessage', kind: 'drop' })
  await rig.fault({ method: 'conversations.history', kind: 'error', error: 'missing_scope', times: 9 })
  assert.deepEqual(await rig.through('status'), { kind: 'done', note: 'no status message: missing_scope' })
  await rig.finish()
  assert.equal((await rig.through('final')).kind, 'done')
  assert.deepEqual(texts(rig, SECRET), DELIVERED)
})

test('a token that Slack does not take for a while keeps the answer until it does', async (t) => {
  const rig = await aDelivery(t)
  await rig.finish()
  await rig.fault({ method: 'chat.postMessage', kind: 'error', error: 'token_revoked', times: 3 })
  assert.equal((await rig.through('final')).kind, 'done')
  assert.deepEqual(texts(rig, SECRET), DELIVERED)
})

test('a workspace that takes no data_table gets the answer as it takes it', async (t) => {
  const rig = await aDelivery(t)
  await rig.control('POST', 'settings', { acceptsDataTable: false, acceptsTable: false })
  await rig.through('status')
  await rig.finish()
  await rig.through('final')
  assert.deepEqual(texts(rig, SECRET), DELIVERED)
  assert.deepEqual(rig.messages(SECRET)[0]?.blocks, [])
})

test('an answer that Slack takes in no form is said to be so, and its CSV is still given', async (t) => {
  const rig = await aDelivery(t)
  await rig.finish()
  await rig.fault({ method: 'chat.postMessage', kind: 'error', error: 'invalid_blocks', times: 3 })
  assert.equal((await rig.through('final')).kind, 'done')
  assert.deepEqual(notices(rig, SECRET), [{ kind: 'unshowable', run: RUN, why: 'invalid_blocks' }])
  assert.equal(texts(rig, SECRET).at(-1), `file:${CSV}`)
})

test('when the status message was deleted the answer is a message of its own', async (t) => {
  const rig = await aDelivery(t)
  await rig.through('status')
  for (const message of rig.messages(SECRET)) message.deleted = true
  await rig.finish()
  await rig.through('final')
  assert.deepEqual(texts(rig, SECRET), DELIVERED)
})

test('a file that is shown late is given once', async (t) => {
  const rig = await aDelivery(t)
  await rig.control('POST', 'settings', { fileShareMs: 35 })
  await rig.finish()
  await rig.through('final')
  assert.deepEqual(texts(rig, SECRET), DELIVERED)
  assert.equal(rig.calls('upload').length, 1)
})

test('a file that is never shown is deleted and given once more, and then the thread is told', async (t) => {
  const rig = await aDelivery(t)
  await rig.control('POST', 'settings', { fileShareMs: -1 })
  await rig.finish()
  assert.deepEqual(await rig.through('final'), { kind: 'done', note: 'no CSV: never_shown' })
  assert.deepEqual(notices(rig, SECRET), [{ kind: 'csv_missing', run: RUN, why: 'never_shown' }])
  assert.equal(rig.calls('upload').length, 2)
  assert.ok(
    [...rig.slack.workspace.files.values()].every(({ deleted }) => deleted),
    'none can appear later',
  )
  assert.equal((await deliveryState(rig.objects, RUN, new Date(rig.clock.now + 3_600_000))).csv, 'missing')
  const [message, note] = rig.messages(SECRET)
  assert.equal(note?.thread_ts, message?.ts)
  await rig.through('final')
  assert.equal(rig.calls('upload').length, 2, 'nor does a repeated job try it again')
})

test('a workspace without file uploads is told in the thread why there is no CSV', async (t) => {
  const rig = await aDelivery(t)
  await rig.finish()
  await rig.fault({ method: 'files.getUploadURLExternal', kind: 'error', error: 'file_uploads_disabled', times: 9 })
  await rig.through('final')
  assert.deepEqual(notices(rig, SECRET), [{ kind: 'csv_missing', run: RUN, why: 'file_uploads_disabled' }])
})

test('when nobody can say whether the file is there, it is not given again, and the thread is told', async (t) => {
  const rig = await aDelivery(t)
  await rig.finish()
  await rig.fault({ method: 'files.info', kind: 'error', error: 'missing_scope', times: 99 })
  await rig.through('final')
  assert.equal(rig.calls('upload').length, 1)
  assert.deepEqual(notices(rig, SECRET), [{ kind: 'csv_missing', run: RUN, why: 'unknown' }])
})

test('a CSV that is not the one of the answer never gets to Slack', async (t) => {
  const rig = await aDelivery(t)
  const other = CSV.replace('alice', 'malla')
  const answered = { rows: 1, bytes: Buffer.byteLength(CSV), sha256: '0'.repeat(64) }
  await rig.finish({ csv: answered }, other)
  await rig.through('final')
  assert.deepEqual(notices(rig, SECRET), [{ kind: 'csv_missing', run: RUN, why: 'altered' }])
  assert.equal(rig.calls('files.completeUploadExternal').length, 0)
})

test('a CSV larger than Slack takes is told, not tried', async (t) => {
  const rig = await aDelivery(t)
  await rig.finish({ csv: { rows: 1, bytes: 1_000_000_001, sha256: '0'.repeat(64) } })
  await rig.through('final')
  assert.deepEqual(notices(rig, SECRET), [{ kind: 'csv_missing', run: RUN, why: 'larger_than_1_gb' }])
  assert.equal(rig.calls('files.getUploadURLExternal').length, 0)
})

test('deliveries of one run at the same moment post once and give one file', async (t) => {
  const rig = await aDelivery(t)
  await rig.finish()
  const deps = { ...rig.deps, turn: async () => 0 }
  const outcomes = await Promise.all([1, 2, 3].map(() => rig.once('final', deps)))
  assert.ok(outcomes.some(({ kind }) => kind === 'done'))
  assert.equal(rig.calls('chat.postMessage').length, 1)
  const uploads = await Promise.all([1, 2, 3].map(() => rig.once('final', deps)))
  assert.ok(uploads.every(({ kind }) => kind === 'done'))
  assert.deepEqual(texts(rig, SECRET), DELIVERED)
})

test('files of one run given at the same moment are shown once', async (t) => {
  const rig = await aDelivery(t)
  await rig.finish({ csv: { rows: 0, bytes: 1, sha256: '0'.repeat(64) } })
  await rig.through('final')
  const stored = JSON.parse(String(await rig.objects.read(answerKey(RUN))))
  const csv = { rows: 1, bytes: Buffer.byteLength(CSV), sha256: sha256(CSV) }
  const withCsv = Buffer.from(JSON.stringify({ ...stored, csv }))
  const read = async (key: string): Promise<Buffer | undefined> =>
    key === answerKey(RUN) ? withCsv : await rig.objects.read(key)
  const deps = { ...rig.deps, objects: { ...rig.objects, read } }
  await Promise.all([1, 2, 3].map(() => rig.once('final', deps)))
  await rig.through('final', deps)
  assert.deepEqual(texts(rig, SECRET), DELIVERED)
  assert.equal(rig.calls('files.completeUploadExternal').length, 1)
})

test('after a process died in a call, the next one waits until that call must be over before it looks', async (t) => {
  const rig = await aDelivery(t)
  const post = async (): Promise<never> => {
    throw new Error('killed')
  }
  await assert.rejects(rig.once('status', { ...rig.deps, slack: { ...rig.deps.slack, post } }))
  const until = new Date(rig.clock.now + 12_000)
  assert.deepEqual(await rig.once('status'), { kind: 'wait', until })
  assert.equal(rig.calls('conversations.history').length, 0)
})

test('progress whose outcome is unknown is waited for, so that it cannot follow the answer', async (t) => {
  const rig = await aDelivery(t)
  await rig.through('status')
  rig.clock.now += 4000
  await rig.fault({ method: 'chat.update', kind: 'hang' })
  assert.deepEqual(await rig.once('status'), { kind: 'wait', until: new Date(rig.clock.now + 2000) })
})

test('progress that Slack refuses to show is let go, and the answer still comes', async (t) => {
  const rig = await aDelivery(t)
  await rig.through('status')
  rig.clock.now += 4000
  await rig.fault({ method: 'chat.update', kind: 'error', error: 'edit_window_closed' })
  assert.deepEqual(await rig.once('status'), { kind: 'done', note: 'no progress shown: edit_window_closed' })
  await rig.finish()
  await rig.through('final')
  assert.deepEqual(texts(rig, SECRET), DELIVERED)
})

test('when Slack takes not even the notice, delivery ends and says why', async (t) => {
  const rig = await aDelivery(t)
  await rig.finish()
  await rig.fault({ method: 'chat.postMessage', kind: 'error', error: 'no_text', times: 9 })
  assert.deepEqual(await rig.through('final'), { kind: 'final', why: 'Slack refused the answer: no_text' })
})
