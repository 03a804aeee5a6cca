import { createHmac } from 'node:crypto'
import { parsed } from './http.ts'
import type { Envelope, Outcome } from './types.ts'
import type { Workspace } from './workspace.ts'

/** The `X-Slack-Signature` of a body: v0, HMAC-SHA256 over version, timestamp (seconds) and body. */
export function signatureOf(secret: string, timestamp: string, body: string): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`
}

/** The body as Slack sends it: commands and interactions as a form, events as JSON. */
function encoded(envelope: Envelope): { type: string; body: string } {
  if (envelope.type === 'events_api') return { type: 'application/json', body: JSON.stringify(envelope.payload) }
  const fields =
    envelope.type === 'interactive'
      ? { payload: JSON.stringify(envelope.payload) }
      : Object.fromEntries(Object.entries(envelope.payload).map(([name, value]) => [name, String(value)]))
  return { type: 'application/x-www-form-urlencoded', body: new URLSearchParams(fields).toString() }
}

/** Posts a signed payload to the app and waits at most `ackMs` for HTTP 200. */
export async function postSigned(ws: Workspace, url: string, envelope: Envelope): Promise<Outcome> {
  const started = performance.now()
  const elapsed = (): number => Math.round(performance.now() - started)
  const { type, body } = encoded(envelope)
  const timestamp = String(Math.floor(ws.now() / 1000))
  const headers = {
    'content-type': type,
    'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': signatureOf(ws.app.signingSecret, timestamp, body),
    ...(envelope.retry
      ? { 'x-slack-retry-num': String(envelope.retry.num), 'x-slack-retry-reason': envelope.retry.reason }
      : {}),
  }
  try {
    const signal = AbortSignal.timeout(ws.settings.ackMs)
    const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'error' })
    const text = await response.text()
    const noRetry = response.headers.get('x-slack-no-retry') === '1'
    if (response.status === 200) return { status: 'acked', body: parsed(text) ?? text, ms: elapsed() }
    return { status: 'failed', reason: 'http_error', ms: elapsed(), noRetry }
  } catch (error) {
    if (error instanceof DOMException && error.name === 'TimeoutError') return { status: 'timeout', ms: elapsed() }
    return { status: 'failed', reason: 'connection_failed', ms: elapsed(), noRetry: false }
  }
}
