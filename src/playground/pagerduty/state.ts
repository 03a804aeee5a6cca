import type { ServerResponse } from 'node:http'

/** Somebody on call: what GET /oncalls lists (PagerDuty: REST API v2, list all of the on-calls). */
export type OnCall = {
  readonly user: string
  readonly schedule: string
  readonly level?: number
  readonly policy?: string
  /** ISO 8601; absent: always. */
  readonly start?: string
  readonly end?: string
}

/** What goes wrong on purpose: an answer instead of the right one, or none for some time. */
export type PagerDutyFault = { readonly status?: number; readonly body?: string; readonly delayMs?: number }

/** What the simulation knows. */
export type State = {
  oncalls: readonly OnCall[]
  readonly schedules: ReadonlySet<string>
  faults: PagerDutyFault[]
  asked: string[]
  window: { readonly from: number; count: number }
}

/** Answers with JSON. */
export function send(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(body)
}
