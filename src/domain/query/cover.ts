import { type Coverage, ENDED_WORDS, type EndedEarly, type PartCoverage, type Verdict } from './coverage.ts'
import { iso, type Plan, seconds } from './plan.ts'

/** AWS delivers most records within about 5 minutes and promises none; 15 minutes is what ctq calls settled (CloudTrail user guide). */
export const SETTLING_SECONDS = 15 * 60

/** What LookupEvents never shows, whatever is asked (API reference, LookupEvents). */
const UNSEEN = ['network activity events', 'anything older than 90 days']

/** Names of data events that are said in an answer. */
const NAMES_SAID = 6

function unseenOf({ never = [] }: Plan): readonly string[] {
  const more = never.length - NAMES_SAID
  const names = `${never.slice(0, NAMES_SAID).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
  return [never.length === 0 ? 'data events' : `data events (among them ${names})`, ...UNSEEN]
}

/** Puts the ends of a plan's parts together: what was covered, and what is open. A part without an end was stopped. */
export function coverageOf(plan: Plan, ends: readonly PartCoverage[], ended?: EndedEarly): Coverage {
  const all = [...ends, ...plan.closed]
  const open = all.filter((part) => part.status !== 'complete').toSorted(inOrder)
  const complete = all.length - open.length
  const blind = open.filter((part) => part.status === 'blind').length
  const verdict = verdictOf(complete, open)
  return {
    verdict,
    window: plan.window,
    settledUntil: settled(plan.window.until, plan.startedAt),
    accounts: new Set(all.map((part) => part.account)).size,
    regions: new Set(all.map((part) => part.region).filter((region) => region !== '*')).size,
    parts: { asked: all.length, complete, blind },
    open,
    // A run that had read everything before it was ended is simply complete.
    ...(ended === undefined || verdict === 'complete' ? {} : { ended }),
    unseen: unseenOf(plan),
  }
}

/** Worst first: a place is covered as its worst reading was. */
const WORST: readonly PartCoverage['status'][] = ['failed', 'stopped', 'limit', 'blind', 'complete']

/** What the readings of one account and Region cover together, when a run read some of them more than once. */
export function byPlace(ends: readonly PartCoverage[]): readonly PartCoverage[] {
  const found = new Map<string, PartCoverage>()
  for (const end of ends) {
    const place = `${end.account} ${end.region}`
    const before = found.get(place)
    found.set(place, before === undefined ? end : together(before, end))
  }
  return [...found.values()]
}

function together(a: PartCoverage, b: PartCoverage): PartCoverage {
  const worse = WORST.indexOf(b.status) < WORST.indexOf(a.status) ? b : a
  const backTo = [a.readBackTo, b.readBackTo]
    .filter((time) => time !== undefined)
    .toSorted()
    .at(-1)
  return {
    ...worse,
    pages: a.pages + b.pages,
    records: a.records + b.records,
    matched: a.matched + b.matched,
    ...(backTo === undefined ? {} : { readBackTo: backTo }),
  }
}

/** Complete: all read to the end but known blind spots. Failed: nothing at all was read. */
function verdictOf(complete: number, open: readonly PartCoverage[]): Verdict {
  const wanting = open.filter((part) => part.status !== 'blind')
  if (wanting.length === 0) return complete > 0 ? 'complete' : 'failed'
  return complete > 0 || wanting.some((part) => part.pages > 0) ? 'partial' : 'failed'
}

function settled(until: string, askedAt: string): string {
  return iso(Math.min(seconds(until), seconds(askedAt) - SETTLING_SECONDS))
}

function inOrder(a: PartCoverage, b: PartCoverage): number {
  return a.account.localeCompare(b.account) || a.region.localeCompare(b.region)
}

/** The end of a part that never came to one. */
export function stoppedPart(account: string, region: string, ended: EndedEarly | undefined): PartCoverage {
  const fault =
    ended === undefined
      ? ({ code: 'aws_failed', detail: 'not finished after every retry' } as const)
      : { code: ended, detail: ENDED_WORDS[ended] }
  return {
    account,
    region,
    status: ended === undefined ? 'failed' : 'stopped',
    pages: 0,
    records: 0,
    matched: 0,
    fault,
  }
}
