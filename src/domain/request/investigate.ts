import type { Failure } from '../failure.ts'
import { err, ok, type Result } from '../outcome.ts'
import { maskedTyped } from '../result/secrets.ts'
import type { Library } from '../runbook/runbook.ts'
import type { Command, ScopeWord } from './command.ts'
import { readDuration } from './duration.ts'
import { readAccounts, readRegions, scopeWordText } from './scopeWords.ts'
import { quote, splitList, unquote, type Word } from './words.ts'

/** What somebody wants to investigate, as they typed it. */
export type Investigate = Extract<Command, { kind: 'investigate' }>
/** What somebody wants to end, or to take something away from. */
export type Revoke = Extract<Command, { kind: 'revoke' }>

const EXAMPLE = 'INC-42 for 4h with @bob tier elevated account=prod reason="…"'
const NAME_MAX = 80
/** Who approves reads it, and it is signed (approvalTokens.ts). */
const REASON_MAX = 500

/** Slack's mentions with the person's id in place of the name: a name is not somebody. */
export function withIds(text: string): string {
  return text.replace(/<@([UW][A-Z0-9]{2,20})(?:\|[^<>]*)?>/g, '@$1')
}

/** Reads what stands behind `investigate`. */
export function readInvestigate(words: readonly Word[], library: Library): Result<Command, Failure> {
  const [first, ...rest] = words
  const name = first === undefined ? '' : unquote(first.raw).trim()
  if (first === undefined || first.name !== undefined || name === '' || NAME_MAX < name.length)
    return err({ code: 'missing_word', command: 'investigate', what: 'a name for it, and how long', example: EXAMPLE })
  const read = readBounds(rest, library)
  if (!read.ok) return read
  const { seconds, people, accounts, runbooks, tier, window, regions, reason } = read.value
  if (seconds === undefined)
    return err({ code: 'missing_word', command: 'investigate', what: 'how long it is open', example: EXAMPLE })
  return ok({
    kind: 'investigate',
    name,
    seconds,
    people,
    accounts,
    runbooks,
    ...(tier !== undefined && { tier }),
    ...(window !== undefined && { window }),
    ...(regions !== undefined && { regions }),
    ...(reason !== undefined && { reason }),
  })
}

/** Reads what stands behind `revoke <id>`: nothing ends it, whatever is named is taken away. */
export function readRevoke(id: string, words: readonly Word[], library: Library): Result<Command, Failure> {
  const read = readBounds(words, library)
  if (!read.ok) return read
  const { people, accounts, runbooks, tier, window, seconds, regions, reason } = read.value
  if (seconds !== undefined || regions !== undefined || reason !== undefined)
    return err({ code: 'unexpected_word', input: seconds === undefined ? 'region' : 'for' })
  return ok({
    kind: 'revoke',
    id,
    people,
    accounts,
    runbooks,
    ...(tier !== undefined && { tier }),
    ...(window !== undefined && { window }),
  })
}

type Bounds = {
  people: string[]
  accounts: readonly ScopeWord[]
  runbooks: string[]
  tier?: 'duty' | 'elevated'
  window?: number
  seconds?: number
  regions?: 'enabled' | readonly string[]
  reason?: string
}

function readBounds(words: readonly Word[], library: Library): Result<Bounds, Failure> {
  const bounds: Bounds = { people: [], accounts: [], runbooks: [] }
  const typed = words.map(({ raw }) => raw)
  for (let at = 0; at < words.length; ) {
    const word = words[at]
    if (word === undefined) break
    if (word.name !== undefined && word.value !== undefined) {
      const fault = readNamed(word.name.toLowerCase(), word.value, bounds, library)
      if (fault !== undefined) return err(fault)
      at += 1
      continue
    }
    const text = word.raw.toLowerCase()
    if (text === 'with' || text === 'and' || text === ',') {
      at += 1
      continue
    }
    if (text === 'for' || text === 'tier') {
      const used = text === 'for' ? readLength(typed, at + 1, bounds) : readTier(typed[at + 1], bounds)
      if (typeof used !== 'number') return err(used)
      at += 1 + used
      continue
    }
    const people = word.raw.split(',').filter((piece) => piece !== '')
    const ids = people.map((piece) => /^@?([UW][A-Z0-9]{4,20})$/.exec(piece)?.[1])
    if (ids.some((id) => id === undefined))
      return err(
        word.raw.startsWith('@')
          ? { code: 'unknown_person', input: word.raw }
          : { code: 'unexpected_word', input: word.raw },
      )
    bounds.people.push(...ids.flatMap((id) => id ?? []))
    at += 1
  }
  return ok({ ...bounds, people: [...new Set(bounds.people)] })
}

function readNamed(name: string, value: string, bounds: Bounds, library: Library): Failure | undefined {
  switch (name) {
    case 'account':
    case 'accounts':
      bounds.accounts = readAccounts(value)
      return undefined
    case 'region':
    case 'regions':
      bounds.regions = readRegions(value)
      return undefined
    case 'reason':
      bounds.reason = unquote(value).trim().slice(0, REASON_MAX)
      return undefined
    case 'window':
    case 'last': {
      const length = readDuration(unquote(value).split(' '), 0)
      if (length === undefined) return { code: 'bad_window', input: value, why: 'it is a length of time' }
      bounds.window = length.seconds
      return undefined
    }
    case 'tier': {
      const used = readTier(unquote(value), bounds)
      return typeof used === 'number' ? undefined : used
    }
    case 'runbook':
    case 'runbooks':
      for (const piece of splitList(value)) {
        const known = library.find(unquote(piece))
        if (known === undefined) return { code: 'unknown_runbook', input: unquote(piece) }
        bounds.runbooks.push(known.name)
      }
      return undefined
    default:
      return { code: 'unexpected_word', input: name }
  }
}

function readLength(words: readonly string[], at: number, bounds: Bounds): number | Failure {
  const length = readDuration(words, at)
  if (length === undefined) return { code: 'missing_word', command: 'for', what: 'a length of time', example: '4h' }
  bounds.seconds = length.seconds
  return length.used
}

function readTier(typed: string | undefined, bounds: Bounds): number | Failure {
  const tier = typed?.toLowerCase()
  if (tier !== 'duty' && tier !== 'elevated')
    return { code: 'missing_word', command: 'tier', what: 'duty or elevated', example: 'elevated' }
  bounds.tier = tier
  return 1
}

/** A length of time in one word. */
function typedLength(seconds: number): string {
  if (seconds % 86_400 === 0) return `${seconds / 86_400}d`
  return seconds % 3600 === 0 ? `${seconds / 3600}h` : `${seconds / 60}m`
}

/** What somebody wants to investigate, as it can be typed again. */
export function investigateWords(command: Investigate): string {
  const { name, seconds, people, tier, accounts, regions, runbooks, window, reason } = command
  return [
    `investigate ${quote(name)} for ${typedLength(seconds)}`,
    ...(people.length === 0 ? [] : [`with ${people.map((user) => `@${user}`).join(' ')}`]),
    ...(tier === undefined ? [] : [`tier ${tier}`]),
    ...(accounts.length === 0 ? [] : [`account=${accounts.map(scopeWordText).join(',')}`]),
    ...(regions === undefined ? [] : [`region=${regions === 'enabled' ? 'all' : regions.join(',')}`]),
    ...(runbooks.length === 0 ? [] : [`runbook=${runbooks.join(',')}`]),
    ...(window === undefined ? [] : [`window=${typedLength(window)}`]),
    ...(reason === undefined ? [] : [`reason=${quote(maskedTyped(reason))}`]),
  ].join(' ')
}
