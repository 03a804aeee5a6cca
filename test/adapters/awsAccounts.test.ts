import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pino } from 'pino'
import {
  accountOfKeyByAws,
  callerIdentity,
  enabledRegions,
  organisationAccounts,
} from '../../src/adapters/aws/accounts.ts'
import { assumedSessions } from '../../src/adapters/aws/sessions.ts'
import type { Settings } from '../../src/config.ts'
import { openInventory } from '../../src/inventory.ts'
import { MANAGEMENT, PROD_DATA, PROD_PAYMENTS, SANDBOX_CLOSED } from '../../src/playground/aws/organisation/accounts.ts'
import { anAccount } from '../support/askFacts.ts'
import { ALICE, sharedAws } from './awsRig.ts'

const { aws, shared, tell } = sharedAws()
const HOME = 'us-east-1'

function regionsOf(): ReturnType<typeof enabledRegions> {
  const roleArn = (account: string): string => `arn:aws:iam::${account}:role/ctq-reader`
  return enabledRegions(
    assumedSessions({ roleArn, region: HOME, transport: shared, now: () => new Date() }),
    shared,
    HOME,
  )
}

test('the Regions of an account are those that are on by themselves and those it opted into', async () => {
  const payments = await regionsOf()(PROD_PAYMENTS, ALICE)
  const data = await regionsOf()(PROD_DATA, ALICE)
  assert.ok(payments.includes('us-east-1') && payments.includes('eu-south-1') && !payments.includes('eu-central-2'))
  assert.ok(data.includes('eu-central-2') && !data.includes('eu-south-1'))
  assert.deepEqual(payments, payments.toSorted())
})

test('Regions that cannot be listed are a fault that names the action', async () => {
  await tell('faults', { operation: 'ListRegions', code: 'AccessDeniedException' })
  await assert.rejects(regionsOf()(PROD_PAYMENTS, ALICE), { code: 'access_denied', action: 'account:ListRegions' })
})

test('whose credentials are in use', async () => {
  const { account, arn } = await callerIdentity(HOME, shared)
  assert.match(account, /^\d{12}$/)
  assert.match(arn, new RegExp(`^arn:aws:iam::${account}:user/`))
  await tell('faults', { operation: 'GetCallerIdentity', code: 'InvalidClientTokenId' })
  await assert.rejects(callerIdentity(HOME, shared), { code: 'credentials_invalid' })
})

test('the account of a key is asked of STS', async () => {
  const key = aws().organisation.users.worker.accessKeyId
  assert.equal(await accountOfKeyByAws(HOME, shared)(key), (await callerIdentity(HOME, shared)).account)
  await tell('faults', { operation: 'GetAccessKeyInfo', code: 'ServiceUnavailable' })
  await assert.rejects(accountOfKeyByAws(HOME, shared)(key), { code: 'transient', action: 'sts:GetAccessKeyInfo' })
})

test('the organisation’s accounts come with the path of their unit, and closed ones are told', async () => {
  const accounts = await organisationAccounts(HOME, shared)
  const of = (id: string) => accounts.find((account) => account.id === id)
  assert.deepEqual(of(MANAGEMENT), { id: MANAGEMENT, name: 'harbour-management', unit: '', closed: false })
  assert.deepEqual(of(PROD_PAYMENTS), { id: PROD_PAYMENTS, name: 'prod-payments', unit: 'prod/pci', closed: false })
  assert.equal(of(SANDBOX_CLOSED)?.closed, true)
  assert.equal(new Set(accounts.map(({ id }) => id)).size, accounts.length)
  await tell('faults', { operation: 'ListAccountsForParent', code: 'AccessDeniedException' })
  await assert.rejects(organisationAccounts(HOME, shared), { code: 'access_denied' })
})

function settings(from: 'list' | 'organizations'): Pick<Settings, 'inventory' | 'aws'> {
  const own = [
    anAccount(SANDBOX_CLOSED, { name: 'old', groups: ['legacy'] }),
    anAccount('999900001111', { name: 'elsewhere' }),
  ]
  const aws = { homeRegion: HOME, readerRole: 'ctq-reader', paceMs: 505 }
  return { inventory: { from, accounts: own, regions: [] }, aws }
}

test('an account listed in ctq.yml for its groups is still closed when the organisation says so', async () => {
  const inventory = await openInventory(settings('organizations'), pino({ level: 'silent' }))
  inventory.close()
  const { accounts } = inventory.current()
  const old = accounts.find(({ id }) => id === SANDBOX_CLOSED)
  assert.deepEqual([old?.name, old?.groups, old?.closed, old?.unit], ['old', ['legacy'], true, 'sandbox'])
  assert.ok(
    accounts.some(({ id }) => id === '999900001111'),
    'its own accounts stay',
  )
  assert.ok(
    accounts.some(({ id }) => id === PROD_PAYMENTS),
    'the organisation’s are added',
  )
})

test('an inventory from ctq.yml alone asks AWS nothing', async () => {
  await tell('faults', { operation: 'ListRoots', code: 'AccessDeniedException' })
  const inventory = await openInventory(settings('list'), pino({ level: 'silent' }))
  assert.equal(inventory.current().accounts.length, 2)
  inventory.close()
  await tell('faults', {}, 'DELETE')
})
