import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { printAnswer } from '../../src/adapters/terminal/answer.ts'
import { wantsColour } from '../../src/adapters/terminal/colour.ts'
import { answerJson, exitStatus, formatOf, ndjsonLine, refusalText } from '../../src/adapters/terminal/output.ts'
import { folded, tableLines } from '../../src/adapters/terminal/table.ts'
import type { Answer } from '../../src/domain/result/answer.ts'
import { pivotsOf } from '../../src/domain/result/pivots.ts'
import { displayWidth, textTable } from '../../src/domain/result/textTable.ts'
import { ANSWERS, aCoverage, anAnswer, anAnswerOf, hostileAnswer } from '../support/answers.ts'
import { golden } from '../support/golden.ts'
import { READ_AT, SHIPPED, STORIES, TRIAGES } from '../support/stories.ts'

const ALL = { ...ANSWERS, ...STORIES, ...TRIAGES }

function printed(answer: Answer, options: { readonly colour: boolean; readonly width?: number }): string {
  return printAnswer(answer, { ...options, pivots: pivotsOf(answer, SHIPPED, READ_AT) })
}

for (const [name, answer] of Object.entries(ALL)) {
  test(`the answer ${name} prints as before`, () =>
    golden(`terminal/answer-${name}.txt`, printed(answer, { colour: false, width: 100 })))
}

test('in colour it is the same text', () => {
  for (const answer of Object.values(ALL)) {
    const coloured = printed(answer, { colour: true, width: 100 })
    assert.match(coloured, /^[^\n]*\u001b\[1m\u001b\[3\dm(?:COMPLETE|PARTIAL|FAILED|NOT KNOWN|NO FINDING)/)
    assert.equal(coloured.replace(/\u001b\[[0-9;]+m/g, ''), printed(answer, { colour: false, width: 100 }))
  }
})

test('no text in an answer reaches the terminal as a command', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.constant('\u001b]0;x\u0007\u009b31m\u202e東京'.repeat(30)),
  )
  fc.assert(
    fc.property(text, fc.integer({ min: 20, max: 200 }), (hostile, width) => {
      const text = printed(hostileAnswer(hostile), { colour: false, width })
      assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/)
    }),
    { numRuns: 40 },
  )
})

test('no line of a table is wider than the terminal: the least telling columns go first', () => {
  const printed = printAnswer(anAnswerOf(20), { colour: false, width: 64 })
  const table = printed.split('\n').filter((line) => /^(who|ci-deploy|eventTime|2026-)/.test(line))
  assert.ok(table.length > 20)
  for (const line of table) assert.ok(displayWidth(line) <= 64, line)
})

test('what to type to ask again can be pasted into a shell as it is', () => {
  const answer = { ...(ANSWERS['empty-partial'] ?? anAnswer()), parameters: { resource: "it's $(here)" } }
  const printed = printAnswer(answer, { colour: false })
  assert.ok(printed.includes(`ctq run key-activity 'resource="it'\\''s $(here)"' since 2026-11-19T14:08:00Z until`))
})

test('commands to paste name what the answer was read with, and none would ask about something else than it shows', () => {
  const pivot = (words: string, label = 'Follow') =>
    ({ kind: 'ask', id: 'next-0', label, words, request: { runbook: 'x', parameters: {}, accounts: [] } }) as const
  const pivots = [pivot('logins last 2h', 'Sign-ins of $(id)'), pivot('logins principal=a\u202eb', 'Hidden')]
  const shown = printAnswer(anAnswer(), { colour: false, pivots, command: "ctq run --config 'my ctq.yml'" })
  assert.ok(shown.includes("\nSign-ins of __id_\n  ctq run --config 'my ctq.yml' logins last 2h\n"), shown)
  assert.ok(!shown.includes('Hidden'))
})

test('sentences are broken between words, and a table has the columns that tell most, at every width', () => {
  for (const width of [40, 80, 120, 200])
    for (const answer of [STORIES['leaked-key'] ?? anAnswer(), anAnswerOf(20)]) {
      const lines = printed(answer, { colour: false, width }).split('\n')
      const unbroken = lines.filter((line) => displayWidth(line) > width && !/^ {2}ctq run /.test(line))
      for (const line of unbroken) assert.ok(!line.trim().includes(' ') || line.startsWith(answer.runbook.name), line)
    }
  assert.deepEqual(folded('one two three', 8), ['one two', '    three'])
  assert.deepEqual(folded('x'.repeat(20), 8), ['x'.repeat(20)])
  const columns = ['eventTime', 'who', 'service', 'eventName', 'target', 'outcome', 'sourceIPAddress', 'userAgent']
  const row = [
    '2026-11-20T15:08:54Z',
    'ci-deploy',
    'iam',
    'CreateLoginProfile',
    'backup',
    'done',
    '203.0.113.66',
    'x'.repeat(300),
  ]
  const [narrow = ''] = tableLines(columns, [row], 80)
  assert.deepEqual(narrow.split(/ +/), ['eventTime', 'who', 'eventName', 'outcome', 'sourceIPAddress'])
  const [wide = ''] = tableLines(columns, [row], 160)
  assert.deepEqual(wide.split(/ +/), columns)
})

