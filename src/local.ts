import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { accountOfKeyByAws, callerIdentity, enabledRegions, organisationAccounts } from './adapters/aws/accounts.ts'
import { callerKeys } from './adapters/aws/caller.ts'
import { lookupEvents } from './adapters/aws/lookup.ts'
import { assumedSessions, callerSessions, type Sessions, type Transport, transport } from './adapters/aws/sessions.ts'
import { localPacer } from './adapters/memory/pacer.ts'
import type { Env, Settings } from './config.ts'
import { type AwsFault, isAwsFault } from './domain/fault.ts'
import { ok, type Result } from './domain/outcome.ts'
import type { Grant } from './domain/policy/grant.ts'
import type { Person } from './domain/policy/person.ts'
import { tierOf } from './domain/policy/tier.ts'
import type { Query } from './domain/query/query.ts'
import type { Inventory } from './domain/request/inventory.ts'
import { mergeInventory } from './domain/request/inventory.ts'
import { globalRegion, type Partition, partitionOfRegion } from './domain/request/regions.ts'
import type { Answer, Progress } from './domain/result/answer.ts'
import { type Objects, runbookKey } from './domain/result/objects.ts'
import type { Runbook } from './domain/runbook/runbook.ts'
import { allowedRunbooks } from './usecases/allowed.ts'
import { ISSUER, RUN_AUDIENCE } from './usecases/mint.ts'
import { type HereDeps, runHere } from './usecases/runHere.ts'

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
  /** What could not be found out and matters little, for the person. */
  readonly warnings: readonly string[]
  readonly accountOfKey: (accessKeyId: string) => Promise<string | null>
  /** Reads a question to its end, or until `cancel` is called. */
  readonly read: (query: Query, runbook: Runbook, desk: Desk) => Promise<Answer>
  readonly close: () => void
}

/** What a run needs of whoever started it. */
export type Desk = {
  readonly run: string
  readonly askedAt: Date
  /** Where its pages, CSV and answer go. */
  readonly objects: Objects
  readonly cancelled: AbortSignal
  readonly progress: (progress: Progress) => void
}

