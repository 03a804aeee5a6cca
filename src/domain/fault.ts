/** What went wrong outside, sorted in one place. Adapters throw errors that carry `code`; nothing here looks at an HTTP status. */
export type AwsFaultCode =
  /** Rate exceeded: the pacer is told, the same call is made again in its turn. */
  | 'throttled'
  /** The credentials' time is over: new ones, same token, go on. */
  | 'expired_credentials'
  /** Refused by IAM or a session policy; `detail` says what and whom. */
  | 'access_denied'
  | 'scp_denied'
  | 'assume_role_denied'
  | 'region_not_enabled'
  | 'credentials_invalid'
  /** The NextToken is no longer good: go on from the watermark. */
  | 'invalid_token'
  /** NextTokens that lead round in a circle. */
  | 'token_repeats'
  | 'invalid_request'
  /** Anything that may pass: 5xx, timeouts, resets. */
  | 'transient'

/** An error from AWS, sorted. `message` is ours; `detail` is what a person needs, taken from known places only. */
export type AwsFault = Error & {
  readonly fault: 'aws'
  readonly code: AwsFaultCode
  readonly detail: string
  readonly action?: string
  readonly role?: string
  readonly retryAfterMs?: number
}

/** Whether an error is a sorted AWS fault. */
export function isAwsFault(error: unknown): error is AwsFault {
  return error instanceof Error && (error as Partial<AwsFault>).fault === 'aws'
}
