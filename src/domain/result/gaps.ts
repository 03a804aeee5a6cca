import type { PartCoverage, PartFault } from '../query/coverage.ts'
import type { Answer } from './answer.ts'
import { counted, joined, type Phrase, say, value } from './phrase.ts'
import { clockOf } from './time.ts'

/** Whose credentials AWS is read with: the worker's, or at a terminal the asker's own. */
export type Reader = 'worker' | 'self'

/** Something that was not read: where, why, and what to do about it. */
export type Gap = {
  readonly what: Phrase
  readonly next: Phrase
  /** The IAM statement that would mend it, as JSON, and the words that lead to it. */
  readonly statement?: string
  readonly toAdd?: string
}

/** Places named one by one in a gap; beyond, they are counted. */
const PLACES_NAMED = 4

/** Stands for the Region in a part whose account's Regions could not be listed. */
const EVERY_REGION = '*'

/** What was not read, alike ones together, the most widespread first. Known blind spots are told elsewhere. */
export function gapsOf(answer: Answer, reader: Reader = 'worker'): readonly Gap[] {
  const groups = new Map<string, PartCoverage[]>()
  for (const part of answer.coverage.open) {
    if (part.status === 'blind' || part.status === 'complete') continue
    const key = [part.status, part.fault?.code, part.fault?.action].join(' ')
    const alike = groups.get(key)
    if (alike === undefined) groups.set(key, [part])
    else alike.push(part)
  }
  return [...groups.values()].sort((a, b) => b.length - a.length).map((parts) => gapOf(answer, parts, reader))
}

function gapOf(answer: Answer, parts: readonly PartCoverage[], reader: Reader): Gap {
  const [part] = parts
  const fault = part?.fault
  const why = fault === undefined ? stopped(part) : faultWhy(fault)
  const statement = fault?.statement
  return {
    what: say`${placesPhrase(answer, parts)}: ${why}${readBack(parts, answer.finishedAt)}`,
    next: fault === undefined ? unfinishedNext(part) : faultNext(fault, reader),
    ...(fault === undefined || statement === undefined ? {} : { statement, toAdd: toAdd(fault, reader) }),
  }
}

function toAdd({ code }: PartFault, reader: Reader): string {
  if (code !== 'assume_role_denied') return "To add to the role's policy:"
  return `To add to ${reader === 'self' ? 'your own policy' : "the workers' own policy"}:`
}

/** A gap in one sentence or two, the statement to come after it announced. */
export function gapPhrase({ what, next, toAdd }: Gap): Phrase {
  return say`${what}. ${next}${toAdd === undefined ? '' : ` ${toAdd}`}`
}

/** Where parts are: the first few by name, `total` of them in all. */
export function placesPhrase({ accounts }: Answer, parts: readonly PartCoverage[], total = parts.length): Phrase {
  const named = parts.slice(0, PLACES_NAMED).map(({ account, region }) => {
    const name = accounts.find(({ id }) => id === account)?.name
    const where = region === EVERY_REGION ? 'every Region' : value(region)
    return accounts.length === 1 ? [where] : say`${where} in ${value(name ?? account)}`
  })
  const rest = total - named.length
  return say`${joined(named, ', ')}${rest > 0 ? ` and ${counted(rest, 'other')}` : ''}`
}

/** Whether anything was read of a part that is open. */
export function isBegun({ pages, records, matched, readBackTo }: PartCoverage): boolean {
  return pages + records + matched > 0 || readBackTo !== undefined
}

function readBack(parts: readonly PartCoverage[], now: string): string {
  const times = parts.flatMap(({ readBackTo }) => (readBackTo === undefined ? [] : [readBackTo])).sort()
  const latest = times.at(-1)
  const begun = parts.filter(isBegun).length
  if (begun === 0) return '; nothing was read there'
  if (latest === undefined)
    return begun === parts.length ? '; something was read there' : '; something was read of some'
  return times.length === parts.length ? `; read back to ${clockOf(latest, now)} only` : ''
}

