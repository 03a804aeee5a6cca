import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileObjects } from '../../src/adapters/resultStore/file.ts'
import { slackDirectory } from '../../src/adapters/slack/directory.ts'
import type { Message } from '../../src/adapters/slack/entry.ts'
import type { Level } from '../../src/adapters/slack/levels.ts'
import { slackPosting } from '../../src/adapters/slack/posting.ts'
import type { AuditStep } from '../../src/domain/audit/step.ts'
import { err, ok } from '../../src/domain/outcome.ts'
import type { Grant } from '../../src/domain/policy/grant.ts'
import { placeAllows } from '../../src/domain/policy/place.ts'
import type { Policy } from '../../src/domain/policy/policy.ts'
import type { Answer } from '../../src/domain/result/answer.ts'
import type { Followed } from '../../src/domain/result/notes.ts'
import { answerKey, csvKey, type Objects, terminalKey } from '../../src/domain/result/objects.ts'
import { type DeliverJob, deliver } from '../../src/usecases/deliver.ts'
import type { DeliverDeps, DeliverOutcome } from '../../src/usecases/deliverTypes.ts'
import { ALICE, aRig, type Rig, SECRET, TEAM } from '../slackadapter/rig.ts'
import { anAnswerOf, RUN } from '../support/answers.ts'
import { aPolicy } from '../support/askFacts.ts'

export const CSV = 'eventTime,who\r\n2026-11-20T13:52:07Z,alice\r\n'

const POLICY: Policy = aPolicy({ digest: 'p'.repeat(64) })

/** A grant whose answer goes to the private channel; tests say what differs. */
export function aGrant(changes: Partial<Grant> = {}): Grant {
  const now = Math.floor(Date.now() / 1000)
  return {
    iss: 'ctq',
    aud: 'ctq-run',
    sub: `${TEAM}/${ALICE}`,
    jti: 'jti-1',
    iat: now,
    nbf: now,
    exp: now + 900,
    run: RUN,
    person: { team: TEAM, user: ALICE },
    role: 'responder',
    tier: 'open',
    basis: { kind: 'policy', policy: POLICY.digest },
    query: {
      runbook: { name: 'key-activity', digest: 'd'.repeat(64) },
      parameters: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE' },
      accounts: ['111122223333'],
      regions: ['us-east-1'],
      engines: ['lookup'],
      limit: 1000,
      window: { since: '2026-11-19T14:08:00Z', until: '2026-11-20T14:08:00Z' },
    },
    to: { kind: 'slack', team: TEAM, channel: SECRET },
    deliverBy: now + 86_400,
    askedAt: now,
    ...changes,
  }
}

export type DeliveryRig = Rig & {
  readonly deps: DeliverDeps<Message>
  readonly objects: Objects
  readonly steps: AuditStep[]
  /** Milliseconds since 1970; waits move it on. */
  readonly clock: { now: number }
  /** What the token `good` allows. */
  readonly holds: { grant: Grant }
  readonly finish: (changes?: Partial<Answer>, csv?: string) => Promise<void>
  /** One job once. */
  readonly once: (want: DeliverJob['want'], deps?: DeliverDeps<Message>) => Promise<DeliverOutcome>
  /** One job until it no longer waits; the clock moves on instead. */
  readonly through: (want: DeliverJob['want'], deps?: DeliverDeps<Message>) => Promise<DeliverOutcome>
}

const MOST_WAITS = 40

/** Everything that delivery works with, real but for the clock and the words: Slack over the wire, the store on disk. */
export async function aDelivery(t: TestContext, grant: Grant = aGrant()): Promise<DeliveryRig> {
  const rig = await aRig(t)
  const folder = await mkdtemp(join(tmpdir(), 'ctq-delivery-'))
  t.after(() => rm(folder, { recursive: true }))
  const objects = fileObjects(folder)
  const clock = { now: Date.now() }
  const holds = { grant }
  const steps: AuditStep[] = []
  const deps = depsOf(rig, objects, clock, holds, steps)
  const once = (want: DeliverJob['want'], with_ = deps): Promise<DeliverOutcome> =>
    deliver({ token: 'good', run: holds.grant.run, want }, with_)
  return {
    ...rig,
    deps,
    objects,
    steps,
    clock,
    holds,
    once,
    finish: (changes, csv = CSV) => finish(objects, holds.grant.run, changes, csv),
    through: async (want, with_ = deps) => {
      for (let i = 0; i < MOST_WAITS; i += 1) {
        const outcome = await once(want, with_)
        if (outcome.kind !== 'wait') return outcome
        clock.now = Math.max(clock.now, outcome.until.getTime())
      }
      throw new Error('it waits for ever')
    },
  }
}

