import { sha256 } from '../canonical.ts'
import type { Query } from '../query/query.ts'
import { durationWords } from '../request/duration.ts'
import { escapeMrkdwn, visible } from '../result/safe.ts'
import { secondOf } from '../result/time.ts'
import type { ApprovalRequest } from './approval.ts'
import type { Proposal } from './investigation.ts'
import type { Destination } from './person.ts'

/** One thing that is asked for approval. What several things are is a list. */
export type Detail = { readonly name: string; readonly values: readonly string[] }

/** Everything that is asked for approval, for reading: nothing of it is shortened. `nameOf`: an account's name, where it has one. */
export function approvalDetails(
  request: ApprovalRequest,
  nameOf: (account: string) => string | undefined,
): readonly Detail[] {
  return request.query === undefined
    ? proposalDetails(request.investigation, request.hash, nameOf)
    : questionDetails(request.query, request, nameOf)
}

/** Everything that may be asked without a further click once an investigation is open. */
function proposalDetails(
  proposal: Proposal,
  hash: string,
  nameOf: (account: string) => string | undefined,
): readonly Detail[] {
  const { people, channel, tier, accounts, regions, runbooks, window, seconds } = proposal
  const one = (name: string, value: string): Detail => ({ name, values: [value] })
  return [
    one('Open for', `${durationWords(seconds)} from the approval on`),
    { name: 'People', values: people.map(({ user }) => `@${user}`) },
    one('Questions', `up to ${tier}, over ${durationWords(window)} at most, within what each may ask with approval`),
    runbooks.includes('*') ? one('Runbooks', 'every one that they have') : { name: 'Runbooks', values: runbooks },
    { name: 'Accounts', values: accounts.map((id) => accountWords(id, nameOf(id))) },
    regions === 'enabled'
      ? one('Regions', 'every Region that an account has enabled')
      : { name: 'Regions', values: regions },
    one('Asked and answered', `in channel ${channel}`),
    one('Hash of all this', hash),
  ]
}

/** Everything of one question, for reading. */
export function questionDetails(
  query: Query,
  { to, cost, hash }: Pick<ApprovalRequest, 'to' | 'cost' | 'hash'>,
  nameOf: (account: string) => string | undefined,
): readonly Detail[] {
  const { runbook, parameters, accounts, regions } = query
  const one = (name: string, value: string): Detail => ({ name, values: [value] })
  return [
    one('Runbook', `${runbook.name} (SHA-256 ${runbook.digest})`),
    ...Object.entries(parameters).map(([name, given]) => one(`Parameter ${name}`, given)),
    { name: 'Accounts', values: accounts.map((id) => accountWords(id, nameOf(id))) },
    regions === 'enabled'
      ? one('Regions', 'every Region that an account has enabled')
      : { name: 'Regions', values: regions },
    one('Window', windowWords(query.window)),
    ...(query.categories === undefined ? [] : [{ name: 'Categories of events', values: query.categories }]),
    ...(query.raw === true ? [one('Records', 'as CloudTrail gave them')] : []),
    one('Rows', `the newest ${query.limit} at most`),
    one('Answer', answerWords(to)),
    one('Cost', cost.usd === 0 ? 'none (LookupEvents)' : `at most ${cost.usd} USD`),
    one('Hash of all this', hash),
  ]
}

function accountWords(id: string, name: string | undefined): string {
  return name === undefined ? id : `${name} (${id})`
}

/** The window in the form that is approved: its end is either a time, or the moment of the start. */
function windowWords({ since, until }: Query['window']): string {
  const end =
    typeof until === 'string' ? secondOf(until) : `the start of the run, at latest ${secondOf(until.notAfter)}`
  return `${secondOf(since)} to ${end}`
}

function answerWords(to: Destination): string {
  if (to.kind === 'sink') return `to ${to.name}`
  if (to.kind === 'direct') return 'to whoever asks, by direct message'
  return `in channel ${to.channel}${to.thread === undefined ? '' : `, thread ${to.thread}`}`
}

/** The same as a file, with its SHA-256: for lists that are too long for a message. */
export type DetailsFile = { readonly name: string; readonly text: string; readonly sha256: string }

/** What a message shows of the details, and the file that it names when some of them are only there. */
export type ShownDetails = {
  readonly details: readonly (Detail & { readonly inFile: boolean })[]
  readonly file?: DetailsFile
}

/** A single detail, and all together, that a message has room for, in characters as Slack is given them. */
const LONGEST = 900
const ALL_TOGETHER = 3_000

/** Which details a message shows whole: one that it has no room for is only counted there and stands whole in the file, never cut. */
export function shownDetails(run: string, details: readonly Detail[]): ShownDetails {
  let room = ALL_TOGETHER
  const shown = details.map((detail) => {
    const length = detail.values.reduce((sum, value) => sum + lengthShown(value) + 4, detail.name.length)
    const inFile = length > LONGEST || length > room
    if (!inFile) room -= length
    return { ...detail, inFile }
  })
  if (shown.every(({ inFile }) => !inFile)) return { details: shown }
  const text = details
    .map(({ name, values }) => `${name}\n${values.map((value) => `  ${value}\n`).join('')}`)
    .join('\n')
  return { details: shown, file: { name: `request-${run.slice(0, 8)}.txt`, text, sha256: sha256(text) } }
}

function lengthShown(text: string): number {
  return escapeMrkdwn(visible(text)).length
}
