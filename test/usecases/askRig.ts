import type { TestContext } from 'node:test'
import type { AuditStep } from '../../src/domain/audit/step.ts'
import { err, ok } from '../../src/domain/outcome.ts'
import { mayHold, withholds } from '../../src/domain/policy/answers.ts'
import type { Approval } from '../../src/domain/policy/approval.ts'
import type { Candidate } from '../../src/domain/policy/approvers.ts'
import type { SignedAsk } from '../../src/domain/policy/ask.ts'
import type { Grant } from '../../src/domain/policy/grant.ts'
import type { Investigation } from '../../src/domain/policy/investigation.ts'
import type { PersonFacts, PlaceFacts } from '../../src/domain/policy/person.ts'
import type { Policy } from '../../src/domain/policy/policy.ts'
import { mayCancel } from '../../src/domain/policy/roles.ts'
import type { Objects } from '../../src/domain/result/objects.ts'
import type { Library } from '../../src/domain/runbook/runbook.ts'
import { allowedRunbooks } from '../../src/usecases/allowed.ts'
import type { CancelDeps } from '../../src/usecases/cancelRun.ts'
import type { HoldDeps } from '../../src/usecases/holdRun.ts'
import type { RenewDeps } from '../../src/usecases/renewGrant.ts'
import type { RequestDeps } from '../../src/usecases/requestRun.ts'
import type { StoredDeps } from '../../src/usecases/storedRuns.ts'
import { runbookOf } from '../runbook/builders.ts'
import { RUN } from '../support/answers.ts'
import { anApproval } from '../support/approvals.ts'
import { aPerson, aPlace, aPolicy, aRole, INVENTORY, NOW } from '../support/askFacts.ts'
import { aLibrary } from '../support/askRunbooks.ts'
import { aStore } from './chains.ts'

/** By access key, as people ask first. */
export const KEY_ACTIVITY = runbookOf({
  name: 'key-activity',
  aliases: '[key]',
  match: '{ field: userIdentity.accessKeyId, equals: $accessKeyId }',
  parameters: '{ accessKeyId: { type: accessKeyId, example: AKIAIOSFODNN7EXAMPLE, help: an access key id } }',
})
/** Wants a reason of whoever is not on the incident. */
export const SECRETS_READ = runbookOf({ name: 'secrets-read', tier: 'sensitive' })

export const ALICE = { team: 'T1', user: 'UALICE' }
export const BOB = { team: 'T1', user: 'UBOB' }

export type Allowances = {
  readonly grants: Map<string, Grant>
  readonly people: Map<string, PersonFacts>
  place: PlaceFacts
  policy: Policy
  /** Who could approve something. */
  approvers: readonly Candidate[]
  /** Those that are open. */
  investigations: readonly Investigation[]
  /** The review that is overdue, if one is. */
  overdue: { readonly overdue?: string }
  /** What asking for an approval gives. */
  approval: Approval
}

export type AskRig = {
  readonly deps: RequestDeps &
    RenewDeps &
    CancelDeps &
    Pick<StoredDeps & HoldDeps, 'recent' | 'accountName' | 'mayHold' | 'withholds'> & {
      readonly answerApproval: () => Promise<undefined>
      readonly onGrant: (command: { readonly kind: string }) => Promise<string>
      readonly onReview: (command: { readonly kind: string }) => Promise<string>
    }
  readonly objects: Objects
  readonly library: Library
  readonly steps: AuditStep[]
  /** Seconds since 1970. */
  readonly clock: { now: number }
  readonly facts: Allowances
  readonly heard: {
    readonly queued: string[]
    readonly status: string[]
    readonly remembered: string[]
    readonly cancelled: string[]
    readonly revoked: string[]
    readonly keysAsked: string[]
    readonly approvals: string[]
    /** Words and reasons of what did not wait for approval. */
    readonly broken: string[]
  }
  readonly claims: Map<string, string>
}

