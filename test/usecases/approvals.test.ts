import assert from 'node:assert/strict'
import { test } from 'node:test'
import { localKeys, signer } from '../../src/adapters/jose/tokens.ts'
import { type Grant, grantSchema } from '../../src/domain/policy/grant.ts'
import type { Policy } from '../../src/domain/policy/policy.ts'
import { runbookKey, terminalKey } from '../../src/domain/result/objects.ts'
import { approvalReaders, CLICK_TOKEN, grantVerifier, RUN_TOKEN } from '../../src/tokens.ts'
import { readApproval } from '../../src/usecases/approvalLog.ts'
import { decideApproval, expireApproval, requestApproval, withdrawApproval } from '../../src/usecases/approvals.ts'
import { startApproved } from '../../src/usecases/approvedRun.ts'
import { basisChecker } from '../../src/usecases/basis.ts'
import { renewGrant } from '../../src/usecases/renewGrant.ts'
import { ALICE, approvalPolicy, aRule, BOB, CAROL, TEAM } from '../policy/rows.ts'
import { aMembership, aPerson } from '../support/askFacts.ts'

import { aRig, KEYS, needed, OTHER_KEYS, type Rig, RUN, RUNBOOK, status, T0 } from './approvalRig.ts'

test('asked, approved, started: the token carries the approval, and a worker finds it proved', async (t) => {
  const rig = await aRig(t)
  const asked = await requestApproval(rig.asking(), rig.deps)
  assert.equal(asked.ok && asked.value.status, 'requested')
  assert.deepEqual(await startApproved(RUN, rig.deps), { ok: false, error: { why: 'not_approved' } })
  rig.at += 60
  const voted = await rig.click(BOB)
  assert.equal(voted?.ok && voted.value.status, 'approved')
  const started = await startApproved(RUN, rig.deps)
  assert.ok(started.ok, JSON.stringify(started))
  assert.deepEqual(rig.queued, [RUN])
  const audit = async (): Promise<void> => undefined
  const verify = grantVerifier(localKeys(KEYS), 'check', 'work', { audit, now: rig.deps.now })
  const grant = await verify(started.value.token, RUN)
  assert.ok(grant.ok)
  assert.deepEqual(grant.value.basis, {
    kind: 'approval',
    policy: rig.policy.digest,
    hash: asked.ok ? asked.value.request.hash : '',
    cost: { usd: 0 },
    approvers: [BOB],
  })
  assert.equal(await basisChecker(rig.deps)(grant.value), undefined)
  assert.deepEqual(
    rig.steps.map(({ step, outcome }) => `${step} ${outcome}`),
    ['approval_requested done', 'approval_voted allow', 'minted allow'],
  )
})

test('asking again for the same run gives what is there, whatever is asked', async (t) => {
  const rig = await aRig(t)
  const first = await requestApproval(rig.asking(), rig.deps)
  const again = await requestApproval(rig.asking({ reason: 'something else entirely' }), rig.deps)
  assert.deepEqual(again, first)
  assert.equal(rig.steps.length, 1)
})

test('a reason that is too short is not asked with', async (t) => {
  const rig = await aRig(t)
  for (const reason of [undefined, '', '   short   '])
    assert.deepEqual(await requestApproval(rig.asking({ reason }), rig.deps), {
      ok: false,
      error: { code: 'reason_needed', least: 10 },
    })
  assert.equal(await status(rig), undefined)
})

test('two approvers at once, 500 times: exactly one transition, and the other is told by whom and when', async (t) => {
  const rig = await aRig(t)
  for (let round = 0; round < 500; round += 1) {
    const run = `${String(round).padStart(8, '0')}-5d4b-4a53-9d5e-0c7a2b1d3e4f`
    const asked = await requestApproval(rig.asking({ run }), rig.deps)
    const hash = asked.ok ? asked.value.request.hash : ''
    const clicks = [BOB, CAROL].map((person) => decideApproval(run, person, { verdict: 'approve', hash }, rig.deps))
    const outcomes = await Promise.all(clicks)
    const won = outcomes.filter((one) => one?.ok)
    const lost = outcomes.flatMap((one) => (one !== undefined && !one.ok ? [one.error] : []))
    assert.equal(won.length, 1)
    const by = outcomes[0]?.ok ? BOB : CAROL
    assert.deepEqual(lost, [{ code: 'already_handled', status: 'approved', at: T0, by }])
  }
})

