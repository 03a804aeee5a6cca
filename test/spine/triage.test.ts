import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Answer } from '../../src/domain/result/answer.ts'
import { LEAKED_KEY, PLANTED_KEY, ROLE_KEY, SECOND_KEY } from '../../src/playground/aws/organisation/incident/cast.ts'
import { aRig, type Rig, until } from '../support/rig.ts'
import { readCsv } from '../support/rigTruth.ts'

describe('triage from the channel, with a queue between', () => {
  let rig: Rig
  before(async () => {
    rig = await aRig({ aws: { noisePerDay: 20, latencyMs: 40 } })
    await Promise.all([rig.bot(), rig.worker()])
  })
  after(() => rig.close())

  test('the keys behind its findings are followed though a worker is killed over it, and every record is there once', async () => {
    const run = await rig.ask(`triage ${LEAKED_KEY} last 6h account=all run=now`)
    await until(() => rig.stored(run, 'rounds/1/plan.json'), 'a round that follows keys')
    const worker = rig.processes.filter(({ command }) => command === 'worker').at(-1)
    await worker?.stop('SIGKILL')
    await rig.worker()
    const seen = await rig.seen(run, 180_000)
    const answer = await rig.stored<Answer>(run, 'answer.json')
    assert.equal(answer?.coverage.verdict, 'complete')
    const credentials = answer?.playbook?.credentials ?? []
    assert.deepEqual(
      credentials.map(({ key, calls, notFollowed }) => [key, notFollowed ?? calls > 0]).sort(),
      [
        [PLANTED_KEY, false],
        [ROLE_KEY, true],
        [SECOND_KEY, true],
      ].sort(),
    )
    const rows = readCsv(seen.file?.content.toString('utf8') ?? '')
    const ids = rows.map(({ eventID }) => eventID)
    assert.equal(new Set(ids).size, ids.length)
    assert.equal(rows.length, answer?.counts.matched)
    assert.ok(
      rows.some(({ accessKeyId, members = '' }) => accessKeyId === ROLE_KEY && members.includes('key-activity')),
    )
    assert.match(seen.shown, /Findings, done unless said to be tried:/)
    assert.match(seen.shown, /Credentials that came of it:/)
    assert.match(seen.shown, /How far each question was read:/)
  })
})
