import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { parseCommand } from '../../src/domain/request/parse.ts'
import type { Answer } from '../../src/domain/result/answer.ts'
import { meaningPhrase } from '../../src/domain/result/meaning.ts'
import { plainText } from '../../src/domain/result/phrase.ts'
import { otherPivots, type Pivot, pivotById, pivotsOf } from '../../src/domain/result/pivots.ts'
import { scopePhrase } from '../../src/domain/result/scopeWords.ts'
import { libraryOf } from '../../src/domain/runbook/library.ts'
import { ANSWERS, aCoverage, aGap, anAnswer, anAnswerOf, hostileAnswer } from '../support/answers.ts'
import { LEAKED_KEY, NEW_KEY, ROLE_KEY } from '../support/leakedKey.ts'
import { READ_AT, SHIPPED, STORIES, shipped } from '../support/stories.ts'

function story(name: string, changes: Partial<Answer> = {}): Answer {
  const found = STORIES[name]
  assert.ok(found, name)
  return { ...found, ...changes }
}

function pivots(answer: Answer): readonly Pivot[] {
  return pivotsOf(answer, SHIPPED, READ_AT)
}

function words(answer: Answer): readonly string[] {
  return pivots(answer).map((pivot) => (pivot.kind === 'ask' ? pivot.words : pivot.kind))
}

test('what was found fills the questions that lead on: the keys that were made first, then whence and who', () => {
  assert.deepEqual(words(story('leaked-key')), [
    `key-activity accessKeyId=${ROLE_KEY}`,
    `key-activity accessKeyId=${NEW_KEY}`,
    'ip-activity sourceIPAddress=203.0.113.9 since 2026-11-20 11:41Z account=111122223333',
    'principal-writes principal=arn:aws:iam::111122223333:user/ci-deploy last 90d',
    `triage accessKeyId=${LEAKED_KEY} since 2026-11-13 14:25Z`,
    `key-activity accessKeyId=${LEAKED_KEY} last 90d`,
    'text',
  ])
})

test('where something was found, the playbook that the question belongs to is asked about the same', () => {
  const triageOf = (answer: Answer): string | undefined => {
    const found = pivots(answer).find(({ id }) => id === 'playbook')
    return found?.kind === 'ask' ? found.words : undefined
  }
  assert.match(triageOf(story('console-logins')) ?? '', /^triage account=111122223333$/)
  const { first: _, last: __, ...nothing } = story('leaked-key')
  assert.equal(triageOf(nothing), undefined)
  const other = { ...anAnswer().runbook, name: 'kms-abuse' }
  assert.equal(triageOf(anAnswer({ runbook: other })), undefined)
})

test('one account of several, which nothing in the question names, leads to all of them; none found there says so', () => {
  const asked = { regions: 'enabled', openEnd: true, others: 9, usualWindow: true } as const
  const runbook = { ...anAnswer().runbook, name: 'console-logins' }
  const one = anAnswer({ runbook, parameters: {}, accounts: [{ id: '111122223333', name: 'prod-payments' }], asked })
  const all = pivots(one).find(({ id }) => id === 'all')
  assert.match(all?.kind === 'ask' ? all.words : '', /^console-logins last \S+ account=all$/)
  assert.match(plainText(scopePhrase(one)), /^only prod-payments \(111122223333\) · .*, the default · /)
  assert.match(plainText(meaningPhrase(one)), /Only prod-payments was asked, 9 other accounts not: add account=all\.$/)
  for (const other of [{ ...one, asked: { ...asked, others: 0 } }, story('leaked-key', { asked })])
    assert.ok(pivots(other).every(({ id }) => id !== 'all'))
})

test('all accounts stay all accounts', () => {
  const accounts = ['111122223333', '222233334444'].map((id) => ({ id }))
  const runbook = { ...anAnswer().runbook, name: 'console-logins' }
  const asked = { regions: 'enabled', openEnd: true, others: 0 } as const
  const again = pivots(anAnswer({ runbook, parameters: {}, accounts, asked })).find(({ id }) => id === 'again')
  assert.match(again?.kind === 'ask' ? again.words : '', / account=all$/)
})

test('an answer never leads to itself, nor to an address that people know', () => {
  const asked = words(story('leaked-key')).join('\n')
  assert.ok(!asked.includes('198.51.100.4'))
  assert.equal(asked.split(LEAKED_KEY).length - 1, 2, 'only to ask it again, and for the playbook')
})

test('at most five questions lead on, and no two buttons read alike', () => {
  const leads = Array.from({ length: 30 }, (_, at) => ({
    runbook: 'resource-history',
    label: 'History of',
    parameters: { resourceName: `bucket-${at % 12}` },
    count: 1,
    first: '2026-11-20T12:00:00Z',
    last: '2026-11-20T12:00:00Z',
  }))
  const labels = pivots(anAnswer({ leads })).map(({ label }) => label)
  assert.deepEqual(labels.slice(0, 6), [0, 1, 2, 3, 4].map((at) => `History of bucket-${at}`).concat('Wider: 7d'))
  assert.equal(new Set(labels).size, labels.length)
})

