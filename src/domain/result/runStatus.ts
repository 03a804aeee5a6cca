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
  readonly state: 'queued' | 'running' | 'cancelling' | 'complete' | 'partial' | 'failed'
  readonly progress?: Progress
  readonly mayCancel: boolean
  readonly delivery?: DeliveryState
}