/** Everything that asking works with: tokens are a map, Slack's and AWS's facts what the test says. Alice and Bob are responders. */
export async function anAsking(t: Pick<TestContext, 'after'>): Promise<AskRig> {
  const objects = await aStore(t)
  const library = aLibrary(KEY_ACTIVITY, SECRETS_READ)
  const steps: AuditStep[] = []
  const clock = { now: NOW.getTime() / 1000 }
  const heard: AskRig['heard'] = {
    queued: [],
    status: [],
    remembered: [],
    cancelled: [],
    revoked: [],
    keysAsked: [],
    approvals: [],
    broken: [],
  }
  const claims = new Map<string, string>()
  const facts: Allowances = {
    grants: new Map(),
    people: new Map([ALICE, BOB].map((person) => [person.user, aPerson({ person, name: person.user.toLowerCase() })])),
    place: aPlace({ channel: 'C1' }),
    approvers: [],
    investigations: [],
    overdue: {},
    approval: anApproval(),
    policy: aPolicy({ roles: [aRole({ members: { persons: [ALICE, BOB], groups: [], emails: [], onCall: [] } })] }),
  }
  let ids = 0
  const now = (): Date => new Date(clock.now * 1000)
  const deps: AskRig['deps'] = {
    objects,
    library,
    now,
    get policy() {
      return facts.policy
    },
    inventory: () => INVENTORY,
    rows: 1_000,
    times: { token: 900, run: 6 * 3600, delivery: 12 * 3600 },
    newId: () => {
      ids += 1
      return `jti-${ids}`
    },
    sign: async (grant) => {
      facts.grants.set(`token-${grant.jti}`, grant)
      return `token-${grant.jti}`
    },
    verifyExpired: async (token) => {
      const grant = facts.grants.get(token)
      return grant === undefined ? err({ code: 'invalid', why: 'signature' }) : ok(grant)
    },
    basisFault: async () => undefined,
    verifyRequest: async () => err({ code: 'invalid', why: 'signature' }),
    verifyClick: async () => err({ code: 'invalid', why: 'signature' }),
    audit: async (step) => {
      steps.push(step)
    },
    personFacts: async ({ user }) => facts.people.get(user) ?? aPerson({ person: { team: 'T1', user } }),
    approvers: async () => facts.approvers,
    askApproval: async ({ run, words, reason }, alone) => {
      heard.approvals.push(`${run} ${words} ${alone ?? ''}`)
      return reason === undefined ? err({ code: 'reason_needed', least: 10 }) : ok(facts.approval)
    },
    answerApproval: async () => undefined,
    onGrant: async ({ kind }) => kind,
    onReview: async ({ kind }) => kind,
    glass: async (_person, reason) => ({ reason, ...facts.overdue }),
    breakGlass: async ({ run, words, reason }) => {
      heard.broken.push(`${words} ${reason}`)
      return { kind: 'break_glass', policy: facts.policy.digest, review: run, reason }
    },
    investigations: async () => facts.investigations,
    placeFacts: async (place) => ({ ...facts.place, channel: place.channel }),
    accountOfKey: async (key) => {
      heard.keysAsked.push(key)
      return null
    },
    join: async (question, run) => {
      const holder = claims.get(question) ?? run
      claims.set(question, holder)
      return holder
    },
    leave: async (question, run) => {
      if (claims.get(question) === run) claims.delete(question)
    },
    enqueue: async (run, token) => {
      heard.queued.push(`${run} ${token}`)
    },
    status: async (run, token) => {
      heard.status.push(`${run} ${token}`)
    },
    remember: async ({ user }, run) => {
      heard.remembered.push(`${user} ${run}`)
    },
    allowed: allowedRunbooks(objects, () => INVENTORY.accounts.map(({ id }) => id)),
    mayCancel: (by, asker) => mayCancel(by, asker, facts.policy),
    showEstimate: async (run) => {
      heard.status.push(`estimate ${run}`)
    },
    paceMs: 1,
    recent: async () => [RUN],
    withholds: (grant) => withholds(grant, facts.policy),
    revoke: async ({ run }, token, { by }) => {
      heard.revoked.push(`${run} ${token} ${by}`)
    },
    accountName: () => undefined,
    mayHold: (person) => mayHold(person, facts.policy),
    cancel: async (run, token) => {
      heard.cancelled.push(`${run} ${token}`)
    },
  }
  return { deps, objects, library, steps, clock, facts, heard, claims }
}

/** An ask of Alice's, as the bot signed it. */
export function anAsk(text: string, changes: Partial<SignedAsk> = {}): SignedAsk {
  const iat = NOW.getTime() / 1000
  return {
    iss: 'ctq',
    aud: 'ctq-bot',
    sub: 'T1.UALICE',
    jti: 'ask-1',
    iat,
    nbf: iat,
    exp: iat + 900,
    run: RUN,
    text,
    person: ALICE,
    channel: 'C1',
    entry: 'command',
    ...changes,
  }
}
