/**
 * The result store: immutable objects under keys. Everything a run must not lose is one of these; Redis holds none of it.
 * `file:` and (later) `s3:` share this layout.
 */
export type Objects = {
  /** Creates an object whole or not at all. False: it exists already, with whatever its first writer gave it. */
  readonly create: (key: string, body: string | Uint8Array) => Promise<boolean>
  /** The whole object, or undefined when there is none. */
  readonly read: (key: string) => Promise<Buffer | undefined>
  /** `length` bytes from `start`: less at the end of the object. Throws when there is no such object. */
  readonly readRange: (key: string, start: number, length: number) => Promise<Buffer>
  /** Size in bytes, or undefined when there is none. */
  readonly size: (key: string) => Promise<number | undefined>
  /** Names directly below a prefix (files and folders), sorted; empty when there is none. */
  readonly list: (prefix: string) => Promise<readonly string[]>
  /** Writes an object from a stream of chunks; it appears whole when the stream has ended. False: it existed already. */
  readonly createFrom: (key: string, chunks: AsyncIterable<string | Uint8Array>) => Promise<boolean>
  /** The object in chunks. Throws when there is no such object. */
  readonly stream: (key: string) => AsyncIterable<Uint8Array>
}

/** What a job's key may be made of: nothing in a key comes from a person or from CloudTrail without this check. */
const SAFE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/

const ROUND = /^([^~]+)~([1-9]\d?)$/

function part(text: string): string {
  if (!SAFE.test(text) || text.includes('..'))
    throw new TypeError(`not usable in a key: ${JSON.stringify(text.slice(0, 80))}`)
  return text
}

export const runKey = (run: string): string => {
  const [, first, round] = ROUND.exec(run) ?? []
  return first === undefined || round === undefined ? `runs/${part(run)}` : `runs/${part(first)}/rounds/${part(round)}`
}
/** The name under which a round of a run keeps its plan, parts and pages; the first (0) is the run's own. */
export const roundOf = (run: string, round = 0): string => (round === 0 ? run : `${run}~${round}`)
/** All parts of a round are in the queue, or were. */
export const handedKey = (run: string): string => `${runKey(run)}/handed.json`
/** What was asked and allowed, as the bot signed it. */
export const askedKey = (run: string): string => `${runKey(run)}/asked.json`
/** What was asked at a terminal, where nothing is signed. */
export const askedHereKey = (run: string): string => `${runKey(run)}/asked-here.json`
/** Folders of the runs that were asked at a terminal, by their day (UTC). */
export const ASKED_HERE = 'asked-here'
export const askedHereOnKey = (at: string, run: string): string => `${ASKED_HERE}/${part(at.slice(0, 10))}/${part(run)}`
/** A question that is allowed and waits for somebody to say that it is worth its time. */
export const heldKey = (run: string): string => `${runKey(run)}/held.json`
/** A folder of the names of all runs asked on one day (UTC): whoever looks for open runs need not list them all. */
export const askedDay = (day: Date): string => `asked/${day.toISOString().slice(0, 10)}`
/** Empty, and there before `askedKey`. */
export const askedOnKey = (day: Date, run: string): string => `${askedDay(day)}/${part(run)}`
/** The run that answers an ask which was the same question again. */
export const joinedKey = (run: string): string => `${runKey(run)}/joined.json`
/** Somebody stopped the run. Readers look at Redis's flag; this one puts it back when Redis has lost it. */
export const cancelledKey = (run: string): string => `${runKey(run)}/cancelled.json`
/** The right to the run was taken away while it was read: by what, written by the bot. */
export const revokedKey = (run: string): string => `${runKey(run)}/revoked.json`
/** What the run reads, frozen when it starts. */
export const planKey = (run: string): string => `${runKey(run)}/plan.json`
export const partKey = (run: string, account: string, region: string): string =>
  `${runKey(run)}/parts/${part(account)}.${part(region)}`
/** How a part ended: written once. */
export const partEndKey = (run: string, account: string, region: string): string =>
  `${partKey(run, account, region)}/end.json`
export const chainKey = (run: string, account: string, region: string, chain: number): string =>
  `${partKey(run, account, region)}/${String(chain).padStart(4, '0')}`
/** One page of one chain: the checkpoint. */
export const pageKey = (run: string, account: string, region: string, chain: number, seq: number): string =>
  `${chainKey(run, account, region, chain)}/${String(seq).padStart(6, '0')}.page`
/** What one worker has met of a run so far: the newest of its kind counts. For showing only; nothing is made of it. */
export const soFarKey = (run: string, worker: string, seq: number): string =>
  `${soFarFolder(run)}/${part(worker)}.${String(seq).padStart(6, '0')}.json`
