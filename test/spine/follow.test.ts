import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Answer } from '../../src/domain/result/answer.ts'
import { LEAKED_KEY, PLANTED_KEY, ROLE_KEY, SECOND_KEY } from '../../src/playground/aws/organisation/incident/cast.ts'
import { aRig, type Rig, until } from '../support/rig.ts'
import { readCsv } from '../support/rigTruth.ts'

describe('credentials followed round by round, with a queue between', () => {
  let rig: Rig
  before(async () => {
    rig = await aRig({ aws: { noisePerDay: 20, latencyMs: 40 } })
    await Promise.all([rig.bot(), rig.worker()])
  })
  after(() => rig.close())

  test('a worker killed in each round loses nothing: the tree and its records are whole', async () => {
    const run = await rig.ask(`credential-chain ${LEAKED_KEY} last 24h account=all`)
    for (const round of [1, 2]) {
      await until(() => rig.stored(run, `rounds/${round}/plan.json`), `round ${round}`)
      const worker = rig.processes.filter(({ command }) => command === 'worker').at(-1)
      await worker?.stop('SIGKILL')
      await rig.worker()
    }
    const seen = await rig.seen(run, 120_000)
    const answer = await rig.stored<Answer>(run, 'answer.json')
    assert.equal(answer?.coverage.verdict, 'complete')
    const tree = answer?.stages?.flatMap(({ findings }) =>
      findings.flatMap(({ by, calls, tells }) =>
        tells.kind === 'follow' ? [[by[0], tells.depth, tells.from, tells.notFollowed ?? calls > 0]] : [],
      ),
    )
    assert.deepEqual(tree, [
      [SECOND_KEY, 1, LEAKED_KEY, true],
      [ROLE_KEY, 2, SECOND_KEY, true],
      [PLANTED_KEY, 2, SECOND_KEY, false],
    ])
    const rows = readCsv(seen.file?.content.toString('utf8') ?? '')
    const ids = rows.map(({ eventID }) => eventID)
    assert.equal(new Set(ids).size, ids.length)
    assert.deepEqual(
      [...new Set(rows.map(({ accessKeyId }) => accessKeyId))].sort(),
      [LEAKED_KEY, SECOND_KEY, ROLE_KEY].sort(),
    )
    assert.match(seen.shown, /↳/)
  })
})
