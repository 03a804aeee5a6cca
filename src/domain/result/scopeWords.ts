import type { Parameters, Query } from '../query/query.ts'
import { parseArn } from '../request/arn.ts'
import { accountOfKey } from '../request/key.ts'
import { plainRole } from '../runbook/caller.ts'
import type { Answer } from './answer.ts'
import type { PrincipalSeen } from './facets.ts'
import { isBegun } from './gaps.ts'
import { counted, joined, type Phrase, say, value } from './phrase.ts'
import { shortValue } from './shortValue.ts'
import { clockOf, spanOf } from './time.ts'

/** Accounts named one by one in the scope; beyond, they are counted. */
const ACCOUNTS_NAMED = 3
/** Subjects named one by one. */
const SUBJECTS_NAMED = 2

/** The question, as it was understood. */
export function questionPhrase(runbook: string, parameters: Parameters): Phrase {
  const given = Object.entries(parameters).map(([name, given]) => say`${name}=${value(given)}`)
  return joined([say`${runbook}`, ...given], ' ')
}

/** Whom it is about, where and when was asked, and how much of it was read to its end. */
export function scopePhrase(answer: Answer): Phrase {
  const { window } = answer.coverage
  const about = joined([subjectPhrase(answer), accountNames(answer)], ', ')
  const usual = answer.asked.usualWindow === true ? ', the default' : ''
  const when = say`${spanOf(window.since, window.until, answer.finishedAt)}${usual}`
  return joined([about, when, readPhrase(answer)], ' · ')
}

/** Whom or what the question is about, as the records tell; empty where they, or the runbook, do not. */
export function subjectPhrase({ runbook, columns, facets }: Answer): Phrase {
  const { subject } = runbook.headline
  if (subject === undefined || !columns.includes(subject)) return []
  const { subjects, principals } = facets
  const found =
    subjects.rows.length > 0
      ? { names: subjects.rows.map((one): Phrase => [value(shortValue(one.value))]), more: subjects.more }
      : { names: principals.rows.map(principalPhrase), more: principals.more }
  if (found.names.length === 0) return []
  const named = found.names.slice(0, SUBJECTS_NAMED)
  const rest = found.names.length - named.length + found.more
  return say`${joined(named, ', ')}${rest > 0 ? ` and ${counted(rest, 'other')}` : ''}`
}

/** A caller: the person where one is known, and as whom they called. */
export function principalPhrase({ who, kind, person }: Pick<PrincipalSeen, 'who' | 'kind' | 'person'>): Phrase {
  if (kind === 'root user') return say`root user`
  const plain = plainRole(who)
  if (person === undefined) return say`${kind} ${value(shortValue(plain))}`
  // A session that is named after its person says the name once.
  const role = plain.endsWith(`/${person}`) ? plain.slice(0, -person.length - 1) : plain
  return say`${value(shortValue(person))} (${kind} ${value(shortValue(role))})`
}

/** Where and when a query looks, before anything is read. `nameOf`: an account's name, where it has one; `now` is ISO. */
export function queryScopePhrase(query: Query, nameOf: (account: string) => string | undefined, now: string): Phrase {
  const accounts = query.accounts.map((id) => {
    const name = nameOf(id)
    return name === undefined ? { id } : { id, name }
  })
  const where = accountsPhrase(accounts, query.parameters)
  return joined([where, windowPhrase(query.window, now), regionsPhrase(query.regions)], ' · ')
}

function windowPhrase({ since, until }: Query['window'], now: string): Phrase {
  return typeof until === 'string' ? say`${spanOf(since, until, now)}` : say`${clockOf(since, now)} – now`
}

function regionsPhrase(regions: Query['regions']): Phrase {
  if (regions === 'enabled') return say`every enabled Region`
  return regions.length > 4 ? say`${regions.length} Regions` : say`${regions.join(', ')}`
}

function accountsPhrase(accounts: Answer['accounts'], parameters: Parameters): Phrase {
  if (accounts.length > ACCOUNTS_NAMED) return say`${accounts.length} accounts`
  return joined(
    accounts.map(({ id, name }) => {
      const from = accountFrom(id, parameters)
      if (name === undefined) return say`account ${value(id)}${from === '' ? '' : ` (${from})`}`
      return say`${value(name)} (${id}${from === '' ? '' : `, ${from}`})`
    }),
    ', ',
  )
}

/** What in the question told the account, if anything did. */
function accountFrom(id: string, parameters: Parameters): string {
  const values = Object.values(parameters)
  if (values.some((text) => accountOfKey(text) === id)) return 'from the key id'
  return values.some((text) => parseArn(text)?.account === id) ? 'from the ARN' : ''
}

/** `17 of 18 Regions, 1 blind`: what is neither read to its end nor a known blind spot is said too, and whether anything of it was read. */
function readPhrase({ accounts, coverage }: Answer): Phrase {
  const { asked, complete, blind } = coverage.parts
  const what = accounts.length === 1 ? (asked === 1 ? 'Region' : 'Regions') : 'places'
  const wanting = asked - complete - blind
  const unread = Math.min(wanting, coverage.open.filter((part) => part.status !== 'blind' && !isBegun(part)).length)
  const open = wanting - unread
  return say`${complete} of ${asked} ${what}${blind > 0 ? `, ${blind} blind` : ''}${open > 0 ? `, ${open} not to the end` : ''}${unread > 0 ? `, ${unread} not read` : ''}`
}

/** Who an answer's accounts are, short: what told them was said when it was asked. */
function accountNames(answer: Answer): Phrase {
  const { accounts } = answer
  if (accounts.length > ACCOUNTS_NAMED) return say`${accounts.length} accounts`
  const alone = accounts.length === 1
  const names = joined(
    accounts.map(({ id, name }) =>
      name === undefined ? say`account ${value(id)}` : say`${value(name)}${alone ? ` (${id})` : ''}`,
    ),
    ', ',
  )
  return isNarrow(answer) ? say`only ${names}` : names
}

/** One account was asked of several, and nothing in the question says that it is the one. */
export function isNarrow({ accounts, asked, parameters }: Answer): boolean {
  const [only, another] = accounts
  if (only === undefined || another !== undefined || (asked.others ?? 0) === 0) return false
  return accountFrom(only.id, parameters) === ''
}
