import assert from 'node:assert/strict'
import test from 'node:test'
import { answerMessage } from '../../src/adapters/slack/messages/answer.ts'
import { printAnswer } from '../../src/adapters/terminal/answer.ts'
import type { Answer } from '../../src/domain/result/answer.ts'
import { aCoverage, anAnswerOf, HOSTILE } from '../support/answers.ts'
import { golden, goldenJson } from '../support/golden.ts'
import { slackProblems } from '../support/slackLimits.ts'
import { type Call, foundIn, NOON, stagesOf } from './rig.ts'

const STAGES = stagesOf(`
  - { name: recon, finds: Bursts of reads, distinct: { of: eventName, by: [who], atLeast: 3, within: 10m } }
  - { name: busy, finds: Calls again and again, count: { by: [who, eventName], atLeast: 3 } }
  - name: guessed
    finds: Refused at first, and let in then
    sequence: { by: [who, eventName], within: 1h, first: { says: refusals, outcome: [denied], atLeast: 2 }, next: { says: a call that was done, outcome: [done] } }
  - { name: new, finds: Never called from before, firstSeen: { of: [sourceIPAddress], by: [who] } }
  - { name: wide, finds: Policies that allow everything, policy: { action: "*" } }
  - { name: off, finds: Used elsewhere, elsewhere: { by: [who] } }
  - { name: rare, finds: A hundred at once, count: { by: [who], atLeast: 100, within: 1m } }
`)

const policy = JSON.stringify({ Statement: { Effect: 'Allow', Principal: HOSTILE, Action: '*', Resource: HOSTILE } })

/** What each kind of stage finds something in; `text` stands wherever a caller may write. */
const calls = (text: string): readonly Call[] => [
  ...[-9, -8, -7].map((days): Call => ({ at: days * 86_400, who: text, name: 'GetUser' })),
  { at: 10, who: text, name: 'ListUsers', from: '198.51.100.7', denied: true },
  { at: 20, who: text, name: 'ListUsers', from: '198.51.100.7', denied: true },
  { at: 30, who: text, name: 'ListUsers', from: '198.51.100.7' },
  { at: 40, who: text, name: text === HOSTILE ? text : 'ListRoles', from: '198.51.100.7' },
  {
    at: 50,
    who: text,
    name: 'PutUserPolicy',
    from: '198.51.100.7',
    more: {
      requestParameters: {
        userName: text,
        policyDocument: text === HOSTILE ? policy : policy.replaceAll(JSON.stringify(HOSTILE), '"*"'),
      },
    },
  },
]

async function answerWith(text: string, changes: Partial<Answer> = {}): Promise<Answer> {
  const stages = await foundIn(STAGES, calls(text))
  return anAnswerOf(8, { stages, finishedAt: new Date((NOON + 7_200) * 1000).toISOString(), ...changes })
}

test('findings come before all else that an answer tells, in a terminal', async () =>
  golden('stages/answer.txt', printAnswer(await answerWith('alice'), { colour: false, width: 160 })))

test('and in Slack', async () => {
  const message = answerMessage(await answerWith('alice'), 'data_table')
  assert.deepEqual(slackProblems(message), [])
  goldenJson('stages/answer.json', message)
})

test('no finding is no all-clear where something was not read', async () => {
  const coverage = aCoverage({ verdict: 'partial', parts: { asked: 17, complete: 16, blind: 0 } })
  const printed = printAnswer(await answerWith('alice', { coverage }), { colour: false, width: 160 })
  assert.match(printed, /A hundred at once: none in what was read/)
  assert.match(printed, /\d findings in 8 calls/)
})

test('an answer without any finding says so before its calls', async () => {
  const stages = await foundIn(STAGES, [{ at: 0 }])
  assert.match(printAnswer(anAnswerOf(1, { stages }), { colour: false, width: 160 }), /no finding in 1 call/)
})

test('hostile text in findings commands neither Slack nor a terminal', async () => {
  const answer = await answerWith(HOSTILE)
  assert.ok(answer.stages?.filter(({ findings }) => findings.length > 0).length ?? 0 >= 5)
  for (const level of ['data_table', 'table', 'plain'] as const) {
    const message = answerMessage(answer, level)
    assert.deepEqual(slackProblems(message), [])
    assert.doesNotMatch(JSON.stringify(message), /<!channel>|<@U0123456789>|<https:/)
  }
  const printed = printAnswer(answer, { colour: false, width: 160 })
  assert.doesNotMatch(printed, /[\u0000-\u0009\u000b-\u001f\u202e]/)
})

test('however many findings, a message keeps Slack’s limits', async () => {
  const many = Array.from({ length: 300 }, (_, index) => calls(`user-${'x'.repeat(90)}-${index}`)).flat()
  const stages = await foundIn(STAGES, many)
  assert.deepEqual(slackProblems(answerMessage(anAnswerOf(2_400, { stages }), 'data_table')), [])
})
