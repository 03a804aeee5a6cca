import type { TestContext } from 'node:test'
import type { AuditStep } from '../../src/domain/audit/step.ts'
import { err, ok } from '../../src/domain/outcome.ts'
import type { Grant } from '../../src/domain/policy/grant.ts'
import { iso, type Plan } from '../../src/domain/query/plan.ts'
import type { Query } from '../../src/domain/query/query.ts'
import { type Objects, runbookKey } from '../../src/domain/result/objects.ts'
import type { Runbook } from '../../src/domain/runbook/runbook.ts'
import { allowedRunbooks, matcherOf } from '../../src/usecases/allowed.ts'
import type { AuthorityDeps } from '../../src/usecases/authority.ts'
import { makePlan } from '../../src/usecases/planRun.ts'
import { planOf } from '../../src/usecases/plans.ts'
import type { LookedUp } from '../../src/usecases/readChain.ts'
import type { PartJob, ReadPartDeps, ReadPlace } from '../../src/usecases/readPart.ts'
import type { RunDeps } from '../../src/usecases/runRun.ts'
import { runbookOf } from '../runbook/builders.ts'
import { RUN } from '../support/answers.ts'
import { aStore } from './chains.ts'
import { type History, historyOf, NOON } from './history.ts'

export const PAYMENTS = '111122223333'
export const WEB = '222233334444'

/** Everything of one hour, in three columns. */
export const RUNBOOK: Runbook = runbookOf({ match: '{ field: eventSource, exists: true }', group: '[eventName]' })

export const QUERY: Query = {
  runbook: { name: RUNBOOK.name, digest: RUNBOOK.digest },
  parameters: {},
  accounts: [PAYMENTS],
  regions: ['eu-west-1'],
  engines: ['lookup'],
  limit: 1_000,
  window: { since: iso(NOON), until: iso(NOON + 3600) },
}

/** A grant of half an hour, asked as the window ended. */
export function aGrant(changes: Partial<Grant> = {}): Grant {
  const at = NOON + 3600
  return {
    iss: 'ctq',
    aud: 'ctq-worker',
    sub: 'T1.UALICE',
    jti: 'jti-1',
    iat: at,
    nbf: at,
    exp: at + 1800,
    run: RUN,
    person: { team: 'T1', user: 'UALICE' },
    role: 'responder',
    tier: 'open',
    basis: { kind: 'policy', policy: 'p'.repeat(64) },
    query: QUERY,
    to: { kind: 'slack', team: 'T1', channel: 'C1' },
    deliverBy: at + 86_400,
    askedAt: at,
    ...changes,
  }
}

/** Where records are: by account and Region. */
export type Places = { readonly [place: string]: readonly LookedUp[] }

export type Rig = {
  readonly deps: ReadPartDeps & RunDeps
  readonly objects: Objects
  /** Seconds since 1970; sleeping moves it on. */
  readonly clock: { now: number }
  /** What each token allows; anything else is no token. */
  readonly tokens: Map<string, Grant>
  readonly steps: AuditStep[]
  readonly heard: {
    readonly places: ReadPlace[]
    readonly progress: number[]
    readonly delivered: string[]
    readonly planned: number[]
    readonly renewals: string[]
    readonly added: PartJob[]
  }
  readonly histories: Map<string, History>
  readonly cancelled: Set<string>
}

/** Everything that reading works with, real but for the clock, the tokens and AWS. The token `good` holds the grant. */
export async function aReading(
  t: Pick<TestContext, 'after'>,
  parts: {
    readonly grant?: Grant
    readonly places?: Places
    readonly pageSize?: number
    readonly runbook?: Runbook
  } = {},
): Promise<Rig> {
  const { grant = aGrant(), places = {}, runbook = RUNBOOK } = parts
  const objects = await aStore(t)
  await objects.create(runbookKey(runbook.digest), runbook.text)
  const clock = { now: grant.iat }
  const tokens = new Map([['good', grant]])
  const steps: AuditStep[] = []
  const cancelled = new Set<string>()
  const histories = new Map<string, History>()
  const historyAt = (account: string, region: string): History => {
    const key = `${account} ${region}`
    const found = histories.get(key) ?? historyOf(places[key] ?? [], parts.pageSize ?? 3)
    histories.set(key, found)
    return found
  }
  const heard: Rig['heard'] = { places: [], progress: [], delivered: [], planned: [], renewals: [], added: [] }
  const allowed = allowedRunbooks(objects, () => [PAYMENTS, WEB])
  const now = (): Date => new Date(clock.now * 1000)
  const deps: Rig['deps'] = {
    objects,
    now,
    ...authorityDeps(tokens, now, heard.renewals),
    allowed,
    matcher: matcherOf(allowed),
    lookup: (place) => async (ask, token) => {
      heard.places.push(place)
      return await historyAt(place.account, place.region).lookup(ask, token)
    },
    pace: async () => ({ kind: 'go' }),
    paced: async () => undefined,
    cancelled: async (run) => cancelled.has(run),
    stopping: () => false,
    planOf: (run) => planOf(run, objects),
    othersWait: async () => false,
    progress: async (_run, _token, page) => {
      heard.progress.push(page.records)
    },
    audit: async (step) => {
      steps.push(step)
    },
    sleep: async (ms) => {
      clock.now += ms / 1000
    },
    random: () => 0.5,
    enabledRegions: async () => ['eu-west-1', 'us-east-1'],
    isClosed: () => false,
    accountName: (id) => (id === PAYMENTS ? 'prod-payments' : undefined),
    addressLabel: () => undefined,
    addParts: async (token, run, added) => {
      heard.added.push(...added.map((place) => ({ ...place, token, run })))
    },
    planned: async (_run, { parts }) => {
      heard.planned.push(parts)
    },
    deliver: async (_run, token, want) => {
      heard.delivered.push(`${want} by ${token}`)
    },
  }
  return { deps, objects, clock, tokens, steps, heard, histories, cancelled }
}

function authorityDeps(
  tokens: ReadonlyMap<string, Grant>,
  now: () => Date,
  renewals: string[],
): Pick<AuthorityDeps, 'verify' | 'verifyExpired' | 'basisFault' | 'renew'> {
  const find: AuthorityDeps['verifyExpired'] = async (token) => {
    const grant = tokens.get(token)
    return grant === undefined ? err({ code: 'invalid', why: 'signature' }) : ok(grant)
  }
  return {
    verifyExpired: find,
    basisFault: async () => undefined,
    verify: async (token, run) => {
      const found = await find(token, run)
      return found.ok && found.value.exp <= now().getTime() / 1000 ? err({ code: 'expired', why: 'expired' }) : found
    },
    renew: async (token) => {
      renewals.push(token)
      return { kind: 'refused' }
    },
  }
}

/** Makes the plan of the rig's run, as its run job does. */
export async function planned(rig: Rig, token = 'good'): Promise<Plan> {
  const grant = rig.tokens.get(token)
  const allowed = grant === undefined ? undefined : await rig.deps.allowed(grant)
  if (grant === undefined || allowed === undefined) throw new Error('nothing is allowed')
  return await makePlan(grant, allowed, rig.deps)
}

/** The job of one part of the rig's run. */
export function aPart(changes: Partial<PartJob> = {}): PartJob {
  return { token: 'good', run: RUN, account: PAYMENTS, region: 'eu-west-1', ...changes }
}

export async function readJson<T>(key: string, objects: Objects): Promise<T | undefined> {
  const bytes = await objects.read(key)
  return bytes === undefined ? undefined : (JSON.parse(bytes.toString('utf8')) as T)
}
