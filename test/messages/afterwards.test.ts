import assert from 'node:assert/strict'
import test from 'node:test'
import { answerMessage } from '../../src/adapters/slack/messages/answer.ts'
import { diffMessage } from '../../src/adapters/slack/messages/diff.ts'
import { noticeMessage } from '../../src/adapters/slack/messages/notice.ts'
import { askMessages } from '../../src/bot/messages.ts'
import { lateRunOf } from '../../src/domain/result/late.ts'
import { say, value } from '../../src/domain/result/phrase.ts'
import { aCoverage, aGap, anAnswerOf, HOSTILE, hostileAnswer, RUN } from '../support/answers.ts'
import { goldenJson } from '../support/golden.ts'
import { slackProblems } from '../support/slackLimits.ts'
import { STORIES, TRIAGES } from '../support/stories.ts'

const BEFORE = anAnswerOf(20)
const AFTER = { ...anAnswerOf(24), run: lateRunOf(RUN) }
const CALL = say`13:06Z PutUserPolicy ${value('user ci-deploy')}: ${value('allows * on *')} by ${value('ci-deploy')}`
const NONE = { calls: 0, outside: 0, told: [] }
const GROUPS = BEFORE.groups.rows
const DIFFS = {
  'new-and-gone': {
    before: BEFORE,
    after: AFTER,
    both: 18,
    added: { calls: 6, outside: 2, told: [CALL, CALL] },
    gone: { calls: 2, outside: 2, told: [CALL] },
    groups: { added: GROUPS.slice(0, 2), gone: GROUPS.slice(2, 3) },
  },
  same: { before: BEFORE, after: AFTER, both: 20, added: NONE, gone: NONE, groups: { added: [], gone: [] } },
  partial: {
    before: BEFORE,
    after: { ...AFTER, coverage: aCoverage({ verdict: 'partial', open: [aGap('eu-west-1')] }) },
    both: 10,
    added: NONE,
    gone: { calls: 10, outside: 0, told: [CALL] },
    groups: { added: [], gone: [] },
  },
  hostile: {
    before: hostileAnswer(HOSTILE, 20),
    after: hostileAnswer(HOSTILE, 20),
    both: 0,
    added: { calls: 20, outside: 0, told: Array.from({ length: 8 }, () => say`${value(HOSTILE.repeat(20))}`) },
    gone: NONE,
    groups: { added: hostileAnswer(HOSTILE, 20).groups.rows, gone: [] },
  },
}
for (const [name, diff] of Object.entries(DIFFS))
  test(`a comparison (${name}) reads as before and keeps every limit of Slack`, () => {
    assert.deepEqual(slackProblems(diffMessage(diff)), [])
    goldenJson(`slack/diff-${name}.json`, diffMessage(diff))
  })

test('an answer of many findings tells apart what is none, in a section more, and keeps every limit of Slack', () => {
  const answer = TRIAGES['triage']
  assert.ok(answer?.playbook)
  const [one] = answer.playbook.findings
  assert.ok(one)
  const findings = Array.from({ length: 14 }, (_, index) => ({
    ...one,
    target: `bucket-${index}`,
    detail: 'allows '.repeat(18),
  }))
  const message = answerMessage({ ...answer, playbook: { ...answer.playbook, findings } }, 'plain', {})
  assert.deepEqual(slackProblems(message), [])
  assert.match(JSON.stringify(message.blocks), /Told apart, no findings: /)
  assert.doesNotMatch(JSON.stringify(message.blocks[0]), /… and \d+ more/)
})

test('where policy keeps the CSV out of Slack, an answer that tells a part of the changes says so', () => {
  const leaked = STORIES['leaked-key'] ?? BEFORE
  const changes = { ...leaked.facets.changes, calls: leaked.facets.changes.calls + 30 }
  const answer = { ...leaked, facets: { ...leaked.facets, changes } }
  const told = (csv?: 'none'): string => JSON.stringify(answerMessage(answer, 'plain', csv ? { csv } : {}).blocks[0])
  assert.match(told(), /\+30 in the CSV\)/)
  assert.match(told('none'), /\+30 in the CSV, which policy keeps out of Slack\)/)
})

test('an answer says when policy has it deleted', () => {
  const footer = (keep?: number): string =>
    JSON.stringify(answerMessage(BEFORE, 'plain', keep === undefined ? {} : { keep }).blocks.at(-1))
  assert.match(footer(600), /deleted here after 10 min by policy/)
  assert.doesNotMatch(footer(), /deleted/)
})

const OTHERS = {
  'answer-csv-direct': answerMessage(BEFORE, 'plain', { csv: 'direct' }),
  'answer-csv-none': answerMessage(BEFORE, 'plain', { csv: 'none' }),
  'notice-csv-direct': noticeMessage({ kind: 'csv_direct', run: RUN }),
  'note-held': askMessages.held(RUN, true),
  'note-released': askMessages.held(RUN, false),
}
for (const [name, message] of Object.entries(OTHERS))
  test(`${name} reads as before and keeps every limit of Slack`, () => {
    assert.deepEqual(slackProblems(message), [])
    goldenJson(`slack/${name}.json`, message)
  })
