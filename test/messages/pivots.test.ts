import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { answerMessage } from '../../src/adapters/slack/messages/answer.ts'
import { fixMessage, pivotBlocks, readNextPress, timelineMessage } from '../../src/adapters/slack/messages/pivots.ts'
import type { Answer } from '../../src/domain/result/answer.ts'
import { otherPivots, pivotById, pivotsOf } from '../../src/domain/result/pivots.ts'
import { ANSWERS, anAnswer, hostileAnswer } from '../support/answers.ts'
import { goldenJson } from '../support/golden.ts'
import { slackProblems } from '../support/slackLimits.ts'
import { READ_AT, SHIPPED, STORIES } from '../support/stories.ts'

const ALL: { readonly [name: string]: Answer } = { ...ANSWERS, ...STORIES }

type Button = { readonly action_id: string; readonly value: string; readonly text: { readonly text: string } }

function buttons(answer: Answer): readonly Button[] {
  const blocks = pivotBlocks(answer.run, pivotsOf(answer, SHIPPED, READ_AT))
  return blocks.flatMap((block) => (block.type === 'actions' ? (block.elements as readonly Button[]) : []))
}

test('every button names its run and a pivot of its answer, and nothing else', () => {
  for (const [name, answer] of Object.entries(ALL))
    for (const { action_id, value, text } of buttons(answer)) {
      const press = readNextPress(action_id, value)
      assert.ok(press, value)
      assert.equal(press.run, answer.run)
      const pivot = pivotById(answer, press.pivot, SHIPPED, READ_AT)
      assert.ok(pivot?.label.startsWith(text.text.replace(/…$/, '')), `${name}: ${text.text}`)
    }
})

test('buttons that lead to other questions stand in a row of their own, before Triage, Wider, Again and Text', () => {
  const blocks = pivotBlocks(anAnswer().run, pivotsOf(ALL['leaked-key'] ?? anAnswer(), SHIPPED, READ_AT))
  const rows = blocks.map((block) =>
    block.type === 'actions' ? block.elements.map((one) => ('text' in one ? one.text?.text : '')) : [],
  )
  assert.deepEqual(rows, [
    ['Follow ASIA…Q7RL', 'Follow AKIA…7ZTM', 'All from 203.0.113.9', 'Changes by user/ci-deploy'],
    ['Triage', 'Again', 'Text'],
  ])
})

test('buttons come before the tables, which are long', () => {
  const answer = ALL['leaked-key'] ?? anAnswer()
  const types = answerMessage(answer, 'data_table', { pivots: pivotsOf(answer, SHIPPED, READ_AT) }).blocks.map(
    ({ type }) => type,
  )
  assert.ok(types.indexOf('actions') < types.indexOf('data_table'))
})

const RUN = '1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d'
const FORGED: readonly (readonly [string, string, string | undefined])[] = [
  ['of another action', 'cancel_run', JSON.stringify({ run: RUN, pivot: 'again' })],
  ['of an action that only begins alike', 'ask_nextly', JSON.stringify({ run: RUN, pivot: 'again' })],
  ['without a value', 'ask_next:again', undefined],
  ['that is no JSON', 'ask_next:again', '{'],
  ['that is null', 'ask_next:again', 'null'],
  ['with a path for a run', 'ask_next:again', JSON.stringify({ run: '../../etc', pivot: 'again' })],
  ['with a number for a run', 'ask_next:again', JSON.stringify({ run: 7, pivot: 'again' })],
  ['with a question in it', 'ask_next:again', JSON.stringify({ run: RUN, pivot: 'key-activity last 90d' })],
  ['that is very long', 'ask_next:again', JSON.stringify({ run: RUN, pivot: 'again', more: 'x'.repeat(1_900) })],
]
for (const [what, action, value] of FORGED) {
  test(`a press ${what} is not read`, () => assert.equal(readNextPress(action, value), undefined))
}

test('a press is read only for what it is', () => {
  const value = JSON.stringify({ run: RUN, pivot: 'next-3', runbook: 'iam-persistence', parameters: { x: 'y' } })
  assert.deepEqual(readNextPress('ask_next:next-3', value), { run: RUN, pivot: 'next-3' })
})

test('no press makes it throw', () => {
  fc.assert(fc.property(fc.string(), fc.string(), (action, value) => void readNextPress(`ask_next${action}`, value)))
  fc.assert(fc.property(fc.json(), (value) => void readNextPress('ask_next:x', value)))
})

for (const name of ['leaked-key', 'hostile', 'empty-partial']) {
  test(`the timeline and the fixes of ${name} keep every limit of Slack and read as before`, () => {
    const answer = ALL[name] ?? anAnswer()
    const [timeline, fix] = [timelineMessage(answer, 'https://example.slack.com/archives/C1/p1'), fixMessage(answer)]
    assert.deepEqual(slackProblems(timeline), [])
    assert.deepEqual(slackProblems(fix), [])
    goldenJson(`slack/timeline-${name}.json`, timeline)
    if (name !== 'leaked-key') goldenJson(`slack/fix-${name}.json`, fix)
  })
}

test('a timeline and fixes of any hostile text keep every limit of Slack', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.constantFrom('```', '`', '<!channel>', '&', '\u202e').map((piece) => piece.repeat(100)),
  )
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 60 }), (hostile, found) => {
      const answer = hostileAnswer(hostile, found)
      assert.deepEqual(slackProblems(timelineMessage(answer, hostile)), [])
      assert.deepEqual(slackProblems(fixMessage(answer)), [])
    }),
    { numRuns: 40 },
  )
})

test('a timeline that is cut says how many calls are not in it', () => {
  const shown = JSON.stringify(timelineMessage(hostileAnswer('x'.repeat(150), 5)).blocks)
  assert.match(shown, /\+[\d,]+ more calls in the CSV/)
})

test('where policy keeps the CSV out of Slack, a timeline that is cut does not send its reader there', () => {
  const shown = JSON.stringify(timelineMessage(hostileAnswer('x'.repeat(150), 5), undefined, undefined, 'none').blocks)
  assert.match(shown, /more calls in the CSV, which policy keeps out of Slack: ask for less to see them/)
})

test('the menu of other questions names its run and pivots of its answer', () => {
  const answer = ALL['leaked-key'] ?? anAnswer()
  const others = otherPivots(answer, SHIPPED, READ_AT)
  const [row] = pivotBlocks(answer.run, pivotsOf(answer, SHIPPED, READ_AT), others).slice(-1)
  const menu = row?.type === 'actions' ? row.elements.at(-1) : undefined
  assert.equal(menu?.type, 'static_select')
  const options = menu?.type === 'static_select' ? (menu.options ?? []) : []
  assert.equal(options.length, others.length)
  for (const { value } of options) {
    const press = readNextPress('ask_next:other', value)
    assert.ok(press && pivotById(answer, press.pivot, SHIPPED, READ_AT))
  }
})
