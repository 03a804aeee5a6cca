import type { AwsFault } from '../domain/fault.ts'
import { ENDED_WORDS, type EndedEarly, type PartCoverage, type PartFault } from '../domain/query/coverage.ts'
import type { Query } from '../domain/query/query.ts'

/** The part that a coverage is of. */
type Place = Pick<PartCoverage, 'account' | 'region'>

type Stopped = { readonly code: EndedEarly | 'budget'; readonly detail: string }

/** That a run was ended early, of one of its parts. */
export function endedFault(code: EndedEarly): Stopped {
  return { code, detail: ENDED_WORDS[code] }
}

/** A part that was ended before it was read to its end. */
export function stoppedPart({ account, region }: Place, fault: Stopped): PartCoverage {
  return {
    account,
    region,
    status: 'stopped',
    pages: 0,
    records: 0,
    matched: 0,
    fault,
  }
}

/** A part with a known fault completes with that coverage: the others still answer. */
export function failedPart({ account, region }: Place, fault: AwsFault, { regions }: Query): PartCoverage {
  // Among all Regions, one that a policy closes is known to be; one that was asked by name, or an account that ctq is kept out of, is not.
  const blind = regions === 'enabled' && fault.code === 'scp_denied' && fault.action !== 'sts:AssumeRole'
  return {
    account,
    region,
    status: blind ? 'blind' : 'failed',
    pages: 0,
    records: 0,
    matched: 0,
    fault: partFault(fault),
  }
}

/** What the answer says of an AWS fault. */
export function partFault(fault: AwsFault): PartFault {
  return {
    code: PART_FAULTS[fault.code],
    detail: fault.detail,
    ...(fault.action === undefined ? {} : { action: fault.action }),
    ...(fault.role === undefined ? {} : { role: fault.role }),
    ...statement(fault),
  }
}

const PART_FAULTS: { readonly [code in AwsFault['code']]: PartFault['code'] } = {
  throttled: 'aws_failed',
  expired_credentials: 'credentials_invalid',
  access_denied: 'access_denied',
  scp_denied: 'scp_denied',
  assume_role_denied: 'assume_role_denied',
  region_not_enabled: 'region_not_enabled',
  credentials_invalid: 'credentials_invalid',
  invalid_token: 'aws_failed',
  token_repeats: 'aws_repeats',
  invalid_request: 'invalid_request',
  transient: 'aws_failed',
}

/** The IAM statement that would let the call through, to paste. */
function statement(fault: AwsFault): { statement?: string } {
  if (fault.action === undefined || (fault.code !== 'access_denied' && fault.code !== 'assume_role_denied')) return {}
  if (fault.code === 'access_denied')
    return { statement: JSON.stringify({ Effect: 'Allow', Action: fault.action, Resource: '*' }) }
  // The person is named in the same call (iam.ts, workerPolicy).
  const actions = ['sts:AssumeRole', 'sts:SetSourceIdentity']
  return { statement: JSON.stringify({ Effect: 'Allow', Action: actions, Resource: fault.role ?? '*' }) }
}