test('where nothing is cut, what is long and says little stands behind what is short and says much', () => {
  const columns = ['eventTime', 'userAgent', 'eventName', 'errorMessage', 'account', 'eventID']
  const row = ['14:05Z', 'Boto3/1.40', 'DeleteTrail', 'User: x is not authorized', '111122223333', 'e-1']
  const [headings = '', cells = ''] = tableLines(columns, [row], undefined)
  assert.deepEqual(headings.split(/ {2,}/), [
    'eventTime',
    'eventName',
    'account',
    'eventID',
    'errorMessage',
    'userAgent',
  ])
  assert.deepEqual(cells.split(/ {2,}/), [
    '14:05Z',
    'DeleteTrail',
    '111122223333',
    'e-1',
    'User: x is not authorized',
    'Boto3/1.40',
  ])
})

test('without a terminal no cell is cut', () => {
  const long = 'x'.repeat(300)
  const answer = anAnswerOf(1, { newest: [['t', long, 'n', '', '', '']] })
  assert.ok(printAnswer(answer, { colour: false }).includes(long))
  assert.ok(!printAnswer(answer, { colour: false, width: 80 }).includes(long))
})

test('the exit status is that of the verdict', () => {
  assert.equal(exitStatus(anAnswer()), 0)
  assert.equal(exitStatus(ANSWERS['empty-partial'] ?? anAnswer()), 3)
  assert.equal(exitStatus(ANSWERS['rows-20000-cut'] ?? anAnswer()), 3)
  assert.equal(exitStatus(ANSWERS['empty-not-yet-known'] ?? anAnswer()), 3)
  assert.equal(exitStatus(anAnswer({ coverage: aCoverage({ verdict: 'failed' }) })), 1)
})

test('colour is for terminals, unless NO_COLOR; FORCE_COLOR says yes or no to all of it', () => {
  assert.equal(wantsColour(true, {}), true)
  assert.equal(wantsColour(true, { NO_COLOR: '1' }), false)
  assert.equal(wantsColour(true, { NO_COLOR: '' }), true)
  assert.equal(wantsColour(true, { TERM: 'dumb' }), false)
  assert.equal(wantsColour(false, {}), false)
  assert.equal(wantsColour(false, { FORCE_COLOR: '1', NO_COLOR: '1' }), true)
  assert.equal(wantsColour(false, { FORCE_COLOR: '' }), true)
  assert.equal(wantsColour(true, { FORCE_COLOR: '0' }), false)
})

test('formats are known by their names, in any case', () => {
  assert.equal(formatOf('CSV'), 'csv')
  assert.equal(formatOf('xml'), undefined)
})

test('JSON is the answer whole, and a record stays one line and otherwise as it was', () => {
  assert.deepEqual(JSON.parse(answerJson(anAnswerOf(3))), { ...anAnswerOf(3), next: [] })
  const hostile = hostileAnswer('\u009b31m\u202e\u{e0041}')
  assert.deepEqual(JSON.parse(answerJson(hostile)), { ...hostile, next: [] })
  assert.doesNotMatch(answerJson(hostile), /[\u0080-\u009f\u202e]/)
  assert.equal(ndjsonLine('{"b":"é\u009b"}', true), '{"b":"é\\u009b"}\n')
  assert.equal(refusalText('no\u001b[31m\r\nnext'), 'no\\u001b[31m\nnext\n')
  assert.equal(ndjsonLine('{"a": 1,\r\n"b":"é\u009b"}'), '{"a": 1, "b":"é\u009b"}\n')
})

test('a table is aligned by what is seen: wide characters take two cells, combining marks none', () => {
  assert.equal(displayWidth('東京'), 4)
  assert.equal(displayWidth('e\u0301'), 1)
  assert.deepEqual(
    textTable(
      ['a', 'b'],
      [
        ['東京', 'x'],
        ['abc', 'y'],
      ],
      { cell: 10, width: 80 },
    ),
    ['a     b', '東京  x', 'abc   y'],
  )
  assert.deepEqual(textTable(['a'], [['東京東京']], { cell: 5, width: 80 }), ['a', '東京…'])
})
