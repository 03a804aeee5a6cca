import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api'

/**
 * `rate_limited`: nothing happened, come back later. `unknown_outcome`: a timeout, a reset, a 5xx, a body that is not JSON:
 * the call may have taken effect. `refused`: Slack said no, nothing happened. `auth`: the token is not good for this.
 */
export type SlackFaultKind = 'rate_limited' | 'unknown_outcome' | 'refused' | 'auth'

/** How long to wait when Slack says "too many" and not for how long. */
const DEFAULT_RETRY_SECONDS = 30

/** The call may have done something before it failed (Slack: errors of every Web API method). */
const UNSURE = new Set(['fatal_error', 'internal_error', 'service_unavailable', 'request_timeout', 'team_added_to_org'])

const RATE = new Set(['ratelimited', 'rate_limited', 'message_limit_exceeded'])

const AUTH = new Set([
  'access_denied',
  'account_inactive',
  'ekm_access_denied',
  'enterprise_is_restricted',
  'invalid_auth',
  'missing_scope',
  'no_permission',
  'not_allowed_token_type',
  'not_authed',
  'org_login_required',
  'token_expired',
  'token_revoked',
  'two_factor_setup_required',
])

/** Slack's names that may be shown or logged; whatever else it says is `unlisted`. */
const REFUSALS = new Set([
  'already_reacted',
  'block_mismatch',
  'cannot_dm_bot',
  'cannot_reply_to_message',
  'cant_update_message',
  'channel_not_found',
  'edit_window_closed',
  'exchanged_trigger_id',
  'execution_not_in_running_state',
  'expired_trigger_id',
  'file_deleted',
  'file_not_found',
  'file_type_not_allowed',
  'file_upload_size_restricted',
  'file_uploads_disabled',
  'file_uploads_except_images_disabled',
  'hash_conflict',
  'invalid_arguments',
  'invalid_blocks',
  'invalid_blocks_format',
  'invalid_channel',
  'invalid_cursor',
  'invalid_metadata_format',
  'invalid_metadata_schema',
  'invalid_thread_ts',
  'invalid_trigger_id',
  'invalid_ts_latest',
  'invalid_ts_oldest',
  'is_archived',
  'is_bot',
  'is_inactive',
  'markdown_text_conflict',
  'message_not_found',
  'messages_tab_disabled',
  'metadata_must_be_sent_from_app',
  'metadata_too_large',
  'method_not_supported_for_channel_type',
  'missing_argument',
  'msg_blocks_too_long',
  'msg_too_long',
  'no_such_subteam',
  'no_text',
  'not_found',
  'not_in_channel',
  'parameter_validation_failed',
  'plan_upgrade_required',
  'posting_to_channel_denied',
  'restricted_action',
  'restricted_action_non_threadable_channel',
  'restricted_action_read_only_channel',
  'restricted_action_thread_locked',
  'restricted_action_thread_only_channel',
  'slack_connect_file_upload_sharing_blocked',
  'snippet_too_large',
  'storage_limit_reached',
  'subteam_is_deleted',
  'team_not_found',
  'thread_not_found',
  'too_many_members',
  'unknown_method',
  'user_disabled',
  'user_not_found',
  'user_not_in_channel',
  'user_not_visible',
  'users_not_found',
  'view_too_large',
])

/** A call to Slack that failed, sorted. Its message is ours: nothing of Slack's answer is in it but a known error name. */
export class SlackFault extends Error {
  override readonly name = 'SlackFault'
  readonly fault = 'slack'
  readonly code: `slack_${SlackFaultKind}`
  readonly kind: SlackFaultKind
  readonly method: string
  /** Slack's own name of the refusal, from a known set, or `unlisted`. */
  readonly reason: string
  readonly retryAfterSeconds?: number

  constructor(kind: SlackFaultKind, method: string, reason: string, retryAfterSeconds?: number) {
    super(`Slack ${method}: ${reason}`)
    this.code = `slack_${kind}`
    this.kind = kind
    this.method = method
    this.reason = reason
    if (retryAfterSeconds !== undefined) this.retryAfterSeconds = retryAfterSeconds
  }
}

/** Whether a fault is Slack's refusal under one of these names. */
export function refusedAs(error: unknown, ...reasons: readonly string[]): error is SlackFault {
  return error instanceof SlackFault && error.kind === 'refused' && reasons.includes(error.reason)
}

function platformFault(method: string, error: unknown, retryAfter: number | undefined): SlackFault {
  // a 200 with an HTML body arrives here with the whole body as its "error" (@slack/web-api 8.2.0, buildResult)
  if (typeof error !== 'string' || !/^[a-z][a-z0-9_]{1,80}$/.test(error))
    return new SlackFault('unknown_outcome', method, 'not_json')
  if (RATE.has(error)) return new SlackFault('rate_limited', method, error, retryAfter ?? DEFAULT_RETRY_SECONDS)
  if (AUTH.has(error)) return new SlackFault('auth', method, error)
  if (UNSURE.has(error)) return new SlackFault('unknown_outcome', method, error)
  return new SlackFault('refused', method, REFUSALS.has(error) ? error : 'unlisted')
}

/** Sorts whatever a call to Slack threw. The only place that looks at the SDK's errors. */
export function slackFault(method: string, error: unknown): SlackFault {
  if (error instanceof SlackFault) return error
  if (error instanceof WebAPIRateLimitedError)
    return new SlackFault('rate_limited', method, 'ratelimited', error.retryAfter)
  if (error instanceof WebAPIPlatformError)
    return platformFault(method, error.data.error, error.data.response_metadata?.['retryAfter'] as number | undefined)
  if (error instanceof WebAPIHTTPError) return httpFault(method, error.statusCode)
  if (error instanceof WebAPIRequestError)
    return new SlackFault('unknown_outcome', method, isTimeout(error.original) ? 'timeout' : 'connection')
  return new SlackFault('unknown_outcome', method, isTimeout(error) ? 'timeout' : 'connection')
}

/** Sorts an HTTP status other than 200 and 429: Slack's own answers are 200, so this is a proxy's or a broken server's. */
export function httpFault(method: string, status: number): SlackFault {
  if (status === 429) return new SlackFault('rate_limited', method, 'ratelimited', DEFAULT_RETRY_SECONDS)
  return new SlackFault('unknown_outcome', method, `http_${status}`)
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && /Timeout|Abort/.test(error.name)
}

/** What `Retry-After` says, in seconds, or the default when it says nothing usable. */
export function retryAfterOf(header: string | null): number {
  const seconds = Number.parseInt(header ?? '', 10)
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : DEFAULT_RETRY_SECONDS
}
