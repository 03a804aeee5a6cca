import { AccountClient, paginateListRegions } from '@aws-sdk/client-account'
import {
  OrganizationsClient,
  paginateListAccountsForParent,
  paginateListOrganizationalUnitsForParent,
  paginateListRoots,
} from '@aws-sdk/client-organizations'
import { GetAccessKeyInfoCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import type { Person } from '../../domain/policy/person.ts'
import { sortFault } from './faults.ts'
import { clientSettings, type Sessions, type Transport } from './sessions.ts'

/** What is being switched on or off holds records, or says by refusing that it was not read (AWS: RegionOptStatus). */
const READABLE = ['ENABLED', 'ENABLED_BY_DEFAULT', 'ENABLING', 'DISABLING'] as const

/** Every Region that an account has enabled, by account:ListRegions. Throws an AwsFault. */
export function enabledRegions(
  sessions: Sessions,
  shared: Transport,
  home: string,
): (account: string, person: Person) => Promise<readonly string[]> {
  return async (account, person) => {
    const action = 'account:ListRegions'
    const credentials = await sessions({ account, person, regions: [], action })
    try {
      const client = new AccountClient({ ...clientSettings(home, shared), credentials })
      const regions: string[] = []
      const pages = paginateListRegions({ client, pageSize: 50 }, { RegionOptStatusContains: [...READABLE] })
      for await (const page of pages) regions.push(...(page.Regions ?? []).flatMap((region) => region.RegionName ?? []))
      return regions.sort()
    } catch (error) {
      throw sortFault(error, { action })
    }
  }
}

/** Who the caller's own credentials are. Throws an AwsFault. */
export async function callerIdentity(
  region: string,
  shared: Transport,
): Promise<{ readonly account: string; readonly arn: string }> {
  try {
    const { Account, Arn } = await new STSClient(clientSettings(region, shared)).send(new GetCallerIdentityCommand({}))
    if (Account === undefined || Arn === undefined) throw new Error('STS answered without an account')
    return { account: Account, arn: Arn }
  } catch (error) {
    throw sortFault(error, { action: 'sts:GetCallerIdentity' })
  }
}

/** The account that an access key belongs to, for keys whose id does not tell. Throws an AwsFault. */
export function accountOfKeyByAws(
  region: string,
  shared: Transport,
): (accessKeyId: string) => Promise<string | undefined> {
  const sts = new STSClient(clientSettings(region, shared))
  return async (accessKeyId) => {
    try {
      return (await sts.send(new GetAccessKeyInfoCommand({ AccessKeyId: accessKeyId }))).Account
    } catch (error) {
      throw sortFault(error, { action: 'sts:GetAccessKeyInfo' })
    }
  }
}

/** An account of the organisation as Organizations lists it. */
export type ListedAccount = {
  readonly id: string
  readonly name: string
  readonly unit: string
  readonly closed: boolean
}

/** Every account of the organisation with the path of its organisational unit. Throws an AwsFault. */
export async function organisationAccounts(region: string, shared: Transport): Promise<readonly ListedAccount[]> {
  const client = new OrganizationsClient(clientSettings(region, shared))
  try {
    const accounts: ListedAccount[] = []
    for await (const page of paginateListRoots({ client }, {}))
      for (const root of page.Roots ?? []) accounts.push(...(await below(client, root.Id ?? '', '')))
    return accounts
  } catch (error) {
    throw sortFault(error, { action: 'organizations:ListAccountsForParent' })
  }
}

async function below(client: OrganizationsClient, parent: string, path: string): Promise<readonly ListedAccount[]> {
  const accounts: ListedAccount[] = []
  for await (const page of paginateListAccountsForParent({ client }, { ParentId: parent }))
    for (const account of page.Accounts ?? [])
      accounts.push({ id: account.Id ?? '', name: account.Name ?? '', unit: path, closed: account.Status !== 'ACTIVE' })
  for await (const page of paginateListOrganizationalUnitsForParent({ client }, { ParentId: parent }))
    for (const unit of page.OrganizationalUnits ?? [])
      accounts.push(
        ...(await below(client, unit.Id ?? '', path === '' ? (unit.Name ?? '') : `${path}/${unit.Name ?? ''}`)),
      )
  return accounts
}