const BAD: readonly (readonly [string, Answer['leads'][number]])[] = [
  ['is none of its parameter', lead('key-activity', { accessKeyId: 'not a key' })],
  ['is for a parameter that is not there', lead('key-activity', { accessKeyId: NEW_KEY, other: 'x' })],
  ['leaves a parameter out', lead('key-activity', {})],
  ['is for a runbook that is not there', lead('no-such', { accessKeyId: NEW_KEY })],
  ['is for what every object has', lead('key-activity', { constructor: 'x' })],
]
for (const [why, bad] of BAD) {
  test(`a value that ${why} leads nowhere`, () => {
    const answer = anAnswer({ leads: [bad] })
    assert.equal(pivotById(answer, 'next-0', SHIPPED, READ_AT), undefined)
    assert.ok(pivots(answer).every(({ id }) => !id.startsWith('next')))
  })
}

function lead(runbook: string, parameters: { readonly [name: string]: string }): Answer['leads'][number] {
  return { runbook, parameters, count: 1, first: '2026-11-20T12:00:00Z', last: '2026-11-20T12:00:00Z' }
}

test('a pivot is found again by its id, also one that was not offered; anything else is none', () => {
  const answer = story('leaked-key')
  for (const pivot of pivots(answer)) assert.deepEqual(pivotById(answer, pivot.id, SHIPPED, READ_AT), pivot)
  for (const id of ['next-99', 'next--1', '', 'constructor', 'wider '])
    assert.equal(pivotById(answer, id, SHIPPED, READ_AT), undefined)
})

test('what can be typed is what is asked: every pivot parses to its own question', () => {
  for (const answer of [...Object.values(STORIES), ...Object.values(ANSWERS)])
    for (const pivot of pivots(answer)) {
      if (pivot.kind !== 'ask') continue
      for (const origin of ['terminal', 'slack'] as const) {
        const parsed = parseCommand(pivot.words, SHIPPED, { now: READ_AT, timeZone: 'Asia/Tokyo', origin })
        assert.ok(parsed.ok && parsed.value.kind === 'run', pivot.words)
        assert.deepEqual(parsed.value.request, pivot.request)
      }
    }
})

test('hostile records never make a question that is not one', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      for (const pivot of pivots(hostileAnswer(text, 3))) {
        if (pivot.kind !== 'ask') continue
        const parsed = parseCommand(pivot.words, SHIPPED, { now: READ_AT, timeZone: 'UTC', origin: 'terminal' })
        assert.ok(parsed.ok && parsed.value.kind === 'run', JSON.stringify(pivot.words))
        assert.deepEqual(parsed.value.request.parameters, pivot.request.parameters)
      }
    }),
    { numRuns: 100 },
  )
})

const OPEN = { asked: { regions: 'enabled', openEnd: true } } as const
const WIDER: readonly (readonly [string, Answer, string | undefined])[] = [
  ['a day is a week', anAnswer(OPEN), 'last 7d'],
  ['an hour is four', windowed(3_600), 'last 4h'],
  ['45 days are 90', windowed(45 * 86_400), 'last 90d'],
  ['ninety days are all there is', windowed(90 * 86_400), undefined],
  ['a fixed day keeps its end', anAnswer(), 'since 2026-11-13 14:08Z until 2026-11-20 14:08Z'],
  [
    'one Region is all of them',
    anAnswer({ asked: { regions: ['eu-west-1'], openEnd: true } }),
    'last 24h account=111122223333 region=all',
  ],
  [
    'what was cut goes on before it',
    anAnswerOf(9, { ...OPEN, cut: true }),
    'since 2026-11-19 14:08Z until 2026-11-19 15:41:30Z',
  ],
]
for (const [name, answer, wanted] of WIDER) {
  test(`wider: ${name}`, () => {
    const wider = pivots(answer).find(({ id }) => id === 'wider' || id === 'older')
    const asked = wider?.kind === 'ask' ? wider.words : undefined
    if (wanted === undefined) assert.equal(asked, undefined)
    else assert.ok(asked?.startsWith(`key-activity accessKeyId=AKIAIOSFODNN7EXAMPLE ${wanted}`), asked)
  })
}

function windowed(seconds: number): Answer {
  const since = `${new Date(Date.parse('2026-11-20T14:08:00Z') - seconds * 1000).toISOString().slice(0, 19)}Z`
  return anAnswer({ ...OPEN, coverage: aCoverage({ window: { since, until: '2026-11-20T14:08:00Z' } }) })
}

test('a runbook that allows no more is not asked for more', () => {
  const answer = {
    ...windowed(6 * 3_600),
    runbook: { ...anAnswer().runbook, name: 'ip-activity' },
    parameters: { sourceIPAddress: '203.0.113.9' },
  }
  assert.ok(pivots(answer).every(({ id }) => id !== 'wider'))
})

