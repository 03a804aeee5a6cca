import type { Person } from '../policy/person.ts'

/** One check that was made and how it came out. */
export type Check = { readonly check: string; readonly passed: boolean; readonly detail?: string }

/** One line of the record: every decision, allow or deny, names the run, the query's hash and the checks made. */
export type AuditStep = {
  readonly step:
    | 'asked'
    | 'decided'
    | 'minted'
    | 'renewed'
    | 'token_checked'
    | 'run_started'
    | 'part_read'
    | 'run_finished'
    | 'cancelled'
    | 'revoked'
    | 'pressed'
    | 'confirmed'
    | 'place_checked'
    | 'delivered'
    | 'held'
    | 'released'
    | 'deleted'
    | 'groups_changed'
    | 'approval_requested'
    | 'approval_voted'
    | 'approval_withdrawn'
    | 'approval_expired'
    | 'investigation_opened'
    | 'investigation_narrowed'
    | 'investigation_ended'
    | 'glass_broken'
    | 'glass_stopped'
    | 'glass_alarm'
    | 'review_closed'
    | 'policy_changed'
  readonly outcome: 'allow' | 'deny' | 'done'
  readonly at: string
  readonly run?: string
  readonly jti?: string
  readonly queryHash?: string
  readonly person?: Person
  readonly checks: readonly Check[]
  readonly detail?: { readonly [name: string]: string | number | boolean }
}

/** Where audit steps go. It resolves when the step is safely handed over, and throws when it cannot be. */
export type Audit = (step: AuditStep) => Promise<void>
