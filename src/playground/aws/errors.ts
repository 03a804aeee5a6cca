/** A refusal as AWS words it. `code` is what SDKs sort by; a status is given only where it is not the usual one. */
export class AwsError extends Error {
  readonly code: string
  readonly status: number | undefined
  constructor(code: string, message: string, status?: number) {
    super(message)
    this.name = 'AwsError'
    this.code = code
    this.status = status
  }
}

/** The same refusal has another name in the query protocol of STS than in the JSON services. */
const QUERY_NAMES: Readonly<Record<string, string>> = {
  AccessDeniedException: 'AccessDenied',
  ExpiredTokenException: 'ExpiredToken',
  UnrecognizedClientException: 'InvalidClientTokenId',
  InvalidSignatureException: 'SignatureDoesNotMatch',
  ThrottlingException: 'Throttling',
  ValidationException: 'ValidationError',
}

/** The code as a service of the query protocol names it. */
export function queryCode(code: string): string {
  return QUERY_NAMES[code] ?? code
}

/** Refusals that are HTTP 403 in the query and REST protocols; in the JSON protocol all of the caller's faults are 400. */
const FORBIDDEN = new Set([
  'AccessDeniedException',
  'ExpiredTokenException',
  'UnrecognizedClientException',
  'InvalidSignatureException',
  'IncompleteSignature',
  'MissingAuthenticationToken',
])

export function statusOf(protocol: 'json' | 'rest-json' | 'query', { code, status }: AwsError): number {
  return status ?? (protocol !== 'json' && FORBIDDEN.has(code) ? 403 : 400)
}
