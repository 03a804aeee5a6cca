import type { Failure } from '../../src/domain/failure.ts'

/** One or more of each: the type refuses a code that is not here. */
export const FAILURES: { readonly [code in Failure['code']]: readonly Extract<Failure, { readonly code: code }>[] } = {
  unknown_runbook: [
    { code: 'unknown_runbook', input: 'key-activty', nearest: 'key-activity' },
    { code: 'unknown_runbook', input: 'x'.repeat(300) },
    { code: 'unknown_runbook', input: 'ken', nearest: 'key', asks: 'user=ken' },
  ],
  unknown_parameter: [
    {
      code: 'unknown_parameter',
      runbook: 'key-activity',
      input: 'acceskey',
      nearest: 'accessKeyId',
      known: ['accessKeyId', 'account', 'region', 'reason'],
    },
  ],
  missing_parameter: [
    {
      code: 'missing_parameter',
      runbook: 'key-activity',
      parameter: 'accessKeyId',
      help: 'an access key id',
      example: 'AKIAIOSFODNN7EXAMPLE',
    },
  ],
  missing_word: [
    { code: 'missing_word', command: 'cancel', what: 'the run, as its message shows it', example: '1f0c9a2e' },
  ],
  bad_parameter: [
    {
      code: 'bad_parameter',
      parameter: 'accessKeyId',
      input: 'AKIA',
      expected: 'an access key id: AKIA or ASIA, 16 to 128 letters and digits',
      example: 'AKIAIOSFODNN7EXAMPLE',
    },
    {
      code: 'bad_parameter',
      parameter: 'accessKeyId',
      input: 'AKIARTX3GSDSXPLMMUB',
      expected: 'an access key id: AKIA or ASIA, 16 to 128 letters and digits',
      example: 'AKIAIOSFODNN7EXAMPLE',
      looks: 'looks like an access key id with 19 of 20 characters: copy it whole',
    },
    { code: 'bad_parameter', parameter: 'reason', input: '', expected: 'a few words in quotes', example: 'key seen' },
  ],
  duplicate_parameter: [{ code: 'duplicate_parameter', parameter: 'accessKeyId' }],
  ambiguous_value: [
    {
      code: 'ambiguous_value',
      input: 'customer-exports',
      readings: [
        { what: 'a user, role or session', asks: 'principal-writes principal=customer-exports last 2h' },
        { what: 'a bucket', asks: 'resource-history resourceName=customer-exports last 2h' },
      ],
    },
  ],
  several_keys: [
    { code: 'several_keys', asks: ['key-activity AKIAIOSFODNN7EXAMPLE', 'key-activity ASIAIOSFODNN7EXAMPLE'] },
  ],
  unexpected_word: [
    { code: 'unexpected_word', input: 'lst', nearest: 'last 24h' },
    { code: 'unexpected_word', input: 'please' },
  ],
  unclosed_quote: [{ code: 'unclosed_quote', input: 'reason="seen in' }],
  unclear_zone: [{ code: 'unclear_zone', input: 'CET', time: '14:05' }],
  bad_time: [{ code: 'bad_time', input: '25:00', example: 'since yesterday 14:05' }],
  bad_window: [{ code: 'bad_window', input: 'since … until', why: 'it ends before it begins' }],
  too_long: [{ code: 'too_long', what: 'The reason', limit: 500 }],
  unknown_account: [
    { code: 'unknown_account', input: 'prod-payment', nearest: 'prod-payments' },
    { code: 'unknown_account', input: '999999999999', outside: ['cross-account', 'trust-backdoor'] },
    { code: 'unknown_account', input: '999999999999', outside: [] },
  ],
  foreign_account: [{ code: 'foreign_account', of: 'AKIAIOSFODNN7EXAMPLE', account: '999999999999' }],
  unknown_key_account: [{ code: 'unknown_key_account', key: 'AKIAIOSFODNN7EXAMPLE' }],
  mixed_partitions: [{ code: 'mixed_partitions', accounts: ['111122223333', '555566667777'] }],
  no_account: [{ code: 'no_account', hint: 'account=prod-payments' }],
  unknown_region: [
    { code: 'unknown_region', input: 'eu-wst-1', nearest: 'eu-west-1', partition: 'aws' },
    { code: 'unknown_region', input: 'mars-1' },
  ],
  window_too_long: [
    { code: 'window_too_long', asked: '31d', limit: '30d', runbook: 'console-logins' },
    {
      code: 'window_too_long',
      asked: '3d',
      limit: '6h',
      runbook: 'ip-activity',
      instead: 'ip-changes sourceIPAddress=203.0.113.9 last 3d',
    },
  ],
  needs_trail: [{ code: 'needs_trail', runbook: 's3-objects-read', kinds: ['data'] }],
  window_too_old: [{ code: 'window_too_old', oldest: '2026-08-22 15:00Z' }],
  denied: [
    { code: 'denied', nearest: 'the same over 7d or less', type: 'denied-calls last 7d account=prod-payments' },
    { code: 'denied' },
  ],
  no_role: [{ code: 'no_role' }, { code: 'no_role', contact: '#security-help' }],
  tier_beyond_reach: [
    {
      code: 'tier_beyond_reach',
      tier: 'elevated',
      reason: 'an open search over 8d',
      nearest: 'the same over 7d or less',
    },
    { code: 'tier_beyond_reach', tier: 'sensitive', reason: 'secrets-read is always one' },
  ],
  needs_approval: [
    {
      code: 'needs_approval',
      tier: 'elevated',
      reason: 'an open search over 7d in 3 accounts',
      by: '1 of payments on call or security',
      nearest: 'the same over 24h or less',
    },
    { code: 'needs_approval', tier: 'elevated', reason: 'it is one here', by: '2 of security' },
    {
      code: 'needs_approval',
      tier: 'elevated',
      reason: 'an open search over 8d',
      by: '1 of payments on call',
      unread: ['primary'],
    },
  ],
  reason_needed: [
    { code: 'reason_needed', least: 10 },
    {
      code: 'reason_needed',
      least: 10,
      by: '1 of payments on call or security',
      nearest: 'the same over 7d or less',
      type: 'iam-persistence last 7d account=prod-payments',
    },
  ],
  no_approvers: [{ code: 'no_approvers', tier: 'elevated', reason: 'an open search over 8d' }],
  sensitive_tier: [
    {
      code: 'sensitive_tier',
      reason: 'an open search over 30d, of a store of secrets',
      nearest: 'the same over 7d or less',
    },
  ],
  place_not_allowed: [
    { code: 'place_not_allowed', why: 'archived' },
    { code: 'place_not_allowed', why: 'not_member' },
    { code: 'place_not_allowed', why: 'policy' },
  ],
  unknown_person: [{ code: 'unknown_person', input: '@bob' }],
  unknown_grant: [{ code: 'unknown_grant', input: '1f0c9a2e' }],
  not_yours_to_revoke: [{ code: 'not_yours_to_revoke', id: '1f0c9a2e-8d17-4b6e-9c33-5a2f0e6b7d81' }],
  no_investigation: [
    { code: 'no_investigation', why: 'switched_off' },
    { code: 'no_investigation', why: 'too_long', limit: '8h' },
    { code: 'no_investigation', why: 'direct' },
    { code: 'no_investigation', why: 'nobody_reads' },
    { code: 'no_investigation', why: 'person', limit: 'bob' },
    { code: 'no_investigation', why: 'no_rule' },
    { code: 'no_investigation', why: 'nothing_more' },
    { code: 'no_investigation', why: 'no_approvers' },
  ],
  unknown_request: [{ code: 'unknown_request', input: '1f0c9a2e' }],
  unknown_run: [{ code: 'unknown_run', input: '1f0c9a2e' }],
  unknown_pivot: [{ code: 'unknown_pivot', run: '1f0c9a2e' }, { code: 'unknown_pivot' }],
  not_yours_to_cancel: [{ code: 'not_yours_to_cancel', run: '1f0c9a2e-8d17-4b6e-9c33-5a2f0e6b7d81' }],
  already_finished: [{ code: 'already_finished', run: '1f0c9a2e-8d17-4b6e-9c33-5a2f0e6b7d81' }],
  too_late_to_start: [{ code: 'too_late_to_start', run: '1f0c9a2e' }],
  no_answer_yet: [{ code: 'no_answer_yet' }],
  not_answered: [{ code: 'not_answered', run: '1f0c9a2e' }],
  not_comparable: [{ code: 'not_comparable', runbooks: ['key-activity', 'console-logins'] }],
  may_not_hold: [{ code: 'may_not_hold' }],
  already_deleted: [{ code: 'already_deleted', run: '1f0c9a2e' }],
  queue_unavailable: [{ code: 'queue_unavailable' }],
  slack_unavailable: [{ code: 'slack_unavailable', what: 'users.info' }],
  aws_unavailable: [{ code: 'aws_unavailable', what: 'sts:GetAccessKeyInfo', detail: 'ServiceUnavailable' }],
  internal: [{ code: 'internal', reference: '5f0c9a2e' }],
}
