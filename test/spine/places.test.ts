import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ALICE, BOB, messageAt, textOf, until } from '../support/rig.ts'
import { aFlatRig, FLAT_KEY, type FlatRig } from '../support/rigFlat.ts'

const DAVE = 'U0DAVE001'
const BOT = 'U0CTQBOT1'

/** What happens to the channel while pages are read. `told`: it may have the run's id. */
const CHANGES = [
  {
    what: 'becomes shared with another workspace',
    path: 'channels',
    with: { connected_team_ids: ['T0PARTNER'] },
    told: true,
  },
  {
    what: 'is about to be shared: the invitation is out',
    path: 'channels',
    with: { is_pending_ext_shared: true },
    told: true,
  },
  { what: 'becomes public', path: 'channels', with: { kind: 'public' }, told: true },
  { what: 'gets a guest', path: 'join', with: { user: DAVE }, told: true },
  { what: 'is archived', path: 'channels', with: { is_archived: true }, told: false },
  { what: 'loses the bot', path: 'leave', with: { user: BOT }, told: false },
] as const

describe('the channel changes while the run goes on', { concurrency: 6 }, () => {
  let rig: FlatRig
  before(async () => {
    rig = await aFlatRig({ regions: ['eu-west-1'], perRegion: 1_000, paceMs: 50 })
    await Promise.all([rig.bot(), rig.worker()])
  })
  after(() => rig.close())

  for (const [index, { what, path, with: change, told }] of CHANGES.entries())
    test(`it ${what}: the answer goes to the asker directly, and the channel has ${told ? 'the run id alone' : 'no more than it had'}`, async () => {
      const channel = `C0PLACE0${index}`
      await rig.tellSlack('channels', {
        id: channel,
        name: `place-${index}`,
        kind: 'private',
        members: [ALICE, BOB, BOT],
      })
      // two askers: each has direct messages of their own, which take one post a second
      const user = index % 2 === 0 ? ALICE : BOB
      const { text, ...window } = rig.question()
      const run = await rig.ask(text, { channel, user })
      const inChannel = () =>
        (rig.slack.workspace.messages.get(channel) ?? []).filter(
          (message) =>
            message.from_bot &&
            !message.deleted &&
            !message.ephemeral_to &&
            (textOf(message).includes(run.slice(0, 8)) || message.files.length > 0),
        )
      const status = await until(() => inChannel()[0], 'a status message')
      assert.match(textOf(status), new RegExp(FLAT_KEY))
      await rig.tellSlack(path, path === 'channels' ? { id: channel, ...change } : { channel, ...change })
      const seen = await rig.seen(run)
      await rig.assertWhole(seen, window)
      const direct = rig.slack.workspace.channels.get(seen.channel)
      assert.equal(direct?.kind, 'im')
      assert.deepEqual(direct?.members.toSorted(), [user, BOT].toSorted())
      assert.deepEqual(
        seen.file?.shares.map(({ channel }) => channel),
        [seen.channel],
        'the CSV is there too, and nowhere else',
      )
      const now = textOf(messageAt(rig.slack, channel, status.ts))
      assert.doesNotMatch(now, /COMPLETE|\d calls/)
      if (told) {
        assert.match(now, new RegExp(run.slice(0, 8)))
        assert.doesNotMatch(now, new RegExp(`${FLAT_KEY}|flat-1|eu-west-1|key-activity`))
      }
      assert.equal(inChannel().length, 1, 'nothing was posted beside it')
      const denied = (await rig.audit(run)).filter(
        ({ step, outcome }) => step === 'place_checked' && outcome === 'deny',
      )
      assert.ok(denied.length > 0, 'the record says why')
    })
})
