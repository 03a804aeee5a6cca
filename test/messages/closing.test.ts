import assert from 'node:assert/strict'
import test from 'node:test'
import { answerMessage } from '../../src/adapters/slack/messages/answer.ts'
import type { Answer } from '../../src/domain/result/answer.ts'
import { type Closing, closingOf, isClosed, unionOf } from '../../src/domain/result/closing.ts'
import type { Followed } from '../../src/domain/result/notes.ts'
import { aCoverage, aGap, anAnswer, anAnswerOf } from '../support/answers.ts'
import { goldenJson } from '../support/golden.ts'
import { slackProblems } from '../support/slackLimits.ts'

const GAP = aCoverage({
  verdict: 'partial',
  parts: { asked: 17, complete: 14, blind: 1 },
  open: [aGap('eu-west-1'), aGap('eu-west-2'), aGap('ap-east-1', { status: 'blind' })],
})
const EMPTY = anAnswer({ coverage: GAP })
const AGAIN = {
  run: '2b2c3d4e-5e6f-4a7b-8c9d-0e1f2a3b4c5d',
  askedAt: '2026-11-20T14:25:00Z',
  finishedAt: '2026-11-20T14:25:09Z',
}

/** The same question once more, in the Regions of the gap. */
function again(calls: number, changes: Partial<Answer> = {}): Answer {
  const coverage = aCoverage({ parts: { asked: 2, complete: 2, blind: 0 }, open: [], regions: 2 })
  const asked = { ...EMPTY.asked, regions: ['eu-west-1', 'eu-west-2'] }
  return { ...anAnswerOf(calls), ...AGAIN, coverage, asked, ...changes }
}

const closing = (first: Answer, later: Answer): Closing => {
  const found = closingOf(first, later)
  assert.ok(found)
  return found
}

test('a gap is closed when each of its places was read to its end; known blind spots are none', () => {
  const found = closing(EMPTY, again(3))
  assert.deepEqual(found, {
    first: EMPTY.run,
    again: AGAIN.run,
    at: AGAIN.askedAt,
    read: 2,
    of: 2,
    calls: 3,
    places: [0, 1],
  })
  assert.ok(isClosed(found))
})

test('what is open again, was not asked, or has become a blind spot is not read', () => {
  const open = (region: string, parts: object = {}) =>
    again(0, { coverage: aCoverage({ open: [aGap(region, parts)] }) })
  for (const later of [
    open('eu-west-1'),
    open('eu-west-1', { status: 'limit' }),
    open('eu-west-1', { status: 'blind' }),
    again(0, { asked: { ...EMPTY.asked, regions: ['eu-west-2'] } }),
  ])
    assert.equal(closing(EMPTY, later).read, 1)
  assert.equal(closing(EMPTY, open('*')).read, 0)
  assert.equal(closing(EMPTY, again(0, { accounts: [{ id: '444455556666' }] })).read, 0)
})

test('an account whose Regions were not known is read when all of them were asked', () => {
  const first = anAnswer({ coverage: aCoverage({ verdict: 'partial', open: [aGap('*')] }) })
  assert.equal(closing(first, again(0)).read, 0)
  const every = (open: Answer['coverage']['open']) =>
    again(0, { asked: { ...EMPTY.asked, regions: 'enabled' }, coverage: aCoverage({ open }) })
  assert.equal(closing(first, every([])).read, 1)
  assert.equal(closing(first, every([aGap('ap-east-1', { status: 'blind' })])).read, 1)
  assert.equal(closing(first, every([aGap('eu-west-1')])).read, 0)
})

test('another question, another text of it, or a shorter window closes nothing', () => {
  const { runbook, coverage } = again(0)
  for (const later of [
    again(0, { parameters: { accessKeyId: 'AKIAI44QH8DHBEXAMPLE' } }),
    again(0, { runbook: { ...runbook, name: 'other' } }),
    again(0, { runbook: { ...runbook, digest: 'e'.repeat(64) } }),
    again(0, { coverage: { ...coverage, window: { ...coverage.window, since: '2026-11-20T13:00:00Z' } } }),
  ])
    assert.equal(closingOf(EMPTY, later), undefined)
  assert.equal(closingOf(anAnswer(), again(0)), undefined, 'there was no gap')
})

const half = { ...closing(EMPTY, again(0)), read: 1, places: [0] }
const otherHalf = {
  ...half,
  again: '3c2c3d4e-5e6f-4a7b-8c9d-0e1f2a3b4c5d',
  at: '2026-11-20T14:31:00Z',
  calls: 2,
  places: [1],
}
const both = unionOf([otherHalf, half]) ?? half
test('two that each closed half of a gap have closed it together; one that adds nothing is not counted', () => {
  assert.ok(isClosed(both))
  assert.deepEqual([both.again, both.others, both.calls, both.at], [otherHalf.again, [half.again], 2, otherHalf.at])
  assert.deepEqual(unionOf([half, { ...half, again: 'later', at: '2026-11-20T14:40:00Z', calls: 9 }]), half)
  assert.equal(unionOf([]), undefined)
  const { places: _, ...older } = half
  assert.deepEqual(unionOf([older]), older, 'what an older version wrote counts by itself')
})

const found = anAnswerOf(20, { coverage: GAP })
const GOLDENS: { readonly [name: string]: readonly [Answer, Followed] } = {
  'gap-closed-empty': [EMPTY, { closing: closing(EMPTY, again(0)) }],
  'gap-closed-found': [found, { closing: closing(found, again(3)) }],
  'gap-half-closed': [EMPTY, { closing: half }],
  'gap-closes': [again(3), { closes: closing(EMPTY, again(3)) }],
  'gap-closes-half': [again(0), { closes: half }],
  'gap-closed-by-two': [EMPTY, { closing: both }],
  'gap-closes-rest': [again(2), { closes: both }],
}
for (const [name, [answer, followed]] of Object.entries(GOLDENS))
  test(`an answer whose gap was asked for again, or that closes one (${name}), reads as before`, () => {
    const message = answerMessage(answer, 'plain', { ...followed, pivots: [] })
    assert.deepEqual(slackProblems(message), [])
    goldenJson(`slack/answer-${name}.json`, message)
  })

test('a closed gap never makes its answer complete, and one that is half closed is none', () => {
  for (const [answer, followed] of Object.values(GOLDENS).slice(0, 3)) {
    const message = JSON.stringify(answerMessage(answer, 'plain', { ...followed, pivots: [] }))
    assert.doesNotMatch(message, /COMPLETE/)
    assert.match(message, /PARTIAL/)
  }
  const halfClosed = answerMessage(EMPTY, 'plain', { closing: half, pivots: [] })
  assert.match(halfClosed.text, /NOT AN ALL-CLEAR/)
})

test('what came late and what closed the gap are both told', () => {
  const late = { kind: 'read', at: '2026-11-20T14:23:02Z', calls: 2, whole: true } as const
  const { text } = answerMessage(EMPTY, 'plain', { late, closing: closing(EMPTY, again(3)), pivots: [] })
  assert.match(text, /^\+2 late: see the thread\. PARTIAL by itself: gap closed at 14:25Z/)
  assert.match(text, /2 calls, late: .*; in the gap 3 calls/)
})
