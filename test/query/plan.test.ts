import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { chainsFor, freezeWindow, iso, seconds, sliceCount, slicesOf } from '../../src/domain/query/plan.ts'

const HOUR = 3600
const DAY = 24 * HOUR
const START = seconds('2026-11-20T00:00:00Z')

function window(length: number) {
  return { since: iso(START), until: iso(START + length) }
}

test('slices cover a window exactly, share no second, and the newest comes first', () => {
  fc.assert(
    fc.property(fc.nat(100 * DAY), fc.integer({ min: 1, max: 9 }), (length, count) => {
      const slices = slicesOf(window(length), count)
      assert.ok(slices.length >= 1 && slices.length <= count)
      const oldestFirst = slices
        .toReversed()
        .map(({ since, until }) => ({ since: seconds(since), until: seconds(until) }))
      assert.equal(oldestFirst[0]?.since, START)
      assert.equal(oldestFirst.at(-1)?.until, START + length)
      for (const [at, slice] of oldestFirst.entries()) {
        assert.ok(slice.since <= slice.until)
        if (at > 0) assert.equal(slice.since, (oldestFirst[at - 1]?.until ?? 0) + 1)
      }
    }),
  )
})

test('a window that ends before it begins stays one slice: AWS refuses it, and nobody takes it for read', () => {
  const backwards = { since: iso(START + 10), until: iso(START) }
  assert.deepEqual(slicesOf(backwards, 4), [backwards])
})

test('a scan is cut so that several pages are on their way at once; an indexed lookup is not', () => {
  const scans = [undefined, { key: 'ReadOnly', values: ['false'] }, { key: 'EventSource', values: ['x'] }] as const
  for (const scan of scans) {
    assert.equal(sliceCount(scan, HOUR), 1)
    assert.equal(sliceCount(scan, HOUR + 1), 2)
    assert.equal(sliceCount(scan, DAY), 2)
    assert.equal(sliceCount(scan, DAY + 1), 4)
  }
  assert.equal(sliceCount({ key: 'AccessKeyId', values: ['A'] }, 90 * DAY), 1)
})

test('a chain is one value in one slice, and says what it asks', () => {
  const { chains, filters } = chainsFor({ field: 'eventSource', in: ['a', 'b'] }, window(2 * HOUR))
  assert.deepEqual(
    chains.map(({ attribute, since, until }) => [attribute?.key, attribute?.value, since.slice(11), until.slice(11)]),
    [
      ['EventSource', 'a', '01:00:01Z', '02:00:00Z'],
      ['EventSource', 'a', '00:00:00Z', '01:00:00Z'],
      ['EventSource', 'b', '01:00:01Z', '02:00:00Z'],
      ['EventSource', 'b', '00:00:00Z', '01:00:00Z'],
    ],
  )
  assert.deepEqual(filters, { aws: ['EventSource in a, b'], local: [] })
})

test('what AWS cannot be asked for is read whole and filtered here', () => {
  const { chains, filters } = chainsFor({ field: 'errorCode', exists: true }, window(60))
  assert.deepEqual(chains, [window(60)])
  assert.deepEqual(filters, { aws: [], local: ['errorCode present'] })
})

test('"until it starts" ends when the run starts, but not after what was allowed', () => {
  const since = '2026-11-20T00:00:00Z'
  const until = { atStart: true, notAfter: '2026-11-20T02:00:00Z' } as const
  assert.deepEqual(freezeWindow({ since, until }, '2026-11-20T01:00:00Z'), { since, until: '2026-11-20T01:00:00Z' })
  assert.deepEqual(freezeWindow({ since, until }, '2026-11-20T03:00:00Z'), { since, until: '2026-11-20T02:00:00Z' })
  assert.deepEqual(freezeWindow({ since, until: '2026-11-20T01:30:00Z' }, '2026-11-20T01:00:00Z'), {
    since,
    until: '2026-11-20T01:30:00Z',
  })
})

test('seconds and ISO times are each other’s opposite; a fraction is cut', () => {
  fc.assert(
    fc.property(fc.nat(4_000_000_000), (time) => {
      assert.equal(seconds(iso(time)), time)
    }),
  )
  assert.equal(seconds('2026-11-20T00:00:00.999Z'), START)
})
