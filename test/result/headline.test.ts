import assert from 'node:assert/strict'
import test from 'node:test'
import type { Coverage, PartFault } from '../../src/domain/query/coverage.ts'
import type { Query } from '../../src/domain/query/query.ts'
import { againWords } from '../../src/domain/result/again.ts'
import type { Answer } from '../../src/domain/result/answer.ts'
import { shownColumns } from '../../src/domain/result/columnsShown.ts'
import { gapPhrase, gapsOf } from '../../src/domain/result/gaps.ts'
import {
  foundPhrase,
  leadsWithVerdict,
  shortQuestion,
  signOf,
  standingOf,
  verdictPhrase,
  whenPhrase,
} from '../../src/domain/result/headline.ts'
import { meaningPhrase } from '../../src/domain/result/meaning.ts'
import { limitPhrases, notePhrases } from '../../src/domain/result/notes.ts'
import { joined, numberWords, plainText, say, value } from '../../src/domain/result/phrase.ts'
import { queryScopePhrase, scopePhrase } from '../../src/domain/result/scopeWords.ts'
import { clockOf, isoOf, lastingWords, minutesAfter, spanOf } from '../../src/domain/result/time.ts'
import type { Headline } from '../../src/domain/runbook/runbook.ts'
import { ANSWERS, aCoverage, aGap, anAnswer, anAnswerOf, HEADLINE } from '../support/answers.ts'
import { answerFrom, shipped } from '../support/stories.ts'

function answer(name: string): Answer {
  const found = ANSWERS[name]
  assert.ok(found, name)
  return found
}

test('where nothing was read since the run was ended before, the answer says by what', () => {
  const failed = answer('failed')
  const withdrawn: Answer = { ...failed, coverage: { ...failed.coverage, ended: 'revoked' } }
  assert.equal(plainText(foundPhrase(withdrawn)), 'nothing could be read: permission withdrawn; not an all-clear')
})

const VERDICTS: readonly (readonly [string, string, string])[] = [
  ['empty-complete', 'COMPLETE up to 14:08Z', 'none up to 14:08Z'],
  ['empty-unsettled', 'COMPLETE up to 13:53Z', 'none up to 13:53Z'],
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
  ['rows-1', 'COMPLETE up to 14:08Z', '1 call: nothing changed · 1 read done'],
  ['rows-20', 'COMPLETE up to 13:53Z', '20 calls: nothing changed · 2 denied · 18 reads done'],
  [
    'rows-20000-cut',
    'PARTIAL: cut at the row limit, older calls exist',
    '20,000 calls: nothing changed · 2,857 denied · 17,143 reads done',
  ],
  ['cancelled-30', 'PARTIAL: cancelled before the end', '30 calls: nothing changed · 4 denied · 26 reads done'],
]
for (const [name, verdict, found] of VERDICTS) {
  test(`the answer ${name} says "${verdict}" and "${found}"`, () => {
    assert.equal(plainText(verdictPhrase(answer(name))), verdict)
    assert.equal(plainText(foundPhrase(answer(name))), found)
  })
}

const CALLS: readonly (readonly [number, number, number, number, string])[] = [
  [2, 2, 0, 0, '2 calls: 2 changes done'],
  [2, 0, 2, 0, '2 calls: nothing changed · 2 failed'],
  [4, 1, 2, 1, '4 calls: 1 change done · 1 denied · 1 failed · 1 read done'],
  [1, 0, 1, 1, '1 call: nothing changed · 1 denied'],
]
for (const [matched, changes, failed, denied, words] of CALLS) {
  test(`tried is told apart from done: ${words}`, () => {
    const counts = { read: 9, matched, changes, failed, denied, noise: { ctq: 0, service: 0 } }
    assert.equal(plainText(foundPhrase(anAnswer({ counts }))), words)
  })
}

