import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { AccountClient, ListRegionsCommand, paginateListRegions } from '@aws-sdk/client-account'
import {
  DescribeOrganizationCommand,
  ListAccountsForParentCommand,
  ListOrganizationalUnitsForParentCommand,
  ListRootsCommand,
  OrganizationsClient,
  paginateListAccounts,
} from '@aws-sdk/client-organizations'
import type { Aws } from '../../src/playground/aws/server.ts'
import { anAws, type Keys, readerKeys } from './awsSupport.ts'

function organizations(t: TestContext, aws: Aws, credentials: Keys): OrganizationsClient {
  const client = new OrganizationsClient({ endpoint: aws.url, region: 'us-east-1', credentials, maxAttempts: 1 })
  t.after(() => client.destroy())
  return client
}

function accountOf(t: TestContext, aws: Aws, credentials: Keys): AccountClient {
  const client = new AccountClient({ endpoint: aws.url, region: 'us-east-1', credentials, maxAttempts: 1 })
  t.after(() => client.destroy())
  return client
}

test('the organisation can be walked from its root to each account', async (t) => {
  const aws = await anAws(t)
  const client = organizations(t, aws, aws.organisation.users.worker)
  const { Roots } = await client.send(new ListRootsCommand())
  const found: string[] = []
  const walk = async (ParentId: string): Promise<void> => {
    const { Accounts = [] } = await client.send(new ListAccountsForParentCommand({ ParentId }))
    found.push(...Accounts.map(({ Id = '' }) => Id))
    const { OrganizationalUnits = [] } = await client.send(new ListOrganizationalUnitsForParentCommand({ ParentId }))
    for (const { Id = '' } of OrganizationalUnits) await walk(Id)
  }
  await walk(Roots?.[0]?.Id ?? '')
  assert.deepEqual(found.toSorted(), aws.organisation.accounts.map(({ id }) => id).toSorted())
})

test('accounts come in pages of twenty, the closed one marked', async (t) => {
  const flat = await anAws(t, { fixture: { kind: 'flat', accounts: 45, regions: [], recordsPerAccountRegion: 1 } })
  const sizes: number[] = []
  const client = organizations(t, flat, flat.organisation.users.worker)
  for await (const { Accounts = [] } of paginateListAccounts({ client }, {})) sizes.push(Accounts.length)
  assert.deepEqual(sizes, [20, 20, 7])
  const aws = await anAws(t)
  const { value } = await paginateListAccounts(
    { client: organizations(t, aws, aws.organisation.users.worker) },
    {},
  ).next()
  const closed = (value?.Accounts ?? []).filter(({ Status }) => Status === 'SUSPENDED')
  assert.deepEqual(
    closed.map(({ Name }) => Name),
    ['sandbox-old'],
  )
})

test('only the management account and its delegates may list; a member may know that there is an organisation', async (t) => {
  const aws = await anAws(t)
  const member = organizations(t, aws, await readerKeys(t, aws, '111122223333'))
  await assert.rejects(member.send(new ListRootsCommand()), { name: 'AccessDeniedException' })
  const administrator = organizations(t, aws, aws.organisation.users.administrator)
  const { Organization } = await administrator.send(new DescribeOrganizationCommand())
  assert.equal(Organization?.MasterAccountId, '123456789012')
})

test('Regions come with whether they are enabled, for oneself and, to a delegate, for others', async (t) => {
  const aws = await anAws(t)
  const client = accountOf(t, aws, aws.organisation.users.worker)
  const status = new Map<string, string>()
  for await (const { Regions = [] } of paginateListRegions({ client, pageSize: 10 }, { AccountId: '111122223333' }))
    for (const { RegionName = '', RegionOptStatus = '' } of Regions) status.set(RegionName, RegionOptStatus)
  assert.equal(status.get('us-east-1'), 'ENABLED_BY_DEFAULT')
  assert.equal(status.get('eu-south-1'), 'ENABLED')
  assert.equal(status.get('me-south-1'), 'DISABLED')
  const enabled = await client.send(
    new ListRegionsCommand({ RegionOptStatusContains: ['ENABLED', 'ENABLED_BY_DEFAULT'] }),
  )
  assert.equal(enabled.Regions?.length, 17)
  const member = accountOf(t, aws, aws.organisation.users.responder)
  assert.equal((await member.send(new ListRegionsCommand())).Regions?.length, 27)
  await assert.rejects(member.send(new ListRegionsCommand({ AccountId: '444455556666' })), {
    name: 'AccessDeniedException',
  })
})
