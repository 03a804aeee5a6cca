import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Message } from '../../src/adapters/slack/entry.ts'
import { SlackFault } from '../../src/adapters/slack/errors.ts'
import type { Level } from '../../src/adapters/slack/levels.ts'
import { type Posting, slackPosting } from '../../src/adapters/slack/posting.ts'
import { ALICE, aRig, OPS, type Rig, SECRET } from './rig.ts'

const MARK = { run: 'run-1', step: 'status' }

async function aPosting(t: TestContext): Promise<{ rig: Rig; posting: Posting; levels: Map<string, Level> }> {
  const rig = await aRig(t)
  const levels = new Map<string, Level>()
  const { client, self } = rig
  const directChannel = async (user: string): Promise<string> => {
    const answer = await client.write<{ channel: { id: string } }>('conversations.open', { users: user })
    return answer.channel.id
  }
  return { rig, levels, posting: slackPosting({ client, self, levels, directChannel }) }
}

const cell = (text: string): object => ({ type: 'raw_text', text })
function table(level: Level): Message {
  const rows = [[cell('who')], [cell('alice')]]
  if (level === 'plain')
    return { text: 'a table', blocks: [{ type: 'section', text: { type: 'mrkdwn', text: 'alice' } }] }
  return {
    text: 'a table',
    blocks: [level === 'table' ? { type: 'table', rows } : { type: 'data_table', caption: 'people', rows }],
  }
}

test('a message bears its mark, unfurls nothing, and is found again by it', async (t) => {
  const { rig, posting } = await aPosting(t)
  const since = new Date()
  const sent = await posting.post({ channel: OPS }, MARK, () => ({ text: 'see https://example.com' }))
  const { args } = rig.calls('chat.postMessage')[0] ?? {}
  assert.deepEqual([args?.['unfurl_links'], args?.['unfurl_media']], ['false', 'false'])
  assert.deepEqual(await posting.findMessage({ channel: OPS }, MARK, since), sent)
  assert.equal(await posting.findMessage({ channel: OPS }, { ...MARK, step: 'final' }, since), undefined)
  assert.equal(await posting.findMessage({ channel: OPS }, { ...MARK, run: 'run-2' }, since), undefined)
})

test('a message in a thread is found in its thread', async (t) => {
  const { posting } = await aPosting(t)
  const root = await posting.post({ channel: OPS }, { run: 'other', step: 'status' }, () => ({ text: 'root' }))
  const where = { channel: OPS, thread: root.ts }
  const sent = await posting.post(where, MARK, () => ({ text: 'reply' }))
  assert.deepEqual(await posting.findMessage(where, MARK, new Date()), sent)
})

test('a message with our mark that somebody else posted is not ours', async (t) => {
  const { rig, posting } = await aPosting(t)
  await posting.post({ channel: OPS }, MARK, () => ({ text: 'ours' }))
  for (const message of rig.messages(OPS)) Object.assign(message, { user: ALICE, from_bot: false })
  assert.equal(await posting.findMessage({ channel: OPS }, MARK, new Date()), undefined)
})

test('a search that cannot be made, or not to its end, throws instead of saying that nothing is there', async (t) => {
  const { rig, posting } = await aPosting(t)
  await rig.fault({ method: 'conversations.history', kind: 'error', error: 'not_in_channel' })
  await assert.rejects(posting.findMessage({ channel: OPS }, MARK, new Date()), SlackFault)
})

test('an update replaces text and blocks and keeps the mark', async (t) => {
  const { rig, posting } = await aPosting(t)
  const sent = await posting.post({ channel: OPS }, MARK, table)
  await posting.update(sent, () => ({ text: 'plain now' }))
  const [message] = rig.messages(OPS)
  assert.deepEqual([message?.text, message?.blocks, message?.metadata?.event_payload], ['plain now', [], MARK])
})

test('a workspace that takes no data_table gets a table, and is remembered', async (t) => {
  const { rig, posting, levels } = await aPosting(t)
  await rig.control('POST', 'settings', { acceptsDataTable: false })
  await posting.post({ channel: OPS }, MARK, table)
  assert.equal(rig.messages(OPS)[0]?.blocks[0]?.['type'], 'table')
  assert.equal(levels.get(rig.self.team), 'table')
  await posting.post({ channel: SECRET }, MARK, table)
  assert.equal(rig.calls('chat.postMessage').length, 3, 'the second message is not tried at the higher level again')
})

