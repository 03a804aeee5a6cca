import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type LocalPacer, localPacer } from '../../src/adapters/memory/pacer.ts'

const PLACE = ['111122223333', 'eu-west-1'] as const

function aPacer(): { readonly pacer: LocalPacer; readonly clock: { now: number } } {
  const clock = { now: 0 }
  return { clock, pacer: localPacer(500, () => clock.now) }
}

test('slots are an interval apart, each place by itself, and unused time is not saved up', () => {
  const { pacer, clock } = aPacer()
  assert.deepEqual(
    [1, 2, 3].map(() => pacer.reserve(...PLACE)),
    [0, 500, 1000],
  )
  assert.equal(pacer.reserve(PLACE[0], 'us-east-1'), 0)
  clock.now = 1200
  assert.equal(pacer.reserve(...PLACE), 300)
  clock.now = 60_000
  assert.deepEqual(
    [1, 2].map(() => pacer.reserve(...PLACE)),
    [0, 500],
  )
})

test('a throttle pauses for a second and widens by 15 ms, not beyond 550; throttles within a second count once', () => {
  const { pacer, clock } = aPacer()
  pacer.throttled(...PLACE)
  pacer.throttled(...PLACE)
  assert.deepEqual(
    [1, 2].map(() => pacer.reserve(...PLACE)),
    [1000, 1515],
  )
  for (let turn = 0; turn < 9; turn += 1) {
    clock.now += 10_000
    pacer.served(...PLACE)
    pacer.throttled(...PLACE)
  }
  clock.now += 10_000
  assert.deepEqual(
    [1, 2].map(() => pacer.reserve(...PLACE)),
    [0, 550],
  )
})

test('throttles with nothing served between widen by half, up to four seconds', () => {
  const { pacer, clock } = aPacer()
  for (let turn = 0; turn < 20; turn += 1) {
    pacer.throttled(...PLACE)
    clock.now += 1_000
  }
  const [first = 0, second = 0] = [1, 2].map(() => pacer.reserve(...PLACE))
  assert.equal(second - first, 4000)
})

test('while nothing is throttled the pace comes back: by tenths to where throttles step to, then by a millisecond a minute', () => {
  const { pacer, clock } = aPacer()
  const interval = (): number => {
    const [first = 0, second = 0] = [1, 2].map(() => pacer.reserve(...PLACE))
    return second - first
  }
  for (let turn = 0; turn < 20; turn += 1) {
    pacer.throttled(...PLACE)
    clock.now += 1_000
  }
  clock.now += 5_000
  assert.equal(interval(), 3600)
  clock.now += 120_000
  assert.equal(interval(), 550)
  clock.now += 120_000
  assert.equal(interval(), 548)
  clock.now += 3_600_000
  assert.equal(interval(), 500)
})

test('throttles of slots that were booked before a widening widen nothing more', () => {
  const { pacer, clock } = aPacer()
  for (let slot = 0; slot < 10; slot += 1) pacer.reserve(...PLACE)
  for (clock.now = 0; clock.now < 5_000; clock.now += 1_250) {
    pacer.throttled(...PLACE)
    pacer.served(...PLACE)
  }
  const [first = 0, second = 0] = [1, 2].map(() => pacer.reserve(...PLACE))
  assert.deepEqual([first + clock.now, second - first], [6_000, 515])
})

test('an interval set wider than what throttles step to is never narrowed by one', () => {
  const clock = { now: 0 }
  const pacer = localPacer(2_000, () => clock.now)
  pacer.throttled(...PLACE)
  clock.now = 10_000
  assert.deepEqual(
    [1, 2].map(() => pacer.reserve(...PLACE)),
    [0, 2000],
  )
})
