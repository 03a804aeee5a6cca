import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Grant } from '../../src/domain/policy/grant.ts'
import { queryHash } from '../../src/domain/query/query.ts'
import { terminalKey } from '../../src/domain/result/objects.ts'
import { renewGrant } from '../../src/usecases/renewGrant.ts'
import { requestRun } from '../../src/usecases/requestRun.ts'
import { RUN } from '../support/answers.ts'
import { aPerson, aPlace, aPolicy, aRole } from '../support/askFacts.ts'
import { ALICE, type AskRig, anAsk, anAsking, BOB } from './askRig.ts'

/** A run that was allowed, with its first token. */
async function running(t: Parameters<typeof anAsking>[0]): Promise<{ rig: AskRig; first: Grant }> {
  const rig = await anAsking(t)
  await requestRun(anAsk('key AKIAIOSFODNN7EXAMPLE last 24h account=prod-payments'), rig.deps)
  const first = rig.facts.grants.get('token-jti-1')
  assert.ok(first)
  rig.steps.length = 0
  return { rig, first }
}

test('renewal copies query, run, person and destination, and gives a new token with a new end', async (t) => {
  const { rig, first } = await running(t)
  rig.clock.now += 3600
  assert.equal(await renewGrant('token-jti-1', rig.deps), 'token-jti-2')
  const second = rig.facts.grants.get('token-jti-2')
  const now = rig.clock.now
  assert.deepEqual(second, { ...first, jti: 'jti-2', iat: now, nbf: now, exp: now + 900 })
  assert.deepEqual(
    rig.steps.map(({ step, outcome, jti, queryHash: hash }) => [step, outcome, jti, hash]),
    [['renewed', 'allow', 'jti-2', queryHash(first.query)]],
  )
})

type Refused = { readonly why: string; readonly token?: string; readonly change: (rig: AskRig) => unknown }

const REFUSED: Readonly<Record<string, Refused>> = {
  'a token that is not ours': { token: 'forged', change: () => undefined, why: 'signature' },
  'a run that is too old': {
    change: ({ clock }) => {
      clock.now += 6 * 3600
    },
    why: 'the run is too old',
  },
  'a run that has ended': {
    change: ({ objects }) => objects.create(terminalKey(RUN), '{}'),
    why: 'the run has ended',
  },
  'somebody who lost their role': {
    change: ({ facts }) => {
      facts.policy = aPolicy({ roles: [aRole({ members: { persons: [BOB], groups: [], emails: [], onCall: [] } })] })
    },
    why: 'the decision is no longer to allow',
  },
  'somebody who was deactivated': {
    change: ({ facts }) => facts.people.set('UALICE', aPerson({ person: ALICE, deactivated: true })),
    why: 'the decision is no longer to allow',
  },
  'a window that the role no longer reaches': {
    change: ({ facts }) => {
      facts.policy = aPolicy({
        roles: [aRole({ window: 3600, members: { persons: [ALICE], groups: [], emails: [], onCall: [] } })],
      })
    },
    why: 'the decision is no longer to allow',
  },
  'a place that is archived by now': {
    change: ({ facts }) => {
      facts.place = aPlace({ archived: true })
    },
    why: 'the decision is no longer to allow',
  },
}

for (const [what, { why, change, token = 'token-jti-1' }] of Object.entries(REFUSED))
  test(`renewal for ${what} is refused and recorded`, async (t) => {
    const { rig } = await running(t)
    await change(rig)
    assert.equal(await renewGrant(token, rig.deps), undefined)
    assert.equal(rig.facts.grants.size, 1)
    assert.deepEqual(
      rig.steps.map(({ step, outcome, checks }) => [step, outcome, checks.at(-1)?.detail]),
      [['renewed', 'deny', why]],
    )
    // What is too old or over already has nothing to be taken away.
    const revoked = why.startsWith('the decision') ? [`${RUN} ${token} policy`] : []
    assert.deepEqual(rig.heard.revoked, revoked)
  })

test('a renewal for which something cannot be read is no refusal: it fails, and nothing is taken away', async (t) => {
  const { rig } = await running(t)
  const personFacts = async (): Promise<never> => {
    throw new Error('Slack is away')
  }
  await assert.rejects(renewGrant('token-jti-1', { ...rig.deps, personFacts }), /Slack is away/)
  assert.deepEqual([rig.steps, rig.heard.revoked], [[], []])
})

test('a runbook that is gone from the store is not renewed', async (t) => {
  const { rig } = await running(t)
  assert.equal(await renewGrant('token-jti-1', { ...rig.deps, allowed: async () => undefined }), undefined)
  assert.equal(rig.steps[0]?.checks[0]?.detail, 'no such runbook')
})

test('a direct answer is decided again in the place it was asked in', async (t) => {
  const { rig, first } = await running(t)
  const asked: unknown[] = []
  const placeFacts: AskRig['deps']['placeFacts'] = async (place, person) => {
    asked.push(place)
    return await rig.deps.placeFacts(place, person)
  }
  const to = { kind: 'direct', team: 'T1', user: 'UALICE', from: { channel: 'C7', thread: '1.1' } } as const
  rig.facts.grants.set('direct', { ...first, to })
  assert.ok(await renewGrant('direct', { ...rig.deps, placeFacts }))
  assert.deepEqual(asked, [{ channel: 'C7', thread: '1.1' }])
  rig.facts.grants.set('thread', { ...first, to: { kind: 'slack', team: 'T1', channel: 'C1', thread: '2.2' } })
  assert.ok(await renewGrant('thread', { ...rig.deps, placeFacts }))
  assert.deepEqual(asked.at(-1), { channel: 'C1', thread: '2.2' })
  rig.facts.grants.set('sink', { ...first, to: { kind: 'sink', name: 's3' } })
  assert.equal(await renewGrant('sink', { ...rig.deps, placeFacts }), undefined)
})
