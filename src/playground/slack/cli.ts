import { parseArgs } from 'node:util'
import { startSlack } from './server.ts'
import type { Settings } from './settings.ts'

/** What `--help` would say, and what a wrong option is answered with. */
const USAGE = `ctq playground slack [--port N] [--events-url URL] [--scopes a,b] [--events a,b] [--no-rate-limits]
  [--no-data-table] [--no-table]`

/**
 * Starts the simulated Slack and prints one JSON line with its address and secrets when it is ready; it runs until
 * the process gets SIGINT or SIGTERM.
 * @throws Error (from parseArgs) when an option is unknown, or when the port is not a number or is taken.
 */
export async function runSlack(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: 'string', default: '0' },
      'events-url': { type: 'string' },
      scopes: { type: 'string' },
      events: { type: 'string' },
      'no-rate-limits': { type: 'boolean', default: false },
      'no-data-table': { type: 'boolean', default: false },
      'no-table': { type: 'boolean', default: false },
    },
  })
  const port = Number(values.port)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`--port must be a port number.\n${USAGE}`)
  const settings: Partial<Settings> = {
    rateLimits: !values['no-rate-limits'],
    acceptsDataTable: !values['no-data-table'],
    acceptsTable: !values['no-table'],
    ...(values.scopes ? { scopes: values.scopes.split(',') } : {}),
    ...(values.events ? { events: values.events.split(',') } : {}),
  }
  const eventsUrl = values['events-url']
  const slack = await startSlack({ port, settings, ...(eventsUrl ? { eventsUrl } : {}) })
  const { url, apiUrl, botToken, appToken, signingSecret } = slack
  process.stdout.write(`${JSON.stringify({ slack: { url, apiUrl, botToken, appToken, signingSecret } })}\n`)
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
  })
  await slack.close()
}
