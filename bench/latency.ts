import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { newKey, publicKeys } from '../src/adapters/jose/keys.ts'
import { type Aws, awsSettings, startAws } from './rig/aws.ts'
import { until } from './rig/ctq.ts'
import { beside, CTQ } from './rig/files.ts'
import { startQueue } from './rig/queue.ts'
import { type Env, openStage, type Stage } from './rig/stage.ts'
import { percentile, table } from './rig/table.ts'

export type LatencyOptions = { readonly commands: number; readonly lookups: number }

const ACCOUNT = '111122223333'
const CHANNEL = 'C0OPS0001'
const ALICE = 'U0ALICE01'
/** Who approves, and where: a private channel that the simulated Slack has. */
const CAROL = 'U0CAROL01'
const APPROVERS = 'C0SECRESP'
/** The first questions fill caches and make sessions: they are asked and not counted. */
const WARM = 5
const BUSY = 2

/** From a slash command to its ack, and to the first LookupEvents that AWS gets for it, while both cores are busy with something else. */
export async function latency({ commands, lookups }: LatencyOptions): Promise<string> {
  const stage = await openStage()
  try {
    const aws = await startAws(stage, ['--noise', '0', '--rate', '1000', '--burst', '1000'])
    const server = await startQueue(stage)
    const slackUrl = await startCtq(stage, aws, server.url)
    for (let at = 0; at < WARM; at += 1) await asked(slackUrl, aws, at)
    for (let busy = 0; busy < BUSY; busy += 1) stage.node(beside('busy'), [], {})
    const acks: number[] = []
    for (let at = 0; at < commands; at += 1)
      acks.push(await typed(slackUrl, at % 2 === 0 ? 'list' : 'help key-activity'))
    const firsts: number[] = []
    for (let at = 0; at < lookups; at += 1) firsts.push(await asked(slackUrl, aws, WARM + at, acks))
    const clicks: number[] = []
    for (let at = 0; at < WARM; at += 1) await clicked(slackUrl, aws, at)
    for (let at = 0; at < Math.min(lookups, 30); at += 1) clicks.push(await clicked(slackUrl, aws, WARM + at))
    const alone: number[] = []
    for (let at = 0; at < Math.min(lookups, 10); at += 1) alone.push(await oneCall(stage, aws))
    return `Socket Mode, ${BUSY} busy processes on the same cores at the same priority, warm credentials, ${server.words}.

${table(
  ['from → to', 'n', 'p50 ms', 'p90 ms', 'p99 ms', 'longest ms'],
  [
    rowOf('slash command → ack', acks),
    rowOf('slash command → first LookupEvents', firsts),
    rowOf('click on Approve → first LookupEvents', clicks),
    rowOf('a new process with the SDK → its first LookupEvents', alone),
  ],
)}`
  } finally {
    await stage.strike()
  }
}

function rowOf(what: string, ms: readonly number[]): readonly string[] {
  return [what, String(ms.length), ...[0.5, 0.9, 0.99, 1].map((share) => percentile(ms, share).toFixed(0))]
}

async function startCtq(stage: Stage, aws: Aws, redis: string): Promise<string> {
  const started = stage.node(CTQ, ['playground', 'slack', '--no-rate-limits'], {})
  const { slack } = JSON.parse(await started.line((line) => line.startsWith('{"slack"'))) as {
    slack: { url: string; apiUrl: string; botToken: string; appToken: string }
  }
  const config = join(stage.folder, 'latency.yml')
  await writeFile(config, SETTINGS)
  const keys = { keys: [await newKey(new Date())] }
  const common: Env = {
    ...awsSettings(aws.url, aws.worker),
    REDIS_URL: redis,
    RESULTS_URL: `file:${join(stage.folder, 'latency')}`,
    CTQ_CONFIG: config,
    CTQ_AUDIT: join(stage.folder, 'latency-audit.jsonl'),
    LOG_LEVEL: 'info',
    PORT: '0',
  }
  const bot = { SLACK_BOT_TOKEN: slack.botToken, SLACK_APP_TOKEN: slack.appToken, SLACK_API_URL: slack.apiUrl }
  const ready = (line: string): boolean => line.includes('"msg":"ready"')
  await stage.node(CTQ, ['worker'], { ...common, CTQ_VERIFYING_KEYS: JSON.stringify(publicKeys(keys)) }).line(ready)
  await stage.node(CTQ, ['bot'], { ...common, ...bot, CTQ_SIGNING_KEYS: JSON.stringify(keys) }).line(ready)
  return slack.url
}

