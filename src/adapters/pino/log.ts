import { type DestinationStream, destination, type Logger, pino } from 'pino'
import type { Audit } from '../../domain/audit/step.ts'

/** Names that may hold a secret, at any of the first three levels of what is logged. */
const SECRET_NAMES = [
  'token',
  'botToken',
  'appToken',
  'signingSecret',
  'signingKeys',
  'secretAccessKey',
  'sessionToken',
  'SessionToken',
  'SecretAccessKey',
  'responseUrl',
  'response_url',
  'authorization',
  'Authorization',
  'password',
  'd',
]

/** The log of ctq itself, one JSON object a line on stderr; the audit has a stream of its own. Known secret names are masked. */
export function openLog(
  level: string,
  name: string,
  stream: DestinationStream = destination({ fd: 2, sync: false }),
): Logger {
  const paths = SECRET_NAMES.flatMap((secret) => [secret, `*.${secret}`, `*.*.${secret}`])
  return pino(
    {
      level,
      name,
      base: { name, pid: process.pid },
      redact: { paths, censor: '[masked]' },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    stream,
  )
}

/**
 * The audit: each step one JSON object on a line, written before the call returns. `file`: where it goes, appended; without one, stdout,
 * so that a container's log collector gets it apart from the log.
 */
export function openAudit(file: string | undefined): { readonly audit: Audit; readonly close: () => void } {
  const stream =
    file === undefined
      ? destination({ fd: 1, sync: true })
      : destination({ dest: file, append: true, mkdir: true, sync: true })
  // pino writes what `level` gives first, and a comma after it: with nothing there the line would be no JSON
  const sink = pino(
    { base: null, timestamp: false, level: 'info', formatters: { level: () => ({ audit: 1 }) } },
    stream,
  )
  return {
    audit: async (step) => {
      sink.info(step)
    },
    close: () => stream.end(),
  }
}
