import type { CloudTrailRecord, Noise } from '../record.ts'
import { isMarked, isOwnCall, type OwnCaller } from './ownCalls.ts'
import { member, someValue, textAt, textOf } from './values.ts'

/** How a call ended: `denied` when whoever made it was not allowed to, `failed` for every other error. */
export type Ending = 'done' | 'denied' | 'failed'

/**
 * Error codes by which services refuse for want of permission. They agree on no one word: AccessDenied(Exception), Client.UnauthorizedOperation,
 * VpceAccessDenied, NotAuthorizedException, AuthorizationError(Exception), KMSAccessDeniedException, ForbiddenException, AllAccessDisabled.
 */
const DENIED_CODE =
  /access_?denied|^(?:client\.|server\.)?unauthorized|not_?authorized|^authorizationerror|^forbidden|^allaccessdisabled$|^client\.authfailure$/i
const DENIED_MESSAGE = /\b(?:is|are) not authorized to perform\b|explicit deny/i

/** How the recorded call ended. Sign-ins and some services say so only inside the record, without an error code. */
export function outcomeOf(record: CloudTrailRecord): Ending {
  const code = textAt(record, 'errorCode')
  const message = textAt(record, 'errorMessage')
  if (code !== undefined && DENIED_CODE.test(code)) return 'denied'
  if (message !== undefined && DENIED_MESSAGE.test(message)) return 'denied'
  return code === undefined && message === undefined && innerError(record) === undefined ? 'done' : 'failed'
}

/** The error's code as the record has it, wherever it has it; empty for a call that was done. */
export function errorOf(record: CloudTrailRecord): string {
  return textAt(record, 'errorCode') ?? innerError(record) ?? textAt(record, 'errorMessage') ?? ''
}

/**
 * Sign-in events carry `{ ConsoleLogin: Failure }` under their own name; EC2 answers some calls `_return: false`, and some with a list of what
 * was unsuccessful inside a response of their own name.
 */
function innerError(record: CloudTrailRecord): string | undefined {
  const name = textAt(record, 'eventName') ?? ''
  for (const place of ['responseElements', 'serviceEventDetails'] as const) {
    const ended = textAt(record, place, name)
    if (ended !== undefined && /^fail(?:ure|ed)$/i.test(ended)) return ended
  }
  const response = member(record, 'responseElements')
  if (textAt(response, '_return') === 'false') return 'false'
  return textAt(response, 'errorCode') ?? unsuccessful(member(response, `${name}Response`))
}

function unsuccessful(response: unknown): string | undefined {
  let found: string | undefined
  someValue(response, ['unsuccessful', 'item', 'error', 'code'], (code) => {
    found ??= textOf(code)
    return found !== undefined
  })
  return found
}

/**
 * Whether a record is noise, and whose. `ctq`: what ctq's own credentials (`own`) called to answer questions, and LookupEvents by anybody under
 * its name; `service`: an AWS service reading on its own behalf or a caller's. What was refused to others is never noise, whoever calls under
 * ctq's name, nor is what failed for a service.
 */
export function noiseOf(record: CloudTrailRecord, own?: OwnCaller): Noise | undefined {
  if (isMarked(record)) {
    if (own !== undefined && isOwnCall(record, own)) return 'ctq'
    if (record['eventName'] === 'LookupEvents' && record['eventSource'] === 'cloudtrail.amazonaws.com')
      return outcomeOf(record) === 'denied' ? undefined : 'ctq'
  }
  return record['readOnly'] === true && isService(record) && outcomeOf(record) === 'done' ? 'service' : undefined
}

function isService(record: CloudTrailRecord): boolean {
  if (record['eventType'] === 'AwsServiceEvent' || textAt(record, 'userIdentity', 'type') === 'AWSService') return true
  const invokedBy = textAt(record, 'userIdentity', 'invokedBy')
  return (
    invokedBy === 'AWS Internal' ||
    (invokedBy !== undefined && /^[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?$/.test(invokedBy))
  )
}
