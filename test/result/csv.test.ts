import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { cellText, csvHeader, csvWriter } from '../../src/domain/result/csv.ts'
import { aResultRow } from '../support/rows.ts'

const columns = [
  { name: 'eventTime', field: 'eventTime' },
  { name: 'who', field: 'who' },
  { name: 'eventName', field: 'eventName' },
  { name: 'target', field: 'requestParameters.userName' },
]

test('every CSV has the same fixed columns, and the runbook’s between them, each once', () => {
  assert.deepEqual(csvHeader(columns), [
    'eventTime',
    'eventSource',
    'eventName',
    'who',
    'target',
    'outcome',
    'errorCode',
    'noise',
    'account',
    'region',
    'eventID',
  ])
})

test('a runbook’s column never takes a fixed column’s name for another field', () => {
  const header = csvHeader([{ name: 'account', field: 'requestParameters.accountId' }])
  assert.deepEqual(
    header.filter((name) => /account/.test(name)),
    ['runbook.account', 'account'],
  )
})

test('a row is written as RFC 4180 has it: CRLF, quotes doubled, noise and outcome marked', () => {
  const writer = csvWriter(columns)
  assert.equal(
    writer.header(),
    'eventTime,eventSource,eventName,who,target,outcome,errorCode,noise,account,region,eventID\r\n',
  )
  const row = aResultRow({
    cells: ['2026-11-20T13:52:07Z', 'al"ice', 'CreateUser', 'a,b'],
    outcome: 'denied',
    errorCode: 'AccessDenied',
    noise: 'service',
  })
  assert.equal(
    writer.row(row),
    '2026-11-20T13:52:07Z,iam.amazonaws.com,CreateUser,"al""ice","a,b",denied,AccessDenied,service,111122223333,us-east-1,b1946ac9-0000-4000-8000-000000000001\r\n',
  )
})

const FORMULAS: readonly (readonly [string, string])[] = [
  ['=1+1', "'=1+1"],
  ['+1', "'+1"],
  ['-1', "'-1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['＝1', "'＝1"],
  ['＋1', "'＋1"],
  ['－1', "'－1"],
  ['＠x', "'＠x"],
  ['\t=1', "'\t'=1"],
  ['\rx', "'\rx"],
  ['  =1', "'  =1"],
  ['"=1', '\'"=1'],
  ['a;=1', "a;'=1"],
  ['a\n=1', "a\n'=1"],
  ['a=1', 'a=1'],
  ['arn:aws:iam::1:user/a', 'arn:aws:iam::1:user/a'],
  ['\u202etxt', '\\u202etxt'],
]
for (const [cell, written] of FORMULAS) {
  test(`a cell ${JSON.stringify(cell)} is written ${JSON.stringify(written)}`, () =>
    assert.equal(cellText(cell), written))
}

test('no cell begins with a formula sign wherever a spreadsheet might split it', () => {
  const parts = fc.constantFrom('=', '+', '-', '@', '＝', ';', '\t', '\r', '\n', ' ', '"', "'", 'a', ',')
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 12 }), (cell) => {
      for (const piece of cellText(cell.join('')).split(/[;\t\r\n]/))
        assert.doesNotMatch(piece, /^[\s"]*[=+\-@＝＋－＠]/)
    }),
  )
})

test('a cell longer than a spreadsheet takes is cut and says so', () => {
  assert.match(cellText('x'.repeat(40_000)), /x \[cut: 40000 characters\]$/)
})

for (const [name, end] of [
  ['a carriage return', '\r'],
  ['a line feed', '\n'],
  ['both', '\r\n'],
] as const)
  test(`${name} in a cell is quoted, so that it ends no row`, () => {
    const row = csvWriter(columns).row(aResultRow({ errorCode: `a${end}b` }))
    assert.ok(row.includes(`"a${end}b"`), row)
  })
