import { hasher } from '../domain/canonical.ts'
import type { Answer } from '../domain/result/answer.ts'
import { csvKey } from '../domain/result/objects.ts'
import type { Attempt, Intent } from './deliverMemory.ts'
import { CALL_MS, type Delivery, inMs, record, retryAt, SETTLE_MS, sendOnce } from './deliverOnce.ts'
import { isAboutPlace, type Leg } from './deliverPlace.ts'
import { type DeliverOutcome, isSlackFault, type SlackFault, type Where } from './deliverTypes.ts'

/** Slack takes files of up to 1 GB. */
const LARGEST_BYTES = 1_000_000_000
/** Files that were uploaded and then not shown: so many, then the thread is told. */
const MOST_HIDDEN = 2
/** Uploads whose bytes did not arrive, though the upload said so: so many, then the thread is told. */
const MOST_LOST = 5
/** Looks whether the file is shown: at once, then after each of these. */
const FILE_DELAYS_MS: readonly number[] = [500, 1000, 2000, 4000, 8000]

/** How the CSV went. `move`: the place does not take it. */
export type CsvOutcome = DeliverOutcome | { readonly kind: 'move'; readonly why: string }

/** What is wrong with the file itself, so that sending it again cannot help. */
class AlteredFile extends Error {}
/** Another process has begun the same try. */
class NotOurTurn extends Error {}

/**
 * Gives the CSV in the answer's thread, once. Its id is known and remembered before anybody can see it, so a restart asks
 * Slack about that file; one that is never shown is deleted before another is sent, so there are never two.
 */
export async function deliverCsv<M>(
  delivery: Delivery<M>,
  answer: Answer,
  leg: Leg,
  thread: string,
): Promise<CsvOutcome> {
  const { memory } = delivery
  const step = `csv${leg.suffix}`
  const where: Where = { channel: leg.where.channel, thread }
  if (memory.has(`${step}.done`) || memory.has(`csv-note${leg.suffix}.done`)) return { kind: 'done' }
  if (memory.has(`${step}.unknown`)) return await tell(delivery, leg, where, 'unknown')
  if (answer.csv.bytes > LARGEST_BYTES) return await tell(delivery, leg, where, 'larger_than_1_gb')
  const attempts = await memory.attempts(step)
  const last = attempts.at(-1)
  if (last && last.ended?.outcome !== 'unsent') return await settle(delivery, answer, leg, thread, last)
  const refused = attempts.find((attempt) => attempt.ended?.reason.startsWith('refused:'))
  if (refused?.ended) return await tell(delivery, leg, where, refused.ended.reason.slice('refused:'.length))
  const ended = (reason: string): number => attempts.filter((attempt) => attempt.ended?.reason === reason).length
  if (ended('never_shown') >= MOST_HIDDEN) return await tell(delivery, leg, where, 'never_shown')
  if (ended('file_not_found') >= MOST_LOST) return await tell(delivery, leg, where, 'file_not_found')
  return await send(delivery, answer, leg, thread, attempts.length + 1)
}

async function send<M>(
  delivery: Delivery<M>,
  answer: Answer,
  leg: Leg,
  thread: string,
  n: number,
): Promise<CsvOutcome> {
  const { memory, deps, grant } = delivery
  const step = `csv${leg.suffix}`
  const { channel } = leg.where
  const glass = grant.basis.kind === 'break_glass' ? '-break-glass' : ''
  try {
    await deps.slack.upload({
      name: `ctq-${answer.runbook.name}-${grant.run.slice(0, 8)}${glass}.csv`,
      title: `${answer.runbook.name} ${grant.run.slice(0, 8)}${glass}`,
      bytes: answer.csv.bytes,
      chunks: checkedCsv(delivery, answer),
      channel,
      thread,
      onFile: async (file) => {
        const intent: Intent = { at: deps.now().toISOString(), channel, thread, file }
        if (!(await memory.put(`${step}.${n}.intent`, intent))) throw new NotOurTurn()
      },
    })
  } catch (error) {
    return await notSent(delivery, answer, leg, thread, n, error)
  }
  return await deliverCsv(delivery, answer, leg, thread)
}

/** The stored CSV, checked against the size and hash in the answer before the last byte is given. */
async function* checkedCsv<M>({ deps, grant }: Delivery<M>, answer: Answer): AsyncGenerator<Uint8Array> {
  const key = csvKey(grant.run)
  if ((await deps.objects.size(key)) !== answer.csv.bytes) throw new AlteredFile()
  const hash = hasher()
  let held: Uint8Array | undefined
  for await (const chunk of deps.objects.stream(key)) {
    hash.update(chunk)
    if (held) yield held
    held = chunk
  }
  if (hash.digest() !== answer.csv.sha256) throw new AlteredFile()
  if (held) yield held
}