test('again is the same question up to now; with parts that are open it is for those', () => {
  const again = (answer: Answer) => pivots(answer).find(({ id }) => id === 'again')
  const same = again(anAnswer(OPEN))
  assert.equal(same?.label, 'Again')
  assert.equal(
    same?.kind === 'ask' && same.words,
    'key-activity accessKeyId=AKIAIOSFODNN7EXAMPLE last 24h account=111122223333',
  )
  const open = again(ANSWERS['empty-partial'] ?? anAnswer())
  assert.equal(open?.label, 'Ask these 2 again')
  assert.deepEqual(open?.kind === 'ask' && open.request.regions, ['eu-west-1', 'eu-west-2'])
})

test('what closes a gap is asked over the moments of the gap, however the window was meant', () => {
  const partial = ANSWERS['empty-partial'] ?? anAnswer()
  const { window } = partial.coverage
  const asked = { ...partial, asked: { ...partial.asked, openEnd: true } }
  const again = pivots(asked).find(({ id }) => id === 'again')
  const span = again?.kind === 'ask' ? again.request.span : undefined
  assert.equal(span?.since, Date.parse(window.since) / 1000)
  assert.ok(span?.until === undefined || span.until === Date.parse(window.until) / 1000)
})

test('what a permission would mend is offered by the name of its place', () => {
  const fix = (answer: Answer) => pivots(answer).find(({ id }) => id === 'fix')?.label
  const one = aCoverage({ verdict: 'partial', open: [aGap('eu-west-1'), aGap('sa-east-1', { status: 'blind' })] })
  assert.equal(fix(anAnswer({ coverage: one })), 'How to fix eu-west-1')
  assert.equal(fix(ANSWERS['empty-partial'] ?? anAnswer()), 'How to fix 2 places')
  assert.equal(fix(anAnswer()), undefined)
})

test('an answer of a runbook that is gone still leads on, but is not asked again', () => {
  const rest = libraryOf(
    SHIPPED.all.filter(({ name }) => name === 'principal-writes').map((one) => ({ ...one, next: [] })),
  )
  assert.ok(rest.ok)
  const ids = pivotsOf(story('leaked-key'), rest.value, READ_AT).map(({ id }) => id)
  assert.deepEqual(ids, [
    `next-${story('leaked-key').leads.findIndex(({ runbook }) => runbook === 'principal-writes')}`,
    'text',
  ])
})

test('calls of days ago are looked for where they were, not in the last hours', () => {
  const old = {
    ...lead('principal-writes', { principal: 'alice' }),
    first: '2026-11-01T10:00:00Z',
    account: '444455556666',
  }
  const window = { since: '2026-10-31T00:00:00Z', until: '2026-11-20T14:08:00Z' }
  const [first] = pivots(anAnswer({ leads: [old], coverage: aCoverage({ window }) }))
  assert.equal(
    first?.kind === 'ask' && first.words,
    'principal-writes principal=alice since 2026-10-31 00:00Z account=444455556666',
  )
  assert.ok(shipped('principal-writes').window.default < 20 * 86_400)
})

test('the other questions that fit what was asked about are offered, each a question that can be asked', () => {
  const window = { since: '2026-11-01T00:00:00Z', until: '2026-11-11T00:00:00Z' }
  const answer = anAnswer({
    first: '2026-11-10T08:00:00Z',
    last: '2026-11-10T09:00:00Z',
    coverage: aCoverage({ window }),
  })
  const others = otherPivots(answer, SHIPPED, READ_AT)
  assert.ok(others.length > 0)
  for (const pivot of others) {
    assert.equal(pivot.kind, 'ask')
    assert.match(pivot.id, /^other-\d+$/)
    assert.deepEqual(pivotById(answer, pivot.id, SHIPPED, READ_AT), pivot)
    assert.notEqual(pivot.kind === 'ask' && pivot.request.runbook, 'key-activity')
    assert.ok(pivot.kind === 'ask' && pivot.words.includes('AKIAIOSFODNN7EXAMPLE'))
  }
  const spans = others.flatMap((pivot) => (pivot.kind === 'ask' ? [pivot.request.span] : []))
  assert.ok(
    spans.some((span) => span !== undefined),
    'around the calls that were found, where the runbook does not reach them by itself',
  )
  for (const span of spans) assert.ok(span === undefined || span.since <= Date.parse('2026-11-10T08:00:00Z') / 1000)
})

test('about several values, or none, nothing else is offered', () => {
  assert.deepEqual(otherPivots(anAnswer({ parameters: {} }), SHIPPED, READ_AT), [])
  assert.deepEqual(otherPivots(anAnswer({ parameters: { a: 'x', b: 'y' } }), SHIPPED, READ_AT), [])
})