test('a quorum of two: the first click fills a seat, the second completes it, and each is one person', async (t) => {
  const rig = await aRig(t, approvalPolicy({ approvals: [aRule({ seats: [{ by: ['security'], count: 2 }] })] }))
  await requestApproval(rig.asking(), rig.deps)
  assert.equal((await rig.click(BOB))?.ok, true)
  assert.equal(await status(rig), 'requested')
  assert.deepEqual(await rig.click(BOB), { ok: false, error: { code: 'already_voted' } })
  const [last, same] = await Promise.all([rig.click(CAROL), rig.click(CAROL)])
  assert.deepEqual([last?.ok, same?.ok].toSorted(), [false, true])
  assert.equal(await status(rig), 'approved')
})

test('denied, withdrawn and expired requests start nothing, and stay so', async (t) => {
  const denied = await aRig(t)
  await requestApproval(denied.asking(), denied.deps)
  assert.equal((await denied.click(BOB, 'deny', 'not now'))?.ok, true)
  const withdrawn = await aRig(t)
  await requestApproval(withdrawn.asking(), withdrawn.deps)
  assert.deepEqual(await withdrawApproval(RUN, BOB, withdrawn.deps), { ok: false, error: { code: 'not_the_asker' } })
  assert.equal((await withdrawApproval(RUN, ALICE, withdrawn.deps))?.ok, true)
  const expired = await aRig(t)
  await requestApproval(expired.asking(), expired.deps)
  expired.at += 1799
  assert.equal((await expireApproval(RUN, expired.deps))?.ok, false)
  expired.at += 1
  assert.deepEqual(await expired.click(BOB), { ok: false, error: { code: 'expired' } })
  assert.equal((await expireApproval(RUN, expired.deps))?.ok, true)
  assert.equal((await expireApproval(RUN, expired.deps))?.ok, false)
  for (const [rig, ended] of [
    [denied, 'denied'],
    [withdrawn, 'withdrawn'],
    [expired, 'expired'],
  ] as const) {
    assert.equal((await rig.click(CAROL))?.ok, false)
    assert.equal(await status(rig), ended)
    assert.deepEqual(await startApproved(RUN, rig.deps), { ok: false, error: { why: 'not_approved' } })
    assert.deepEqual(rig.queued, [])
  }
})

test('what was approved starts within the time that it could have waited, and not later', async (t) => {
  const rig = await aRig(t)
  await requestApproval(rig.asking(), rig.deps)
  rig.at += 1799
  assert.equal((await rig.click(BOB))?.ok, true)
  rig.at += 1800
  assert.deepEqual(await startApproved(RUN, rig.deps), { ok: false, error: { why: 'too_late' } })
  assert.deepEqual(rig.queued, [])
  rig.at -= 1
  assert.ok((await startApproved(RUN, rig.deps)).ok)
  rig.at += 7200
  assert.ok((await startApproved(RUN, rig.deps)).ok, 'what has begun is taken up again')
})

test('an approver who lost the right between card and click has none', async (t) => {
  const rig = await aRig(t)
  await requestApproval(rig.asking(), rig.deps)
  rig.people.set('UBOB', aPerson({ person: BOB, deactivated: true }))
  assert.deepEqual(await rig.click(BOB), { ok: false, error: { code: 'not_an_approver' } })
  assert.deepEqual(
    rig.steps.slice(-1).map(({ step, outcome, detail }) => [step, outcome, detail?.['refused']]),
    [['approval_voted', 'deny', 'not_an_approver']],
  )
})

test('one request is one run, started twice at once or after it has ended', async (t) => {
  const rig = await aRig(t)
  await requestApproval(rig.asking(), rig.deps)
  await rig.click(BOB)
  const both = await Promise.all([startApproved(RUN, rig.deps), startApproved(RUN, rig.deps)])
  assert.equal(new Set(both.map((one) => (one.ok ? one.value.token : ''))).size, 1)
  const other = await aRig(t)
  await requestApproval(other.asking(), other.deps)
  await other.click(BOB)
  await other.objects.create(terminalKey(RUN), '{}')
  assert.deepEqual(await startApproved(RUN, other.deps), { ok: false, error: { why: 'ended' } })
})

