import type { Estimate } from '../query/estimate.ts'
import type { Progress } from './answer.ts'

/** How a run's delivery stands. */
export type DeliveryState = {
  /** `sending`: begun and not over. `unsure`: Slack did not say whether the message or file arrived, and it is not sent twice. */
  readonly message: 'none' | 'sending' | 'sent' | 'unsure'
  readonly csv: 'none' | 'sending' | 'sent' | 'unsure' | 'missing'
}

/** A run as `status` shows it. */
export type RunStatus = {
  readonly run: string
  /** As it can be typed again. */
  readonly question: string
  readonly askedAt: string
  /** It did not wait for the approval that it needed. */
  readonly glass?: true
  /** `held`: it would take long, and waits for somebody to say that it is worth its time. */
  readonly state: 'held' | 'queued' | 'running' | 'cancelling' | 'complete' | 'partial' | 'failed'
  readonly progress?: Progress
  readonly mayCancel: boolean
  /** What one that waits so would take. */
  readonly takes?: Pick<Estimate, 'seconds' | 'requests'>
  readonly delivery?: DeliveryState
}
