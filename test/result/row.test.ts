import assert from 'node:assert/strict'
import test from 'node:test'
import { csvWriter } from '../../src/domain/result/csv.ts'
import { rowOf } from '../../src/domain/result/row.ts'
import { summariser } from '../../src/domain/result/summary.ts'
import { compileTelling } from '../../src/domain/result/telling.ts'
import { compileColumns } from '../../src/domain/runbook/columns.ts'
import { noiseOf, outcomeOf } from '../../src/domain/runbook/ending.ts'
import { aResultRow } from '../support/rows.ts'

const columns = [
  { name: 'eventTime', field: 'eventTime' },
  { name: 'who', field: 'who' },
  { name: 'token', field: 'responseElements.credentials.sessionToken' },
  { name: 'newKey', field: 'responseElements.credentials.accessKeyId' },
  { name: 'all', field: 'responseElements' },
]
const record = {
  eventTime: '2026-11-20T13:52:07Z',
  eventSource: 'sts.amazonaws.com',
  eventName: 'AssumeRole',
  userIdentity: { type: 'IAMUser', userName: 'alice', accountId: '111122223333' },
  responseElements: { credentials: { accessKeyId: 'ASIAIOSFODNN7EXAMPLE', sessionToken: 'FwoGZXIvYXdzEJr' } },
}
const found = {
  text: JSON.stringify(record),
  record,
  eventId: 'b1946ac9-0000-4000-8000-000000000001',
  eventTime: Date.parse('2026-11-20T13:52:07Z') / 1000,
  account: '111122223333',
  region: 'us-east-1',
}
const reader = {
  cellsOf: compileColumns(columns),
  outcomeOf,
  noiseOf,
  tellingOf: compileTelling({ columns, next: [] }, () => undefined),
}

test('a column that names a secret’s path gives the mark, and one that holds it gives it masked; the key’s id stays', () => {
  const row = rowOf(found, reader)
  assert.equal(row.cells[2], '[masked: session token]')
  assert.equal(row.cells[3], 'ASIAIOSFODNN7EXAMPLE')
  assert.ok(row.cells[4]?.includes('[masked: session token]'))
  assert.ok(!csvWriter(columns).row(row).includes('FwoGZXIv'))
})

test('how a call ended is read from the record as it was, with its error', () => {
  const denied = { ...record, errorCode: 'AccessDenied', eventName: 7 }
  const row = rowOf({ ...found, record: denied }, reader)
  assert.deepEqual([row.outcome, row.errorCode, row.eventName], ['denied', 'AccessDenied', ''])
})

test('noise is marked in its row', () => {
  const service = { ...record, readOnly: true, userIdentity: { type: 'AWSService', invokedBy: 'config.amazonaws.com' } }
  assert.equal(rowOf({ ...found, record: service }, reader).noise, 'service')
})

test('memory does not grow with the number of rows, whatever they say', () => {
  const summary = summariser({ columns, group: ['who', 'token'], fold: [] })
  const long = 'x'.repeat(1_500)
  const add = (from: number, count: number): void => {
    for (let index = from; index < from + count; index += 1)
      summary.add(aResultRow({ cells: ['', `${index}${long}`, `${long}${index}`, '', ''] }))
  }
  add(0, 10_000)
  const before = process.memoryUsage().heapUsed
  add(10_000, 90_000)
  globalThis.gc?.()
  const grown = (process.memoryUsage().heapUsed - before) / 1e6
  assert.equal(summary.finish({ read: 0, cut: false }).counts.matched, 100_000)
  assert.ok(grown < 64, `${grown} MB`)
})
