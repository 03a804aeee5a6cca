import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileObjects } from '../../src/adapters/resultStore/file.ts'
import type { AuditStep } from '../../src/domain/audit/step.ts'
import { digestOf, sha256 } from '../../src/domain/canonical.ts'
import { groupChangeWords, groupsOf, rememberGroups, sinceOf } from '../../src/domain/policy/groupMemory.ts'
import type { Policy } from '../../src/domain/policy/policy.ts'
import { policyChanges } from '../../src/domain/policy/policyChange.ts'
import type { Objects } from '../../src/domain/result/objects.ts'
import { notePolicy } from '../../src/usecases/notePolicy.ts'
import { watchGroups } from '../../src/usecases/watchGroups.ts'
import { glassRules } from '../policy/rows.ts'
import { aMembership, aPolicy, aRole, NOW } from '../support/askFacts.ts'

const POLICY = aPolicy({
  roles: [aRole({ members: aMembership({ groups: ['STEAM'] }) })],
  groups: [{ group: 'STEAM', name: 'team', managed: false }],
})
const T0 = NOW.getTime() / 1000

async function aStore(t: TestContext): Promise<Objects> {
  const folder = await mkdtemp(join(tmpdir(), 'ctq-policy-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return fileObjects(folder)
}

type Rig = {
  readonly look: (users: readonly string[], at: number) => Promise<{ readonly [user: string]: number }>
  readonly steps: AuditStep[]
  readonly told: string[]
}

function watching(objects: Objects, policy: Policy = POLICY): Rig {
  const steps: AuditStep[] = []
  const told: string[] = []
  let at = T0
  const watch = watchGroups({
    objects,
    policy,
    audit: async (step) => void steps.push(step),
    announce: async (changes) => void told.push(...changes.map((change) => groupChangeWords(change, policy))),
    now: () => new Date(at * 1000),
  })
  const look: Rig['look'] = async (users, when) => {
    at = when
    return (await watch(new Map([['STEAM', users]])))['STEAM'] ?? {}
  }
  return { look, steps, told }
}

test('who is in a group when it is first looked at was there from the beginning, and nothing is announced', async (t) => {
  const { look, steps, told } = watching(await aStore(t))
  assert.deepEqual(await look(['UA', 'UB'], T0), { UA: 0, UB: 0 })
  assert.deepEqual([steps, told], [[], []])
})

test('whoever comes later is new from that moment on, which is recorded and announced once', async (t) => {
  const objects = await aStore(t)
  const { look, steps, told } = watching(objects)
  await look(['UA'], T0)
  assert.deepEqual(await look(['UA', 'UB'], T0 + 60), { UA: 0, UB: T0 + 60 })
  assert.deepEqual(await look(['UA', 'UB'], T0 + 120), { UA: 0, UB: T0 + 60 })
  assert.deepEqual(told, ['UB came into team (STEAM)'])
  assert.deepEqual(
    steps.map(({ step, detail }) => [step, detail?.['joined'], detail?.['left']]),
    [['groups_changed', 'UB STEAM', '']],
  )
})

test('whoever leaves and comes back is new again', async (t) => {
  const { look, told } = watching(await aStore(t))
  await look(['UA', 'UB'], T0)
  assert.deepEqual(await look(['UB'], T0 + 60), { UB: 0 })
  assert.deepEqual(await look(['UA', 'UB'], T0 + 120), { UA: T0 + 120, UB: 0 })
  assert.deepEqual(told, ['UA left team (STEAM)', 'UA came into team (STEAM)'])
})

test('another bot knows what the first one saw, also after a restart', async (t) => {
  const objects = await aStore(t)
  const first = watching(objects)
  await first.look(['UA'], T0)
  await first.look(['UA', 'UB'], T0 + 60)
  const second = watching(objects)
  assert.deepEqual(await second.look(['UA', 'UB'], T0 + 3600), { UA: 0, UB: T0 + 60 })
  assert.deepEqual(second.told, [])
})

test('of bots that see the same change at once, one records and announces it', async (t) => {
  const objects = await aStore(t)
  const bots = Array.from({ length: 8 }, () => watching(objects))
  await bots[0]?.look(['UA'], T0)
  const seen = await Promise.all(bots.map(({ look }, index) => look(['UA', 'UB'], T0 + 60 + index)))
  assert.equal(bots.flatMap(({ told }) => told).length, 1)
  assert.equal(bots.flatMap(({ steps }) => steps).length, 1)
  assert.equal(new Set(seen.map(({ UB }) => UB)).size, 1)
  assert.deepEqual((await objects.list('policy/memberships')).length, 2)
})

test('readings of one process at once do not lose one another’s changes', async (t) => {
  const { look } = watching(await aStore(t))
  await look(['UA'], T0)
  await Promise.all(Array.from({ length: 10 }, () => look(['UA', 'UB'], T0 + 60)))
  assert.deepEqual(await look(['UA', 'UB'], T0 + 90), { UA: 0, UB: T0 + 60 })
})

test('a store that cannot be read gives nobody a membership', async () => {
  const broken = async (): Promise<never> => {
    throw new Error('the disk is away')
  }
  const { look } = watching({ ...(await aStoreOf(broken)) })
  await assert.rejects(look(['UA'], T0), /the disk is away/)
})

async function aStoreOf(fail: () => Promise<never>): Promise<Objects> {
  return { ...fileObjects('/nowhere'), create: fail, read: fail, list: fail }
}

test('a group that the policy stops naming keeps what was known of it', () => {
  const before = { SOLD: { UA: 5 }, STEAM: { UB: 6 } }
  const { memory, changes } = rememberGroups(before, new Map([['STEAM', ['UB']]]), ['STEAM'], T0)
  assert.deepEqual([memory, changes], [before, []])
})

test('a group that is gone has lost its members', () => {
  const { memory, changes } = rememberGroups({ STEAM: { UB: 6 } }, new Map(), ['STEAM'], T0)
  assert.deepEqual([memory, changes], [{ STEAM: {} }, [{ group: 'STEAM', user: 'UB', change: 'left' }]])
})

test('names that every object has are no groups and no users', () => {
  const { memory } = rememberGroups({}, new Map([['constructor', ['toString']]]), ['constructor'], T0)
  assert.deepEqual(sinceOf(memory, 'toString'), { constructor: 0 })
  assert.deepEqual(sinceOf({ STEAM: {} }, 'constructor'), {})
})

test('the groups of roles, approvers, fallbacks and break-glass are remembered, denied ones need not be', () => {
  const policy = aPolicy({
    roles: [aRole({ members: aMembership({ groups: ['SB', 'SA'] }) })],
    approvers: [{ name: 'a', title: 'a', persons: [], groups: ['SC'], onCall: [] }],
    onCall: [
      { name: 'p', levels: 1, source: { kind: 'shifts', shifts: [] }, fallback: { persons: [], groups: ['SD'] } },
    ],
    deny: { persons: [], groups: ['SX'], places: [] },
    breakGlass: glassRules({ members: { persons: [], groups: ['SE'], onCall: [] } }),
  })
  assert.deepEqual(groupsOf(policy), ['SA', 'SB', 'SC', 'SD', 'SE'])
})

function withDigest(policy: Policy): Policy {
  const { digest: _, ...rules } = policy
  return { ...policy, digest: digestOf(rules) }
}

async function noting(
  objects: Objects,
  policy: Policy,
): Promise<{ readonly told: string[]; readonly steps: AuditStep[] }> {
  const told: string[] = []
  const steps: AuditStep[] = []
  await notePolicy({
    objects,
    policy,
    audit: async (step) => void steps.push(step),
    announce: async (lines) => void told.push(...lines),
    now: () => NOW,
  })
  return { told, steps }
}

test('a policy that changed is announced and recorded once, by what changed in it', async (t) => {
  const objects = await aStore(t)
  const before = withDigest(POLICY)
  const after = withDigest({
    ...POLICY,
    roles: [aRole({ ...POLICY.roles[0], rows: 5 }), aRole({ name: 'lead' })],
    settleFor: 60,
    approvers: [{ name: 'security', title: 'security', persons: [], groups: [], onCall: [] }],
  })
  assert.deepEqual((await noting(objects, before)).told, [])
  assert.deepEqual((await noting(objects, before)).told, [])
  const changed = await noting(objects, after)
  assert.deepEqual(changed.told, [
    'role responder changed',
    'role lead added',
    'membership.countsAfter changed',
    'approvers security added',
  ])
  assert.deepEqual(
    changed.steps.map(({ step, detail }) => [step, detail?.['before'], detail?.['policy']]),
    [['policy_changed', before.digest, after.digest]],
  )
  assert.deepEqual((await noting(objects, after)).told, [])
  const text = await objects.read(`policy/rules/${after.digest}.json`)
  assert.equal(sha256(text ?? ''), after.digest)
})

test('going back to an earlier policy is a change too', async (t) => {
  const objects = await aStore(t)
  const [one, two] = [withDigest(POLICY), withDigest({ ...POLICY, emails: true })]
  await noting(objects, one)
  await noting(objects, two)
  assert.deepEqual((await noting(objects, one)).told, ['matchEmails changed'])
})

test('roles in another order are a change: the first that allows is taken', () => {
  const { digest: _, ...rules } = POLICY
  const roles = [aRole({ name: 'a' }), aRole({ name: 'b' })]
  assert.deepEqual(policyChanges({ ...rules, roles }, { ...rules, roles: roles.toReversed() }), [
    'order of roles changed',
  ])
  assert.deepEqual(policyChanges({ ...rules, roles }, { ...rules, roles }), [])
  assert.deepEqual(policyChanges({ ...rules, roles }, { ...rules, roles: roles.slice(1) }), ['role a removed'])
})
