import assert from 'node:assert/strict'
import test from 'node:test'
import { parseRunbook } from '../../src/domain/runbook/parse.ts'
import { runbookOf, textWith } from './builders.ts'

test('a headline that is not written has what suits most questions', () => {
  assert.deepEqual(runbookOf().headline, {
    noun: 'call',
    counts: ['changes', 'denied', 'failed', 'reads'],
    show: ['addresses', 'changes', 'denied'],
  })
})

test('a headline says what is its subject, what is counted, told apart and shown', () => {
  const text = '{ subject: who, noun: sign-in, counts: [done, failed], show: [principals] }'
  assert.deepEqual(runbookOf({ headline: text }).headline, {
    subject: 'who',
    noun: 'sign-in',
    counts: ['done', 'failed'],
    show: ['principals'],
  })
})

const WRONG: readonly (readonly [string, string, string])[] = [
  ['{ subject: whom }', 'whom is no column of this runbook.', 'Did you mean who?'],
  ['{ counts: [done, changes] }', 'done counts changes and reads together.', 'Name either done, or changes and reads.'],
  ['{ shows: [changes] }', 'shows is not known here.', 'Did you mean show?'],
]
for (const [headline, message, suggestion] of WRONG) {
  test(`${headline} is refused: ${message}`, () => {
    const { problems } = parseRunbook(textWith({ headline }), 'some-question.yaml')
    assert.deepEqual(
      problems.map((problem) => [problem.message, problem.suggestion]),
      [[message, suggestion]],
    )
  })
}

test('a question that leads on may have a label for its button', () => {
  const next = '[{ runbook: some-question, label: By key, with: {} }]'
  assert.equal(runbookOf({ next }).next[0]?.label, 'By key')
})
