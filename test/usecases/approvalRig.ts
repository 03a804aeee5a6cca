import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { newKey } from '../../src/adapters/jose/keys.ts'
import { localKeys, signer } from '../../src/adapters/jose/tokens.ts'
import { fileObjects } from '../../src/adapters/resultStore/file.ts'
import { packageRoot } from '../../src/commands/root.ts'
import type { AuditStep } from '../../src/domain/audit/step.ts'
import { decide, type NeedsApproval } from '../../src/domain/policy/decide.ts'
import type { Person, PersonFacts } from '../../src/domain/policy/person.ts'
import type { Policy } from '../../src/domain/policy/policy.ts'
import type { Objects } from '../../src/domain/result/objects.ts'
import { parseRunbook } from '../../src/domain/runbook/parse.ts'
import { APPROVAL_TOKEN, approvalReaders, CLICK_TOKEN, RUN_TOKEN } from '../../src/tokens.ts'
import { readApproval } from '../../src/usecases/approvalLog.ts'
import { type ApprovalDeps, type Asking, decideApproval } from '../../src/usecases/approvals.ts'
import type { ApprovedRunDeps } from '../../src/usecases/approvedRun.ts'
import { ALICE, approvalPolicy } from '../policy/rows.ts'
import { aPerson, aPlace, aQuery, INVENTORY, NOW } from '../support/askFacts.ts'
import { scratch } from '../support/here.ts'

export const RUN = '1f0c9a2e-5d4b-4a53-9d5e-0c7a2b1d3e4f'
export const T0 = NOW.getTime() / 1000
export const TEXT = await readFile(join(packageRoot(), 'runbooks', 'iam-persistence.yaml'), 'utf8')
const parsed = parseRunbook(TEXT, 'iam-persistence.yaml').runbook
if (parsed === undefined) throw new Error('the shipped runbook cannot be read')
export const RUNBOOK = parsed
export const KEYS = { keys: [await newKey(NOW)] }
export const OTHER_KEYS = { keys: [await newKey(NOW)] }

export type Rig = {
  readonly deps: ApprovalDeps & ApprovedRunDeps & ReturnType<typeof approvalReaders>
  readonly objects: Objects
  readonly steps: AuditStep[]
  readonly queued: string[]
  policy: Policy
  at: number
  readonly people: Map<string, PersonFacts>
  readonly asking: (parts?: Partial<Asking>) => Asking
  readonly click: (person: Person, verdict?: 'approve' | 'deny', reason?: string) => ReturnType<typeof decideApproval>
}

export async function aRig(t: TestContext, policy: Policy = approvalPolicy()): Promise<Rig> {
  const objects = fileObjects(await scratch(t), { outlastsPowerLoss: false })
  const steps: AuditStep[] = []
  const queued: string[] = []
  const people = new Map<string, PersonFacts>()
  const sign = await signer(KEYS)
  let ids = 0
  const now = (): Date => new Date(rig.at * 1000)
  const deps: Rig['deps'] = {
    objects,
    get policy() {
      return rig.policy
    },
    inventory: () => INVENTORY,
    signRequest: (claims) => sign(APPROVAL_TOKEN, claims),
    signClick: (claims) => sign(CLICK_TOKEN, claims),
    sign: (grant) => sign(RUN_TOKEN, grant),
    ...approvalReaders(localKeys(KEYS), now),
    personFacts: async (person) => people.get(person.user) ?? aPerson({ person, readAt: rig.at }),
    placeFacts: async (place) => aPlace(place),
    times: { token: 600, run: 6 * 3600, delivery: 12 * 3600 },
    enqueue: async (run) => void queued.push(run),
    status: async () => undefined,
    remember: async () => undefined,
    now,
    newId: () => {
      ids += 1
      return `0000000${ids % 10}-0000-4000-8000-000000000000`
    },
    audit: async (step) => void steps.push(step),
  }
  const asking: Rig['asking'] = (parts = {}) => ({
    run: RUN,
    person: ALICE,
    decision: needed(rig.policy),
    runbook: RUNBOOK,
    to: { kind: 'slack', team: 'T1', channel: 'C0INCIDENT' },
    place: { channel: 'C0INCIDENT' },
    reason: 'incident 4711',
    words: 'iam-persistence last 8d',
    scope: 'prod-payments',
    cost: { usd: 0 },
    ...parts,
  })
  const rig: Rig = {
    deps,
    objects,
    steps,
    queued,
    people,
    policy,
    at: T0,
    asking,
    click: async (person, verdict = 'approve', reason) => {
      const hash = (await readApproval(RUN, deps))?.approval.request.hash ?? ''
      return await decideApproval(RUN, person, { verdict, hash, ...(reason && { reason }) }, deps)
    },
  }
  return rig
}

export function needed(policy: Policy): NeedsApproval {
  const ask = {
    person: aPerson({ readAt: T0 }),
    place: aPlace(),
    query: aQuery(RUNBOOK, { days: 8 }),
    runbook: RUNBOOK,
    inventory: INVENTORY,
  }
  const decision = decide(ask, policy)
  assert.ok(decision.outcome === 'approve', decision.reason)
  return decision
}

export async function status(rig: Rig): Promise<string | undefined> {
  return (await readApproval(RUN, rig.deps))?.approval.status
}
