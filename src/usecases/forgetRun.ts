import type { Audit, Check } from '../domain/audit/step.ts'
import { answerRule } from '../domain/policy/answers.ts'
import type { Grant } from '../domain/policy/grant.ts'
import type { Policy } from '../domain/policy/policy.ts'
import { deletedKey, expiresOnKey, expiryKey, type Objects } from '../domain/result/objects.ts'
import { type ReadApprovalDeps, readApproval } from './approvalLog.ts'
import { type AskedDeps, readAsked } from './cancelRun.ts'
import { type Done, type Memory, openMemory } from './deliverMemory.ts'
import { type DeliverySlack, isSlackFault, type Sent } from './deliverTypes.ts'
import { isHeld } from './holdRun.ts'

export type ForgetDeps = Pick<AskedDeps, 'verifyExpired'> &
  Pick<ReadApprovalDeps, 'verifyRequest' | 'verifyClick'> & {
    readonly objects: Objects
    readonly slack: Pick<DeliverySlack<never>, 'removeFile'> & { readonly removeMessage: (at: Sent) => Promise<void> }
    readonly audit: Audit
    readonly now: () => Date
  }

type Expiry = { readonly at: string }

/** `later`: look again; it is not time, or the run is on hold. `over`: nothing of the run is left in Slack that ctq could delete. */
export type ForgetOutcome = 'later' | 'over' | 'deleted'

/** Starts the clock of what a run, or a request that came to no run, leaves in Slack, before its answer or its end is posted. What was set first stays. */
export async function startClock(
  { run, tier }: Pick<Grant, 'run' | 'tier'>,
  policy: Pick<Policy, 'answers'>,
  objects: Pick<Objects, 'create' | 'read'>,
  now: Date,
): Promise<void> {
  const { keep } = answerRule(tier, policy)
  if (keep === undefined) return
  await objects.create(expiryKey(run), JSON.stringify({ at: new Date(now.getTime() + keep * 1000) }))
  const at = await expiryOf(run, objects)
  if (at !== undefined) await objects.create(expiresOnKey(at, run), '')
}

async function expiryOf(run: string, objects: Pick<Objects, 'read'>): Promise<Date | undefined> {
  const bytes = await objects.read(expiryKey(run))
  return bytes === undefined ? undefined : new Date((JSON.parse(bytes.toString('utf8')) as Expiry).at)
}

/**
 * Deletes what a run left in Slack, the cards of its approval too, when its time is over and nobody holds it, and records it. Throws a SlackFault when Slack cannot be asked
 * now: then it is repeated, and what is gone already stays gone.
 */
export async function forgetRun(run: string, deps: ForgetDeps): Promise<ForgetOutcome> {
  const { objects, now } = deps
  if ((await objects.size(deletedKey(run))) !== undefined) return 'over'
  const at = await expiryOf(run, objects)
  if (at === undefined) return 'over'
  if (now() < at) return 'later'
  const asked = (await readAsked(run, deps))?.grant ?? (await readApproval(run, deps))?.approval.request
  if (asked === undefined) return 'over'
  const follows = 'follows' in asked ? asked.follows : undefined
  if ((await isHeld(run, objects)) || (follows !== undefined && (await isHeld(follows, objects)))) return 'later'
  const gone = await removeAll(await openMemory(objects, run), deps)
  await deps.audit({
    step: 'deleted',
    outcome: gone.checks.every(({ passed }) => passed) ? 'done' : 'deny',
    at: now().toISOString(),
    run,
    person: asked.person,
    checks: [{ check: 'time_over', passed: true, detail: at.toISOString() }, ...gone.checks],
    detail: { tier: asked.tier, messages: gone.messages, files: gone.files },
  })
  await objects.create(deletedKey(run), JSON.stringify({ version: 1, at: now().toISOString() }))
  return 'deleted'
}

type Gone = { readonly messages: number; readonly files: number; readonly checks: readonly Check[] }

/** What says that an answer is settled, or its gap closed, is that answer's own message, and goes with it. */
const OF_ANOTHER: ReadonlySet<string> = new Set(['settled.done', 'closed.done'])

/** Files first: a file outlives the message that showed it. Replies before what they reply to: Slack keeps a stone in place of the latter. */
async function removeAll(memory: Memory, { slack }: ForgetDeps): Promise<Gone> {
  const done = await Promise.all(
    memory
      .names()
      .filter((name) => name.endsWith('.done') && !OF_ANOTHER.has(name))
      .map((name) => memory.get<Done>(name)),
  )
  const left = done.filter((one) => one !== undefined)
  const files = [...new Set(left.flatMap(({ file }) => file ?? []))]
  const messages = new Map(
    left.filter(({ file }) => file === undefined).map(({ channel, ts }) => [`${channel} ${ts}`, { channel, ts }]),
  )
  const checks: Check[] = []
  for (const file of files) checks.push(...(await refusal('file', () => slack.removeFile(file))))
  for (const at of [...messages.values()].toSorted((a, b) => Number(b.ts) - Number(a.ts)))
    checks.push(...(await refusal('message', () => slack.removeMessage(at))))
  return { messages: messages.size, files: files.length, checks }
}

/** What Slack refuses for good is recorded, and the rest is deleted all the same. */
async function refusal(what: string, remove: () => Promise<void>): Promise<readonly Check[]> {
  try {
    await remove()
    return []
  } catch (error) {
    if (!isSlackFault(error) || error.kind !== 'refused') throw error
    return [{ check: `${what}_deleted`, passed: false, detail: error.reason }]
  }
}
