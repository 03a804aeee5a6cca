import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SlackClient } from '../../src/adapters/slack/client.ts'
import { SlackFault } from '../../src/adapters/slack/errors.ts'
import { findMessage } from '../../src/adapters/slack/find.ts'
import { readGroups } from '../../src/adapters/slack/groups.ts'
import { slackLogger } from '../../src/adapters/slack/log.ts'
import { ALICE, aLog, anApp, aRig, OPS, until } from './rig.ts'

/** A client whose every call is answered by a function: for answers that the playground never gives. */
function answering(answer: (method: string, args: { readonly [name: string]: unknown }) => unknown): SlackClient {
  const call = async <T>(method: string, args: { readonly [name: string]: unknown } = {}): Promise<T> => {
    const given = answer(method, args)
    if (given instanceof Error) throw given
    return given as T
  }
  return { read: call, write: call }
}

const self = { team: 'T1', botUser: 'U1', botId: 'B1' }

test('groups that come without their members are asked one by one; one that has gone has none', async () => {
  const client = answering((method, { usergroup }) => {
    if (method === 'usergroups.list') {
      return {
        usergroups: [
          { id: 'S1' },
          { id: 'S2', users: ['U9'] },
          { id: 'S3' },
          { id: 'S4', date_delete: 1, users: ['U9'] },
        ],
      }
    }
    return usergroup === 'S3' ? new SlackFault('refused', method, 'no_such_subteam') : { users: ['U8', 'U9'] }
  })
  const groups = await readGroups(client)
  assert.deepEqual([groups.get('U8'), groups.get('U9')], [['S1'], ['S1', 'S2']])
})

test('a group whose members cannot be read is a fault, not a group without members', async () => {
  const client = answering((method) =>
    method === 'usergroups.list'
      ? { usergroups: [{ id: 'S1' }] }
      : new SlackFault('rate_limited', method, 'ratelimited', 5),
  )
  await assert.rejects(readGroups(client), SlackFault)
})

test('a search goes on through the pages, and one that never ends is not taken for nothing there', async () => {
  const mark = { run: 'r', step: 's' }
  const ours = { ts: '9.9', bot_id: 'B1', metadata: { event_type: 'ctq_run', event_payload: mark } }
  let page = 0
  const paged = answering(() => {
    page += 1
    return page === 3 ? { messages: [ours] } : { messages: [], response_metadata: { next_cursor: `c${page}` } }
  })
  assert.equal(await findMessage(paged, self, { channel: 'C1' }, mark, new Date()), '9.9')
  const endless = answering(() => ({ messages: [], response_metadata: { next_cursor: 'more' } }))
  await assert.rejects(findMessage(endless, self, { channel: 'C1' }, mark, new Date()), SlackFault)
})

test('an error that the SDK logs shows its class, code and message, and nothing that it carries', () => {
  const log = aLog()
  const error = Object.assign(new Error('failed at https://slack.com/api/x'), {
    code: 'E1',
    headers: { authorization: 'Bearer xoxb-1' },
  })
  const logger = slackLogger(log)
  logger.error(error, { token: 'xoxb-2' })
  logger.debug('payload xoxb-3')
  assert.deepEqual(log.lines, ['error Error E1 failed at [url] object {"from":"slack-sdk"}'])
})

test('a button whose handler throws tells the presser in words of ours', async (t) => {
  const rig = await aRig(t)
  const onAction = async (): Promise<never> => {
    throw new Error('secret detail')
  }
  await anApp(rig, { onAction })
  const button = {
    type: 'button',
    action_id: 'cancel_run',
    value: 'run-1',
    text: { type: 'plain_text', text: 'Cancel' },
  }
  const blocks = [{ type: 'actions', elements: [button] }]
  const posted = await rig.client.write<{ ts: string }>('chat.postMessage', { channel: OPS, text: 'x', blocks })
  await rig.slack.people.click({ user: ALICE, channel: OPS, ts: posted.ts, action_id: 'cancel_run' })
  const shown = await until(() => rig.messages(OPS).at(1), 'the answer')
  assert.equal(shown.text, 'That did not work. Reference 1234.')
})

test('an answer after half an hour, or the sixth, is a refusal that the caller can see', async (t) => {
  const rig = await aRig(t, { settings: { responseUrlUses: 1 } })
  const app = await anApp(rig, { onAsk: async () => ({ kind: 'accepted' }) })
  await rig.slack.people.type({ user: ALICE, channel: OPS, text: '/ctq list' })
  const respond = app.asks[0]?.respond ?? (async () => undefined)
  await respond({ text: 'first' })
  await assert.rejects(
    respond({ text: 'second' }),
    (error) => error instanceof SlackFault && error.reason === 'expired',
  )
})

test('an acknowledgement that cannot be sent loses the answer, not the process', async (t) => {
  const rig = await aRig(t)
  const app = await anApp(rig, {
    onAsk: async () => {
      await rig.control('POST', 'disconnect', { reason: 'drop' })
      await until(() => rig.slack.connections() === 0, 'no connection')
      return { kind: 'ephemeral', message: { text: 'too late' } }
    },
  })
  await until(() => app.connected() === 2, 'both connections')
  await rig.control('POST', 'settings', { ackMs: 300 })
  const act = await rig.slack.people.type({ user: ALICE, channel: OPS, text: '/ctq list' })
  assert.equal(act.status, 'timeout')
  await until(() => app.connected() === 2, 'both again')
})
