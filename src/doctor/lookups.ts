import { lookupEvents } from '../adapters/aws/lookup.ts'
import type { Sessions, Transport } from '../adapters/aws/sessions.ts'
import type { Person } from '../domain/policy/person.ts'
import { type Chain, iso } from '../domain/query/plan.ts'
import { PROBED, type Probe, probesOf } from '../domain/query/probes.ts'
import type { Found } from '../domain/record.ts'
import { plain } from '../domain/result/safe.ts'
import { retried } from '../retried.ts'
import { parseRecord } from '../usecases/readChain.ts'
import { bad, type Finding, faultFinding, good, untried } from './finding.ts'

/** Waits for the turn at an account and Region. */
export type Pace = (account: string, region: string) => Promise<void>

export type LookupOptions = {
  readonly sessions: Sessions
  readonly shared: Transport
  readonly pace: Pace
  readonly now: () => Date
  readonly place: { readonly account: string; readonly region: string; readonly person: Person }
  /** The account in words. */
  readonly words: string
}

/** Samples are settled, and recent. */
const SETTLED_S = 15 * 60
const BACK_S = 24 * 3600
const SAMPLE_PAGES = 2
/** A second can hold more records than a page. */
const PROBE_PAGES = 3

/**
 * Tries each attribute that questions are pushed down by: takes a recent record that has it, looks it up by it, and expects to find it.
 * About twenty requests, each in its turn.
 */
export async function* lookupFindings(options: LookupOptions): AsyncGenerator<Finding> {
  const { account, region } = options.place
  try {
    const samples = await samplesOf(options)
    yield good('records', `${samples.length} recent ones of ${options.words} in ${region}`)
    const probes = probesOf(samples)
    for (const key of PROBED) {
      const probe = probes.find((one) => one.key === key)
      if (probe === undefined) yield untried(`by ${key}`, 'no recent record has one')
      else yield await probed(probe, options)
    }
  } catch (error) {
    yield faultFinding('lookups', error, 'ctq iam reader')
    yield untried('lookups', `nothing more was tried in ${account}, ${region}`)
  }
}

type Sample = Pick<Found, 'eventId' | 'eventTime' | 'record'>

/** Any records, and some of calls that changed something: those name resources. */
async function samplesOf(options: LookupOptions): Promise<readonly Sample[]> {
  const end = Math.floor(options.now().getTime() / 1000) - SETTLED_S
  const window = { since: iso(end - BACK_S), until: iso(end) }
  const samples: Sample[] = []
  for (const ask of [window, { ...window, attribute: { key: 'ReadOnly', value: 'false' } }] as const)
    for await (const event of events(ask, SAMPLE_PAGES, options)) samples.push({ ...event, record: parseRecord(event) })
  return samples
}

async function probed({ key, record, selection }: Probe, options: LookupOptions): Promise<Finding> {
  const what = `by ${key}`
  const at = iso(record.eventTime)
  for (const value of selection.values)
    for await (const event of events({ since: at, until: at, attribute: { key, value } }, PROBE_PAGES, options))
      if (event.eventId === record.eventId) return good(what, `found by ${plain(value, 80)}`)
  const tried = selection.values.map((value) => plain(value, 80)).join(' and ')
  return bad(
    what,
    `the record ${plain(record.eventId, 40)} of ${at} is not found by ${tried}`,
    'Questions that are looked up by it would miss records: please report it.',
  )
}

async function* events(ask: Chain, pages: number, options: LookupOptions) {
  const { place, pace } = options
  const lookup = lookupEvents(options.sessions, options.shared)
  let token: string | undefined
  for (let page = 0; page < pages; page += 1) {
    const found = await retried(async () => {
      await pace(place.account, place.region)
      return await lookup({ ...place, regions: [place.region] }, ask, token)
    })
    yield* found.events
    token = found.nextToken
    if (token === undefined) return
  }
}