async function finish(objects: Objects, run: string, changes: Partial<Answer> = {}, csv = CSV): Promise<void> {
  const sha256 = createHash('sha256').update(csv).digest('hex')
  const stored = anAnswerOf(1, { run, csv: { rows: 1, bytes: Buffer.byteLength(csv), sha256 }, ...changes })
  await objects.create(csvKey(run), csv)
  await objects.create(answerKey(run), JSON.stringify(stored))
  await objects.create(terminalKey(run), JSON.stringify({ run, outcome: 'answered', at: new Date().toISOString() }))
}

function depsOf(
  { client, self }: Rig,
  objects: Objects,
  clock: { now: number },
  holds: { grant: Grant },
  steps: AuditStep[],
): DeliverDeps<Message> {
  const directory = slackDirectory({ client, self, now: () => clock.now })
  const taken = new Map<string, number>()
  let looks = 0
  return {
    verify: async (token) => (token === 'good' ? ok(holds.grant) : err({ why: 'signature' })),
    placeAllows: async (grant, to, { fresh }) => {
      const facts = await directory.personFacts(grant.person, { fresh })
      if (facts.deactivated) return { allowed: false, why: 'left', tell: false, checks: [] }
      const channel = to.kind === 'slack' ? to.channel : await directory.directChannel(to.user)
      const decision = placeAllows(await directory.placeFacts({ channel }, grant.person, { fresh }), POLICY)
      const { checks, outcome } = decision
      if (outcome === 'here') return { allowed: true, checks }
      const why = decision.outcome === 'nowhere' && 'why' in decision.failure ? decision.failure.why : 'readers'
      return { allowed: false, why, tell: outcome === 'direct', checks }
    },
    csv: () => 'attach',
    withholds: () => false,
    startClock: async () => undefined,
    objects,
    progress: async () => {
      looks += 1
      return { pages: looks, records: looks * 50, matched: 0, parts: { done: 0, total: 1 } }
    },
    turn: async (key, everyMs) => {
      const free = taken.get(key) ?? 0
      if (clock.now < free) return free - clock.now
      taken.set(key, clock.now + everyMs)
      return 0
    },
    slack: slackPosting({ client, self, levels: new Map(), directChannel: directory.directChannel }),
    messages: {
      progress: (_grant, progress) => ({ text: `page ${progress?.pages ?? 0}` }),
      answer: (_grant, answer, level, followed) => answerAt(answer, level, followed),
      estimate: (_grant, { seconds }) => ({ text: `estimate ${seconds} s` }),
      late: (_grant, late, first) => ({ text: `late ${late.csv.rows} of ${first.run}` }),
      failed: (_grant, terminal) => ({ text: `failed: ${terminal.why ?? ''}` }),
      notice: (notice) => ({ text: JSON.stringify(notice) }),
    },
    audit: async (step) => void steps.push(step),
    now: () => new Date(clock.now),
    sleep: () => new Promise((resolve) => setTimeout(resolve, 15)),
    fileDelays: [1, 1, 1],
  }
}

function answerAt(answer: Answer, level: Level, { late }: Followed = {}): Message {
  const rows = [[{ type: 'raw_text', text: 'who' }], [{ type: 'raw_text', text: 'alice' }]]
  const text = `answer ${answer.run}${late === undefined ? '' : ` late: ${JSON.stringify(late)}`}`
  if (level === 'plain') return { text }
  return { text, blocks: [level === 'table' ? { type: 'table', rows } : { type: 'data_table', caption: 'who', rows }] }
}

/** The texts of our messages in a channel, oldest first; files show as `file:` and their content. */
export function texts(rig: Rig, channel: string): readonly string[] {
  const { workspace } = rig.slack
  const present = (id: string): boolean => workspace.files.get(id)?.deleted === false
  return rig
    .messages(channel)
    .filter(({ from_bot }) => from_bot)
    .filter(({ text, blocks, files }) => text !== '' || blocks.length > 0 || files.some(present))
    .flatMap(({ text, files }) => [
      ...(text === '' ? [] : [text]),
      ...files.filter(present).map((id) => `file:${workspace.files.get(id)?.content}`),
    ])
}

/** The direct messages of the bot with Alice. */
export function directChannel(rig: Rig): string {
  const found = [...rig.slack.workspace.channels.values()].find(
    ({ kind, members }) => kind === 'im' && members.includes(ALICE),
  )
  return found?.id ?? ''
}

/** What delivery said by itself, as it was given to the builder of notices. */
export function notices(rig: Rig, channel: string): readonly { readonly kind: string; readonly why?: string }[] {
  return texts(rig, channel)
    .filter((text) => text.startsWith('{'))
    .map((text) => JSON.parse(text))
}