const SETTINGS = `version: 1
inventory: { accounts: [{ id: '${ACCOUNT}', name: prod-payments }] }
aws: { paceMs: 1 }
roles:
  responder: { persons: [T0CTQ0001/${ALICE}], runbooks: ['*'], accounts: ['*'], window: 90d, tier: duty, ceiling: elevated, places: ['*'] }
approvers:
  leads: { persons: [T0CTQ0001/${CAROL}] }
approvals:
  - { name: all, seats: [{ by: [leads] }], places: [${APPROVERS}] }
places: { ${CHANNEL}: { answers: here } }
`

/** Types a command; milliseconds until the simulated Slack had its ack. */
async function typed(slackUrl: string, text: string): Promise<number> {
  const response = await fetch(`${slackUrl}/_playground/type`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user: ALICE, channel: CHANNEL, text: `/ctq ${text}` }),
  })
  const act = (await response.json()) as { status: string; ms: number }
  if (act.status !== 'acked') throw new Error(`not acked: ${JSON.stringify(act)}`)
  return act.ms
}

/** Asks a question that nobody asked before; milliseconds until AWS had its first LookupEvents. */
async function asked(slackUrl: string, aws: Aws, at: number, acks?: number[]): Promise<number> {
  await aws.reset()
  const region = 'eu-west-1'
  const begun = Date.now()
  const ack = await typed(slackUrl, `console-logins region=${region} last ${60 + at}m`)
  acks?.push(ack)
  await until('a LookupEvents', 30, async () => (await aws.lookups(ACCOUNT, region)).servedAt.length > 0)
  return ((await aws.lookups(ACCOUNT, region)).servedAt[0] ?? Number.NaN) - begun
}

type Card = { readonly ts: string; readonly text: string; readonly blocks: readonly object[] }

/** Asks what needs approval and approves it by the card's button; milliseconds from the click until AWS had its first LookupEvents. */
async function clicked(slackUrl: string, aws: Aws, at: number): Promise<number> {
  const region = 'eu-west-1'
  const before = (await cards(slackUrl)).length
  await typed(
    slackUrl,
    `iam-persistence region=${region} last ${15 * 1440 + at}m reason="a benchmark of approvals" run=now`,
  )
  let card: Card | undefined
  await until('a card', 30, async () => {
    const all = await cards(slackUrl)
    card = all.at(-1)
    return all.length > before
  })
  await aws.reset()
  const begun = Date.now()
  await fetch(`${slackUrl}/_playground/click`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user: CAROL, channel: APPROVERS, ts: card?.ts, action_id: 'approve_request' }),
  })
  await until('a LookupEvents', 30, async () => (await aws.lookups(ACCOUNT, region)).servedAt.length > 0)
  return ((await aws.lookups(ACCOUNT, region)).servedAt[0] ?? Number.NaN) - begun
}

/** The cards that were posted to the approvers, whatever they have come to. */
async function cards(slackUrl: string): Promise<readonly Card[]> {
  const response = await fetch(`${slackUrl}/_playground/messages?channel=${APPROVERS}`)
  const messages = (await response.json()) as readonly Card[]
  return messages.filter(({ text }) => text.includes('iam-persistence'))
}

async function oneCall(stage: Stage, aws: Aws): Promise<number> {
  await aws.reset()
  const begun = Date.now()
  const program = stage.node(beside('oneCall'), [], awsSettings(aws.url, aws.responder))
  await program.ended
  const served = (await aws.counts())
    .filter(({ operation }) => operation === 'LookupEvents')
    .flatMap(({ servedAt }) => servedAt)
  return (served[0] ?? Number.NaN) - begun
}
