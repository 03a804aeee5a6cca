import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { watchdog } from '../../src/adapters/bullmq/watchdog.ts'

type State = { waiting: number; started: number; free: boolean; away: boolean }

/** Looks every ten seconds of a clock that the test moves. */
function watched(t: TestContext, state: State) {
  t.mock.timers.enable({ apis: ['setInterval'] })
  let now = 0
  const stuck: string[] = []
  const stop = watchdog(
    {
      waiting: async () => {
        if (state.away) throw new Error('ECONNREFUSED')
        return state.waiting
      },
    },
    [{ queue: 'part', started: () => state.started, free: () => state.free }],
    (queue) => stuck.push(queue),
    () => now,
  )
  const pass = async (seconds: number): Promise<void> => {
    for (let passed = 0; passed < seconds; passed += 10) {
      now += 10_000
      t.mock.timers.tick(10_000)
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  return { stuck, stop, pass }
}

test('jobs that wait for a minute while there is room and none starts are said once', async (t) => {
  const { stuck, pass } = watched(t, { waiting: 3, started: 7, free: true, away: false })
  await pass(60)
  assert.deepEqual(stuck, [])
  await pass(20)
  assert.deepEqual(stuck, ['part'])
  await pass(120)
  assert.deepEqual(stuck, ['part'])
})

const FINE: readonly (readonly [says: string, change: (state: State, second: number) => void])[] = [
  ['jobs start', (state, second) => Object.assign(state, { started: second })],
  ['nothing waits', (state) => Object.assign(state, { waiting: 0 })],
  ['there is no room', (state) => Object.assign(state, { free: false })],
  ['Redis is away now and then', (state, second) => Object.assign(state, { away: second % 50 === 0 })],
]

for (const [says, change] of FINE)
  test(`nothing is stuck while ${says}`, async (t) => {
    const state = { waiting: 3, started: 7, free: true, away: false }
    const { stuck, pass } = watched(t, state)
    for (let second = 0; second < 300; second += 10) {
      change(state, second)
      await pass(10)
    }
    assert.deepEqual(stuck, [])
  })

test('nobody watches after it was stopped', async (t) => {
  const { stuck, stop, pass } = watched(t, { waiting: 3, started: 7, free: true, away: false })
  stop()
  await pass(300)
  assert.deepEqual(stuck, [])
})
