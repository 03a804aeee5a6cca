import { authorise, denied } from '../authorise.ts'
import type { Call, Input, Operation, Result, Service } from '../call.ts'
import { AwsError } from '../errors.ts'
import { openToken, sealToken } from '../nextToken.ts'
import { accountOf, isEnabled } from '../organisation/organisation.ts'
import { DEFAULT_REGIONS, OPT_IN_REGIONS } from '../organisation/regions.ts'

/** AWS: Account Management API reference, ListRegions. */
const PAGE_MAX = 50

const listRegions: Operation = {
  eventSource: 'account.amazonaws.com',
  eventName: 'ListRegions',
  readOnly: true,
  global: true,
  logged: (input) => (Object.keys(input).length === 0 ? null : input),
  run: (call) => {
    const account = targetOf(call)
    authorise(call.world.organisation, call.caller, {
      action: 'account:ListRegions',
      resource: `arn:aws:account::${account}:account`,
      context: { 'aws:RequestedRegion': call.region },
    })
    return list(call, account)
  },
}

export const account: Service = { protocol: 'rest-json', operations: { ListRegions: listRegions } }

/** Only the management account and delegated administrators may name another account. */
function targetOf({ world: { organisation }, caller, input }: Call): string {
  const asked = input['AccountId']
  if (asked === undefined) return caller.account
  const trusted = [organisation.managementAccount, ...organisation.delegated].includes(caller.account)
  if (typeof asked !== 'string' || !trusted || accountOf(organisation, asked) === undefined)
    throw denied(caller, { action: 'account:ListRegions', resource: `arn:aws:account::${String(asked)}:account` })
  return asked
}

function list({ world, input }: Call, id: string): Result {
  const size = pageSize(input)
  const { NextToken, ...question } = input
  const from = NextToken === undefined ? 0 : openToken(world.secret, String(NextToken), JSON.stringify(question))
  if (typeof from !== 'number') throw new AwsError('ValidationException', 'The NextToken is not valid.')
  const wanted = input['RegionOptStatusContains']
  const all = [...DEFAULT_REGIONS, ...OPT_IN_REGIONS]
    .sort()
    .map((RegionName) => ({ RegionName, RegionOptStatus: statusOf(world.organisation, id, RegionName) }))
    .filter(({ RegionOptStatus }) => !Array.isArray(wanted) || wanted.includes(RegionOptStatus))
  const more = from + size < all.length
  const next = more ? { NextToken: sealToken(world.secret, from + size, JSON.stringify(question)) } : {}
  return { body: JSON.stringify({ Regions: all.slice(from, from + size), ...next }) }
}

function statusOf(organisation: Call['world']['organisation'], id: string, region: string): string {
  if (DEFAULT_REGIONS.includes(region)) return 'ENABLED_BY_DEFAULT'
  return isEnabled(organisation, id, region) ? 'ENABLED' : 'DISABLED'
}

function pageSize({ MaxResults }: Input): number {
  if (MaxResults === undefined) return PAGE_MAX
  if (typeof MaxResults === 'number' && MaxResults >= 1 && MaxResults <= PAGE_MAX) return MaxResults
  throw new AwsError('ValidationException', 'MaxResults must be between 1 and 50.')
}
