import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { after, before, describe, test } from 'node:test'
import { ALICE, BOB, messageAt, OPS, textOf, until } from '../support/rig.ts'
import { aFlatRig, type FlatRig } from '../support/rigFlat.ts'

/** What stops on the way: a run by its asker, a worker by its supervisor, the bot by nobody's leave. */
describe('stopped on the way', () => {
  let rig: FlatRig
  before(async () => {
    rig = await aFlatRig({ regions: ['eu-west-1', 'us-east-1'], perRegion: 2_000, paceMs: 80 })
    await Promise.all([rig.bot(), rig.worker()])
  })
  after(() => rig.close())

  const morePages = async (count: number): Promise<number> => {
    const before = (await rig.pages()).length
    return await until(async () => {
      const now = (await rig.pages()).length
      return now >= before + count ? now : undefined
    }, `${count} more pages`)
  }
  const ofRun = (run: string) =>
    (rig.slack.workspace.messages.get(OPS) ?? []).filter(
      (message) =>
        message.from_bot && !message.deleted && !message.ephemeral_to && textOf(message).includes(run.slice(0, 8)),
    )

  for (const how of ['a word', 'the button'] as const)
    test(`cancelled by ${how}: paging stops within a second, and what was read is the answer, as partial`, async () => {
      const run = await rig.ask(rig.question().text)
      await morePages(8)
      const status = await until(() => ofRun(run)[0], 'a status message')
      const at = Date.now()
      if (how === 'a word')
        assert.match(rig.told(await rig.type(`/ctq cancel ${run.slice(0, 8)}`)), /is being cancelled/)
      else await rig.slack.people.click({ user: ALICE, channel: OPS, ts: status.ts, action_id: 'cancel_run' })
      const { answer, message, shown } = await rig.seen(run)
      const late = (await rig.pages()).filter((time) => time > at + 1000)
      assert.deepEqual(late, [], 'no page later than a second')
      assert.equal(answer.coverage.ended, 'cancelled')
      assert.equal(message.ts, status.ts)
      assert.match(message.text, /^PARTIAL: cancelled before the end/)
      assert.match(shown, /read back to/)
      assert.ok(answer.counts.read > 0)
      const again = rig.told(await rig.type(`/ctq cancel ${run.slice(0, 8)}`))
      assert.match(again, /has already ended/)
    })

  test('a worker that is told to stop hands over between two pages: another goes on at once, no page is read twice', async () => {
    const [leaving] = rig.processes.filter(({ command }) => command === 'worker')
    const { text, ...window } = rig.question()
    const before = (await rig.pages()).length
    const run = await rig.ask(text)
    await morePages(6)
    await rig.worker()
    assert.equal(await leaving?.stop('SIGTERM'), 0)
    const needed = await rig.assertWhole(await rig.seen(run), window)
    const times = (await rig.pages()).slice(before).toSorted()
    assert.equal(times.length, needed)
    const pauses = times.map((time, index) => time - (times[index - 1] ?? time))
    assert.ok(Math.max(...pauses) < 3_000, `the longest pause was ${Math.max(...pauses)} ms`)
  })

  test('the bot killed after Slack took its message and its file, before it could know: neither is there twice', async () => {
    const hang = { kind: 'lost', as: 'hang' }
    const [bot] = rig.processes.filter(({ command }) => command === 'bot')
    const first = rig.question()
    await rig.tellSlack('faults', { method: 'files.completeUploadExternal', ...hang })
    const withFile = await rig.ask(first.text)
    const taken = await rig.tellSlack('wait', { what: 'file', text: withFile.slice(0, 8), timeoutMs: 20_000 })
    assert.ok((taken as { found: unknown }).found, 'the file is in Slack')
    await rig.tellSlack('faults', { method: 'chat.postMessage', ...hang })
    const second = rig.question()
    const withMessage = await rig.ask(second.text)
    await until(() => ofRun(withMessage)[0], 'the message is in Slack')
    await bot?.stop('SIGKILL')
    await rig.bot()
    await rig.assertWhole(await rig.seen(withFile, 40_000), first)
    const last = await rig.seen(withMessage, 40_000)
    await rig.assertWhole(last, second)
    for (const run of [withFile, withMessage]) {
      const files = [...rig.slack.workspace.files.values()].filter(({ name }) => name.includes(run.slice(0, 8)))
      assert.equal(files.filter(({ deleted }) => !deleted).length, 1, 'one file')
      assert.equal(ofRun(run).filter(({ files: shared }) => shared.length === 0).length, 1, 'one message')
    }
    assert.equal(messageAt(rig.slack, OPS, last.message.ts)?.ts, ofRun(withMessage)[0]?.ts)
  })

  test('two commands at once are acknowledged in time while all cores are busy', async (t) => {
    const loop = 'process.stdout.write("up", () => { for (;;); })'
    const busy = Array.from({ length: availableParallelism() }, () => spawn(process.execPath, ['-e', loop]))
    const rest = async (child: ChildProcess): Promise<void> => {
      child.kill('SIGKILL')
      await new Promise((resolve) => child.once('exit', resolve))
    }
    t.after(() => Promise.all(busy.map(rest)))
    await Promise.all(busy.map((child) => once(child.stdout, 'data')))
    for (let round = 0; round < 5; round += 1) {
      const acts = await Promise.all(
        [ALICE, BOB].map((user) => rig.type(`/ctq ${rig.question().text}`, { user, channel: 'dm' })),
      )
      for (const act of acts) {
        assert.equal(act.status, 'acked')
        assert.ok((act.ms ?? 3_000) < 3_000, `${act.ms} ms`)
        assert.match(rig.told(act), /^Asking /)
      }
    }
  })
})
