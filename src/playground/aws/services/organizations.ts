import { authorise } from '../authorise.ts'
import type { Call, Input, Operation, Result, Service } from '../call.ts'
import { AwsError } from '../errors.ts'
import { openToken, sealToken } from '../nextToken.ts'
import type { Account, Unit } from '../organisation/accounts.ts'
import type { Organisation } from '../organisation/organisation.ts'

/** AWS: Organizations API reference, MaxResults of the list operations. */
const PAGE_MAX = 20

const describeOrganization = operation('DescribeOrganization', ({ world: { organisation } }) => ({
  body: JSON.stringify({
    Organization: {
      Id: organisation.id,
      Arn: arn(organisation, 'organization', organisation.id),
      FeatureSet: 'ALL',
      MasterAccountId: organisation.managementAccount,
      MasterAccountArn: accountArn(organisation, organisation.managementAccount),
      MasterAccountEmail: organisation.accounts.find(({ id }) => id === organisation.managementAccount)?.email,
    },
  }),
}))

const listAccounts = operation('ListAccounts', (call) =>
  page(
    call,
    'Accounts',
    call.world.organisation.accounts.map((one) => shownAccount(call.world.organisation, one)),
  ),
)

const listRoots = operation('ListRoots', (call) => {
  const { organisation } = call.world
  const policyTypes = [{ Type: 'SERVICE_CONTROL_POLICY', Status: 'ENABLED' }]
  const root = { Id: organisation.rootId, Arn: arn(organisation, 'root', organisation.rootId), Name: 'Root' }
  return page(call, 'Roots', [{ ...root, PolicyTypes: policyTypes }])
})

const listOrganizationalUnitsForParent = operation('ListOrganizationalUnitsForParent', (call) => {
  const { organisation } = call.world
  const parent = parentOf(call)
  const units = organisation.units.filter((unit) => unit.parent === parent)
  return page(
    call,
    'OrganizationalUnits',
    units.map((unit) => shownUnit(organisation, unit)),
  )
})

const listAccountsForParent = operation('ListAccountsForParent', (call) => {
  const { organisation } = call.world
  const parent = parentOf(call)
  const accounts = organisation.accounts.filter(({ unit }) => unit === parent)
  return page(
    call,
    'Accounts',
    accounts.map((one) => shownAccount(organisation, one)),
  )
})

export const organizations: Service = {
  protocol: 'json',
  operations: {
    DescribeOrganization: describeOrganization,
    ListAccounts: listAccounts,
    ListRoots: listRoots,
    ListOrganizationalUnitsForParent: listOrganizationalUnitsForParent,
    ListAccountsForParent: listAccountsForParent,
  },
}

/** Lists are for the management account and delegated administrators; describing the organisation is for members. */
function operation(name: string, run: (call: Call) => Result): Operation {
  return {
    eventSource: 'organizations.amazonaws.com',
    eventName: name,
    readOnly: true,
    global: true,
    logged: (input) => (Object.keys(input).length === 0 ? null : lowerFirst(input)),
    run: (call) => {
      const { organisation } = call.world
      authorise(organisation, call.caller, { action: `organizations:${name}`, resource: '*', context: {} })
      const trusted = [organisation.managementAccount, ...organisation.delegated].includes(call.caller.account)
      if (!trusted && name !== 'DescribeOrganization')
        throw new AwsError('AccessDeniedException', "You don't have permissions to access this resource.")
      return run(call)
    },
  }
}

function lowerFirst(input: Input): Input {
  return Object.fromEntries(
    Object.entries(input).map(([key, value]) => [key.charAt(0).toLowerCase() + key.slice(1), value]),
  )
}

function parentOf({ input, world: { organisation } }: Call): string {
  const parent = input['ParentId']
  const known = [organisation.rootId, ...organisation.units.map(({ id }) => id)].find((id) => id === parent)
  if (known === undefined)
    throw new AwsError('ParentNotFoundException', "We can't find a root or OU with the ParentId that you specified.")
  return known
}

function page({ world, input }: Call, name: string, all: readonly unknown[]): Result {
  const { NextToken, MaxResults, ...question } = input
  const size = MaxResults ?? PAGE_MAX
  if (typeof size !== 'number' || size < 1 || size > PAGE_MAX)
    throw new AwsError('InvalidInputException', 'You specified an invalid value for MaxResults.')
  const key = JSON.stringify([name, question])
  const from = NextToken === undefined ? 0 : openToken(world.secret, String(NextToken), key)
  if (typeof from !== 'number') throw new AwsError('InvalidInputException', 'You specified an invalid NextToken.')
  const next = from + size < all.length ? { NextToken: sealToken(world.secret, from + size, key) } : {}
  return { body: JSON.stringify({ [name]: all.slice(from, from + size), ...next }) }
}

/** 2023-11-14T22:13:20Z: when each account joined. Seconds since 1970. */
const JOINED = 1_700_000_000

function shownAccount(organisation: Organisation, { id, email, name, status }: Account): unknown {
  return {
    Id: id,
    Arn: accountArn(organisation, id),
    Email: email,
    Name: name,
    Status: status,
    State: status,
    JoinedMethod: 'CREATED',
    JoinedTimestamp: JOINED,
  }
}

function shownUnit(organisation: Organisation, { id, name }: Unit): unknown {
  return { Id: id, Arn: arn(organisation, 'ou', `${organisation.id}/${id}`), Name: name }
}

function accountArn(organisation: Organisation, id: string): string {
  return arn(organisation, 'account', `${organisation.id}/${id}`)
}

function arn({ managementAccount }: Organisation, kind: string, rest: string): string {
  return `arn:aws:organizations::${managementAccount}:${kind}/${rest}`
}
