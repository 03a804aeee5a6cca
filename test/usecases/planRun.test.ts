import assert from 'node:assert/strict'
import { test } from 'node:test'
import { iso, type Plan } from '../../src/domain/query/plan.ts'
import { queryHash } from '../../src/domain/query/query.ts'
import { planKey } from '../../src/domain/result/objects.ts'
import { emptyPlan } from '../../src/usecases/planRun.ts'
import { RUN } from '../support/answers.ts'
import { aFault, NOON } from './history.ts'
import { aGrant, aReading, PAYMENTS, planned, QUERY, type Rig, readJson, WEB } from './rig.ts'

test('a plan freezes what the run reads, and is in the store before anything is read', async (t) => {
  const until = { atStart: true, notAfter: iso(NOON + 9_000) } as const
  const query = { ...QUERY, accounts: [PAYMENTS, WEB], window: { since: iso(NOON), until } }
  const rig = await aReading(t, { grant: aGrant({ query }) })
  rig.clock.now += 0.75
  const plan = await planned(rig)
  assert.deepEqual(plan, {
    version: 1,
    run: RUN,
    queryHash: queryHash(query),
    window: { since: iso(NOON), until: iso(NOON + 3600) },
    chains: [{ since: iso(NOON), until: iso(NOON + 3600) }],
    parts: [
      { account: PAYMENTS, region: 'eu-west-1' },
      { account: WEB, region: 'eu-west-1' },
    ],
    closed: [],
    filters: { aws: [], local: ['eventSource present'] },
    startedAt: iso(NOON + 3600),
  })
  assert.deepEqual(await readJson<Plan>(planKey(RUN), rig.objects), plan)
})

test('a second maker takes the first one’s plan, whatever the time and the Regions are by then', async (t) => {
  const rig = await aReading(t, { grant: aGrant({ query: { ...QUERY, regions: 'enabled' } }) })
  const first = await planned(rig)
  rig.clock.now += 60
  const second = await planned({ ...rig, deps: { ...rig.deps, enabledRegions: async () => ['ap-south-1'] } })
  assert.deepEqual(second, first)
})

test('"enabled" becomes the Regions that each account has enabled', async (t) => {
  const query = { ...QUERY, accounts: [PAYMENTS, WEB], regions: 'enabled' } as const
  const rig = await aReading(t, { grant: aGrant({ query }) })
  const asked: unknown[] = []
  const enabledRegions: Rig['deps']['enabledRegions'] = async (account, person) => {
    asked.push([account, person.user])
    return account === WEB ? ['us-east-1'] : ['eu-west-1', 'us-east-1']
  }
  const { parts } = await planned({ ...rig, deps: { ...rig.deps, enabledRegions } })
  assert.deepEqual(
    parts.map(({ account, region }) => `${account} ${region}`),
    [`${PAYMENTS} eu-west-1`, `${PAYMENTS} us-east-1`, `${WEB} us-east-1`],
  )
  assert.deepEqual(asked, [
    [PAYMENTS, 'UALICE'],
    [WEB, 'UALICE'],
  ])
})

test('an account declared closed is not asked, and is a known blind spot', async (t) => {
  const query = { ...QUERY, accounts: [PAYMENTS, WEB], regions: 'enabled' } as const
  const rig = await aReading(t, { grant: aGrant({ query }) })
  const { parts, closed } = await planned({ ...rig, deps: { ...rig.deps, isClosed: (id) => id === WEB } })
  assert.ok(parts.every(({ account }) => account === PAYMENTS))
  assert.deepEqual(
    closed.map(({ account, region, status, fault }) => [account, region, status, fault?.code]),
    [[WEB, '*', 'blind', 'account_closed']],
  )
})

const UNLISTED = [
  ['access_denied', 'regions_unknown'],
  ['assume_role_denied', 'assume_role_denied'],
  ['credentials_invalid', 'regions_unknown'],
  ['scp_denied', 'regions_unknown'],
] as const

for (const [code, said] of UNLISTED)
  test(`an account whose Regions cannot be listed (${code}) is one open gap, and the others are read`, async (t) => {
    const query = { ...QUERY, accounts: [PAYMENTS, WEB], regions: 'enabled' } as const
    const rig = await aReading(t, { grant: aGrant({ query }) })
    const enabledRegions: Rig['deps']['enabledRegions'] = async (account) => {
      if (account === WEB) throw aFault(code, { action: 'account:ListRegions' })
      return ['eu-west-1']
    }
    const { parts, closed } = await planned({ ...rig, deps: { ...rig.deps, enabledRegions } })
    assert.deepEqual(parts, [{ account: PAYMENTS, region: 'eu-west-1' }])
    assert.deepEqual(
      closed.map(({ account, region, status, fault }) => [account, region, status, fault?.code]),
      [[WEB, '*', 'failed', said]],
    )
  })

test('an account that AWS lists no Region for is an open gap: it has some, and none is read', async (t) => {
  const query = { ...QUERY, accounts: [PAYMENTS, WEB], regions: 'enabled' } as const
  const rig = await aReading(t, { grant: aGrant({ query }) })
  const enabledRegions: Rig['deps']['enabledRegions'] = async (account) => (account === WEB ? [] : ['eu-west-1'])
  const { parts, closed } = await planned({ ...rig, deps: { ...rig.deps, enabledRegions } })
  assert.deepEqual(parts, [{ account: PAYMENTS, region: 'eu-west-1' }])
  assert.deepEqual(
    closed.map(({ account, region, status, fault }) => [account, region, status, fault?.code]),
    [[WEB, '*', 'failed', 'regions_unknown']],
  )
})

for (const fault of [aFault('transient'), aFault('throttled'), new TypeError('ours')])
  test(`no plan is made while listing Regions fails for the moment (${fault.message})`, async (t) => {
    const rig = await aReading(t, { grant: aGrant({ query: { ...QUERY, regions: 'enabled' } }) })
    const enabledRegions: Rig['deps']['enabledRegions'] = async () => {
      throw fault
    }
    await assert.rejects(planned({ ...rig, deps: { ...rig.deps, enabledRegions } }), fault)
    assert.equal(await readJson(planKey(RUN), rig.objects), undefined)
  })

test('Regions of many accounts are listed side by side, at most 300, and keep the order asked', async (t) => {
  const accounts = Array.from({ length: 340 }, (_, at) => String(100_000_000_000 + at))
  const rig = await aReading(t, { grant: aGrant({ query: { ...QUERY, accounts, regions: 'enabled' } }) })
  let under = 0
  let most = 0
  const enabledRegions: Rig['deps']['enabledRegions'] = async (account) => {
    under += 1
    most = Math.max(most, under)
    for (let wait = Number(account) % 3; wait >= 0; wait -= 1) await new Promise((resolve) => setImmediate(resolve))
    under -= 1
    return ['eu-west-1']
  }
  const { parts } = await planned({ ...rig, deps: { ...rig.deps, enabledRegions } })
  assert.deepEqual(
    parts.map(({ account }) => account),
    accounts,
  )
  assert.equal(most, 300)
})

test('a run that ended before it could start has a plan that reads nothing', () => {
  const plan = emptyPlan(aGrant(), new Date((NOON + 3600.5) * 1000))
  assert.deepEqual([plan.parts, plan.chains, plan.window, plan.startedAt], [[], [], QUERY.window, iso(NOON + 3600)])
})
