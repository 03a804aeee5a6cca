import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { answerMessage } from '../../src/adapters/slack/messages/answer.ts'
import type { Message } from '../../src/adapters/slack/messages/message.ts'
import { progressMessage } from '../../src/adapters/slack/messages/progress.ts'
import type { TableLevel } from '../../src/adapters/slack/messages/tables.ts'
import type { Answer } from '../../src/domain/result/answer.ts'
import { leadsWithVerdict } from '../../src/domain/result/headline.ts'
import { say, value } from '../../src/domain/result/phrase.ts'
import { otherPivots, pivotsOf } from '../../src/domain/result/pivots.ts'
import { questionPhrase } from '../../src/domain/result/scopeWords.ts'
import { ANSWERS, aCoverage, aGap, anAnswer, anAnswerOf, HOSTILE, hostileAnswer, RUN } from '../support/answers.ts'
import { goldenJson } from '../support/golden.ts'
import { slackProblems } from '../support/slackLimits.ts'
import { FEW, READ_AT, SHIPPED, STORIES, TRIAGES } from '../support/stories.ts'

const LEVELS: readonly TableLevel[] = ['data_table', 'table', 'plain']

function messageOf(answer: Answer, level: TableLevel): Message {
  return answerMessage(answer, level, {
    pivots: pivotsOf(answer, SHIPPED, READ_AT),
    others: otherPivots(answer, FEW, READ_AT),
  })
}

for (const [name, answer] of Object.entries({ ...ANSWERS, ...STORIES, ...TRIAGES })) {
  for (const level of LEVELS) {
    test(`the answer ${name} keeps every limit of Slack with level ${level}`, () => {
      assert.deepEqual(slackProblems(messageOf(answer, level)), [])
    })
  }
  test(`the answer ${name} reads as before`, () =>
    goldenJson(`slack/answer-${name}.json`, messageOf(answer, 'data_table')))
}
for (const level of ['table', 'plain'] as const) {
  test(`the answer rows-20 reads as before with level ${level}`, () =>
    goldenJson(`slack/answer-rows-20-${level}.json`, answerMessage(ANSWERS['rows-20'] ?? anAnswer(), level)))
}

test('any answer with hostile text of any length keeps every limit of Slack', () => {
  const piece = fc.constantFrom(
    '<!channel>',
    '<@U1>',
    '`',
    '```',
    '\u202e',
    '\u001b[0m',
    '&',
    '\n',
    '😀',
    '\ud800',
    '*',
    'word ',
    'é',
    '東',
  )
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 400 }),
    fc
      .tuple(fc.array(piece, { maxLength: 40 }), fc.integer({ min: 1, max: 60 }))
      .map(([parts, times]) => parts.join('').repeat(times)),
  )
  fc.assert(
    fc.property(text, fc.integer({ min: 0, max: 60 }), fc.constantFrom(...LEVELS), (hostile, found, level) => {
      assert.deepEqual(slackProblems(messageOf(hostileAnswer(hostile, found), level)), [])
    }),
    { numRuns: 60 },
  )
})

test('"none" is never said of a partial answer, and an empty one says that it is no all-clear', () => {
  const message = JSON.stringify(answerMessage(ANSWERS['empty-partial'] ?? anAnswer(), 'data_table'))
  assert.match(message, /PARTIAL: NOT AN ALL-CLEAR/)
  assert.match(message, /nothing found in what was read; not an all-clear/)
  assert.doesNotMatch(message, /none up to/)
})

test('a complete, empty answer says up to when', () => {
  assert.match(answerMessage(anAnswer(), 'plain').text, /none up to 14:08Z/)
})

test('a complete answer about minutes that AWS has not settled says that nothing is known', () => {
  const { text } = answerMessage(ANSWERS['empty-not-yet-known'] ?? anAnswer(), 'plain')
  assert.match(text, /NOT KNOWN: NOT AN ALL-CLEAR/)
  assert.doesNotMatch(text, /none/)
})

test('an answer that did not read everything never says "first"', () => {
  const cut = anAnswerOf(30, { cut: true })
  const shown = JSON.stringify(answerMessage(cut, 'plain').blocks)
  assert.match(shown, /Oldest read/)
  assert.doesNotMatch(shown, /First/)
})

test('the first line is the question and its verdict, the other way round where nothing is no all-clear', () => {
  for (const [name, answer] of Object.entries({ ...ANSWERS, ...STORIES })) {
    const [first] = answerMessage(answer, 'data_table').blocks
    assert.ok(first?.type === 'section')
    const [line = ''] = first.text?.text.split('\n') ?? []
    if (leadsWithVerdict(answer))
      assert.match(line, /^\S+ \*(PARTIAL|FAILED|NOT KNOWN): NOT AN ALL-CLEAR\* · key-activity/)
    else assert.match(line, /^\S+ [a-z-]+ · (`.*` · )?\*(COMPLETE|PARTIAL|FAILED)[^*]*\*$/, name)
  }
})