const SHAPED: readonly (readonly [Partial<Headline>, string])[] = [
  [{ noun: 'sign-in', counts: ['done', 'denied', 'failed'] }, '214 sign-ins: 183 done · 20 denied · 11 failed'],
  [{ counts: ['changes', 'denied'] }, '214 calls: 9 changes done · 20 denied · 185 others'],
  [{ counts: ['denied'] }, '214 calls: 20 denied · 194 others'],
]
for (const [headline, words] of SHAPED) {
  test(`a runbook says what is counted and told apart: ${words}`, () => {
    const counts = { read: 300, matched: 214, changes: 9, failed: 31, denied: 20, noise: { ctq: 0, service: 0 } }
    const runbook = { ...anAnswer().runbook, headline: { ...HEADLINE, ...headline } }
    assert.equal(plainText(foundPhrase(anAnswer({ counts, runbook }))), words)
  })
}

test('where only done is told, nothing tried in vain is said in a word', () => {
  const counts = { read: 2, matched: 2, changes: 2, failed: 0, noise: { ctq: 0, service: 0 } }
  const runbook = { ...anAnswer().runbook, headline: { ...HEADLINE, counts: ['done', 'failed'] as const } }
  assert.equal(plainText(foundPhrase(anAnswer({ counts, runbook }))), '2 calls, all done')
  assert.equal(
    plainText(foundPhrase(anAnswer({ counts: { ...counts, failed: 2 }, runbook }))),
    '2 calls: none done · 2 failed',
  )
})

test('the verdict leads only where nothing was found and that is no all-clear', () => {
  const leading = Object.entries(ANSWERS).flatMap(([name, one]) => (leadsWithVerdict(one) ? [name] : []))
  assert.deepEqual(leading, ['empty-not-yet-known', 'empty-partial', 'failed', 'all-blind'])
})

test('a question is its runbook and its values, shortened where people know them by their ends', () => {
  const short = (parameters: Answer['parameters']) => plainText(shortQuestion(anAnswer({ parameters })))
  assert.equal(short({ accessKeyId: 'AKIAIOSFODNN7EXAMPLE' }), 'key-activity · AKIA…MPLE')
  assert.equal(short({ principal: 'arn:aws:iam::111122223333:user/ops/alice' }), 'key-activity · user/ops/alice')
  assert.equal(short({ principal: 'alice', groupId: 'sg-1' }), 'key-activity · principal=alice · groupId=sg-1')
  assert.equal(short({}), 'key-activity')
})

