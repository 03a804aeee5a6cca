import { sha256 } from '../canonical.ts'
import { durationWords } from '../request/duration.ts'
import { visible } from '../result/safe.ts'
import { isoOf } from '../result/time.ts'
import type { DetailsFile } from './approvalDetails.ts'
import type { Investigation } from './investigation.ts'
import type { Person } from './person.ts'

/** One question that was asked under an investigation, and what became of it. */
export type AskedUnderIt = {
  readonly run: string
  readonly person: Person
  readonly words: string
  /** ISO. */
  readonly askedAt: string
  readonly outcome: 'running' | 'failed' | 'complete' | 'partial' | 'withheld'
  readonly matched?: number
  /** SHA-256 of the answer, and of its CSV. */
  readonly answer?: string
  readonly csv?: string
}

/** An investigation and everything that was asked under it, in the order in which it was asked. */
export type Digest = {
  readonly investigation: Investigation
  readonly asked: readonly AskedUnderIt[]
  /** Runs of which nothing can be told: what is kept of them is damaged, or is not what the bot signed. */
  readonly unread: readonly string[]
}

/** What an investigation allows, in one line. */
export function boundsWords({ tier, accounts, regions, runbooks, without, window }: Investigation): string {
  const only = runbooks.includes('*') ? 'every runbook' : runbooks.join(', ')
  return [
    `up to ${tier}`,
    `${durationWords(window)} at most`,
    accounts.length === 1 ? `account ${accounts[0]}` : `${accounts.length} accounts`,
    regions === 'enabled' ? 'every Region' : regions.join(', '),
    without.length === 0 ? only : `${only} but ${without.join(', ')}`,
  ].join(' · ')
}

/** How many runs could not be read, and which, in one sentence; undefined where all could. */
export function unreadWords(unread: readonly string[]): string | undefined {
  if (unread.length === 0) return undefined
  const named = unread.slice(0, UNREAD_NAMED).map((run) => run.slice(0, 8))
  const more = unread.length - named.length
  return `${unread.length} ${unread.length === 1 ? 'run' : 'runs'} could not be read: ${named.join(', ')}${more === 0 ? '' : ` and ${more} more`}.`
}

const UNREAD_NAMED = 20

/** What became of a question, in words. */
export function outcomeWords({ outcome, matched }: AskedUnderIt): string {
  if (outcome === 'running') return 'goes on'
  return matched === undefined ? outcome : `${outcome}, ${matched} ${matched === 1 ? 'record' : 'records'}`
}

/** A digest as a file: everything whole, with the hashes by which the answers can be checked. */
export function digestFile({ investigation, asked, unread }: Digest): DetailsFile {
  const { id, name, opener, reason, people, from, until, ended, hash, approvers } = investigation
  const users = (persons: readonly Person[]): string => persons.map(({ user }) => user).join(', ')
  const text = [
    `Investigation ${visible(name)} (${id})`,
    `Opened by ${opener.user}, approved by ${users(approvers.map(({ person }) => person))}`,
    `Reason: ${visible(reason)}`,
    `From ${isoOf(from)} until ${isoOf(ended?.at ?? until)}${ended === undefined ? '' : `, ended by ${ended.by.user}`}`,
    `People: ${users(people)}`,
    `Bounds: ${boundsWords(investigation)}`,
    `Hash of its bounds: ${hash}`,
    '',
    ...asked.flatMap((one) => [
      `${one.askedAt} ${one.person.user} ${visible(one.words)}`,
      `  run ${one.run}: ${outcomeWords(one)}`,
      ...(one.answer === undefined ? [] : [`  answer SHA-256 ${one.answer}`]),
      ...(one.csv === undefined ? [] : [`  CSV    SHA-256 ${one.csv}`]),
    ]),
    ...(unread.length === 0 ? [] : ['Could not be read:', ...unread.map((run) => `  run ${run}`)]),
    '',
  ].join('\n')
  return { name: `investigation-${id.slice(0, 8)}.txt`, text, sha256: sha256(text) }
}
