import { randomUUID } from 'node:crypto'
import { accountOfKeyByAws, callerIdentity, organisationAccounts } from './adapters/aws/accounts.ts'
import { callerKeys } from './adapters/aws/caller.ts'
import { assumedSessions, callerSessions, type Sessions, type Transport, transport } from './adapters/aws/sessions.ts'
import type { Env, Settings } from './config.ts'
import { isAwsFault } from './domain/fault.ts'
import type { Grant } from './domain/policy/grant.ts'
import type { Person } from './domain/policy/person.ts'
import { tierOf } from './domain/policy/tier.ts'
import type { Query } from './domain/query/query.ts'
import { type Inventory, mergeInventory } from './domain/request/inventory.ts'
import { globalRegion, type Partition, partitionOfRegion } from './domain/request/regions.ts'
import { addressLabels } from './domain/result/addressLabels.ts'
import type { Answer } from './domain/result/answer.ts'
import { runbookKey } from './domain/result/objects.ts'
import type { Runbook } from './domain/runbook/runbook.ts'
import { type Desk, readingDeps } from './localReading.ts'
import { retried } from './retried.ts'
import { ISSUER, RUN_AUDIENCE } from './usecases/mint.ts'
import { runHere } from './usecases/runHere.ts'

/** AWS read from this process with the caller's own credentials: no Slack, no queue, no token. */
export type Local = {
  /** Whose credentials these are. */
  readonly caller: { readonly account: string; readonly arn: string }
  /** The accounts of ctq.yml, if there is one, and the caller's own. */
  readonly inventory: Inventory
  /** What `account=all` means: the caller's own account only when it is listed, or when no other is known. */
  readonly all: Inventory
  /** Only the caller's own account can be read: there is no reader role to assume. */
  readonly ownAccountOnly: boolean
  /** Why the organisation's accounts are not known: a question that means all of them would leave some out. */
  readonly unlisted?: string
  /** What people call an address, by ctq.yml. */
  readonly addressLabel: (address: string) => string | undefined
  readonly accountOfKey: (accessKeyId: string) => Promise<string | null>
  /** Reads a question to its end, or until it is cancelled. */
  readonly read: (query: Query, runbook: Runbook, desk: Desk) => Promise<Answer>
  readonly close: () => void
}

/** The AWS CLI's variable, which the JavaScript SDK does not read. */
const CLI_REGION = 'AWS_DEFAULT_REGION'
/** LookupEvents allows two calls a second per account and Region (API reference). */
const PACE_MS = 505
/** The caller's own credentials bound what is read and for how long; the grant only has to outlive the run. */
const GRANT_SECONDS = 7 * 86_400

/** Finds out whose credentials are in use and which accounts they may read. Throws an AwsFault. */
export async function openLocal(settings: Settings | undefined, env: Env): Promise<Local> {
  const shared = transport()
  const keys = callerKeys(shared, 'us-east-1')
  const region = settings?.aws.homeRegion ?? (await keys.region()) ?? env[CLI_REGION] ?? globalRegion('aws')
  const caller = await retried(() => callerIdentity(region, shared))
  const found = await inventoryOf(settings, caller, region, shared)
  const account = (id: string): Inventory['accounts'][number] | undefined =>
    found.inventory.accounts.find((one) => one.id === id)
  const own = callerSessions({ account: caller.account, provider: keys.credentials })
  const sessions = settings === undefined ? own : readersOr(own, caller, settings, account, shared)
  const accountOfKey = accountOfKeyByAws(region, shared)
  const addressLabel = addressLabels(settings?.addresses ?? [])
  return {
    caller,
    ...found,
    ownAccountOnly: settings === undefined,
    addressLabel,
    accountOfKey: async (key) => (await retried(() => accountOfKey(key))) ?? null,
    read: async (query, runbook, desk) => {
      await desk.objects.create(runbookKey(runbook.digest), runbook.text)
      const grant = grantOf(query, runbook, desk, caller, found.inventory)
      const paceMs = settings?.aws.paceMs ?? PACE_MS
      const own = { arn: caller.arn, readerRole: settings?.aws.readerRole ?? 'ctq-reader' }
      const source = { sessions, shared, region, paceMs, account, addressLabel, own }
      const deps = readingDeps(grant, desk, found.inventory, source)
      return await runHere({ token: 'local', run: desk.run }, deps)
    },
    close: () => {
      shared.httpAgent.destroy()
      shared.httpsAgent.destroy()
    },
  }
}

