import { type Approval, after, opened, type QuestionRequest, type Vote } from '../../src/domain/policy/approval.ts'
import { approvalHash } from '../../src/domain/policy/basis.ts'
import type { Person } from '../../src/domain/policy/person.ts'
import type { Query } from '../../src/domain/query/query.ts'
import { RUN } from './answers.ts'

/** 2026-11-20 14:00Z. */
export const ASKED = Date.parse('2026-11-20T14:00:00Z') / 1000

export const ASKER: Person = { team: 'T0CTQ0001', user: 'U0ALICE01' }
export const FIRST: Person = { team: 'T0CTQ0001', user: 'U0BOB0001' }
export const SECOND: Person = { team: 'T0CTQ0001', user: 'U0CAROL01' }

const QUERY: Query = {
  runbook: { name: 'iam-persistence', digest: 'd'.repeat(64) },
  parameters: { principal: 'alice' },
  accounts: ['111122223333', '444455556666', '555566667777'],
  regions: ['us-east-1'],
  engines: ['lookup'],
  limit: 20_000,
  window: { since: '2026-10-21T14:00:00Z', until: { atStart: true, notAfter: '2026-11-20T15:00:00Z' } },
}

/** A request whose hash is right. */
export function aRequest(changes: Partial<QuestionRequest> = {}): QuestionRequest {
  const request: QuestionRequest = {
    run: RUN,
    person: ASKER,
    query: QUERY,
    to: { kind: 'slack', team: ASKER.team, channel: 'C0INCPAY1' },
    cost: { usd: 0 },
    hash: '',
    role: 'responder',
    tier: 'elevated',
    why: 'an open search of 90 account-days',
    reason: 'INC-42: did the key that leaked make anything that stays?',
    words:
      'iam-persistence principal=alice last 30d account=@prod reason="INC-42: did the key that leaked make anything that stays?"',
    scope: '@prod (3 accounts)',
    place: { channel: 'C0INCPAY1' },
    seats: [{ by: ['on-call', 'security'], count: 1 }],
    rules: ['production'],
    self: false,
    places: ['C0SECRESP'],
    askedAt: ASKED,
    expiresAt: ASKED + 1800,
    remindAt: [ASKED + 180, ASKED + 360],
    escalate: 600,
    policy: 'f'.repeat(64),
    ...changes,
  }
  return { ...request, hash: approvalHash(request) }
}

/** A request that nobody has answered. */
export function anApproval(changes: Partial<QuestionRequest> = {}): Approval {
  return opened(aRequest(changes))
}

/** The same after somebody's click, so many seconds after it was asked. */
export function clicked(approval: Approval, person: Person, seconds: number, changes: Partial<Vote> = {}): Approval {
  const { run, hash } = approval.request
  const vote: Vote = { verdict: 'approve', run, hash, person, sets: ['on-call'], at: ASKED + seconds, ...changes }
  return after(approval, { kind: 'voted', vote })
}