test('a complete answer that is empty but for noise says how much was folded away', () => {
  const counts = { read: 9, matched: 7, changes: 0, failed: 0, noise: { ctq: 3, service: 4 } }
  const only = anAnswer({ counts })
  assert.equal(plainText(foundPhrase(only)), 'none up to 14:08Z, besides 7 folded away')
  const notes = notePhrases(only).map(plainText).join('\n')
  assert.match(notes, /Folded away as noise: 4 calls by AWS services on their own behalf and 3 calls of ctq's own/)
  assert.deepEqual(meaningPhrase(only), [])
  assert.match(plainText(meaningPhrase(anAnswer())), /was not used/)
})

const ENDS: readonly (readonly [NonNullable<Coverage['ended']>, RegExp])[] = [
  ['cancelled', /^PARTIAL: cancelled before the end$/],
  ['revoked', /^PARTIAL: permission withdrawn before the end$/],
  ['lapsed', /^PARTIAL: authorisation lapsed before the end$/],
  ['unrenewed', /^PARTIAL: authorisation could not be renewed before the end$/],
]
for (const [ended, says] of ENDS)
  test(`an answer that was ended early (${ended}) says so`, () => {
    const answer = anAnswerOf(3, { coverage: aCoverage({ verdict: 'partial', ended }) })
    assert.match(plainText(verdictPhrase(answer)), says)
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

test('the scope names up to three accounts, and counts places beyond one', () => {
  assert.match(
    plainText(scopePhrase(answer('many-accounts'))),
    /^user ci-deploy, 12 accounts · .* · 199 of 204 places, 3 blind, 1 not to the end, 1 not read$/,
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
  const words = (changes: Partial<Query>) => {
    const nameOf = (id: string) => (id === '111122223333' ? 'prod' : undefined)
    return plainText(queryScopePhrase({ ...query, ...changes }, nameOf, '2026-11-20T14:23:00Z'))
  }
  assert.equal(words({}), 'prod (111122223333) · 19 Nov 14:08Z – now · every enabled Region')
  const fixed = { since: '2026-11-19T14:08:00Z', until: '2026-11-19T15:08:00Z' }
  assert.equal(
    words({ window: fixed, regions: ['eu-west-1'], accounts: ['2'] }),
    'account 2 · 19 Nov 14:08–15:08Z · eu-west-1',
  )
  assert.match(
    words({ regions: ['a', 'b', 'c', 'd', 'e'], accounts: ['1', '2', '3', '4'] }),
    /^4 accounts · .* · 5 Regions$/,
  )
})

test('the limits tell what is not settled, what is blind and what is never seen; the notes what each filtered', () => {
  const limited = anAnswer({
    coverage: aCoverage({
      settledUntil: '2026-11-20T13:53:00Z',
      parts: { asked: 17, complete: 15, blind: 2 },
      open: [aGap('eu-west-1', { status: 'blind' })],
    }),
    filters: { aws: [], local: ['errorCode present'] },
  })
  assert.deepEqual(limitPhrases(limited).map(plainText), [
    'Not settled: after 13:53Z, since AWS delivers late; ask again after 14:23Z.',
    '2 known blind spots could not be read (eu-west-1 and 1 other): closed accounts, or Regions that an organisation policy denies.',
    'Not visible: data events; network activity events; anything older than 90 days.',
  ])
  const [first] = limitPhrases(limited, { askedAgainAt: '2026-11-20T14:23:00Z' }).map(plainText)
  assert.equal(first, 'Not settled: after 13:53Z, asked again at 14:23Z, posted here.')
  assert.deepEqual(notePhrases(limited).map(plainText), [
    'AWS filtered by only the window; ctq by errorCode present: 0 records read, 0 matched.',
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
  'unrenewed',
  'revoked',
  'cancelled',
  'budget',
  'aws_failed',
  'aws_repeats',
  'invalid_request',
]
test('a place of which something was read is not said to be unread, in the scope or in the gap', () => {
  const told = (...open: readonly Parameters<typeof aGap>[]) => {
    const parts = { asked: 12, complete: 12 - open.length, blind: 0 }
    const coverage = aCoverage({ verdict: 'partial', parts, open: open.map((one) => aGap(...one)) })
    const answer = anAnswer({ coverage })
    return `${plainText(scopePhrase(answer)).split(' · ').at(-1)} | ${plainText(gapsOf(answer)[0]?.what ?? [])}`
  }
  assert.match(told(['eu-west-1']), /^11 of 12 Regions, 1 not read \| .*; nothing was read there$/)
  assert.match(
    told(['eu-west-1', { matched: 3 }]),
    /^11 of 12 Regions, 1 not to the end \| .*; something was read there$/,
  )
  assert.match(
    told(['eu-west-1', { pages: 2 }], ['eu-west-2']),
    /^10 of 12 Regions, 1 not to the end, 1 not read \| .*; something was read of some$/,
  )
})

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
  assert.equal(part('limit'), 'eu-west-1: the row limit was reached; read back to 09:00Z only')
  assert.equal(part('stopped'), 'eu-west-1: stopped before the end; read back to 09:00Z only')
  assert.equal(part('failed'), 'eu-west-1: not read to the end; read back to 09:00Z only')
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
  const now = '2026-11-20T14:23:00Z'
  assert.equal(clockOf('2026-11-20T13:53:07Z', now), '13:53Z')
  assert.equal(clockOf('2026-08-05T13:53:07Z', now), '5 Aug 13:53Z')
  assert.equal(clockOf('2025-12-31T13:53:07Z', now), '31 Dec 2025 13:53Z')
  assert.equal(spanOf('2026-11-20T12:41:00Z', '2026-11-20T13:52:00Z', now), '12:41–13:52Z')
  assert.equal(spanOf('2026-11-20T12:41:00Z', '2026-11-20T12:41:59Z', now), '12:41Z')
  assert.equal(spanOf('2026-11-19T12:41:00Z', '2026-11-19T13:52:00Z', now), '19 Nov 12:41–13:52Z')
  assert.equal(spanOf('2026-11-19T14:08:00Z', '2026-11-20T14:08:00Z', now), '19 Nov 14:08Z – 14:08Z')
  assert.equal(spanOf('2026-08-15T10:02:00Z', '2026-11-20T14:08:00Z', now), '15 Aug – 14:08Z')
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

test('a role that could not be assumed: both policies are named, and whose the statement is', () => {
  const failed = ANSWERS['failed'] ?? anAnswer()
  const next = (reader: 'worker' | 'self') => gapsOf(failed, reader).map((gap) => plainText(gapPhrase(gap)))[0] ?? ''
  assert.ok(
    next('worker').endsWith(
      "Two policies must allow it: the role's trust policy must name the workers (ctq iam trust), and the workers' own must let them become the role. Then ask again. To add to the workers' own policy:",
    ),
    next('worker'),
  )
  assert.match(
    next('self'),
    /must name you \(ctq iam trust --terminal\), and your own must let you become the role\. .* To add to your own policy:$/,
  )
})

test('whoever reads with their own credentials is not sent to the worker', () => {
  const [part] = (ANSWERS['failed'] ?? anAnswer()).coverage.open
  assert.ok(part)
  const open = [{ ...part, fault: { code: 'credentials_invalid', detail: 'expired' } as const }]
  const next = (reader: 'worker' | 'self') =>
    plainText(gapsOf(anAnswer({ coverage: aCoverage({ verdict: 'failed', open }) }), reader)[0]?.next ?? [])
  assert.match(next('worker'), /the worker's AWS credentials/)
  assert.match(next('self'), /^Log in again \(aws sso login\), or choose a profile/)
})

function emptyOf(runbook: string, parameters: Answer['parameters']): string {
  return plainText(meaningPhrase(answerFrom(shipped(runbook), [], { parameters })))
}

test('an empty answer is of what the question was narrowed to, and says that a name may be another', () => {
  assert.match(
    emptyOf('denied-calls', { principal: 'ci-deploy', eventSource: 's3.amazonaws.com' }),
    /^Of caller ci-deploy and service s3\.amazonaws\.com: nothing was refused in this window\. .* Is it spelt so\? ctq cannot know whether a caller is called ci-deploy: spelt otherwise, this is no all-clear\.$/,
  )
  assert.match(emptyOf('principal-writes', { principal: 'frobnicate' }), /Is it spelt so\?/)
  assert.match(emptyOf('calls', { eventName: 'DeleteTrial' }), /whether a call is called DeleteTrial:/)
})

test('an empty answer about everything, or about an id, is of all that was asked', () => {
  assert.match(emptyOf('denied-calls', {}), /^Nothing was refused in this window/)
  for (const [runbook, parameters] of [
    ['key-activity', { accessKeyId: 'AKIAIOSFODNN7EXAMPLE' }],
    ['principal-writes', { principal: 'arn:aws:iam::111122223333:user/alice' }],
  ] as const)
    assert.doesNotMatch(emptyOf(runbook, parameters), /spelt|^Of /)
})

test('nothing in a short window that nobody chose is no all-clear; in one that was chosen, or a long one, it is complete', () => {
  const hour = aCoverage({ window: { since: '2026-11-20T13:08:00Z', until: '2026-11-20T14:08:00Z' } })
  const asked = { regions: 'enabled', openEnd: true, usualWindow: true } as const
  const short = anAnswer({ coverage: hour, asked })
  assert.equal(plainText(verdictPhrase(short)), 'COMPLETE FOR THE LAST HOUR ONLY: NOT AN ALL-CLEAR')
  assert.equal(plainText(foundPhrase(short)), 'none in the last hour, up to 14:08Z; before that was not asked')
  assert.equal(signOf(short), 'unknown')
  assert.ok(leadsWithVerdict(short))
  const chosen = anAnswer({ coverage: hour, asked: { ...asked, usualWindow: false } })
  for (const other of [chosen, anAnswer({ asked }), anAnswerOf(1, { coverage: hour, asked })]) {
    assert.equal(plainText(verdictPhrase(other)), 'COMPLETE up to 14:08Z')
    assert.equal(signOf(other), 'complete')
  }
})
