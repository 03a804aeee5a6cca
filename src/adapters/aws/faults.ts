import type { AwsFault, AwsFaultCode } from '../../domain/fault.ts'
import { maskedText } from '../../domain/result/secrets.ts'

/** What was being done, for the words of a fault. */
export type Doing = { readonly action: string; readonly role?: string }

/** AWS's error codes, sorted. By code, never by HTTP status: throttling is 400, and denials are 400 or 403 (Common Errors page). */
const CODES: { readonly [code: string]: AwsFaultCode } = {
  ...all('throttled', [
    'Throttling',
    'ThrottlingException',
    'ThrottledException',
    'RequestThrottled',
    'RequestThrottledException',
  ]),
  ...all('throttled', [
    'RequestLimitExceeded',
    'TooManyRequestsException',
    'SlowDown',
    'LimitExceededException',
    'BandwidthLimitExceeded',
  ]),
  ...all('expired_credentials', ['ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired']),
  ...all('access_denied', [
    'AccessDenied',
    'AccessDeniedException',
    'UnauthorizedOperation',
    'NotAuthorized',
    'AuthorizationError',
  ]),
  ...all('region_not_enabled', ['OptInRequired', 'RegionDisabledException']),
  ...all('credentials_invalid', [
    'UnrecognizedClientException',
    'InvalidClientTokenId',
    'InvalidAccessKeyId',
    'IncompleteSignature',
  ]),
  ...all('credentials_invalid', [
    'InvalidSignatureException',
    'SignatureDoesNotMatch',
    'CredentialsProviderError',
    'MissingAuthenticationToken',
  ]),
  ...all('invalid_token', ['InvalidNextTokenException', 'InvalidNextToken']),
  ...all('invalid_request', [
    'InvalidLookupAttributesException',
    'InvalidTimeRangeException',
    'InvalidMaxResultsException',
  ]),
  ...all('invalid_request', [
    'InvalidEventCategoryException',
    'UnsupportedOperationException',
    'OperationNotPermittedException',
  ]),
  ...all('invalid_request', [
    'ValidationError',
    'ValidationException',
    'MalformedPolicyDocument',
    'PackedPolicyTooLarge',
    'UnknownOperationException',
  ]),
}

function all(code: AwsFaultCode, names: readonly string[]): { readonly [name: string]: AwsFaultCode } {
  return Object.fromEntries(names.map((name) => [name, code]))
}

/** Longest piece of AWS's own wording that is kept. */
const DETAIL_MAX = 400

/** Turns whatever the SDK threw into one fault. Codes nobody listed pass as transient: they are tried again, a bounded number of times. */
export function sortFault(error: unknown, doing: Doing): AwsFault {
  const name = nameOf(error)
  const words = error instanceof Error ? error.message : String(error)
  const code = refine(CODES[name] ?? 'transient', name, words, doing)
  const retryAfterMs = retryAfter(error)
  return Object.assign(new Error(`${doing.action}: ${name}`), {
    fault: 'aws' as const,
    code,
    // A refused signature is answered with the request that AWS read, session token included.
    detail: maskedText(words === name ? name : `${name}: ${words}`).slice(0, DETAIL_MAX),
    action: doing.action,
    ...(doing.role === undefined ? {} : { role: doing.role }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  })
}

/** The same code means different things: who denied, whether a bad signature is only a clock, and whose key is not known. */
function refine(code: AwsFaultCode, name: string, words: string, doing: Doing): AwsFaultCode {
  // A Region that the account has not enabled does not know the account's keys, not even those that STS gave a moment ago.
  if (name === 'UnrecognizedClientException' && doing.role !== undefined && doing.action !== 'sts:AssumeRole')
    return 'region_not_enabled'
  if (name === 'InvalidSignatureException' && /signature expired|not yet current/i.test(words)) return 'transient'
  if (code !== 'access_denied') return code
  if (/service control policy|resource control policy/i.test(words)) return 'scp_denied'
  return doing.action === 'sts:AssumeRole' ? 'assume_role_denied' : 'access_denied'
}

/** Error names come as `Name`, `namespace#Name` or `Name:uri` (AWS JSON protocol). */
function nameOf(error: unknown): string {
  const name = error instanceof Error ? error.name : 'Unknown'
  return (name.split('#').at(-1) ?? name).split(':')[0] ?? name
}

function retryAfter(error: unknown): number | undefined {
  const seconds = (error as { $retryable?: unknown; $response?: { headers?: Record<string, string> } } | null)
    ?.$response?.headers?.['retry-after']
  const ms = Number(seconds) * 1000
  return Number.isFinite(ms) && ms > 0 ? ms : undefined
}
