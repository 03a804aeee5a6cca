import { type Logger, LogLevel } from '@slack/bolt'
import type { Log } from './entry.ts'

const LONGEST = 300

/** Cuts tokens, URLs (a response_url and a socket's URL are secrets) and length out of a line the SDK wants to log. */
export function scrub(text: string): string {
  return text
    .replace(/\bx(?:ox[a-z]|app)-[A-Za-z0-9-]+/g, '[token]')
    .replace(/\b(?:https?|wss?):\/\/[^\s'"<>)]+/g, '[url]')
    .replace(/\s+/g, ' ')
    .slice(0, LONGEST)
}

function words(part: unknown): string {
  if (typeof part === 'string') return part
  // an SDK error carries headers, bodies and the request: only its class, code and message may pass
  if (part instanceof Error) return `${part.name} ${String((part as { code?: unknown }).code ?? '')} ${part.message}`
  return typeof part
}

/** Bolt's and the SDK's logger on top of ours. Debug lines, which hold whole payloads, go nowhere. */
export function slackLogger(log: Log): Logger {
  const line = (parts: readonly unknown[]): string => scrub(parts.map(words).join(' '))
  const fields = { from: 'slack-sdk' }
  return {
    debug: () => undefined,
    info: (...parts) => log.info(fields, line(parts)),
    warn: (...parts) => log.warn(fields, line(parts)),
    error: (...parts) => log.error(fields, line(parts)),
    setLevel: () => undefined,
    getLevel: () => LogLevel.INFO,
    setName: () => undefined,
  }
}
