import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer } from '../../src/domain/result/answer.ts'
import { answerKey, cancelledKey, revokedKey, terminalKey } from '../../src/domain/result/objects.ts'
import { readAnswer } from '../../src/usecases/readAnswer.ts'
import { requestRun } from '../../src/usecases/requestRun.ts'
import { readRevocation, revokeRun } from '../../src/usecases/revokeRun.ts'
import { type RevokeRunningDeps, revokeRunning } from '../../src/usecases/revokeRunning.ts'
import { aCoverage, anAnswer, RUN } from '../support/answers.ts'
import { aPerson, aPolicy, aRole } from '../support/askFacts.ts'
import { ALICE, type AskRig, anAsk, anAsking, BOB } from './askRig.ts'

const OTHER = '2b2c3d4e-5e6f-4a7b-8c9d-0e1f2a3b4c5d'

/** A run of Alice's and one of Bob's that go on. */
async function twoRuns(t: Parameters<typeof anAsking>[0]): Promise<AskRig> {
  const rig = await anAsking(t)
  await requestRun(anAsk('key AKIAIOSFODNN7EXAMPLE last 24h account=prod-payments'), rig.deps)
  const other = { run: OTHER, person: BOB, sub: 'T1.UBOB' }
  await requestRun(anAsk('key AKIAIOSFODNN7EXAMPLE last 3h account=prod-payments', other), rig.deps)
  rig.steps.length = 0
  return rig
}

function depsOf(rig: AskRig, undecided: string[] = []): RevokeRunningDeps {
  return { ...rig.deps, objects: rig.objects, age: 6 * 3600, onUndecided: (run) => undecided.push(run) }
}

const onlyBob = aPolicy({ roles: [aRole({ members: { persons: [BOB], groups: [], emails: [], onCall: [] } })] })

test('of everybody, the runs whose person may no longer ask are stopped, and no others', async (t) => {
  const rig = await twoRuns(t)
  assert.deepEqual(await revokeRunning('everybody', depsOf(rig)), [])
  rig.facts.policy = onlyBob
  assert.deepEqual(await revokeRunning('everybody', { ...depsOf(rig), policy: onlyBob }), [RUN])
  assert.deepEqual(rig.heard.revoked, [`${RUN} token-jti-1 policy`])
})

test('of some people, nobody else’s runs are looked at', async (t) => {
  const rig = await twoRuns(t)
  rig.facts.people.set('UALICE', aPerson({ person: ALICE, deactivated: true }))
  rig.facts.people.set('UBOB', aPerson({ person: BOB, deactivated: true }))
  assert.deepEqual(await revokeRunning(new Set(['UBOB', 'UERIN']), depsOf(rig)), [OTHER])
})

for (const [what, key] of [
  ['has ended', terminalKey(RUN)],
  ['is being cancelled', cancelledKey(RUN)],
] as const)
  test(`a run that ${what} is left alone`, async (t) => {
    const rig = await twoRuns(t)
    await rig.objects.create(key, '{}')
    assert.deepEqual(await revokeRunning(new Set(['UALICE']), { ...depsOf(rig), policy: onlyBob }), [])
  })

test('a run about which nothing can be read now is left to its next renewal, and the others are decided', async (t) => {
  const rig = await twoRuns(t)
  const undecided: string[] = []
  const personFacts: RevokeRunningDeps['personFacts'] = async (person) => {
    if (person.user === 'UALICE') throw new Error('Slack is away')
    return aPerson({ person, deactivated: true })
  }
  assert.deepEqual(await revokeRunning('everybody', { ...depsOf(rig, undecided), personFacts }), [OTHER])
  assert.deepEqual(undecided, [RUN])
})

test('a run is stopped for one reason, recorded once, which stands in the store before anybody is told to stop', async (t) => {
  const rig = await twoRuns(t)
  const { objects, audit, now } = rig.deps
  const stops: (string | undefined)[] = []
  const cancel = async (run: string): Promise<void> => {
    stops.push((await readRevocation(run, objects))?.by)
  }
  const deps = { objects, audit, now, cancel }
  const first = { by: 'investigation', why: 'it has ended', person: BOB } as const
  assert.equal(await revokeRun(RUN, 'token', first, deps), true)
  assert.equal(await revokeRun(RUN, 'token', { by: 'policy', why: 'no role' }, deps), false)
  assert.deepEqual(stops, ['investigation', 'investigation'])
  assert.deepEqual(
    rig.steps.map(({ step, run, person, detail }) => [step, run, person, detail?.['by']]),
    [['revoked', RUN, BOB, 'investigation']],
  )
  assert.ok((await objects.size(cancelledKey(RUN))) !== undefined, 'kept where Redis cannot lose it')
})

type Kept = {
  readonly policy?: 'partial' | 'withhold'
  readonly ended?: Answer['coverage']['ended']
  readonly note: boolean
}
const KEPT: readonly (readonly [says: string, kept: Kept, given: boolean])[] = [
  ['is given as partial where policy says nothing', { note: true, ended: 'revoked' }, true],
  ['is given where policy says partial', { policy: 'partial', note: true, ended: 'revoked' }, true],
  ['is kept back where policy says so', { policy: 'withhold', note: true, ended: 'revoked' }, false],
  ['is kept back though it was complete just then', { policy: 'withhold', note: true }, false],
  [
    'is kept back when nobody could say whether it still stood',
    { policy: 'withhold', note: false, ended: 'unrenewed' },
    false,
  ],
  ['is given when whoever asked cancelled it', { policy: 'withhold', note: false, ended: 'cancelled' }, true],
]
for (const [says, { policy, ended, note }, given] of KEPT)
  test(`what was read when the right to it was taken away ${says}`, async (t) => {
    const rig = await twoRuns(t)
    const tier = rig.facts.grants.get('token-jti-1')?.tier ?? 'open'
    const rule = { csv: 'attach', ...(policy === undefined ? {} : { revoked: policy }) } as const
    rig.facts.policy = aPolicy({ answers: { [tier]: rule } })
    const coverage = aCoverage({ verdict: ended === undefined ? 'complete' : 'partial', ...(ended && { ended }) })
    const digest = rig.facts.grants.get('token-jti-1')?.query.runbook.digest ?? ''
    const answer = anAnswer({ run: RUN, coverage, accounts: [{ id: '111122223333' }] })
    const whole = { ...answer, runbook: { ...answer.runbook, digest } }
    await rig.objects.create(answerKey(RUN), JSON.stringify(whole))
    if (note) await rig.objects.create(revokedKey(RUN), '{}')
    assert.equal((await readAnswer(RUN, rig.deps)) !== undefined, given)
  })