export const soFarFolder = (run: string): string => `${runKey(run)}/sofar`
/** What an answer is put together from, frozen when that begins. */
export const sourcesKey = (run: string): string => `${runKey(run)}/sources.json`
export const answerKey = (run: string): string => `${runKey(run)}/answer.json`
export const csvKey = (run: string): string => `${runKey(run)}/answer.csv`
/** What became of asking a run's unsettled minutes again. */
export const lateKey = (run: string): string => `${runKey(run)}/late.json`
/** Its existence ends the run: after it no token of the run is good for anything but delivery. */
export const terminalKey = (run: string): string => `${runKey(run)}/terminal.json`
/** Delivery's own memory: `intent` before a call to Slack whose outcome could be lost, `done` after it. */
export const deliveryKey = (run: string, step: string): string => `${runKey(run)}/delivery/${part(step)}.json`
/** From when on ctq deletes what a run left in Slack: set before any of its answer is posted. */
export const expiryKey = (run: string): string => `${runKey(run)}/expiry.json`
/** Folders of the runs whose time is over on a day (UTC): the clock of retention, which no queue keeps. */
export const EXPIRIES = 'expires'
export const expiresOnKey = (at: Date, run: string): string =>
  `${EXPIRIES}/${at.toISOString().slice(0, 10)}/${part(run)}`
/** What somebody said of deleting a run's messages, in order: the last word counts. */
export const holdFolder = (run: string): string => `${runKey(run)}/hold`
export const holdKey = (run: string, seq: number): string => `${holdFolder(run)}/${String(seq).padStart(4, '0')}.json`
/** The run's messages and files are gone from Slack. */
export const deletedKey = (run: string): string => `${runKey(run)}/deleted.json`
/** Runbook text by digest: a run finishes with the text that it was allowed with. */
export const runbookKey = (digest: string): string => `runbooks/${part(digest)}.yaml`

/** Who has been in which group since when: a new one for each change, numbered without a gap. */
export const membershipsKey = (seq: number): string => `policy/memberships/${String(seq).padStart(8, '0')}.json`
/** Which policy was in force from when on: a new one for each change, numbered without a gap. */
export const policyInForceKey = (seq: number): string => `policy/in-force/${String(seq).padStart(8, '0')}.json`
/** A policy's rules by their digest: what stands in a decision can be read again. */
export const policyRulesKey = (digest: string): string => `policy/rules/${part(digest)}.json`

/** The log of one run's approval, numbered from 1 without a gap; the first entry is the request. */
export const approvalKey = (run: string, seq: number): string =>
  `approvals/${part(run)}/${String(seq).padStart(4, '0')}.json`
/** A folder of the runs whose approval was asked for on one day (UTC). */
export const approvalDay = (day: Date): string => `approvals-asked/${day.toISOString().slice(0, 10)}`
/** Empty, and there before the request. */
export const approvalOnKey = (day: Date, run: string): string => `${approvalDay(day)}/${part(run)}`

/** What was taken away from an investigation, and its end: numbered from 1 without a gap. */
export const investigationKey = (id: string, seq: number): string =>
  `investigations/${part(id)}/log/${String(seq).padStart(4, '0')}.json`
/** A folder of the runs that were asked under an investigation. */
export const investigationRuns = (id: string): string => `investigations/${part(id)}/runs`
/** Empty, and there before the run is queued. */
export const investigationRunKey = (id: string, run: string): string => `${investigationRuns(id)}/${part(run)}`
/** A folder of the investigations that end by themselves on one day (UTC). */
export const investigationDay = (day: Date): string => `investigations-until/${day.toISOString().slice(0, 10)}`
/** Empty. */
export const investigationOnKey = (until: Date, id: string): string => `${investigationDay(until)}/${part(id)}`

/** The log of one use of break-glass and its review, numbered from 1 without a gap; the first entry is the use. */
export const reviewKey = (run: string, seq: number): string =>
  `${REVIEWS}/${part(run)}/${String(seq).padStart(4, '0')}.json`
/** A folder of all runs that broke the glass. */
export const REVIEWS = 'reviews'
/** A folder of the runs with which somebody broke the glass. */
export const reviewsOf = ({ team, user }: { readonly team: string; readonly user: string }): string =>
  `reviews-of/${part(`${team}.${user}`)}`
/** Empty, and there before the first entry of the log. */
export const reviewOfKey = (person: { readonly team: string; readonly user: string }, run: string): string =>
  `${reviewsOf(person)}/${part(run)}`
/** A folder of the runs that broke the glass on one day (UTC). */
export const reviewDay = (day: Date): string => `reviews-on/${day.toISOString().slice(0, 10)}`
/** Empty, and there before the first entry of the log. */
export const reviewOnKey = (day: Date, run: string): string => `${reviewDay(day)}/${part(run)}`

/** What the terminal marker says. */
export type Terminal = {
  readonly run: string
  readonly outcome: 'answered' | 'failed'
  readonly at: string
  readonly why?: string
}
