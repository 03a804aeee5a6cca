import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileObjects } from '../../src/adapters/resultStore/file.ts'
import { err, ok } from '../../src/domain/outcome.ts'
import type { Grant } from '../../src/domain/policy/grant.ts'
import {
  answerKey,
  askedKey,
  askedOnKey,
  cancelledKey,
  deliveryKey,
  type Objects,
  terminalKey,
} from '../../src/domain/result/objects.ts'
import { type JobState, type Recovered, runRecovery } from '../../src/usecases/recoverRuns.ts'
import { aGrant } from '../delivery/rig.ts'

const NOW = new Date('2026-11-20T14:08:00Z')
const NOTHING: Recovered = { requeued: [], delivered: [] }

type Recovery = {
  readonly look: () => Promise<Recovered>
  readonly objects: Objects
  /** Asks a run so many hours ago; its token is its id. */
  readonly asked: (hoursAgo?: number, changes?: Partial<Grant>) => Promise<string>
  /** What the queue knows; nothing unless told. */
  readonly jobs: Map<string, JobState>
  readonly remembered: string[]
  readonly cancelled: string[]
  readonly reads: string[]
}

async function aRecovery(t: TestContext): Promise<Recovery> {
  const folder = await mkdtemp(join(tmpdir(), 'ctq-recovery-'))
  t.after(() => rm(folder, { recursive: true }))
  const reads: string[] = []
  const stored = fileObjects(folder)
  const objects: Objects = {
    ...stored,
    size: (key) => {
      reads.push(key)
      return stored.size(key)
    },
  }
  const grants = new Map<string, Grant>()
  const jobs = new Map<string, JobState>()
  const remembered: string[] = []
  const cancelled: string[] = []
  const look = runRecovery({
    objects,
    now: () => NOW,
    age: 24 * 3600,
    verifyExpired: async (token) => {
      const grant = grants.get(token)
      return grant === undefined ? err({ code: 'invalid', why: 'signature' }) : ok(grant)
    },
    runJob: async (run) => jobs.get(`run ${run}`) ?? 'none',
    finalJob: async (run) => jobs.get(`final ${run}`) ?? 'none',
    requeue: async () => undefined,
    redeliver: async () => undefined,
    cancel: async (run) => void cancelled.push(run),
    showEstimate: async () => undefined,
    status: async () => undefined,
    remember: async (_person, run) => void remembered.push(run),
  })
  return {
    look,
    objects,
    jobs,
    remembered,
    cancelled,
    reads,
    asked: async (hoursAgo = 1, changes = {}) => {
      const run = randomUUID()
      const at = new Date(NOW.getTime() - hoursAgo * 3_600_000)
      grants.set(run, aGrant({ run, askedAt: at.getTime() / 1000, ...changes }))
      await objects.create(askedOnKey(at, run), '')
      await objects.create(askedKey(run), JSON.stringify({ version: 1, token: run, echo: '', scope: '', question: '' }))
      return run
    },
  }
}

test('a run that the store knows and the queue does not is queued again, under the token it has, and remembered', async (t) => {
  const { look, asked, remembered } = await aRecovery(t)
  const runs = [await asked(0), await asked(20)]
  assert.deepEqual(new Set((await look()).requeued), new Set(runs))
  assert.deepEqual(new Set(remembered), new Set(runs))
})

test('a run that is in the queue, or was asked too long ago, is left alone', async (t) => {
  const { look, asked, jobs } = await aRecovery(t)
  jobs.set(`run ${await asked()}`, 'live')
  await asked(60)
  assert.deepEqual(await look(), NOTHING)
})

test('a token that is not ours, or of another run, puts nothing back', async (t) => {
  const { look, asked, objects } = await aRecovery(t)
  const ours = await asked()
  for (const token of ['forged', ours]) {
    const run = randomUUID()
    await objects.create(askedOnKey(NOW, run), '')
    await objects.create(askedKey(run), JSON.stringify({ version: 1, token, echo: '', scope: '', question: '' }))
  }
  assert.deepEqual(await look(), { requeued: [ours], delivered: [] })
})

test('a job that ended without an end of its run is put back three times, not for ever', async (t) => {
  const { look, asked, jobs } = await aRecovery(t)
  const run = await asked()
  jobs.set(`run ${run}`, 'ended')
  const looks = [await look(), await look(), await look(), await look()]
  assert.deepEqual(
    looks.map(({ requeued }) => requeued.length),
    [1, 1, 1, 0],
  )
})

test('an answer that was not delivered is delivered; one whose delivery is under way is not delivered twice', async (t) => {
  const { look, asked, jobs, objects } = await aRecovery(t)
  const [lost, underWay, sink] = [await asked(), await asked(), await asked(1, { to: { kind: 'sink', name: 'x' } })]
  for (const run of [lost, underWay, sink]) await objects.create(terminalKey(run), '{}')
  jobs.set(`final ${underWay}`, 'live')
  assert.deepEqual(await look(), { requeued: [], delivered: [lost] })
})

for (const [what, rows, steps, over] of [
  ['message and CSV', 3, ['final', 'csv'], true],
  ['message and CSV, sent directly', 3, ['final-direct', 'csv-direct'], true],
  ['message, and a note that there is no CSV', 3, ['final', 'csv-note'], true],
  ['message of an answer without rows', 0, ['final'], true],
  ['message without its CSV', 3, ['final'], false],
  ['CSV without a message', 3, ['csv'], false],
] as const)
  test(`delivered ${what}: ${over ? 'over, and not looked at again' : 'delivery goes on'}`, async (t) => {
    const { look, asked, objects, reads } = await aRecovery(t)
    const run = await asked()
    await objects.create(terminalKey(run), '{}')
    await objects.create(answerKey(run), JSON.stringify({ csv: { rows } }))
    for (const step of steps) await objects.create(deliveryKey(run, `${step}.done`), '{}')
    assert.deepEqual((await look()).delivered, over ? [] : [run])
    reads.length = 0
    await look()
    assert.equal(reads.length === 0, over)
  })

test('a run that was stopped before the queue lost it is stopped again', async (t) => {
  const rig = await aRecovery(t)
  const stopped = await rig.asked()
  const other = await rig.asked()
  await rig.objects.create(cancelledKey(stopped), '{}')
  const found = await rig.look()
  assert.deepEqual([...found.requeued].sort(), [stopped, other].sort())
  assert.deepEqual(rig.cancelled, [stopped])
})
