import { sha256 } from '../domain/canonical.ts'
import type { DetailsFile } from '../domain/policy/approvalDetails.ts'
import type { AskedUnderIt, Digest } from '../domain/policy/digestText.ts'
import { type Investigation, isOpen } from '../domain/policy/investigation.ts'
import type { Person } from '../domain/policy/person.ts'
import type { Answer } from '../domain/result/answer.ts'
import { answerKey, askedKey, investigationRuns, type Terminal, terminalKey } from '../domain/result/objects.ts'
import { readAsked } from './cancelRun.ts'
import { openMemory } from './deliverMemory.ts'
import { type Sending, type SendOutcome, sendOnce } from './deliverOnce.ts'
import type { DeliverDeps, DeliverySlack } from './deliverTypes.ts'
import { giveFile } from './giveFile.ts'
import { investigationsUntil, readInvestigation } from './investigationLog.ts'
import { type InvestigationDeps, stopOutside } from './investigations.ts'
import { isWithheld } from './readAnswer.ts'
import { readEach } from './storedLog.ts'

/** Builders of what the end of an investigation shows: pure. */
export type DigestMessages<M> = {
  readonly digest: (digest: Digest, file: DetailsFile) => M
  /** All of it, as a file. */
  readonly file: (digest: Digest) => DetailsFile
}

export type CloseDeps<M> = InvestigationDeps & {
  readonly turn: DeliverDeps<M>['turn']
  readonly slack: DeliverySlack<M>
  readonly digestMessages: DigestMessages<M>
  /** Whether answers may be read there now. */
  readonly mayShowIn: (channel: string, asker: Person) => Promise<boolean>
}

/** Everything that was asked under an investigation, as it stands. A run that cannot be read keeps nobody from the others, and is named. */
export async function digestOf(
  investigation: Investigation,
  deps: Pick<InvestigationDeps, 'objects' | 'verifyExpired' | 'withholds' | 'leftOut'>,
): Promise<Digest> {
  const runs = await deps.objects.list(investigationRuns(investigation.id))
  const asked = await readEach(runs, (run) => askedUnder(run, deps), deps)
  const read = new Set(asked.map(({ run }) => run))
  const missed = runs.filter((run) => !read.has(run))
  // What was offered and has not begun is no run yet.
  const begun = await Promise.all(missed.map((run) => deps.objects.size(askedKey(run))))
  return {
    investigation,
    asked: asked.toSorted((a, b) => (a.askedAt < b.askedAt ? -1 : 1)),
    unread: missed.filter((_, index) => begun[index] !== undefined),
  }
}

async function askedUnder(
  run: string,
  deps: Pick<InvestigationDeps, 'objects' | 'verifyExpired' | 'withholds'>,
): Promise<AskedUnderIt | undefined> {
  const found = await readAsked(run, deps)
  if (found === undefined) return undefined
  const { grant, asked } = found
  const base = { run, person: grant.person, words: asked.echo, askedAt: new Date(grant.askedAt * 1000).toISOString() }
  const ended = await deps.objects.read(terminalKey(run))
  if (ended === undefined) return { ...base, outcome: 'running' }
  const bytes = await deps.objects.read(answerKey(run))
  if ((JSON.parse(ended.toString('utf8')) as Terminal).outcome === 'failed' || bytes === undefined)
    return { ...base, outcome: 'failed' }
  const read = JSON.parse(bytes.toString('utf8')) as Answer
  const { coverage, counts, csv } = read
  if (await isWithheld(read, grant, deps)) return { ...base, outcome: 'withheld', answer: sha256(bytes) }
  const hashes = { answer: sha256(bytes), ...(csv.rows === 0 ? {} : { csv: csv.sha256 }) }
  return { ...base, outcome: coverage.verdict, matched: counts.matched, ...hashes }
}

/** What still runs a while after the end stands in the digest as running. */
const WAIT_FOR_RUNS_S = 90
/** An investigation whose end nobody could tell for so many days is left alone. */
const DAYS = [-2, -1, 0, 1]

/**
 * Looks after every investigation: what no longer lies within one is stopped, also where a bot died in between; when it has ended, by itself or by
 * somebody, its digest is posted once where it was opened. One that fails keeps no other from it, and is looked at again. Gives the ids of those whose digest was posted now.
 */
export async function closeInvestigations<M>(deps: CloseDeps<M>): Promise<readonly string[]> {
  const closed: string[] = []
  for (const id of await investigationsUntil(DAYS, deps)) {
    const [outcome] = await readEach([id], () => closeInvestigation(id, deps), deps)
    if (outcome === 'told') closed.push(id)
  }
  return closed
}

/** In an investigation's memory: nothing is left to be done about it. */
const OVER = 'investigation-over'

async function closeInvestigation<M>(id: string, deps: CloseDeps<M>): Promise<'open' | 'over' | 'told' | 'wait'> {
  const memory = await openMemory(deps.objects, id)
  if (memory.has(OVER)) return 'over'
  const investigation = (await readInvestigation(id, deps))?.investigation
  if (investigation === undefined) return 'over'
  const now = deps.now().getTime() / 1000
  await stopOutside(investigation, investigation.ended?.by, deps)
  if (isOpen(investigation, now)) return 'open'
  const digest = await digestOf(investigation, deps)
  const end = Math.min(investigation.ended?.at ?? investigation.until, investigation.until)
  if (digest.asked.some(({ outcome }) => outcome === 'running') && now < end + WAIT_FOR_RUNS_S) return 'wait'
  await recordEnd(investigation, end, memory, deps)
  const sent = await tell({ grant: { run: id, person: investigation.opener }, memory, deps }, digest)
  if (sent.kind === 'wait') return 'wait'
  await memory.put(OVER, { at: deps.now().toISOString() })
  return 'told'
}

async function recordEnd<M>(
  { id, name, hash, ended, opener }: Investigation,
  end: number,
  memory: Awaited<ReturnType<typeof openMemory>>,
  deps: CloseDeps<M>,
): Promise<void> {
  // Whoever ended it is in the record already.
  if (ended !== undefined || memory.has('expired')) return
  await deps.audit({
    step: 'investigation_ended',
    outcome: 'done',
    at: deps.now().toISOString(),
    run: id,
    person: opener,
    checks: [],
    detail: { name, hash, why: 'its time is over', ended: new Date(end * 1000).toISOString() },
  })
  await memory.put('expired', { at: deps.now().toISOString() })
}

async function tell<M>(work: Sending<M> & { readonly deps: CloseDeps<M> }, digest: Digest): Promise<SendOutcome> {
  const { deps } = work
  const file = deps.digestMessages.file(digest)
  const { channel, opener } = digest.investigation
  // Where strangers read by now, it goes to whoever opened it.
  const where = (await deps.mayShowIn(channel, opener))
    ? { channel }
    : { channel: await deps.slack.openDirect(opener.user) }
  const outcome = await sendOnce(work, 'digest', where, () => deps.digestMessages.digest(digest, file))
  if (outcome.kind !== 'sent' || digest.asked.length + digest.unread.length === 0) return outcome
  return (await giveFile(work, 'digest', outcome.at, file)) ?? outcome
}
