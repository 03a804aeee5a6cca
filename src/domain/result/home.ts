import type { Approval } from '../policy/approval.ts'
import type { Runnable } from '../policy/mayRun.ts'
import type { Review } from '../policy/review.ts'
import type { RunStatus } from './runStatus.ts'

/** How ctq does. A count that could not be read in time is absent. */
export type Health = {
  readonly queue: 'reached' | 'away'
  /** Questions that nobody has taken up yet. */
  readonly waiting?: number
  readonly reading?: number
  /** Connections to Slack that are up. */
  readonly connections: number
}

/** What one person finds in the app's Home tab. */
export type Home = {
  /** Requests that wait for this person's approval. */
  readonly approvals: readonly Approval[]
  /** Runs without approval that wait for this person's review. */
  readonly reviews: readonly Review[]
  readonly runs: readonly RunStatus[]
  readonly runnable: readonly Runnable[]
  readonly health: Health
}
