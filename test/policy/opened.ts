import assert from 'node:assert/strict'
import { after, opened } from '../../src/domain/policy/approval.ts'
import { approvalHash } from '../../src/domain/policy/basis.ts'
import {
  type Investigation,
  type InvestigationEntry,
  openedBy,
  type Proposal,
  type Taken,
} from '../../src/domain/policy/investigation.ts'
import { DAY, PAYMENTS, WEB } from '../support/askFacts.ts'
import { aRequest } from './requests.ts'
import { ALICE, BOB, CAROL, READ_AT } from './rows.ts'

/** Alice and Carol, in one channel, for four hours. */
export const PROPOSAL: Proposal = {
  name: 'INC-42',
  people: [ALICE, CAROL],
  channel: 'C0INCIDENT',
  tier: 'elevated',
  accounts: [PAYMENTS, WEB],
  regions: 'enabled',
  runbooks: ['*'],
  window: 30 * DAY,
  seconds: 4 * 3600,
}

/** What Bob's approval opened, less some entries. */
export function anInvestigation(
  changes: Partial<Proposal> = {},
  entries: readonly InvestigationEntry[] = [],
): Investigation {
  const { query: _, hash: __, ...rest } = aRequest()
  const exact = { ...rest, investigation: { ...PROPOSAL, ...changes } }
  const request = { ...exact, hash: approvalHash(exact) }
  const { run, hash } = request
  const approval = after(opened(request), {
    kind: 'voted',
    vote: { verdict: 'approve', run, hash, person: BOB, sets: ['security'], at: READ_AT + 5 },
  })
  const investigation = openedBy(approval, entries)
  assert.ok(investigation)
  return investigation
}

const NOTHING: Taken = { people: [], accounts: [], runbooks: [] }
/** An entry of the log that takes something away. */
export const narrowed = (taken: Partial<Taken>, at = READ_AT + 60): InvestigationEntry => ({
  kind: 'narrowed',
  by: ALICE,
  at,
  taken: { ...NOTHING, ...taken },
})
