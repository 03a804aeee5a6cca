import assert from 'node:assert/strict'
import test from 'node:test'
import type { PartFault } from '../../src/domain/query/coverage.ts'
import type { Query } from '../../src/domain/query/query.ts'
import { againWords } from '../../src/domain/result/again.ts'
import type { Answer } from '../../src/domain/result/answer.ts'
import { shownColumns } from '../../src/domain/result/columnsShown.ts'
import { gapsOf } from '../../src/domain/result/gaps.ts'
import {
  foundPhrase,
  queryScopePhrase,
  scopePhrase,
  standingOf,
  verdictPhrase,
  whenPhrase,
} from '../../src/domain/result/headline.ts'
import { notePhrases } from '../../src/domain/result/notes.ts'
import { joined, numberWords, plainText, say, value } from '../../src/domain/result/phrase.ts'
import { isoOf, lastingWords, minutesAfter, spanOf } from '../../src/domain/result/time.ts'
import { ANSWERS, aCoverage, aGap, anAnswer, anAnswerOf } from '../support/answers.ts'

function answer(name: string): Answer {
  const found = ANSWERS[name]
  assert.ok(found, name)
  return found
}

const VERDICTS: readonly (readonly [string, string, string])[] = [
  ['empty-complete', 'COMPLETE up to 2026-11-20 14:08Z', 'none up to 2026-11-20 14:08Z'],
  ['empty-unsettled', 'COMPLETE up to 2026-11-20 13:53Z', 'none up to 2026-11-20 13:53Z'],
  [
    'empty-not-yet-known',
    'NOT KNOWN: NOT AN ALL-CLEAR',
    'not yet known: the whole window is newer than what AWS has surely delivered',
  ],
  ['empty-partial', 'PARTIAL: NOT AN ALL-CLEAR', 'nothing found in what was read; not an all-clear'],
  ['failed', 'FAILED: NOT AN ALL-CLEAR', 'nothing could be read; not an all-clear'],
  [
    'all-blind',
    'FAILED: NOT AN ALL-CLEAR',
    'nothing could be read: every account and Region asked is a known blind spot',
  ],
  ['rows-1', 'COMPLETE up to 2026-11-20 14:08Z', '1 call, done'],
  ['rows-20', 'COMPLETE up to 2026-11-20 13:53Z', '20 calls: 18 done · 2 denied'],
  ['rows-20000-cut', 'PARTIAL: cut at the row limit, older calls exist', '20,000 calls: 17,143 done · 2,857 denied'],
  ['cancelled-30', 'PARTIAL: cancelled before the end', '30 calls: 26 done · 4 denied'],
]
for (const [name, verdict, found] of VERDICTS) {
  test(`the answer ${name} says "${verdict}" and "${found}"`, () => {
    assert.equal(plainText(verdictPhrase(answer(name))), verdict)
    assert.equal(plainText(foundPhrase(answer(name))), found)
  })
}

const CALLS: readonly (readonly [number, number, number, string])[] = [
  [2, 0, 0, '2 calls, all done'],
  [2, 2, 0, '2 calls: none done · 2 failed'],
  [3, 2, 1, '3 calls: 1 done · 1 denied · 1 failed'],
  [1, 1, 1, '1 call: none done · 1 denied'],
]
for (const [matched, failed, denied, words] of CALLS) {
  test(`tried is told apart from done: ${words}`, () => {
    const counts = { read: 9, matched, failed, denied, noise: { ctq: 0, service: 0 } }
    assert.equal(plainText(foundPhrase(anAnswer({ counts }))), words)
  })
}

