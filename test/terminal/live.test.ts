import assert from 'node:assert/strict'
import test, { mock } from 'node:test'
import fc from 'fast-check'
import { painter } from '../../src/adapters/terminal/colour.ts'
import { canDraw, liveView, type Sight } from '../../src/adapters/terminal/live.ts'
import { say, value } from '../../src/domain/result/phrase.ts'
import { screen } from '../support/screen.ts'

const PROGRESS = {
  pages: 37,
  records: 1_850,
  matched: 12,
  parts: { done: 3, total: 17 },
  secondsLeft: 130,
  waiting: 'aws',
} as const

function sight(...calls: readonly string[]): Sight {
  return { progress: PROGRESS, told: (most) => calls.slice(0, most).map((call) => say`${value(call)}`) }
}

/** A view on a screen, with a clock that the test moves. */
function aView(columns = 120, rows = 24, colour = false) {
  const shown = screen(columns)
  const clock = { now: 0 }
  const live = liveView({ write: shown.write, isTTY: true, columns, rows }, painter(colour), () => clock.now)
  return { live, clock, lines: () => shown.shown() }
}

test('how far it is, and what was found so far, stand in the same place', () => {
  const { live, clock, lines } = aView()
  live.show(sight())
  const far =
    '3 of 17 accounts and Regions read · 37 pages · 12 calls found so far · about 2 min left · waiting for AWS to answer'
  assert.deepEqual(lines(), [far])
  clock.now += 200
  live.show(sight('12:58Z CreateAccessKey', '13:06Z PutUserPolicy'))
  const both = [far, 'So far, most telling first:', '• 12:58Z CreateAccessKey', '• 13:06Z PutUserPolicy']
  assert.deepEqual(lines(), both)
  clock.now += 200
  live.show(sight('13:07Z StopLogging'))
  assert.deepEqual(lines(), [far, 'So far, most telling first:', '• 13:07Z StopLogging'])
  live.clear()
  assert.deepEqual(lines(), [''])
})

test('what is said stays above the view, and the view goes on below it', () => {
  const { live, clock, lines } = aView()
  live.show(sight('12:58Z CreateAccessKey'))
  live.say('Stopping.')
  assert.deepEqual(lines(), ['Stopping.', ''])
  clock.now += 200
  live.show(sight())
  assert.equal(lines()[0], 'Stopping.')
  assert.equal(lines().length, 2)
  live.clear()
  assert.deepEqual(lines(), ['Stopping.', ''])
})

test('what comes quickly is drawn once, and the last of it is never left out', () => {
  mock.timers.enable({ apis: ['setTimeout'] })
  try {
    const { live, lines } = aView()
    live.show(sight())
    for (const call of ['a', 'b', 'c']) live.show(sight(call))
    assert.equal(lines().length, 1)
    mock.timers.tick(100)
    assert.equal(lines().at(-1), '• c')
  } finally {
    mock.timers.reset()
  }
})

test('a window that is made narrower leaves nothing of the view behind', () => {
  const shown = screen(30)
  const size = { columns: 60 }
  const live = liveView(
    {
      write: shown.write,
      isTTY: true,
      rows: 24,
      get columns() {
        return size.columns
      },
    },
    painter(false),
    () => 0,
  )
  live.show(sight('x'.repeat(100)))
  size.columns = 30
  live.clear()
  assert.deepEqual(shown.shown(), [''])
})

test('nothing that was found moves the cursor, and no view is larger than the window', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.constant('\u001b[2J\u001b]0;x\u0007\u009b31m\u202e東京\r\n'.repeat(9)),
  )
  fc.assert(
    fc.property(
      fc.array(text, { maxLength: 9 }),
      fc.integer({ min: 10, max: 200 }),
      fc.integer({ min: 1, max: 30 }),
      (hostile, columns, rows) => {
        for (const colour of [false, true]) {
          const { live, lines } = aView(columns, rows, colour)
          live.show(sight(...hostile))
          assert.ok(lines().length <= Math.max(2, rows - 1))
          live.clear()
          assert.deepEqual(lines(), [''])
        }
      },
    ),
    { numRuns: 100 },
  )
})

test('nothing is drawn where nothing can be drawn in place', () => {
  const write = (): void => undefined
  assert.equal(canDraw({ write, isTTY: true }, {}), true)
  assert.equal(canDraw({ write, isTTY: true }, { TERM: 'dumb' }), false)
  assert.equal(canDraw({ write }, {}), false)
})
