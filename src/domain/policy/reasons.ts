/** Why a question is allowed. */
export const ALLOW_REASONS = ['own_role', 'on_call_alone', 'break_glass'] as const
export type AllowReason = (typeof ALLOW_REASONS)[number]

/** Why a question needs somebody's approval. */
export const APPROVE_REASONS = ['tier_above_role'] as const
export type ApproveReason = (typeof APPROVE_REASONS)[number]

/** Why a question is refused, in the order in which they are looked for. */
export const REFUSE_REASONS = [
  'person_deactivated',
  'person_denied',
  'person_outside',
  'membership_too_new',
  'no_role',
  'place_denied',
  'place_archived',
  'place_without_bot',
  'other_runbook_text',
  'unknown_account',
  'place_outside_role',
  'runbook_outside_role',
  'accounts_outside_role',
  'regions_outside_role',
  'window_outside_role',
  'tier_sensitive',
  'tier_above_ceiling',
  'no_approval_rule',
  'glass_switched_off',
  'glass_not_theirs',
  'glass_suspended',
  'glass_tier',
  'glass_reason_short',
  'no_approvers',
] as const
export type RefuseReason = (typeof REFUSE_REASONS)[number]

/** Every reason of a decision: it stands in the record, and tables of expectations name it. */
export type Reason = AllowReason | ApproveReason | RefuseReason
