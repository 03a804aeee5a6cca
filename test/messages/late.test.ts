import assert from 'node:assert/strict'
import test from 'node:test'
import { answerMessage } from '../../src/adapters/slack/messages/answer.ts'
import { lateMessage } from '../../src/adapters/slack/messages/late.ts'
import type { Message } from '../../src/adapters/slack/messages/message.ts'
import type { Answer } from '../../src/domain/result/answer.ts'
import { lateRunOf, settledAnswer, unsettledOf } from '../../src/domain/result/late.ts'
import type { Late } from '../../src/domain/result/notes.ts'
import { pivotById, pivotsOf } from '../../src/domain/result/pivots.ts'
import { timelineText } from '../../src/domain/result/timelineText.ts'
import { aCoverage, aGap, anAnswer, anAnswerOf, HOSTILE, hostileAnswer, RUN } from '../support/answers.ts'
import { goldenJson } from '../support/golden.ts'
import { slackProblems } from '../support/slackLimits.ts'
import { SHIPPED, STORIES } from '../support/stories.ts'

const UNSETTLED = aCoverage({ settledUntil: '2026-11-20T13:53:00Z' })
const FIRST = anAnswerOf(20, { coverage: UNSETTLED })
const MINUTES = aCoverage({ window: { since: '2026-11-20T13:53:00Z', until: '2026-11-20T14:08:00Z' } })
const ASKER = { team: 'T0CTQ', user: 'U0ALICE01' }
const AT = { run: lateRunOf(RUN), askedAt: '2026-11-20T14:23:02Z', finishedAt: '2026-11-20T14:23:09Z' }

function blockTexts({ blocks }: Message): readonly string[] {
  return blocks.map((block) => ('text' in block ? (block.text as { text: string }).text : ''))
}

const LEAKED = STORIES['leaked-key'] ?? anAnswer()
function aLate(calls: number, changes: Partial<Answer> = {}): Answer {
  const timeline = { rows: LEAKED.timeline.rows.slice(-calls), more: Math.max(0, calls - LEAKED.timeline.rows.length) }
  return { ...anAnswerOf(calls), ...AT, coverage: MINUTES, timeline, ...changes }
}

const LATE = {
  one: aLate(1),
  many: aLate(40),
  partial: aLate(2, {
    coverage: {
      ...MINUTES,
      verdict: 'partial',
      parts: { asked: 17, complete: 16, blind: 0 },
      open: [aGap('eu-west-1')],
    },
  }),
  hostile: { ...hostileAnswer(HOSTILE, 20), ...AT, coverage: MINUTES },
}
for (const [name, late] of Object.entries(LATE))
  test(`what came late (${name}) reads as before and keeps every limit of Slack`, () => {
    const message = lateMessage(late, FIRST, ASKER)
    assert.deepEqual(slackProblems(message, [ASKER.user]), [])
    assert.match(message.text, /^\+\d+ late/)
    goldenJson(`slack/late-${name}.json`, message)
  })

const at = AT.askedAt
const FOLLOWED: { readonly [name: string]: Late } = {
  none: { kind: 'read', at, calls: 0, whole: true },
  found: { kind: 'read', at, calls: 3, whole: true },
  'found-partial': { kind: 'read', at, calls: 0, whole: false },
  refused: { kind: 'refused', at },
  unapproved: { kind: 'unapproved', at },
  failed: { kind: 'failed', at },
}
for (const [name, late] of Object.entries(FOLLOWED))
  test(`an answer whose last minutes were asked again (${name}) reads as before`, () => {
    const answer = name === 'none' ? settledAnswer(FIRST) : FIRST
    const message = answerMessage(answer, 'plain', { late })
    assert.deepEqual(slackProblems(message), [])
    assert.equal(JSON.stringify(message).includes('ask again after'), false)
    goldenJson(`slack/answer-late-${name}.json`, message)
  })

test('what came late can be pasted from an answer that had nothing, and from one with nothing at all nothing', () => {
  const empty = anAnswerOf(0, { coverage: UNSETTLED })
  const ids = (calls: number) => pivotsOf(empty, SHIPPED, new Date(at), calls).map(({ id }) => id)
  assert.ok(ids(2).includes('text'))
  assert.ok(!ids(0).includes('text'))
  assert.equal(pivotById(empty, 'text', SHIPPED, new Date(at))?.kind, 'text', 'the button that shows it is taken')
})

