import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aClient, aSlack, fails, until } from './slackRig.ts'

const INCIDENT = 'C0INCPAY1'

test('filesUploadV2 puts a file into a thread, and files.info shows where only after it is shared', async (t) => {
  const slack = await aSlack(t, { settings: { fileShareMs: 60 } })
  const client = aClient(slack)
  const { ts } = await client.chat.postMessage({ channel: INCIDENT, text: 'answer' })
  const content = 'eventTime,eventName\r\n2026-08-15,GetObject\r\n'
  const file = Buffer.from(content)
  const options = { channel_id: INCIDENT, thread_ts: String(ts), filename: 'rows.csv', title: 'Rows', file } as const
  const { files } = (await client.filesUploadV2(options)) as { files: { files: { id: string; shares?: unknown }[] }[] }
  const [uploaded] = files[0]?.files ?? []
  assert.equal(uploaded?.shares, undefined)
  const early = await client.files.info({ file: String(uploaded?.id) })
  assert.equal(early.file?.shares, undefined)
  const [, reply] = await until(slack, INCIDENT, 2)
  assert.equal(reply?.thread_ts, ts)
  const late = await client.files.info({ file: String(uploaded?.id) })
  assert.equal(late.file?.shares?.public?.[INCIDENT]?.[0]?.ts, reply?.ts)
  const url = String(late.file?.url_private_download)
  const got = await fetch(url, { headers: { authorization: `Bearer ${slack.botToken}` } })
  assert.equal(await got.text(), content)
  assert.match(await (await fetch(url)).text(), /Sign in/)
})

test('a file that Slack never shares has no shares, however often it is asked', async (t) => {
  const slack = await aSlack(t, { settings: { fileShareMs: -1 } })
  const client = aClient(slack)
  const { upload_url, file_id } = await client.files.getUploadURLExternal({ filename: 'a.csv', length: 3 })
  assert.equal((await fetch(String(upload_url), { method: 'POST', body: 'a,b' })).status, 200)
  const files: [{ id: string; title: string }] = [{ id: String(file_id), title: 'a' }]
  assert.ok((await client.files.completeUploadExternal({ files, channel_id: INCIDENT })).ok)
  assert.equal((await client.files.info({ file: String(file_id) })).file?.shares, undefined)
})

test('uploads are refused as Slack refuses them', async (t) => {
  const client = aClient(await aSlack(t))
  await fails(client.files.getUploadURLExternal({ filename: 'a.csv', length: 0 }), 'invalid_arguments')
  const { upload_url, file_id } = await client.files.getUploadURLExternal({ filename: 'a.csv', length: 3 })
  const files: [{ id: string; title: string }] = [{ id: String(file_id), title: 'a' }]
  await fails(client.files.completeUploadExternal({ files, channel_id: INCIDENT }), 'file_not_found')
  assert.equal((await fetch(String(upload_url), { method: 'POST', body: 'four' })).status, 400)
  await fetch(String(upload_url), { method: 'POST', body: 'abc' })
  await fails(client.files.completeUploadExternal({ files, channel_id: 'U0ALICE01' }), 'invalid_channel')
  await fails(client.files.completeUploadExternal({ files, channel_id: 'C0GENERAL' }), 'not_in_channel')
  await fails(client.files.completeUploadExternal({ files, channel_id: 'C0HRPRIV1' }), 'channel_not_found')
})

test('a deleted file can no longer be asked for, listed or downloaded', async (t) => {
  const slack = await aSlack(t)
  const client = aClient(slack)
  await client.filesUploadV2({ channel_id: INCIDENT, filename: 'rows.csv', content: 'a,b' })
  await until(slack, INCIDENT, 1)
  const [file] = (await client.files.list({ channel: INCIDENT })).files ?? []
  assert.equal(file?.name, 'rows.csv')
  await client.files.delete({ file: String(file?.id) })
  await fails(client.files.info({ file: String(file?.id) }), 'file_deleted')
  assert.deepEqual((await client.files.list({ channel: INCIDENT })).files, [])
  const headers = { authorization: `Bearer ${slack.botToken}` }
  assert.equal((await fetch(String(file?.url_private), { headers })).status, 404)
})
