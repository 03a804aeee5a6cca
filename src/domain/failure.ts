/**
 * Every refusal a person can meet, as data. `explain` (exhaustive) turns one into words: what was wrong, where, and what to do.
 * What the log knows and the person may not (which rule denied) is not in here.
 */
export type Failure =
  // typing
  | { readonly code: 'unknown_runbook'; readonly input: string; readonly nearest?: string }
  | {
      readonly code: 'unknown_parameter'
      readonly runbook: string
      readonly input: string
      readonly nearest?: string
      readonly known: readonly string[]
    }
  | {
      readonly code: 'missing_parameter'
      readonly runbook: string
      readonly parameter: string
      readonly help: string
      readonly example: string
    }
  | {
      readonly code: 'bad_parameter'
      readonly parameter: string
      readonly input: string
      readonly expected: string
      readonly example: string
    }
  | { readonly code: 'duplicate_parameter'; readonly parameter: string }
  | { readonly code: 'unexpected_word'; readonly input: string; readonly nearest?: string }
  | { readonly code: 'unclosed_quote'; readonly input: string }
  | { readonly code: 'bad_time'; readonly input: string; readonly example: string }
  | { readonly code: 'bad_window'; readonly input: string; readonly why: string }
  | { readonly code: 'too_long'; readonly what: string; readonly limit: number }
  // scope
  | { readonly code: 'unknown_account'; readonly input: string; readonly nearest?: string }
  | { readonly code: 'no_account'; readonly hint: string }
  | { readonly code: 'unknown_region'; readonly input: string; readonly nearest?: string }
  | { readonly code: 'window_too_long'; readonly asked: string; readonly limit: string; readonly runbook: string }
  | { readonly code: 'window_too_old'; readonly oldest: string }
  // policy
  | { readonly code: 'denied'; readonly nearest?: string }
  | { readonly code: 'tier_beyond_reach'; readonly tier: string; readonly reason: string; readonly nearest?: string }
  | { readonly code: 'place_not_allowed'; readonly why: string }
  // the run
  | { readonly code: 'unknown_run'; readonly input: string }
  | { readonly code: 'not_yours_to_cancel'; readonly run: string }
  | { readonly code: 'already_finished'; readonly run: string }
  // ctq itself
  | { readonly code: 'queue_unavailable' }
  | { readonly code: 'slack_unavailable'; readonly what: string }
  | { readonly code: 'aws_unavailable'; readonly what: string; readonly detail: string }
  | { readonly code: 'internal'; readonly reference: string }