test('the first three lines carry the news: the question, how many of what, whom and where', () => {
  const [first] = answerMessage(story('leaked-key'), 'data_table').blocks
  assert.ok(first?.type === 'section')
  assert.deepEqual(first.text?.text.split('\n').slice(0, 3), [
    '✅ key-activity · `AKIA…3F6J` · *COMPLETE up to 13:53Z*',
    '*214 calls: 9 changes done · 31 denied · 174 reads done*',
    'user `ci-deploy`, `prod-payments` (111122223333) · 22 Aug – 14:08Z · 17 of 17 Regions',
  ])
})

function story(name: string): Answer {
  const found = STORIES[name]
  assert.ok(found, name)
  return found
}

test('a permission that was missing is named with what would mend it', () => {
  const message = JSON.stringify(answerMessage(ANSWERS['empty-partial'] ?? anAnswer(), 'data_table'))
  for (const words of ['eu-west-1', 'cloudtrail:LookupEvents', 'ctq-reader', '\\"Effect\\"', 'then ask again']) {
    assert.ok(message.includes(words), words)
  }
})

test('a complete answer of nothing but blind spots does not say that there was nothing', () => {
  const answer = anAnswer({ coverage: aCoverage({ parts: { asked: 2, complete: 0, blind: 2 } }) })
  assert.match(answerMessage(answer, 'plain').text, /nothing could be read/)
})

const question = questionPhrase('key-activity', { accessKeyId: 'AKIAIOSFODNN7EXAMPLE' })
const RUNNING = {
  queued: { run: RUN, question },
  reading: {
    run: RUN,
    question,
    progress: {
      pages: 37,
      records: 1_850,
      matched: 12,
      parts: { done: 3, total: 17 },
      secondsLeft: 130,
      waiting: 'pace',
    },
  },
  'so-far': {
    run: RUN,
    question,
    progress: { pages: 37, records: 1_850, matched: 12, parts: { done: 3, total: 17 }, knownPages: 51, waiting: 'aws' },
    soFar: [
      say`12:58Z CreateAccessKey → ${value('AKIA…9ZTM')} (${value('user backup')}) by ${value('ci-deploy')} from ${value('203.0.113.9')}`,
      say`13:06Z PutUserPolicy ${value('user ci-deploy')}: ${value('allows * on *')} by ${value('ci-deploy')}`,
    ],
  },
  'so-far-hostile': { run: RUN, question, soFar: Array.from({ length: 5 }, () => say`${value(HOSTILE.repeat(9))}`) },
  cancelling: { run: RUN, question, cancelling: true },
} as const
for (const [name, running] of Object.entries(RUNNING)) {
  test(`a run that is ${name} reads as before and keeps every limit of Slack`, () => {
    const message = progressMessage(running)
    assert.deepEqual(slackProblems(message), [])
    goldenJson(`slack/progress-${name}.json`, message)
  })
}

test('the Cancel button names the run, and is gone once cancelling was asked for', () => {
  const button = JSON.stringify(progressMessage(RUNNING.queued).blocks)
  assert.ok(button.includes('"action_id":"cancel_run"') && button.includes(`"value":"${RUN}"`))
  assert.ok(button.includes('"accessibility_label":"Cancel 1a2b3c4d: key-activity'))
  assert.ok(!JSON.stringify(progressMessage(RUNNING.cancelling).blocks).includes('cancel_run'))
})

test('hostile parameters keep a progress message within every limit', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 5_000 }), (hostile) => {
      const message = progressMessage({ run: RUN, question: questionPhrase('key-activity', { accessKeyId: hostile }) })
      assert.deepEqual(slackProblems(message), [])
    }),
    { numRuns: 40 },
  )
})

test('a command to ask again that would have to be cut is left out', () => {
  const open = Array.from({ length: 5_100 }, (_, index) =>
    aGap(`region-${index % 17}`, { account: String(100000000000 + index) }),
  )
  const answer = anAnswer({
    coverage: aCoverage({ verdict: 'partial', parts: { asked: 5_100, complete: 0, blind: 0 }, open }),
  })
  const message = answerMessage(answer, 'data_table')
  assert.deepEqual(slackProblems(message), [])
  assert.ok(!JSON.stringify(message).includes('Ask for these again'))
})
