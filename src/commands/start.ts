import { fork } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { newKey } from '../adapters/jose/keys.ts'
import { isBare, realSettings } from '../config.ts'
import type { PlaygroundAddresses } from '../playground/playground.ts'
import { packageRoot } from './root.ts'
import { serveWith } from './serve.ts'

/**
 * `ctq start`: with any real setting, `ctq serve`; with none, the playground and ctq against it. `--http` has the playground's Slack call
 * ctq over signed HTTP instead of Socket Mode; other options go to the playground.
 */
export async function start(args: readonly string[]): Promise<number> {
  if (isBare(process.env)) return await startPlayground(args)
  process.stderr.write(
    `Found ${realSettings(process.env).join(', ')}: starting ctq with your settings, not the playground.\n`,
  )
  return await serveWith(process.env)
}

async function startPlayground(all: readonly string[]): Promise<number> {
  const http = all.includes('--http')
  const args = all.filter((word) => word !== '--http')
  const main = process.argv[1]
  if (main === undefined) throw new Error('ctq does not know its own file')
  const child = fork(main, ['playground', '--manifest', join(packageRoot(), 'manifest.yml'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  const folder = await mkdtemp(join(tmpdir(), 'ctq-playground-'))
  try {
    const addresses = await firstLine(child)
    const env = await playgroundSettings(addresses, folder, http ? 'http' : 'socket')
    // Whatever else is set must not reach the playground's ctq: a profile would be preferred to the playground's keys.
    for (const name of realSettings(process.env)) delete process.env[name]
    Object.assign(process.env, env)
    // The SDK's advice about Node versions is for whoever deploys ctq.
    process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'
    return await serveWith(process.env, async (port) => {
      if (http) await callOverHttp(addresses.slack.url, port)
      process.stdout.write(playgroundWords(addresses))
    })
  } finally {
    child.kill('SIGTERM')
    await rm(folder, { recursive: true, force: true })
  }
}

/** What is said when the playground is up: its address, and lines to type or to paste. */
export function playgroundWords(addresses: PlaygroundAddresses): string {
  const [first = ''] = addresses.questions
  const parts: readonly (readonly [string, readonly string[]])[] = [
    ['Ask in #incident-payments:', addresses.questions],
    [
      'Or at a terminal: the first line makes it ask the simulated AWS for as long as it is open.',
      [keysLine(addresses.aws), `npm run -s ctq -- run ${SETTINGS} ${first.replace('/ctq ', '')}`],
    ],
    ['Or see what its rules give to whom, as they are now:', [lintLine(addresses)]],
  ]
  const told = parts.map(([title, lines]) => `${title}\n${lines.map((line) => `  ${line}\n`).join('')}`)
  const end = 'Stop it with Ctrl-C. Nothing leaves this machine, and nothing is kept.'
  return `\nctq's playground is up: open ${addresses.slack.url}\n\n${told.join('\n')}\n${end}\n`
}

const SETTINGS = '--config src/playground/ctq.yml'

/** The keys of whoever is on call are the playground's own and good for nothing else. What is asked next needs them too, so they stay. */
function keysLine({ url, oncall }: PlaygroundAddresses['aws']): string {
  return `export ${inShell({
    AWS_ENDPOINT_URL: url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: oncall.accessKeyId,
    AWS_SECRET_ACCESS_KEY: oncall.secretAccessKey,
  })}`
}

/** The check of the playground's policy against its Slack and its pager, to paste. */
function lintLine({ slack, pager }: PlaygroundAddresses): string {
  const settings = {
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_API_URL: slack.apiUrl,
    PAGERDUTY_TOKEN: pager.token,
    PAGERDUTY_API_URL: pager.url,
  }
  return `${inShell(settings)} npm run -s ctq -- policy lint ${SETTINGS}`
}

function inShell(settings: { readonly [name: string]: string }): string {
  return Object.entries(settings)
    .map(([name, text]) => `${name}=${text}`)
    .join(' ')
}

/** Tells the playground's Slack where ctq listens: what an app's settings page does. */
async function callOverHttp(slackUrl: string, port: number | undefined): Promise<void> {
  const eventsUrl = `http://127.0.0.1:${port}/slack/events`
  const told = await fetch(`${slackUrl}/_playground/settings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ eventsUrl }),
  })
  if (!told.ok) throw new Error(`the playground did not take ${eventsUrl}`)
}

async function firstLine(child: ReturnType<typeof fork>): Promise<PlaygroundAddresses> {
  if (child.stdout === null) throw new Error('the playground has no output')
  const lines = createInterface({ input: child.stdout })
  return await new Promise((resolve, reject) => {
    lines.once('line', (line) => resolve(JSON.parse(line) as PlaygroundAddresses))
    child.once('exit', (code) => reject(new Error(`the playground ended with exit code ${code}`)))
    child.once('error', reject)
  })
}

/** ctq's settings against the playground: the same variables that a real deployment sets, and no others. */
export async function playgroundSettings(
  addresses: PlaygroundAddresses,
  folder: string,
  mode: 'socket' | 'http' = 'socket',
): Promise<{ readonly [name: string]: string }> {
  const { slack, aws, redis, pager } = addresses
  return {
    SLACK_BOT_TOKEN: slack.botToken,
    ...(mode === 'http' ? { SLACK_SIGNING_SECRET: slack.signingSecret } : { SLACK_APP_TOKEN: slack.appToken }),
    SLACK_API_URL: slack.apiUrl,
    AWS_ENDPOINT_URL: aws.url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: aws.worker.accessKeyId,
    AWS_SECRET_ACCESS_KEY: aws.worker.secretAccessKey,
    PAGERDUTY_TOKEN: pager.token,
    PAGERDUTY_API_URL: pager.url,
    REDIS_URL: redis.url,
    RESULTS_URL: `file:${join(folder, 'results')}`,
    CTQ_SIGNING_KEYS: JSON.stringify({ keys: [await newKey(new Date())] }),
    CTQ_CONFIG: join(packageRoot(), 'src/playground/ctq.yml'),
    CTQ_RUNBOOKS: join(packageRoot(), 'runbooks'),
    CTQ_AUDIT: join(folder, 'audit.jsonl'),
    LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'warn',
    PORT: process.env['PORT'] ?? '0',
    CTQ_LISTEN: '127.0.0.1',
  }
}
