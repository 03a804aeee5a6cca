import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { withoutMention } from '../../src/adapters/slack/listen.ts'
import { explain } from '../../src/domain/failure.ts'
import type { Request } from '../../src/domain/request/command.ts'
import { echo } from '../../src/domain/request/echo.ts'
import { entitiesIn } from '../../src/domain/request/entities.ts'
import { offersFor } from '../../src/domain/request/offers.ts'
import { parseCommand, TEXT_MAX } from '../../src/domain/request/parse.ts'
import { questionsFor } from '../../src/domain/request/questions.ts'
import { findRunbooks } from '../../src/domain/runbook/find.ts'
import { readLibrary } from '../../src/library.ts'
import { ALARM, EVENT, FINDING } from '../support/alerts.ts'
import { escapeSlack, INVENTORY, NOW } from '../support/askFacts.ts'
import { charactersHanded } from '../support/handed.ts'

/** How many random texts, and as many messages, are tried. `npm test` tries some tens of thousands, `npm run million` a million. */
const RUNS = Number(process.env['CTQ_PROPERTY_RUNS'] ?? 30_000)

/** fast-check keeps something of each run: a million at once would take gigabytes. */
const AT_ONCE = 50_000

const LIBRARY = await readLibrary('runbooks')
const ZONES = ['UTC', 'Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'nowhere']

/** Values, words of the grammar and pieces of Slack's and JSON's, joined at random: far more is reached than by random letters. */
const PIECES = [
  ...['AKIAIOSFODNN7EXAMPLE', 'ASIAIOSFODNN7EXAMPLE', 'AKIA…3F6J', 'i-0a1b2c3d', 'sg-0a1b2c3d', 'vpc-0a1b2c3d', 'sg-0'],
  ...['arn:aws:iam::111122223333:user/alice', 'arn:aws:sts::111122223333:assumed-role/A/b', 'arn:aws:s3:::exports/a'],
  ...['arn:aws:ec2:eu-west-1:111122223333:security-group/sg-0a1b2c3d', 'arn:aws:', 's3://exports', 'arn%3Aaws'],
  ...['203.0.113.9', '203.0.113.0/24', '2001:db8::1', '[2001:db8::1]:443', '203[.]0[.]113[.]9', '999.1.1.1', '::'],
  ...['111122223333', '1111-2222-3333', '0f3c0f57-31d4-4cbb-8f0b-8f3f9a2a1101', 'DeleteTrail', 'root', 'user/alice'],
  ...[
    'alice',
    'backup',
    'ken',
    'prod-payments',
    'Workloads/Prod',
    '@prod',
    'prod-paymnts',
    'Admin/alice',
    'customer-exports',
    'logs.example.com',
    'service-role/jobs/Nightly',
    'app/db',
    'key/1234abcd-12ab-34cd-56ef-1234567890ab',
    'mrk-1234abcd12ab34cd56ef1234567890ab',
    'function:cart:PROD',
    'instance-profile/web',
    'policy/',
    'alias/backup',
    'bucket/exports',
    'ec2-203-0-113-9.compute-1.amazonaws.com',
    'https://console.aws.amazon.com/iam/home#/users/details/alice',
    'mailto:',
    'é',
    '__proto__',
  ],
  ...['key-activity', 'key-activty', 'logins', 'denied', 'find', 'help', 'list', 'run', 'thanks', 'stolen', 'key'],
  ...['last', 'since', 'until', 'around', 'before', '24h', '7d', '90d', '7', 'days', '14:05', '2026-11-20', '12:41Z'],
  ...['account=', 'region=', 'reason=', 'user=', 'ip=', 'event=', 'bucket=', 'all', 'eventID:', '"userName":', 'time='],
  ...[
    '2026-11-20T12:41:03Z',
    '1795178463',
    '<!date^1795178463^{time}|x>',
    'Nov 20, 2026 1:05 PM',
    '(20/11/26 14:01:00)',
  ],
  ...[
    '"',
    "'",
    '`',
    '“',
    '\\',
    '\\"',
    '\\n',
    ',',
    '=',
    '-',
    '—',
    '<',
    '>',
    '|',
    '&amp;',
    '&',
    '%2F',
    '[.]',
    '*',
    '_',
    '\n',
  ],
  ...[
    '\u200b',
    '\u00a0',
    '\ud800',
    '<@U1|a>',
    '<http://a.b|a.b>',
    '<mailto:a@b.c|a@b.c>',
    '{',
    '}',
    '(',
    ')',
    ';',
    ':',
  ],
]
const grammatical = fc
  .array(fc.tuple(fc.constantFrom(...PIECES), fc.constantFrom('', ' ', ' ', ' ')), { maxLength: 16 })
  .map((parts) => parts.map(([piece, gap]) => piece + gap).join(''))
const anything = fc.oneof(
  { weight: 6, arbitrary: grammatical },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
  { weight: 1, arbitrary: fc.string({ maxLength: 200 }) },
)

function assertSame(asked: Request): void {
  const line = echo(asked)
  if (line.length > TEXT_MAX) return
  for (const [text, origin] of [[line, 'terminal'] as const, [escapeSlack(line), 'slack'] as const]) {
    const again = parseCommand(text, LIBRARY, { now: NOW, timeZone: 'Asia/Tokyo', origin })
    assert.deepEqual(again, { ok: true, value: { kind: 'run', request: asked, notes: [] } }, line)
  }
}

/** A question that is offered in words asks just these words. */
function assertUnderstood(asks: string): void {
  if (asks.length > TEXT_MAX) return
  const read = parseCommand(asks, LIBRARY, { now: NOW, timeZone: 'Asia/Tokyo', origin: 'terminal' })
  assert.ok(read.ok && read.value.kind === 'run', `${asks}: ${JSON.stringify(read)}`)
  assert.equal(echo(read.value.request), asks)
}

/** What comes into a channel: alerts as their services write them, cut anywhere, with anything between, and mentions of people and of ctq. */
const cut = fc
  .tuple(fc.constantFrom(ALARM, EVENT, FINDING), fc.double({ min: 0, max: 1, noNaN: true }), fc.nat({ max: 600 }))
  .map(([alert, from, length]) => alert.slice(Math.floor(from * alert.length)).slice(0, length))
const message = fc.oneof(
  { weight: 3, arbitrary: anything },
  { weight: 1, arbitrary: fc.array(fc.oneof(cut, anything), { maxLength: 4 }).map((parts) => parts.join('\n')) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(anything, fc.constantFrom('<@U0BOT>', '<@U0BOT|ctq>', '<@U0BOT', '<@U0BOT|'), anything)
      .map((parts) => parts.join('')),
  },
)

/** Tries as many as were asked for. What fails is reported with its seed. */
function forAll(some: fc.Arbitrary<string>, check: (text: string, timeZone: string) => void): void {
  for (let left = RUNS; left > 0; left -= AT_ONCE)
    fc.assert(fc.property(some, fc.constantFrom(...ZONES), check), { numRuns: Math.min(left, AT_ONCE) })
}

function tried(text: string, timeZone: string): 'asked' | 'refused' | 'others' {
  const parsed = parseCommand(text, LIBRARY, { now: NOW, timeZone, inventory: INVENTORY })
  if (!parsed.ok) {
    assert.ok(explain(parsed.error).length > 10)
    if (parsed.error.code === 'ambiguous_value') for (const { asks } of parsed.error.readings) assertUnderstood(asks)
    return 'refused'
  }
  if (parsed.value.kind === 'find') findRunbooks(LIBRARY, parsed.value.words)
  if (parsed.value.kind !== 'run') return 'others'
  assertSame(parsed.value.request)
  return 'asked'
}

test(`of ${RUNS} texts none throws or hangs, and what is echoed asks the same`, (t) => {
  const seen = { asked: 0, refused: 0, others: 0 }
  forAll(anything, (text, timeZone) => {
    seen[tried(text, timeZone)] += 1
  })
  t.diagnostic(`${seen.asked} asked something, ${seen.refused} were refused, ${seen.others} were other commands`)
  // Text that is never understood, or always, would try nothing.
  for (const count of Object.values(seen)) assert.ok(count > RUNS / 100, JSON.stringify(seen))
})

test(`of ${RUNS} messages none throws or hangs, and what is offered can be typed`, (t) => {
  const seen = { offers: 0, none: 0 }
  forAll(message, (text, timeZone) => {
    withoutMention(text, 'U0BOT')
    const offers = offersFor(entitiesIn(text, NOW, timeZone), LIBRARY, NOW)
    seen[offers.length > 0 ? 'offers' : 'none'] += 1
    for (const { request } of offers.slice(0, 3)) assertSame(request)
  })
  t.diagnostic(`${seen.offers} gave rise to questions, ${seen.none} to none`)
  for (const count of Object.values(seen)) assert.ok(count > RUNS / 100, JSON.stringify(seen))
})

test('what is offered for a bare value can be typed, and the first is what the value itself asks', () => {
  fc.assert(
    fc.property(fc.constantFrom(...PIECES), (value) => {
      const questions = questionsFor(value, LIBRARY, INVENTORY)
      for (const question of questions) assertSame(question)
      const parsed = parseCommand(value, LIBRARY, {
        now: NOW,
        timeZone: 'UTC',
        inventory: INVENTORY,
        origin: 'terminal',
      })
      if (parsed.ok && parsed.value.kind === 'run' && LIBRARY.find(value) === undefined)
        assert.deepEqual(parsed.value.request, questions[0])
    }),
  )
})

const HOSTILE = [
  ...[
    '<',
    '>',
    '<a',
    '&amp;',
    '\\',
    '\\n',
    '%3A',
    '[.]',
    '(',
    'arn:aws',
    'arn:aws:',
    'arn:aws:s3:::',
    'arn:aws:s3:::a,',
  ],
  ...['arn:aws:iam::111122223333:user/a ', 'AKIA', 'AKIA ', 'AKIAIOSFODNN7EXAMPLE ', '0.', '1.1.1.1', '203.0.113.1 '],
  ...['1:', '::', 'a::1 ', '-', 'i-', 'sg-0a1b2c3d ', '0a1b2c3d-', '0f3c0f57-31d4-4cbb-8f0b-8f3f9a2a1101 ', 'user:'],
  ...['user name: a\n', '"userName":"a",', 's3://', 'a.s3', 'a.s3.', '/s3/buckets/', '#/users/', '111122223333 '],
  ...[
    '1111-',
    '2026-',
    '2026-11-20 12:41:03Z ',
    '20 November, 2026 ',
    '12:',
    '12:41 ',
    '1763642463 ',
    'time=1763642463 ',
  ],
  ...[' ', '\n', '"', '*', '_', '.', '=', 'é', '\u200b', '😀', '\ud800', '<!date^1763642463^', 'event_id: '],
]
/** Of 100 KB: some fifty patterns read all of it, the rest only what they found. */
const MOST_HANDED = 12_000_000

test('a mention is found in 3 MB as in a few words, whatever is in it: what reads the rest anew at each mention hangs', () => {
  for (const piece of [...HOSTILE, '<@U0BOT', '<@U0BOT|', '<@U0BOT|a<']) {
    const text = piece.repeat(Math.ceil(3_000_000 / piece.length))
    assert.equal(withoutMention(`${text}<@U0BOT|ctq> help`, 'U0BOT'), 'help', piece)
    withoutMention(text, 'U0BOT')
  }
})

test('a message of 100 KB is read to its end, whatever is in it', () => {
  for (const piece of HOSTILE)
    for (const end of ['', '\u0000']) {
      const text = piece.repeat(Math.ceil(100_000 / piece.length)) + end
      const handed = charactersHanded(() => offersFor(entitiesIn(text, NOW, 'Europe/Berlin'), LIBRARY, NOW))
      assert.ok(handed < MOST_HANDED, `${JSON.stringify(piece)}: ${handed} characters`)
    }
})

test('a long message costs as much as its length, not as its square', () => {
  const cost = (count: number) => {
    const text = `${FINDING}\n${EVENT}\n${ALARM}\n`.repeat(count)
    return charactersHanded(() => entitiesIn(text, NOW, 'UTC'))
  }
  const [short, long] = [cost(5), cost(20)]
  assert.ok(long < short * 5, `${short} characters, with four times the text ${long}`)
})
