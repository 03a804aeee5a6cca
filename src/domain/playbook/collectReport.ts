import type { FollowedKey } from '../query/plan.ts'
import type { CloudTrailRecord } from '../record.ts'
import { isDaily } from '../result/daily.ts'
import type { Reading } from '../result/facets.ts'
import { compareTexts, kept, keyOf } from '../result/kept.ts'
import type { Row } from '../result/row.ts'
import { isServiceAddress } from '../result/serviceAddress.ts'
import { tally } from '../result/tally.ts'
import { changeWeight } from '../result/weight.ts'
import { textAt } from '../runbook/values.ts'
import { type Mint, mintOf } from '../stage/mint.ts'
import { blamer, type Deed, givenBy, type Minted } from './blame.ts'
import { credentialOf, openKeys } from './credentials.ts'
import { addHabit, type Habit, habitOf, isHabit } from './habit.ts'
import { homes } from './homes.ts'
import { isIn, type Pattern } from './patterns.ts'
import type { BoundMember } from './playbook.ts'
import type { NotFollowed, PlaybookCredential, PlaybookFinding, ToldApart } from './report.ts'
import { byNews, type Collected, findingOf, toldApart } from './tellDeeds.ts'

/** Deeds that are kept apart, habits, credentials given out, and rows of each deed: what bounds memory, at some ten megabytes. */
const DEEDS = 3_000
const HABITS = 10_000
const MINTS = 10_000
const ROWS = 2
/** Findings that an answer holds. */
const FINDINGS = 200
const CREDENTIALS = 50
const VALUE_MAX = 200

export type Report = {
  readonly findings: readonly PlaybookFinding[]
  readonly more: number
  readonly uncounted: number
  /** Calls of, or about, what was given to begin with. */
  readonly ofStart: number
  readonly apart: readonly ToldApart[]
  /** Findings that a member looked for. */
  readonly findingsOf: (member: string) => number
  readonly credentials: readonly PlaybookCredential[]
  /** Keys that findings were made with, or that came out of them, and that were not asked about yet: what to go on with, the most telling first. */
  readonly open: readonly FollowedKey[]
  /** Some rows of the findings, newest first. */
  readonly rows: readonly Row[]
}

/** What was gone on with. */
export type FollowedSoFar = {
  /** The key that was given to begin with. */
  readonly root?: string
  /** Keys that were found and gone on with. */
  readonly found: ReadonlySet<string>
  /** Why nothing was read for a credential. */
  readonly whyNot: (mint: Mint) => NotFollowed
}

export type ReportCollector = {
  /** Takes a row in, with the members that it is for. Rows come newest first, by time and eventID, each once. */
  readonly add: (row: Row, record: CloudTrailRecord, members: readonly BoundMember[]) => void
  /** `patterns`: what members saw in how calls came together. */
  readonly finish: (reading: Reading, patterns?: readonly Pattern[]) => Report
}

/**
 * Tells findings from what happens anyway. Nobody is blamed for being a service, for calling from an address that ctq.yml names or that is used daily,
 * or for doing what is done all day: unless it was with a credential that came out of what happened.
 */