test('a complete answer that is empty but for noise says how much was folded away', () => {
  const counts = { read: 9, matched: 7, failed: 0, noise: { ctq: 3, service: 4 } }
  const only = anAnswer({ counts })
  assert.equal(plainText(foundPhrase(only)), 'none up to 2026-11-20 14:08Z, besides 7 folded away')
  const notes = notePhrases(only).map(plainText).join('\n')
  assert.match(notes, /Folded away as noise: 4 calls by AWS services on their own behalf and 3 calls of ctq's own/)
  assert.doesNotMatch(notes, /was not used/)
})

test('an answer whose authorisation lapsed says so', () => {
  const lapsed = anAnswerOf(3, { coverage: aCoverage({ verdict: 'partial', ended: 'lapsed' }) })
  assert.match(plainText(verdictPhrase(lapsed)), /authorisation lapsed/)
})

test('what was found in minutes that are not settled is shown without "up to"', () => {
  const coverage = aCoverage({ settledUntil: '2026-11-19T14:00:00Z' })
  assert.equal(plainText(verdictPhrase(anAnswerOf(3, { coverage }))), 'COMPLETE as far as delivered')
})

test('a cut answer is never complete, whatever its parts say', () => {
  assert.equal(standingOf(anAnswerOf(5, { cut: true })), 'partial')
  assert.match(plainText(whenPhrase(anAnswerOf(5, { cut: true }))), /^Oldest read .* newest read /)
  assert.match(plainText(whenPhrase(anAnswerOf(5))), /^First .* last /)
})

test('the scope names up to three accounts, and counts pairs of account and Region beyond one', () => {
  assert.match(
    plainText(scopePhrase(answer('many-accounts'))),
    /^12 accounts · .* · 199 of 204 pairs of account and Region read to the end, 3 known blind spots$/,
  )
  assert.match(plainText(scopePhrase(anAnswer({ accounts: [{ id: '111122223333' }] }))), /^account 111122223333 · /)
})

test('before anything is read, the scope says accounts, window and Regions of the query', () => {
  const query = {
    runbook: { name: 'key-activity', digest: 'd' },
    parameters: {},
    accounts: ['111122223333'],
    regions: 'enabled',
    engines: ['lookup'],
    limit: 10,
    window: { since: '2026-11-19T14:08:00Z', until: { atStart: true, notAfter: '2026-11-20T15:08:00Z' } },
  } as const
  const words = (changes: Partial<Query>) =>
    plainText(queryScopePhrase({ ...query, ...changes }, (id) => (id === '111122223333' ? 'prod' : undefined)))
  assert.equal(words({}), 'prod (111122223333) · 2026-11-19 14:08Z – now · every enabled Region')
  const fixed = { since: '2026-11-19T14:08:00Z', until: '2026-11-19T15:08:00Z' }
  assert.equal(
    words({ window: fixed, regions: ['eu-west-1'], accounts: ['2'] }),
    'account 2 · 2026-11-19 14:08Z – 15:08Z · eu-west-1',
  )
  assert.match(
    words({ regions: ['a', 'b', 'c', 'd', 'e'], accounts: ['1', '2', '3', '4'] }),
    /^4 accounts · .* · 5 Regions$/,
  )
})

test('the notes tell what is not settled, what each filtered, what is blind and what is never seen', () => {
  const notes = notePhrases(
    anAnswer({
      coverage: aCoverage({
        settledUntil: '2026-11-20T13:53:00Z',
        parts: { asked: 17, complete: 15, blind: 2 },
        open: [aGap('eu-west-1', { status: 'blind' })],
      }),
      filters: { aws: [], local: ['errorCode present'] },
    }),
  ).map(plainText)
  assert.deepEqual(notes, [
    'Not yet known: after 2026-11-20 13:53Z. AWS delivers late; ask again after 2026-11-20 14:23Z.',
    '2 known blind spots could not be read (eu-west-1 and 1 other): closed accounts, or Regions that an organisation policy denies.',
    'The key was not used for any management call in this time.',
    'AWS filtered by only the window; ctq by errorCode present: 0 records read, 0 matched.',
    'Not visible here: data events; network activity events; anything older than 90 days.',
  ])
})

const CODES: readonly PartFault['code'][] = [
  'access_denied',
  'assume_role_denied',
  'scp_denied',
  'account_closed',
  'region_not_enabled',
  'credentials_invalid',
  'regions_unknown',
  'lapsed',
  'cancelled',
  'aws_failed',
  'invalid_request',
]
for (const code of CODES) {
  test(`a part that ended with ${code} says where, why and what to do`, () => {
    const coverage = aCoverage({
      verdict: 'partial',
      open: [aGap('eu-west-1', { fault: { code, detail: 'said by AWS' } })],
    })
    const [gap] = gapsOf(anAnswer({ coverage }))
    assert.ok(gap)
    assert.match(plainText(gap.what), /^eu-west-1: .{10,}; nothing was read there$/)
    assert.match(plainText(gap.next), /^[A-Z].{10,}[.:]$/)
  })
}

test('parts that failed alike are told together, the most widespread first, places beyond four counted', () => {
  const regions = ['a', 'b', 'c', 'd', 'e', 'f'].map((region) => aGap(region))
  const coverage = aCoverage({
    verdict: 'partial',
    open: [aGap('x', { status: 'limit', fault: { code: 'lapsed', detail: '' } }), ...regions],
  })
  const gaps = gapsOf(anAnswer({ coverage })).map(({ what }) => plainText(what))
  assert.match(gaps[0] ?? '', /^a, b, c, d and 2 others: access denied/)
  assert.equal(gaps.length, 2)
})

test('parts without a fault say whether the limit or something else stopped them, and how far back they read', () => {
  const part = (status: 'limit' | 'stopped' | 'failed') => {
    const { fault: _, ...rest } = aGap('eu-west-1', { status, pages: 2, readBackTo: '2026-11-20T09:00:00Z' })
    return plainText(gapsOf(anAnswer({ coverage: aCoverage({ open: [rest] }) }))[0]?.what ?? [])
  }
  assert.equal(part('limit'), 'eu-west-1: the row limit was reached; read back to 2026-11-20 09:00Z only')
  assert.equal(part('stopped'), 'eu-west-1: stopped before the end; read back to 2026-11-20 09:00Z only')
  assert.equal(part('failed'), 'eu-west-1: not read to the end; read back to 2026-11-20 09:00Z only')
})

test('what to type again names exactly what is open, and is not offered where it cannot help', () => {
  assert.equal(
    againWords(answer('empty-partial'))?.join(' '),
    'key-activity accessKeyId=AKIAIOSFODNN7EXAMPLE since 2026-11-19T14:08:00Z until 2026-11-20T14:08:00Z account=111122223333 region=eu-west-1,eu-west-2',
  )
  assert.equal(againWords(answer('failed'))?.at(-1), 'region=all')
  assert.equal(againWords(anAnswer()), undefined)
  const hopeless = aCoverage({ open: [aGap('eu-west-1', { fault: { code: 'invalid_request', detail: '' } })] })
  assert.equal(againWords(anAnswer({ coverage: hopeless })), undefined)
})

test('asking the same again is not offered for what only the row limit stopped', () => {
  const { fault: _, ...limit } = aGap('eu-west-1', { status: 'limit' })
  const cut = anAnswerOf(30, { cut: true, coverage: aCoverage({ verdict: 'partial', open: [limit] }) })
  assert.equal(againWords(cut), undefined)
  assert.match(plainText(gapsOf(cut)[0]?.next ?? []), /Narrow the window/)
})

test('columns without a value are not shown, and the least telling go first when there are too many', () => {
  const columns = ['eventTime', 'empty', 'who', 'eventID', 'userAgent']
  const shown = shownColumns(columns, [['1', '', 'a', 'e', 'u']], 3)
  assert.deepEqual(shown, { columns: ['eventTime', 'who', 'userAgent'], rows: [['1', 'a', 'u']] })
  assert.deepEqual(shownColumns(['a', 'b'], [['1', '2']], 1).columns, ['a'])
})

test('a phrase keeps values apart from words, and leaves out what is empty', () => {
  assert.deepEqual(say`a ${value('b')} ${1_000} ${say`c`}`, ['a ', { value: 'b' }, ' ', '1,000', ' ', 'c'])
  assert.equal(plainText(joined([say`a`, [], say`${value('b\u202e')}`], ', ')), 'a, b\\u202e')
  assert.equal(numberWords(1_234_567), '1,234,567')
})

test('times and lengths read as people say them', () => {
  assert.equal(isoOf(0), '1970-01-01T00:00:00Z')
  assert.equal(spanOf('2026-11-20T12:41:00Z', '2026-11-20T13:52:00Z'), '2026-11-20 12:41Z – 13:52Z')
  assert.equal(minutesAfter('2026-11-20T23:50:00.123Z', 15), '2026-11-21T00:05:00Z')
  assert.deepEqual([5, 89, 90, 3_600, 7_500, 7_200].map(lastingWords), [
    '5 s',
    '89 s',
    '2 min',
    '60 min',
    '2 h 5 min',
    '2 h',
  ])
})