async function inventoryOf(
  settings: Settings | undefined,
  caller: Local['caller'],
  region: string,
  shared: Transport,
): Promise<Pick<Local, 'inventory' | 'all' | 'unlisted'>> {
  const partition = partitionOf(caller.arn)
  const mine = { id: caller.account, name: '', groups: [], unit: '', closed: false, partition }
  const { all, ...rest } = await listed(settings, region, shared)
  const isListed = all.accounts.some(({ id }) => id === caller.account)
  const inventory = isListed ? all : { ...all, accounts: [...all.accounts, mine] }
  return { inventory, all: all.accounts.length === 0 ? inventory : all, ...rest }
}

async function listed(
  settings: Settings | undefined,
  region: string,
  shared: Transport,
): Promise<Pick<Local, 'all' | 'unlisted'>> {
  const all = settings?.inventory ?? { accounts: [], regions: [] }
  if (settings?.inventory.from !== 'organizations') return { all }
  try {
    const accounts = await retried(() => organisationAccounts(region, shared))
    return { all: mergeInventory(all, accounts, partitionOfRegion(region)) }
  } catch (error) {
    if (!isAwsFault(error)) throw error
    return { all, unlisted: `The organisation's accounts could not be listed (${error.detail})` }
  }
}

function partitionOf(arn: string): Partition {
  const name = arn.split(':')[1]
  return name === 'aws-cn' || name === 'aws-us-gov' ? name : 'aws'
}

/** The caller's own account by the caller's keys, every other by its reader role. */
function readersOr(
  own: Sessions,
  caller: Local['caller'],
  settings: Settings,
  account: (id: string) => Inventory['accounts'][number] | undefined,
  shared: Transport,
): Sessions {
  const { readerRole, homeRegion } = settings.aws
  const roleArn = (id: string): string => `arn:${account(id)?.partition ?? 'aws'}:iam::${id}:role/${readerRole}`
  const assumed = assumedSessions({ roleArn, region: homeRegion, transport: shared, now: () => new Date() })
  return (reading, refresh) => (reading.account === caller.account ? own : assumed)(reading, refresh)
}

/** Who asks at a terminal: AWS's name for the credentials. Roles that are assumed for them carry it as their source identity. */
export function personAtTerminal(arn: string): Person {
  return { team: 'terminal', user: arn.split(/[:/]/).at(-1) || 'unknown' }
}

function grantOf(query: Query, runbook: Runbook, desk: Desk, caller: Local['caller'], inventory: Inventory): Grant {
  const askedAt = Math.floor(desk.askedAt.getTime() / 1000)
  const person = personAtTerminal(caller.arn)
  return {
    iss: ISSUER,
    aud: RUN_AUDIENCE,
    sub: `${person.team}.${person.user}`,
    jti: randomUUID(),
    iat: askedAt,
    nbf: askedAt,
    exp: askedAt + GRANT_SECONDS,
    run: desk.run,
    person,
    role: 'local',
    tier: tierOf(query, runbook, [], inventory).tier,
    basis: { kind: 'policy', policy: 'local' },
    query,
    to: { kind: 'sink', name: 'terminal' },
    deliverBy: askedAt + GRANT_SECONDS,
    askedAt,
  }
}

/** Why one of these accounts cannot be read from here, before anything is read; undefined when nothing stands against it. */
export function whyUnreadable(accounts: readonly string[], local: Local): string | undefined {
  const [first, ...others] = local.ownAccountOnly ? accounts.filter((id) => id !== local.caller.account) : []
  if (first === undefined) return undefined
  const more = others.length === 0 ? '' : ` and ${others.length} more`
  return `Your credentials are for account ${local.caller.account}, and there is no role to read ${first}${more} with. Use credentials of that account (AWS_PROFILE), or name it and a reader role in ctq.yml (--config FILE).`
}
