import assert from 'node:assert/strict'
import test from 'node:test'
import { summariser } from '../../src/domain/result/summary.ts'
import { aResultRow } from '../support/rows.ts'

const runbook = {
  columns: ['eventTime', 'who', 'eventName', 'target'].map((name) => ({ name, field: name })),
  group: ['who', 'eventName'],
  fold: ['ctq', 'service'],
} as const

function rowsOf(...changes: readonly Parameters<typeof aResultRow>[0][]) {
  const summary = summariser(runbook)
  for (const change of changes) summary.add(aResultRow(change))
  return summary.finish({ read: changes.length, cut: false })
}

const call = (who: string, eventName: string, seconds = 0, outcome: 'done' | 'denied' | 'failed' = 'done') => ({
  cells: ['', who, eventName, ''],
  eventTime: 1_800_000_000 + seconds,
  outcome,
})

test('calls are counted, tried apart from done, and grouped with the largest first', () => {
  const summary = rowsOf(
    call('bob', 'PutUserPolicy', 9),
    call('alice', 'ListUsers', 5, 'denied'),
    call('alice', 'ListUsers', 1),
  )
  assert.deepEqual(summary.counts, {
    read: 3,
    matched: 3,
    changes: 2,
    failed: 1,
    denied: 1,
    noise: { ctq: 0, service: 0 },
  })
  assert.deepEqual(
    summary.groups.rows.map(({ values, count, failed, first, last }) => [...values, count, failed, first, last]),
    [
      ['alice', 'ListUsers', 2, 1, '2027-01-15T08:00:01Z', '2027-01-15T08:00:05Z'],
      ['bob', 'PutUserPolicy', 1, 0, '2027-01-15T08:00:09Z', '2027-01-15T08:00:09Z'],
    ],
  )
  assert.deepEqual([summary.first, summary.last], ['2027-01-15T08:00:01Z', '2027-01-15T08:00:09Z'])
})

test('noise is counted and is in no group, no newest row and no time', () => {
  const summary = rowsOf(
    { ...call('aws', 'X', 50), noise: 'service' },
    { ...call('ctq', 'LookupEvents', 40), noise: 'ctq' },
    call('a', 'b'),
  )
  assert.deepEqual(summary.counts.noise, { ctq: 1, service: 1 })
  assert.equal(summary.counts.matched, 3)
  assert.equal(summary.newest.length, 1)
  assert.equal(summary.groups.rows.length, 1)
  assert.equal(summary.last, '2027-01-15T08:00:00Z')
})

test('ctq’s own reads are folded away also when the runbook does not say so, service calls only when it does', () => {
  const summary = summariser({ ...runbook, fold: [] })
  summary.add(aResultRow({ noise: 'ctq' }))
  summary.add(aResultRow({ noise: 'service' }))
  const { counts, newest } = summary.finish({ read: 2, cut: false })
  assert.deepEqual(counts.noise, { ctq: 1, service: 0 })
  assert.equal(newest.length, 1)
})

test('an answer without rows has no first and no last time', () => {
  const summary = rowsOf()
  assert.ok(!('first' in summary) && !('last' in summary))
})

test('the newest rows are the first ones, fifty at most', () => {
  const summary = rowsOf(...Array.from({ length: 80 }, (_, index) => call(`who${index}`, 'x', -index)))
  assert.equal(summary.newest.length, 50)
  assert.equal(summary.newest[0]?.[1], 'who0')
})

test('groups beyond the cap are not lost: their calls are counted, kept groups stay exact', () => {
  const summary = summariser(runbook)
  for (let index = 0; index < 5_100; index += 1) summary.add(aResultRow(call(`who${index}`, 'x')))
  summary.add(aResultRow(call('who7', 'x')))
  const { groups } = summary.finish({ read: 5_101, cut: false })
  assert.equal(groups.rows[0]?.count, 2)
  assert.equal(groups.rows.length + groups.more, 5_000)
  assert.equal(groups.uncounted, 100)
})

test('long values that differ only at their end are different groups', () => {
  const long = 'x'.repeat(2_000)
  const summary = rowsOf(call(`${long}1`, 'e'), call(`${long}2`, 'e'))
  assert.equal(summary.groups.rows.length, 2)
  assert.ok((summary.groups.rows[0]?.values[0]?.length ?? 0) <= 400)
})

test('values that only look alike when joined are different groups', () => {
  assert.equal(rowsOf(call('a', 'b\u0000c'), call('a\u0000b', 'c')).groups.rows.length, 2)
})