function stopped(part: PartCoverage | undefined): Phrase {
  if (part?.status === 'limit') return say`the row limit was reached`
  return part?.status === 'stopped' ? say`stopped before the end` : say`not read to the end`
}

function unfinishedNext(part: PartCoverage | undefined): Phrase {
  return part?.status === 'limit' ? say`Narrow the window, or ask for an earlier one.` : say`Ask again for the rest.`
}

/** Why, in a few words. What AWS said is hostile text like everything from outside. */
function faultWhy(fault: PartFault): Phrase {
  const action = value(fault.action ?? 'cloudtrail:LookupEvents')
  const role = fault.role === undefined ? say`the credentials in use` : say`role ${value(fault.role)}`
  switch (fault.code) {
    case 'access_denied':
      return say`access denied, ${role} may not ${action}`
    case 'assume_role_denied':
      return say`${role} could not be assumed`
    case 'scp_denied':
      return say`an organisation policy (SCP) denies ${action}`
    case 'account_closed':
      return say`the account is closed`
    case 'region_not_enabled':
      return say`the Region is not enabled in the account`
    case 'credentials_invalid':
      return say`AWS refused the credentials: ${value(fault.detail)}`
    case 'regions_unknown':
      return say`the account's enabled Regions could not be listed: ${value(fault.detail)}`
    case 'lapsed':
      return say`the authorisation lapsed before it was read to the end`
    case 'unrenewed':
      return say`the authorisation could not be renewed, as nobody answered, before it was read to the end`
    case 'revoked':
      return say`the permission was withdrawn before it was read to the end`
    case 'cancelled':
      return say`cancelled before it was read to the end`
    case 'budget':
      return say`the time was over before everything was read: ${value(fault.detail)}`
    case 'aws_failed':
      return say`AWS kept failing: ${value(fault.detail)}`
    case 'aws_repeats':
      return say`AWS gave the same NextToken again and again`
    case 'invalid_request':
      return say`AWS refused the request as invalid: ${value(fault.detail)}`
  }
}

/** What to do about it. */
function faultNext(fault: PartFault, reader: Reader): Phrase {
  switch (fault.code) {
    case 'access_denied':
      return say`Allow it in the role's policy, then ask again.`
    case 'assume_role_denied':
      return assumeNext(reader)
    case 'scp_denied':
    case 'account_closed':
      return say`Declare it in ctq.yml as known, or have it opened.`
    case 'region_not_enabled':
      return say`Leave the Region out, or enable it.`
    case 'credentials_invalid':
      return reader === 'self'
        ? say`Log in again (${value('aws sso login')}), or choose a profile (${value('AWS_PROFILE')}), then ask again.`
        : say`Have the worker's AWS credentials checked (${value('ctq doctor')}), then ask again.`
    case 'regions_unknown':
      return say`Name the Regions (${value('region=…')}), or allow ${value(fault.action ?? 'account:ListRegions')}, then ask again.`
    case 'lapsed':
    case 'cancelled':
    case 'revoked':
      return say`Ask again for the rest.`
    case 'budget':
      return say`Ask about a shorter window, fewer Regions, or the questions one by one.`
    case 'unrenewed':
      return say`Have it looked at whether the bot runs and reaches Slack, then ask again for the rest.`
    case 'aws_failed':
    case 'aws_repeats':
      return say`Ask again in a few minutes.`
    case 'invalid_request':
      return say`Asking again will not help: report it with the run's id.`
  }
}

/** Both sides must allow it (IAM user guide, "Cross-account policy evaluation logic"): the statement is the caller's side. */
function assumeNext(reader: Reader): Phrase {
  const print = value(reader === 'self' ? 'ctq iam trust --terminal' : 'ctq iam trust')
  const trust = say`the role's trust policy must name ${reader === 'self' ? 'you' : 'the workers'} (${print})`
  const whose = reader === 'self' ? 'your own must let you' : "the workers' own must let them"
  return say`Two policies must allow it: ${trust}, and ${whose} become the role. Then ask again.`
}