/** From now on other rules are in force. */
function set(rig: Rig, policy: Policy): void {
  rig.policy = policy
}

test('what was approved is not started when the rules would no longer grant it by those who approved', async (t) => {
  const cases: readonly (readonly [why: string, change: (rig: Rig) => void])[] = [
    ['refused', (rig) => rig.people.set('UALICE', aPerson({ deactivated: true }))],
    ['refused', (rig) => set(rig, approvalPolicy({ approvals: [] }))],
    ['refused', (rig) => set(rig, approvalPolicy({ deny: { persons: [], groups: [], places: ['C0INCIDENT'] } }))],
    [
      'other_approvers',
      (rig) => set(rig, approvalPolicy({ approvals: [aRule({ seats: [{ by: ['security'], count: 2 }] })] })),
    ],
    [
      'other_approvers',
      (rig) => set(rig, approvalPolicy({ approvals: [aRule({ seats: [{ by: ['oncall'], count: 1 }] })] })),
    ],
    ['changed', (rig) => set(rig, approvalPolicy({ roles: [{ ...TEAM, rows: 5 }] }))],
  ]
  for (const [why, change] of cases) {
    const rig = await aRig(t)
    await requestApproval(rig.asking(), rig.deps)
    await rig.click(BOB)
    change(rig)
    const started = await startApproved(RUN, rig.deps)
    assert.equal(started.ok ? 'started' : started.error.why, why)
    assert.deepEqual(rig.queued, [])
  }
})

test('a role that allows it by itself by now does not hinder what was approved', async (t) => {
  const rig = await aRig(t)
  await requestApproval(rig.asking(), rig.deps)
  await rig.click(BOB)
  rig.policy = approvalPolicy({ roles: [{ ...TEAM, tier: 'elevated', members: aMembership({ persons: [ALICE] }) }] })
  assert.equal((await startApproved(RUN, rig.deps)).ok, true)
})

test('a log that others wrote into proves nothing: forged, replayed and altered entries count for nothing', async (t) => {
  const rig = await aRig(t)
  const asked = await requestApproval(rig.asking(), rig.deps)
  assert.ok(asked.ok)
  const { request } = asked.value
  const forger = await signer(OTHER_KEYS)
  const sign = await signer(KEYS)
  const claims = {
    ...{ iss: 'ctq', aud: 'ctq-worker', sub: 'T1.UBOB', jti: 'x', iat: T0, nbf: T0, exp: T0 + 1800 },
    attested: 'slack_click' as const,
    ...{ verdict: 'approve' as const, run: RUN, hash: request.hash, person: BOB, sets: ['security'], at: T0 },
    policy: rig.policy.digest,
  }
  const forged = [
    await forger(CLICK_TOKEN, claims),
    await sign(CLICK_TOKEN, { ...claims, run: RUN.replace('1', '2') }),
    await sign(CLICK_TOKEN, { ...claims, hash: '0'.repeat(64) }),
    await sign(CLICK_TOKEN, { ...claims, person: ALICE }),
    await sign(RUN_TOKEN, grantSchema.parse({ ...(await aGrant(rig)) })),
    'no token',
  ]
  for (const [index, token] of forged.entries())
    await rig.objects.create(
      `approvals/${RUN}/${String(index + 2).padStart(4, '0')}.json`,
      JSON.stringify({ kind: 'voted', token }),
    )
  assert.equal(await status(rig), 'requested')
  assert.equal((await rig.click(BOB))?.ok, true)
  assert.equal(await status(rig), 'approved')
})