test('a workspace that takes no table at all gets text', async (t) => {
  const { rig, posting, levels } = await aPosting(t)
  await rig.control('POST', 'settings', { acceptsDataTable: false, acceptsTable: false })
  await posting.post({ channel: OPS }, MARK, table)
  assert.equal(rig.messages(OPS)[0]?.blocks[0]?.['type'], 'section')
  assert.equal(levels.get(rig.self.team), 'plain')
})

test('blocks that are wrong at every level are a refusal, and nothing is learnt from them', async (t) => {
  const { rig, posting, levels } = await aPosting(t)
  const wrong = posting.post({ channel: OPS }, MARK, () => ({ text: 'x', blocks: [{ type: 'nonsense' }] }))
  await assert.rejects(wrong, (error) => error instanceof SlackFault && error.reason === 'invalid_blocks')
  assert.equal(levels.size, 0)
  await rig.fault({ method: 'chat.postMessage', kind: 'error', error: 'msg_blocks_too_long' })
  await posting.post({ channel: OPS }, MARK, table)
  assert.equal(rig.messages(OPS)[0]?.blocks[0]?.['type'], 'table')
  assert.equal(levels.size, 0, 'a message that was too long says nothing about tables')
})

test('an ephemeral message is seen by one person, and a direct message has its channel', async (t) => {
  const { rig, posting } = await aPosting(t)
  await posting.ephemeral({ channel: OPS }, ALICE, { text: 'psst' })
  assert.equal(rig.messages(OPS)[0]?.ephemeral_to, ALICE)
  assert.match(await posting.openDirect(ALICE), /^D/)
})

async function* csv(...parts: string[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield Buffer.from(part)
}

test('a file is streamed, shown in its thread some time later, and can be deleted', async (t) => {
  const { rig, posting } = await aPosting(t)
  await rig.control('POST', 'settings', { fileShareMs: 60 })
  const root = await posting.post({ channel: OPS }, MARK, () => ({ text: 'root' }))
  let file = ''
  await posting.upload({
    name: 'a.csv',
    title: 'a',
    bytes: 8,
    chunks: csv('a,b\n', '1,2\n'),
    channel: OPS,
    thread: root.ts,
    onFile: async (id) => {
      file = id
      assert.equal(rig.calls('upload').length, 0, 'the id is told before a byte is sent')
    },
  })
  assert.equal(await posting.fileState(file, OPS), 'hidden')
  await new Promise((resolve) => setTimeout(resolve, 80))
  assert.equal(await posting.fileState(file, OPS), 'shown')
  assert.equal(await posting.fileState(file, SECRET), 'hidden')
  assert.equal(String(rig.slack.workspace.files.get(file)?.content), 'a,b\n1,2\n')
  const shown = rig.messages(OPS).find(({ files }) => files.includes(file))
  assert.equal(shown?.thread_ts, root.ts)
  await posting.removeFile(file)
  assert.equal(await posting.fileState(file, OPS), 'absent')
  await posting.removeFile(file)
})

test('a fault of the file itself comes through as it is; a fault of the line is Slack’s', async (t) => {
  const { rig, posting } = await aPosting(t)
  const upload = (chunks: AsyncIterable<Uint8Array>): Promise<void> =>
    posting.upload({ name: 'a.csv', title: 'a', bytes: 8, chunks, channel: OPS, onFile: async () => undefined })
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('a,b\n')
    throw new RangeError('altered')
  }
  await assert.rejects(upload(broken()), RangeError)
  for (const [kind, expected] of [
    ['http', 'unknown_outcome'],
    ['drop', 'unknown_outcome'],
    ['ratelimited', 'rate_limited'],
  ] as const) {
    await rig.fault({ method: 'upload', kind, status: 500 })
    await assert.rejects(
      upload(csv('a,b\n', '1,2\n')),
      (error) => error instanceof SlackFault && error.kind === expected,
    )
  }
  await rig.fault({ method: 'files.getUploadURLExternal', kind: 'error', error: 'file_uploads_disabled' })
  await assert.rejects(
    upload(csv('a,b\n', '1,2\n')),
    (error) => error instanceof SlackFault && error.reason === 'file_uploads_disabled',
  )
})
