import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { parseArgs } from 'node:util'
import { awsOptions, runAws } from './aws/cli.ts'
import type { Story } from './aws/organisation/incident/story.ts'
import { startAws } from './aws/server.ts'
import { incidentSeed, ON_CALL } from './incidentChannel.ts'
import { startPagerDuty } from './pagerduty/server.ts'
import { startInMemory } from './redis/server.ts'
import { runSlack } from './slack/cli.ts'
import { settingsOfManifest } from './slack/manifest.ts'
import { startSlack } from './slack/server.ts'

/** The page's usual address: http://127.0.0.1:4600. */
const USUAL_PORT = 4600

/** What the playground says when it is up: one JSON line, for whoever started it. */
export type PlaygroundAddresses = {
  readonly slack: {
    readonly url: string
    readonly apiUrl: string
    readonly botToken: string
    readonly appToken: string
    readonly signingSecret: string
  }
  readonly aws: { readonly url: string; readonly worker: Key; readonly oncall: Key }
  readonly redis: { readonly url: string }
  readonly pager: { readonly url: string; readonly token: string }
  /** Questions about the organisation's incident, to type in its channel. */
  readonly questions: readonly string[]
}
type Key = { readonly accessKeyId: string; readonly secretAccessKey: string }

/**
 * Starts AWS, Slack, the pager and the queue in this process, or one of them alone, and runs until told to stop. `--manifest FILE` makes the
 * simulated Slack know an app by its manifest: scopes, events, commands, shortcuts.
 */
export async function runPlayground(args: readonly string[]): Promise<void> {
  const [which, ...rest] = args
  if (which === 'slack') return await runSlack(rest)
  if (which === 'aws') return await untilStopped(await runAws(rest))
  if (which === 'redis') return await redisAlone(rest)
  if (which === 'pager') return await pagerAlone(rest)
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string', default: String(USUAL_PORT) },
      rate: { type: 'string', default: '2' },
      burst: { type: 'string', default: '2' },
      latency: { type: 'string', default: '120' },
      seed: { type: 'string', default: '1' },
      manifest: { type: 'string' },
    },
  })
  const aws = await startAws(
    awsOptions(['--rate', values.rate, '--burst', values.burst, '--latency', values.latency, '--seed', values.seed]),
  )
  const questions = questionsAbout(aws.story)
  const slack = await startSlack({
    port: await freePort(Number(values.port)),
    seed: incidentSeed(aws.story),
    questions,
    ...(values.manifest === undefined ? {} : { settings: settingsOfManifest(await readFile(values.manifest, 'utf8')) }),
  })
  const redis = await startInMemory()
  const pager = await startPagerDuty({ oncalls: ON_CALL })
  const { worker, oncall } = aws.organisation.users
  const key = ({ accessKeyId, secretAccessKey }: Key): Key => ({ accessKeyId, secretAccessKey })
  const { url, apiUrl, botToken, appToken, signingSecret } = slack
  const addresses: PlaygroundAddresses = {
    slack: { url, apiUrl, botToken, appToken, signingSecret },
    aws: { url: aws.url, worker: key(worker), oncall: key(oncall) },
    redis: { url: redis.url },
    pager: { url: pager.url, token: pager.token },
    questions,
  }
  process.stdout.write(`${JSON.stringify(addresses)}\n`)
  await untilStopped({
    close: async () => {
      await Promise.all([slack.close(), aws.close(), pager.close()])
      await redis.close()
    },
  })
}

function questionsAbout(story: Story | undefined): readonly string[] {
  return [
    ...(story === undefined ? [] : [`/ctq ${story.leakedKey} last 24h`]),
    '/ctq iam-persistence last 12h account=all',
    '/ctq logging-tamper last 12h account=@prod',
  ]
}

async function redisAlone(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { port: { type: 'string', default: '0' } } })
  const redis = await startInMemory(Number(values.port))
  process.stdout.write(`${JSON.stringify({ redis: { url: redis.url } })}\n`)
  await untilStopped(redis)
}

async function pagerAlone(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { port: { type: 'string', default: '0' } } })
  const pager = await startPagerDuty({ port: Number(values.port), oncalls: ON_CALL })
  process.stdout.write(`${JSON.stringify({ pager: { url: pager.url, token: pager.token } })}\n`)
  await untilStopped(pager)
}

/** The usual port, or any when it is taken. */
async function freePort(wanted: number): Promise<number> {
  return await new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(0))
    probe.listen(wanted, '127.0.0.1', () => probe.close(() => resolve(wanted)))
  })
}

/** Until a signal, or until whoever started this goes away: a playground left behind would be in the way of the next. */
async function untilStopped(running: { readonly close: () => Promise<void> }): Promise<void> {
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
    process.once('disconnect', resolve)
  })
  await running.close()
}