async function notSent<M>(
  delivery: Delivery<M>,
  answer: Answer,
  leg: Leg,
  thread: string,
  n: number,
  error: unknown,
): Promise<CsvOutcome> {
  const { memory, deps } = delivery
  if (error instanceof NotOurTurn) return { kind: 'wait', until: inMs(delivery, CALL_MS) }
  const end = async (outcome: 'unsent' | 'unknown', reason: string): Promise<void> => {
    // a try that got no file id has no intent: nothing to end, unless it must be remembered
    const at = deps.now().toISOString()
    if (!memory.has(`csv${leg.suffix}.${n}.intent`))
      await memory.put(`csv${leg.suffix}.${n}.intent`, { at, channel: leg.where.channel, thread })
    await memory.put(`csv${leg.suffix}.${n}.ended`, { at, outcome, reason })
  }
  if (error instanceof AlteredFile) {
    await end('unsent', 'refused:altered')
    return await deliverCsv(delivery, answer, leg, thread)
  }
  if (!isSlackFault(error)) throw error
  return await faulted(delivery, answer, leg, thread, n, error, end)
}

async function faulted<M>(
  delivery: Delivery<M>,
  answer: Answer,
  leg: Leg,
  thread: string,
  n: number,
  fault: SlackFault,
  end: (outcome: 'unsent' | 'unknown', reason: string) => Promise<void>,
): Promise<CsvOutcome> {
  const begun = delivery.memory.has(`csv${leg.suffix}.${n}.intent`)
  if (fault.kind === 'unknown_outcome') {
    if (begun) await end('unknown', fault.reason)
    return { kind: 'wait', until: begun ? inMs(delivery, SETTLE_MS) : retryAt(delivery, fault) }
  }
  if (fault.kind === 'refused' && isAboutPlace(fault.reason)) {
    await end('unsent', fault.reason)
    return { kind: 'move', why: fault.reason }
  }
  if (fault.kind === 'refused' && fault.reason === 'file_not_found') {
    await end('unsent', fault.reason)
    return { kind: 'wait', until: retryAt(delivery, fault) }
  }
  if (fault.kind === 'refused') {
    await end('unsent', `refused:${fault.reason}`)
    return await deliverCsv(delivery, answer, leg, thread)
  }
  if (begun) await end('unsent', fault.reason)
  return { kind: 'wait', until: retryAt(delivery, fault) }
}

/** Finds out what came of a try: shown, to be sent again, or never to be known. */
async function settle<M>(
  delivery: Delivery<M>,
  answer: Answer,
  leg: Leg,
  thread: string,
  last: Attempt,
): Promise<CsvOutcome> {
  const { memory, deps } = delivery
  const step = `csv${leg.suffix}`
  const file = last.intent.file ?? ''
  const again = async (reason: string): Promise<CsvOutcome> => {
    await memory.put(`${step}.${last.n}.settled`, { at: deps.now().toISOString(), outcome: 'unsent', reason })
    return await deliverCsv(delivery, answer, leg, thread)
  }
  try {
    const state = await awaitShown(delivery, file, leg.where.channel)
    if (state === 'shown') return await shown(delivery, step, file, leg.where.channel, thread)
    if (state === 'hidden') await deps.slack.removeFile(file)
    return await again(state === 'hidden' ? 'never_shown' : 'absent')
  } catch (error) {
    if (!isSlackFault(error)) throw error
    if (error.kind === 'rate_limited' || error.kind === 'unknown_outcome')
      return { kind: 'wait', until: retryAt(delivery, error) }
    await memory.put(`${step}.unknown`, { at: deps.now().toISOString(), reason: error.reason })
    return await tell(delivery, leg, { channel: leg.where.channel, thread }, 'unknown')
  }
}

async function awaitShown<M>(
  { deps }: Delivery<M>,
  file: string,
  channel: string,
): Promise<'shown' | 'hidden' | 'absent'> {
  let state = await deps.slack.fileState(file, channel)
  for (const ms of deps.fileDelays ?? FILE_DELAYS_MS) {
    if (state !== 'hidden') return state
    await deps.sleep(ms)
    state = await deps.slack.fileState(file, channel)
  }
  return state
}

async function shown<M>(
  delivery: Delivery<M>,
  step: string,
  file: string,
  channel: string,
  thread: string,
): Promise<CsvOutcome> {
  await record(delivery, 'delivered', 'done', [{ check: 'arrived', passed: true }], { step, file, channel })
  await delivery.memory.put(`${step}.done`, { at: delivery.deps.now().toISOString(), channel, ts: thread, file })
  return { kind: 'done' }
}

/** Says in the thread why there is no CSV. */
async function tell<M>(delivery: Delivery<M>, leg: Leg, where: Where, why: string): Promise<CsvOutcome> {
  const { deps, grant } = delivery
  const sent = await sendOnce(delivery, `csv-note${leg.suffix}`, where, () =>
    deps.messages.notice({ kind: 'csv_missing', run: grant.run, why }),
  )
  if (sent.kind === 'wait') return sent
  await record(delivery, 'delivered', 'deny', [{ check: 'arrived', passed: false, detail: why }], { step: 'csv' })
  return { kind: 'done', note: `no CSV: ${why}` }
}
