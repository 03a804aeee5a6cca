import type { Json } from './json.ts'

/** A refusal with Slack's own error name; `extra` is merged into the `ok:false` answer. */
export class SlackError extends Error {
  readonly code: string
  readonly extra: Json

  constructor(code: string, extra: Json = {}) {
    super(code)
    this.name = 'SlackError'
    this.code = code
    this.extra = extra
  }
}

/** The refusal with the detailed messages that Slack puts in `response_metadata.messages`. */
export function withMessages(code: string, messages: readonly string[]): SlackError {
  return new SlackError(code, { response_metadata: { messages } })
}