export function reportCollector(
  labelOf: (address: string) => string | undefined,
  { root, found: gone, whyNot }: FollowedSoFar,
): ReportCollector {
  const deeds = tally<Collected>(DEEDS)
  const habits = tally<Habit>(HABITS)
  const places = homes()
  const mints: Minted[] = []
  const isAsked = (key: string): boolean => key === root || gone.has(key)
  return {
    add: (row, record, members) => {
      const { who, address, credential, change } = row.telling
      const accessKeyId = textAt(record, 'userIdentity', 'accessKeyId') ?? ''
      const mint = row.outcome === 'done' ? mintOf(record) : undefined
      if (mint !== undefined && mints.length < MINTS)
        mints.push({ mint, address: kept(address, VALUE_MAX), eventId: row.eventId, time: row.eventTime })
      places.add(row, accessKeyId)
      habits.add(
        callKey(row),
        () => habitOf(callKey(row), row),
        (habit) => addHabit(habit, row),
      )
      habits.add(
        address,
        () => habitOf(address, row),
        (habit) => addHabit(habit, row),
      )
      // What nobody changed and only the start's own questions look for is not told apart by what it was about; one port opened is not another.
      const plain = !change && members.every((member) => 'ofStart' in member && member.ofStart)
      const { target, detail } = row.telling.about()
      const about = plain ? '' : keyOf([target, detail])
      deeds.add(
        keyOf([
          ...[row.account, row.region, who, accessKeyId, address, row.eventSource, row.eventName],
          ...[row.outcome, row.errorCode, about, credential],
        ]),
        () => collectedOf(row, record, { accessKeyId, isFound: gone.has(accessKeyId) }, members),
        (deed) => {
          deed.calls += 1
          deed.first = row.eventTime
          if (deed.rows.length < ROWS) deed.rows.push(row)
        },
      )
    },
    finish: (reading, patterns = []) => {
      const all = deeds
        .values()
        .map((deed) => (deed.context && isIn(deed, patterns) ? { ...deed, context: false } : deed))
      const some = habits.values()
      const usual = new Set(some.filter((habit) => isHabit(habit, reading)).map(({ key }) => key))
      const daily = new Set(
        some.filter(({ days, first }) => isDaily(days, first, reading.window)).map(({ key }) => key),
      )
      const { apartOf, connectionOf, credentials } = blamer(all, mints, {
        isKnown: (address) => labelOf(address) !== undefined || daily.has(address),
        isHome: places.finish(reading, madeOf(all, mints)),
        isUsual: ({ row }) => usual.has(callKey(row)),
      })
      const found = all.filter((deed) => apartOf(deed) === undefined).sort(byNews(connectionOf))
      return {
        findings: found.slice(0, FINDINGS).map((deed) => findingOf(deed, connectionOf(deed))),
        more: Math.max(0, found.length - FINDINGS),
        uncounted: deeds.uncounted(),
        ofStart: all.reduce((sum, { ofStart, calls }) => sum + (ofStart ? calls : 0), 0),
        apart: toldApart(all, apartOf),
        credentials: credentials
          .slice(0, CREDENTIALS)
          .map((one) => credentialOf(one, all, isAsked(one.mint.key) ? undefined : whyNot(one.mint))),
        open: openKeys(
          found.filter((deed) => connectionOf(deed) !== undefined),
          credentials,
        ).filter(({ key }) => !isAsked(key)),
        findingsOf: (member) => found.filter(({ members }) => members.includes(member)).length,
        rows: found
          .flatMap(({ rows }) => rows)
          .sort((a, b) => b.eventTime - a.eventTime || compareTexts(a.eventId, b.eventId)),
      }
    },
  }
}

/** Callers and keys that others made, in what was read. */
function madeOf(deeds: readonly Deed[], mints: readonly Minted[]): (name: string) => boolean {
  const made = new Set([
    ...deeds.flatMap(givenBy),
    ...mints.flatMap(({ mint }) => (mint.by === undefined ? [] : mint.key)),
  ])
  return (name) => made.has(name)
}

/** Who makes which call: what may be a habit. */
function callKey({ account, telling, eventSource, eventName }: Row): string {
  return keyOf([account, telling.who, eventSource, eventName])
}

function collectedOf(
  row: Row,
  record: CloudTrailRecord,
  { accessKeyId, isFound }: { readonly accessKeyId: string; readonly isFound: boolean },
  members: readonly BoundMember[],
): Collected {
  const { detail } = row.telling.about()
  const asked = members.flatMap((member) => ('ofStart' in member ? [member] : []))
  const ofStart = asked.filter((member) => member.ofStart && !(member.ofKeys && isFound))
  return {
    row,
    accessKeyId: kept(accessKeyId, VALUE_MAX),
    service: isService(row, record),
    ofStart: ofStart.length > 0,
    ofThing: ofStart.every(({ ofThing }) => ofThing),
    context: members.every(({ context }) => context),
    ofAll: asked.some((member) => !member.ofStart),
    weight: changeWeight(row.eventSource, row.eventName, detail),
    gives: /^Create(?:LoginProfile|AccessKey|User)$/.test(row.eventName)
      ? (textAt(record, 'requestParameters', 'userName') ?? '')
      : '',
    members: members.map(({ name }) => name),
    rows: [],
    last: row.eventTime,
    first: row.eventTime,
    calls: 0,
  }
}

/** On its own behalf, for somebody, or by the role that it has for itself (AWS: CloudTrail userIdentity element, service-linked roles). */
function isService({ telling }: Row, record: CloudTrailRecord): boolean {
  if (telling.kind === 'service' || record['eventType'] === 'AwsServiceEvent') return true
  if (textAt(record, 'userIdentity', 'invokedBy') !== undefined) return true
  return isServiceAddress(telling.address)
}