async function aGrant(rig: Rig): Promise<object> {
  const decision = needed(rig.policy)
  return {
    ...{ iss: 'ctq', aud: 'ctq-worker', sub: 'T1.UALICE', jti: 'j', iat: T0, nbf: T0, exp: T0 + 600, run: RUN },
    ...{ person: ALICE, role: 'team', tier: 'elevated', query: decision.wanted.query },
    ...{ to: { kind: 'slack', team: 'T1', channel: 'C0INCIDENT' }, deliverBy: T0 + 3600, askedAt: T0 },
    basis: { kind: 'policy', policy: 'p' },
  }
}

test('a request that somebody else signed, or of another run, is none', async (t) => {
  const rig = await aRig(t)
  await requestApproval(rig.asking(), rig.deps)
  const request = (await rig.objects.read(`approvals/${RUN}/0001.json`)) ?? ''
  const moved = RUN.replace('1', '2')
  await rig.objects.create(`approvals/${moved}/0001.json`, request)
  assert.equal(await readApproval(moved, rig.deps), undefined)
  const strange = { ...rig.deps, ...approvalReaders(localKeys(OTHER_KEYS), rig.deps.now) }
  assert.equal(await readApproval(RUN, strange), undefined)
})

test('a run that was approved is renewed while its approval holds, and not when the person lost the role', async (t) => {
  const rig = await aRig(t)
  await requestApproval(rig.asking(), rig.deps)
  await rig.click(BOB)
  const started = await startApproved(RUN, rig.deps)
  assert.ok(started.ok)
  const audit = rig.deps.audit
  const revoked: string[] = []
  const deps = {
    ...rig.deps,
    policy: rig.policy,
    verifyExpired: grantVerifier(localKeys(KEYS), 'ignore', 'renewal', { audit, now: rig.deps.now }),
    basisFault: basisChecker(rig.deps),
    glass: async () => ({ reason: undefined }),
    allowed: async () => ({ runbook: RUNBOOK }) as never,
    revoke: async ({ run }: Grant, _token: string, { by }: { readonly by: string }) => {
      revoked.push(`${run} ${by}`)
    },
  }
  rig.at += 500
  const renewed = await renewGrant(started.value.token, deps)
  assert.ok(renewed !== undefined)
  const verify = grantVerifier(localKeys(KEYS), 'check', 'work', { audit, now: rig.deps.now })
  const grant = await verify(renewed, RUN)
  assert.equal(grant.ok && grant.value.basis.kind, 'approval')
  assert.equal(grant.ok && (await basisChecker(rig.deps)(grant.value)), undefined)
  rig.people.set('UALICE', aPerson({ deactivated: true }))
  assert.equal(await renewGrant(started.value.token, deps), undefined)
  assert.equal(rig.steps.at(-1)?.checks[0]?.detail, 'its approval no longer holds: refused')
  assert.deepEqual(revoked, [`${RUN} policy`])
})

test('a damaged runbook text starts nothing', async (t) => {
  const rig = await aRig(t)
  await rig.objects.create(runbookKey(RUNBOOK.digest), 'name: something else')
  await requestApproval(rig.asking(), rig.deps)
  await rig.click(BOB)
  assert.deepEqual(await startApproved(RUN, rig.deps), { ok: false, error: { why: 'no_runbook' } })
})

test('a secret in the reason is neither signed nor recorded; how long it must be is counted as it was typed', async (t) => {
  const rig = await aRig(t)
  const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
  const asked = await requestApproval(rig.asking({ reason: `leaked: secret_access_key=${secret}` }), rig.deps)
  assert.equal(asked.ok && asked.value.request.reason, 'leaked: secret_access_key=[masked: secret]')
  assert.ok(!JSON.stringify(rig.steps).includes(secret))
  const short = await requestApproval(rig.asking({ run: RUN.replace('1', '2'), reason: 'pwd=a' }), rig.deps)
  assert.ok(!short.ok && short.error.code === 'reason_needed')
  const masked = await requestApproval(rig.asking({ run: RUN.replace('1', '3'), reason: 'passwd=a' }), rig.deps)
  assert.ok(!masked.ok && masked.error.code === 'reason_needed', 'a mark makes it no longer')
  for (const reason of ['.'.repeat(20), '\u115f'.repeat(20)])
    assert.ok(!(await requestApproval(rig.asking({ run: RUN.replace('1', '4'), reason }), rig.deps)).ok)
})