test('minutes that need an approval of their own are said to be that, with a button that asks for exactly them', () => {
  const message = answerMessage(FIRST, 'plain', { needsApprovalAt: at })
  assert.deepEqual(slackProblems(message), [])
  goldenJson('slack/answer-late-to-approve.json', message)
  for (const shown of [message, answerMessage(FIRST, 'plain', { late: { kind: 'unapproved', at } })]) {
    const text = JSON.stringify(shown)
    assert.match(text, /not asked again by themselves/)
    assert.doesNotMatch(text, /posted here/)
    const [, words = ''] = /"action_id":"open_form:late-[^"]+","value":"\{\\"words\\":\\"([^"]*)\\"\}"/.exec(text) ?? []
    const { since, until } = unsettledOf(FIRST) ?? { since: '', until: '' }
    assert.ok(words.includes(`since ${since} until ${until}`), text)
  }
  const settled = answerMessage(settledAnswer(FIRST), 'plain', { needsApprovalAt: at })
  assert.doesNotMatch(JSON.stringify(settled), /open_form:late/)
})

test('an answer of none to which something came late says so in its first line, and nowhere that there is none', () => {
  const empty = anAnswerOf(0, { coverage: UNSETTLED })
  assert.match(JSON.stringify(answerMessage(empty, 'plain')), /none up to/)
  const message = answerMessage(empty, 'plain', { late: { kind: 'read', at, calls: 1, whole: true } })
  const [line = ''] = blockTexts(message)
  assert.match(line.split('\n')[0] ?? '', /^⚠️ \*\+1 late: see the thread\* · /)
  assert.match(message.text, /^\+1 late: see the thread\. COMPLETE with the thread\./)
  assert.doesNotMatch(JSON.stringify(message), /✅|none|COMPLETE up to|No management/)
})

test('one that could not be read whole again is not complete, with its thread either', () => {
  const late: Late = { kind: 'read', at, calls: 2, whole: false }
  assert.match(answerMessage(FIRST, 'plain', { late }).text, /^\+2 late: see the thread\. PARTIAL/)
})

test('what came late calls whoever asked, and nobody else', () => {
  const mentions = JSON.stringify(lateMessage(LATE.hostile, FIRST, ASKER)).match(/<[@!#][^>]*>/g)
  assert.deepEqual([...new Set(mentions)], ['<@U0ALICE01>'])
})

test('only an answer that was read to its end, and is not settled, is asked again', () => {
  assert.deepEqual(unsettledOf(FIRST), {
    since: '2026-11-20T13:53:00Z',
    until: '2026-11-20T14:08:00Z',
    at: '2026-11-20T14:23:00Z',
  })
  assert.equal(unsettledOf(anAnswer()), undefined)
  assert.equal(unsettledOf(anAnswer({ coverage: { ...UNSETTLED, verdict: 'failed' } })), undefined)
  assert.equal(unsettledOf(anAnswer({ coverage: { ...UNSETTLED, verdict: 'partial', ended: 'cancelled' } })), undefined)
})

test('what was cut off within the minutes that are not settled cannot be told from what came late', () => {
  assert.equal(unsettledOf({ coverage: UNSETTLED, cut: true, first: '2026-11-20T13:58:00Z' }), undefined)
  assert.notEqual(unsettledOf({ coverage: UNSETTLED, cut: true, first: '2026-11-20T10:00:00Z' }), undefined)
})

test('a window that is newer than what is settled is asked again whole', () => {
  const window = { since: '2026-11-20T14:00:00Z', until: '2026-11-20T14:08:00Z' }
  assert.equal(unsettledOf(anAnswer({ coverage: { ...UNSETTLED, window } }))?.since, window.since)
})

test('the run that asks again always has the same id', () => {
  assert.equal(lateRunOf(RUN), lateRunOf(RUN))
  assert.notEqual(lateRunOf(RUN), lateRunOf(lateRunOf(RUN)))
  assert.match(lateRunOf(RUN), /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/)
})

test('the timeline to paste has what came late, and is complete as far as its message says', () => {
  assert.match(timelineText(FIRST), /COMPLETE up to 20 Nov 2026 13:53Z/)
  const late = { ...LATE.one, timeline: { rows: LEAKED.timeline.rows.slice(-1), more: 0 } }
  const text = timelineText(FIRST, undefined, undefined, late)
  assert.match(text, /COMPLETE up to 20 Nov 2026 14:08Z/)
  assert.match(
    text,
    /^Asked again 2026-11-20 14:23:02Z for 2026-11-20 13:53:00Z to 2026-11-20 14:08:00Z: \+1 late call\. Run /m,
  )
  assert.ok(text.includes(late.timeline.rows[0]?.eventId ?? 'none'), text)
  const partial = timelineText(FIRST, undefined, undefined, LATE.partial)
  assert.match(partial, /COMPLETE up to 20 Nov 2026 13:53Z/)
  assert.match(partial, /\+2 late calls, not all of it could be read\. Run /)
})
