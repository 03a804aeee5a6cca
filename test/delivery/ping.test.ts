import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ALICE, SECRET } from '../slackadapter/rig.ts'
import { aDelivery, type DeliveryRig, notices } from './rig.ts'

const pings = (rig: DeliveryRig): number => notices(rig, SECRET).filter(({ kind }) => kind === 'ready').length

test('an answer that comes while somebody is still looking pings nobody', async (t) => {
  const rig = await aDelivery(t)
  await rig.through('status')
  await rig.finish()
  assert.equal((await rig.through('final')).kind, 'done')
  assert.equal(pings(rig), 0)
})

test('one that took longer than five minutes calls its asker, once, in its thread', async (t) => {
  const rig = await aDelivery(t)
  await rig.through('status')
  rig.clock.now += 6 * 60_000
  await rig.finish()
  await rig.through('final')
  await rig.through('final')
  const found = rig.messages(SECRET).filter(({ text }) => text.includes('"ready"'))
  assert.equal(found.length, 1)
  assert.deepEqual([found[0]?.thread_ts, JSON.parse(found[0]?.text ?? '').user], [rig.messages(SECRET)[0]?.ts, ALICE])
})

test('one that has scrolled away calls its asker', async (t) => {
  const rig = await aDelivery(t)
  await rig.through('status')
  for (let at = 0; at < 20; at += 1) await rig.slack.people.type({ user: ALICE, channel: SECRET, text: `talk ${at}` })
  await rig.finish()
  await rig.through('final')
  assert.equal(pings(rig), 1)
})

test('a message of its own notifies by itself', async (t) => {
  const rig = await aDelivery(t)
  rig.clock.now += 6 * 60_000
  await rig.finish()
  await rig.through('final')
  assert.equal(pings(rig), 0)
})
