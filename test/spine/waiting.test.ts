import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lateRunOf } from '../../src/domain/result/late.ts'
import { ALICE, BOB, messageAt, OPS, textOf, until } from '../support/rig.ts'
import { aFlatRig, FLAT_KEY } from '../support/rigFlat.ts'
import { hoursAgo } from '../support/rigQuestions.ts'

const REGION = 'eu-west-1'
const question = (hours: number) =>
  `key-activity ${FLAT_KEY} since ${hoursAgo(hours)} until ${hoursAgo(1)} region=${REGION}`
const iso = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')

test('whoever asked is called to an answer that has scrolled away, and nobody else is', async (t) => {
  const rig = await aFlatRig({ regions: [REGION], perRegion: 60, paceMs: 2 })
  t.after(() => rig.close())
  await Promise.all([rig.bot(), rig.worker()])
  await rig.tellAws('faults', { operation: 'LookupEvents', region: REGION, delayMs: 4_000 })
  const run = await rig.ask(question(3))
  await until(
    () => (rig.slack.workspace.messages.get(OPS) ?? []).find(({ text }) => /^(?:Queued|Reading)/.test(text)),
    'a status message',
  )
  for (let at = 0; at < 20; at += 1) await rig.slack.people.type({ user: BOB, channel: OPS, text: `talk ${at}` })
  const seen = await rig.seen(run)
  assert.match(seen.message.text, /COMPLETE/)
  const called = await until(
    () =>
      (rig.slack.workspace.messages.get(OPS) ?? []).filter(
        (message) => message.thread_ts === seen.message.ts && /<@/.test(textOf(message)),
      )[0],
    'a line that calls the asker',
  )
  assert.deepEqual([...new Set(textOf(called).match(/<[@!][^>]*>/g))], [`<@${ALICE}>`])
})

test('somebody who asks while 25 answers settle in one moment does not wait for them', {
  timeout: 180_000,
}, async (t) => {
  const rig = await aFlatRig({ regions: [REGION], perRegion: 60, paceMs: 2 })
  t.after(() => rig.close())
  await Promise.all([rig.bot(), rig.worker()])
  const due = Date.now() + 35_000
  const end = Math.floor(due / 1000) * 1000 - 15 * 60_000
  const first: string[] = []
  for (let at = 0; at < 25; at += 1) {
    const since = iso(end - (3600 + at) * 1000)
    first.push(await rig.ask(`key-activity ${FLAT_KEY} since ${since} until ${iso(end)} region=${REGION}`))
  }
  for (const run of first) await rig.seen(run, 60_000)
  assert.ok(Date.now() < due, 'all answers are there before any of them settles')
  // From here on at Slack's own pace: 50 calls a minute of most kinds.
  rig.slack.workspace.settings.rateLimits = true
  const asked = async (): Promise<number> => {
    const notes = await Promise.all(first.map((run) => rig.stored(lateRunOf(run), 'asked.json')))
    return notes.filter((note) => note !== undefined).length
  }
  await until(async () => ((await asked()) >= 2 ? true : undefined), 'two are asked again', 60_000)
  const waited: number[] = []
  for (const hours of [3, 4, 5]) {
    const begun = Date.now()
    const act = await rig.type(`/ctq ${question(hours)}`, { user: BOB })
    const [, short] = /run `?([0-9a-f]{8})/.exec(rig.told(act)) ?? []
    const shown = () =>
      (rig.slack.workspace.messages.get(OPS) ?? []).find(
        (message) => textOf(message).includes(`run \`${short}\``) && /COMPLETE/.test(message.text),
      )
    const message = await until(shown, 'an answer', 60_000)
    waited.push(Date.now() - begun)
    assert.ok(messageAt(rig.slack, OPS, message.ts))
  }
  assert.ok((await asked()) < 25, 'the others still wait their turn')
  assert.ok(Math.max(...waited) < 10_000, `${waited.join(', ')} ms`)
  t.diagnostic(`answers beside 25 that settle: ${waited.join(', ')} ms`)
})