/** The AWS CLI's variable, which the JavaScript SDK does not read. */
const CLI_REGION = 'AWS_DEFAULT_REGION'
/** LookupEvents allows two calls a second per account and Region (API reference). */
const PACE_MS = 505
/** The caller's own credentials bound what is read and for how long; the grant only has to outlive the run. */
const GRANT_SECONDS = 7 * 86_400
/** Tries of a call that is not part of reading pages, such as listing Regions. */
const TRIES = 5

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
  return {
    caller,
    ...found,
    ownAccountOnly: settings === undefined,
    accountOfKey: async (key) => (await retried(() => accountOfKey(key))) ?? null,
    read: async (query, runbook, desk) => {
      await desk.objects.create(runbookKey(runbook.digest), runbook.text)
      const grant = grantOf(query, runbook, desk, caller, found.inventory)
      const source = { sessions, shared, region, paceMs: settings?.aws.paceMs ?? PACE_MS, account }
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
): Promise<Pick<Local, 'inventory' | 'all' | 'warnings'>> {
  const partition = partitionOf(caller.arn)
  const mine = { id: caller.account, name: '', groups: [], unit: '', closed: false, partition }
  const { all, warnings } = await listed(settings, region, shared)
  const isListed = all.accounts.some(({ id }) => id === caller.account)
  const inventory = isListed ? all : { ...all, accounts: [...all.accounts, mine] }
  return { inventory, all: all.accounts.length === 0 ? inventory : all, warnings }
}

async function listed(
  settings: Settings | undefined,
  region: string,
  shared: Transport,
): Promise<Pick<Local, 'all' | 'warnings'>> {
  const all = settings?.inventory ?? { accounts: [], regions: [] }
  if (settings?.inventory.from !== 'organizations') return { all, warnings: [] }
  try {
    const accounts = await retried(() => organisationAccounts(region, shared))
    return { all: mergeInventory(all, accounts, partitionOfRegion(region)), warnings: [] }
  } catch (error) {
    if (!isAwsFault(error)) throw error
    const warning = `The organisation's accounts could not be listed (${error.detail}); only those in ctq.yml are known.`
    return { all, warnings: [warning] }
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

type Source = {
  readonly sessions: Sessions
  readonly shared: Transport
  readonly region: string
  readonly paceMs: number
  readonly account: (id: string) => Inventory['accounts'][number] | undefined
}

function readingDeps(grant: Grant, desk: Desk, inventory: Inventory, source: Source): HereDeps {
  const { objects, cancelled } = desk
  const lookup = lookupEvents(source.sessions, source.shared)
  const regions = enabledRegions(source.sessions, source.shared, source.region)
  const pacer = localPacer(source.paceMs, () => performance.now())
  const allowed = allowedRunbooks(objects, () => inventory.accounts.map(({ id }) => id))
  const verified = async (): Promise<Result<Grant, never>> => ok(grant)
  const sleep = (ms: number): Promise<void> => delay(ms, undefined, { signal: cancelled }).catch(() => undefined)
  const counter = counted(desk.progress)
  return {
    objects,
    now: () => new Date(),
    // The caller's own trail records each call; there is no other place to write to.
    audit: async () => undefined,
    verify: verified,
    verifyExpired: verified,
    renew: async () => undefined,
    allowed,
    matcher: async (asked) => (await allowed(asked))?.matches,
    enabledRegions: (id, person) => retried(() => regions(id, person), sleep),
    isClosed: (id) => source.account(id)?.closed === true,
    accountName: (id) => source.account(id)?.name || undefined,
    planned: async (_run, parts) => counter.planned(parts),
    partEnded: () => counter.partEnded(),
    progress: async (_run, _token, page) => counter.page(page),
    cancelled: async () => cancelled.aborted,
    stopping: () => false,
    othersWait: async () => false,
    lookup: (place) => (ask, token) => unlessCancelled(lookup(place, ask, token), cancelled),
    pace: async (_run, id, region) => {
      await sleep(pacer.reserve(id, region))
      return { kind: 'go' }
    },
    paced: async (id, region, how) => pacer[how](id, region),
    sleep,
    random: Math.random,
  }
}

function counted(tell: (progress: Progress) => void) {
  let at: Progress = { pages: 0, records: 0, matched: 0, parts: { done: 0, total: 0 } }
  const set = (next: Partial<Progress>): void => {
    at = { ...at, ...next }
    tell(at)
  }
  return {
    planned: (total: number) => set({ parts: { done: 0, total } }),
    partEnded: () => set({ parts: { ...at.parts, done: at.parts.done + 1 } }),
    page: ({ records, matched }: { readonly records: number; readonly matched: number }) =>
      set({ pages: at.pages + 1, records: at.records + records, matched: at.matched + matched }),
  }
}

/** Stops waiting for a page when the run is cancelled: the chain then sees that it must stop. The page was not kept, so nothing is lost. */
async function unlessCancelled<T>(page: Promise<T>, cancelled: AbortSignal): Promise<T> {
  const watch = new AbortController()
  const given = { signal: watch.signal, once: true }
  try {
    return await Promise.race([
      page,
      new Promise<never>((_, reject) => {
        const giveUp = (): void => reject(fault('cancelled', 'transient'))
        if (cancelled.aborted) giveUp()
        else cancelled.addEventListener('abort', giveUp, given)
      }),
    ])
  } finally {
    watch.abort()
  }
}

function fault(detail: string, code: AwsFault['code']): AwsFault {
  return Object.assign(new Error(detail), { fault: 'aws' as const, code, detail })
}

/** Repeats a call that failed in a way that may pass, a few times with growing pauses. */
async function retried<T>(
  call: () => Promise<T>,
  sleep: (ms: number) => Promise<unknown> = (ms) => delay(ms),
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await call()
    } catch (error) {
      if (!isAwsFault(error) || (error.code !== 'transient' && error.code !== 'throttled') || tries >= TRIES)
        throw error
      await sleep(250 * 2 ** tries * Math.random())
    }
  }
}

/** Why one of these accounts cannot be read from here, before anything is read; undefined when nothing stands against it. */
export function whyUnreadable(accounts: readonly string[], local: Local): string | undefined {
  const [first, ...others] = local.ownAccountOnly ? accounts.filter((id) => id !== local.caller.account) : []
  if (first === undefined) return undefined
  const more = others.length === 0 ? '' : ` and ${others.length} more`
  return `Your credentials are for account ${local.caller.account}, and there is no role to read ${first}${more} with. Use credentials of that account (AWS_PROFILE), or name it and a reader role in ctq.yml (--config FILE).`
}
