import type { Logger } from 'pino'
import type { Metrics } from './adapters/metrics/metrics.ts'
import type { Audit } from './domain/audit/step.ts'

/** What the process gives its parts, besides their configuration. */
export type Host = {
  readonly redis: string
  readonly log: Logger
  readonly audit: Audit
  readonly metrics: Metrics
  /** Ends the process so that its supervisor starts a new one. */
  readonly fail: (why: string) => void
}

export type Running = {
  /** Takes no more work, hands over what is under way between two pages, and closes. */
  readonly stop: () => Promise<void>
  /** The port of its own that it serves on, if any. */
  readonly port?: () => number | undefined
  readonly ready: () => Promise<{ readonly ok: boolean } & object>
}
