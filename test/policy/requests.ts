import type { QuestionRequest } from '../../src/domain/policy/approval.ts'
import { approvalHash } from '../../src/domain/policy/basis.ts'
import { aQuery } from '../support/askFacts.ts'
import { IAM_PERSISTENCE } from '../support/askRunbooks.ts'
import { ALICE, READ_AT } from './rows.ts'

export const RUN = '1f0c9a2e-5d4b-4a53-9d5e-0c7a2b1d3e4f'
const AT = READ_AT

/** A request of an open search of eight days, with the hash that it has then. */
export function aRequest(parts: Partial<QuestionRequest> = {}): QuestionRequest {
  const base = {
    run: RUN,
    person: ALICE,
    query: aQuery(IAM_PERSISTENCE, { days: 8 }),
    to: { kind: 'slack', team: 'T1', channel: 'C0INCIDENT' },
    cost: { usd: 0 },
    role: 'team',
    tier: 'elevated',
    why: 'an open search over 8d',
    reason: 'incident 4711',
    words: 'iam-persistence last 8d',
    scope: 'prod-payments (111122223333)',
    place: { channel: 'C0INCIDENT' },
    seats: [{ by: ['security'], count: 1 }],
    rules: ['anything'],
    self: false,
    places: ['direct'],
    askedAt: AT,
    expiresAt: AT + 1800,
    remindAt: [AT + 180, AT + 360],
    escalate: 600,
    policy: 'd'.repeat(64),
    ...parts,
  } as const
  return { ...base, hash: approvalHash(base), ...(parts.hash === undefined ? {} : { hash: parts.hash }) }
}
