import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { explain } from '../../src/domain/failure.ts'
import type { Request, Span } from '../../src/domain/request/command.ts'
import { durationWords, readDuration } from '../../src/domain/request/duration.ts'
import { echo } from '../../src/domain/request/echo.ts'
import { normalise } from '../../src/domain/request/normalise.ts'
import { parseCommand, TEXT_MAX } from '../../src/domain/request/parse.ts'
import { scopeWord } from '../../src/domain/request/scopeWords.ts'
import { utcWords } from '../../src/domain/request/span.ts'
import { quote, splitList, splitWords, unquote } from '../../src/domain/request/words.ts'
import { checkParameter } from '../../src/domain/runbook/parameters.ts'
import { escapeSlack, NOW } from '../support/askFacts.ts'
import { LIBRARY } from '../support/askRunbooks.ts'

const NOW_S = Math.floor(NOW.getTime() / 1000)
const ZONES = ['UTC', 'Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'Pacific/Apia', 'nowhere']

/** Pieces that the grammar knows, joined at random: far more of it is reached than by random letters. */
const PIECES = [
  ...['key-activity', 'logins', 'resource-history', 'help', 'list', 'find', 'status', 'cancel', 'whoami', 'run'],
  ...['last', 'since', 'until', 'around', 'before', '24h', '7', 'days', 'yesterday', '14:05', '2026-11-20', 'now'],
  ...['account=', 'region=', 'reason=', 'key=', 'user=', 'last=', 'AKIAIOSFODNN7EXAMPLE', 'all', '@prod', 'ou:a/b'],
  ...['"', "'", '`', '“', '”', '\\', ',', '=', '-', '--', '—', '<', '>', '|', '&amp;', '<@U1|a>', '\u200b', '\u00a0'],
  ...['Z', '+01:00', 'Europe/Berlin', '99999w', 'am', '2026-13-45', '1970-01-01', '9999-12-31', '__proto__', 'é'],
]
const grammatical = fc
  .array(fc.tuple(fc.constantFrom(...PIECES), fc.constantFrom('', ' ', ' ')), { maxLength: 20 })
  .map((parts) => parts.map(([piece, gap]) => piece + gap).join(''))
const anything = fc.oneof(grammatical, fc.string({ unit: 'binary', maxLength: 200 }), fc.string({ maxLength: 200 }))

test('no text throws, and every refusal has words', () => {
  fc.assert(
    fc.property(anything, fc.constantFrom(...ZONES), (text, timeZone) => {
      const parsed = parseCommand(text, LIBRARY, { now: NOW, timeZone })
      if (!parsed.ok) assert.ok(explain(parsed.error).length > 10)
    }),
    { numRuns: 3000 },
  )
})

test('what was understood, echoed, is understood the same, from Slack and from a terminal', () => {
  fc.assert(
    fc.property(grammatical, fc.constantFrom(...ZONES), (text, timeZone) => {
      const parsed = parseCommand(text, LIBRARY, { now: NOW, timeZone })
      if (parsed.ok && parsed.value.kind === 'run') assertEchoes(parsed.value.request)
    }),
    { numRuns: 3000 },
  )
})

const plain = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
  .map((text) => normalise(text, 'terminal'))
  .filter((text) => text !== '')
const value = plain.filter((text) => {
  const checked = checkParameter('resource', 'resourceName', 'x', text)
  return checked.ok && checked.value === text
})
const span: fc.Arbitrary<Span> = fc.oneof(
  fc.integer({ min: 1, max: 2000 }).map((hours) => ({ since: NOW_S - hours * 3600, words: `last ${hours}h` })),
  fc
    .integer({ min: 1, max: 90 * 86_400 })
    .map((ago) => ({ since: NOW_S - ago, words: `since ${utcWords(NOW_S - ago)}` })),
  fc.tuple(fc.integer({ min: 1, max: 86_400 }), fc.integer({ min: 0, max: 86_400 })).map(([ago, more]) => {
    const [since, until] = [NOW_S - ago - more, NOW_S - ago]
    return { since, until, words: `since ${utcWords(since)} until ${utcWords(until)}` }
  }),
)
const request: fc.Arbitrary<Request> = fc
  .record({
    resourceName: value,
    accounts: fc.array(plain.map(scopeWord), { maxLength: 3 }),
    span: fc.option(span, { nil: undefined }),
    regions: fc.option(fc.constantFrom('enabled' as const, ['eu-west-1'], ['eu-west-1', 'global']), { nil: undefined }),
    reason: fc.option(plain, { nil: undefined }),
  })
  .map(({ resourceName, accounts, ...rest }) => ({
    runbook: 'resource-history',
    parameters: { resourceName },
    accounts,
    ...(rest.span && { span: rest.span }),
    ...(rest.regions && { regions: rest.regions }),
    ...(rest.reason && { reason: rest.reason }),
  }))

test('any request, echoed, parses back to itself', () => {
  fc.assert(fc.property(request, assertEchoes), { numRuns: 2000 })
})

function assertEchoes(asked: Request): void {
  const line = echo(asked)
  if (line.length > TEXT_MAX) return
  for (const [text, origin] of [[line, 'terminal'] as const, [escapeSlack(line), 'slack'] as const]) {
    const again = parseCommand(text, LIBRARY, { now: NOW, timeZone: 'Asia/Tokyo', origin })
    assert.deepEqual(again, { ok: true, value: { kind: 'run', request: asked, notes: [] } }, line)
  }
}

test('a quoted value is one word and comes back, alone and in a list', () => {
  fc.assert(
    fc.property(fc.array(plain, { minLength: 1, maxLength: 4 }), (values) => {
      const words = splitWords(`name=${values.map(quote).join(',')} next`)
      assert.ok(words.ok)
      assert.equal(words.value.length, 2)
      assert.deepEqual(splitList(words.value[0]?.value ?? '').map(unquote), values)
    }),
  )
})

test('a length of time in words is the same length when it is whole', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 90 }), fc.constantFrom(60, 3600, 86_400), (count, unit) => {
      const seconds = count * unit
      const read = readDuration([durationWords(seconds)], 0)
      if (seconds % 3600 === 0 || seconds < 3600) assert.equal(read?.seconds, seconds)
    }),
  )
})

test('the worst texts of the longest length are read to their end', () => {
  for (const piece of ['<', '"', ',"', '= "', '<@', '&amp;', 'a=', '--', 'last ', '1', '\\"', "',", '`,`'])
    for (const head of ['', 'logins account=', 'logins since '])
      parseCommand((head + piece.repeat(TEXT_MAX)).slice(0, TEXT_MAX), LIBRARY, { now: NOW, timeZone: 'UTC' })
})
