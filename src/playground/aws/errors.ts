/** A refusal as AWS words it. `code` is what SDKs sort by; the status is only what the wire needs. */
export class AwsError extends Error {
  readonly code: string
  readonly status: number
  constructor(code: string, message: string, status = 400) {
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
