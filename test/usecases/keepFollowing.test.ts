import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { pino } from 'pino'
import { keepFollowing } from '../../src/follow.ts'

test('of many that settle in the same moment one is asked after the other, with room for others between', async () => {
  const runs = Array.from({ length: 25 }, (_, at) => `1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c${10 + at}`)
  const asked: { readonly run: string; readonly at: number }[] = []
  const stop = keepFollowing({
    objects: { list: async () => runs },
    askLate: async (run) => {
      asked.push({ run, at: Date.now() })
      return { kind: 'asked' }
    },
    alone: async (work) => await work(),
    now: () => new Date(),
    age: 3_600,
    log: pino({ level: 'silent' }),
  })
  await delay(6_500)
  stop()
  assert.ok(asked.length >= 2 && asked.length <= 4, `${asked.length} were asked in 6 s`)
  assert.equal(new Set(asked.map(({ run }) => run)).size, asked.length, 'each once')
  const gaps = asked.slice(1).map(({ at }, index) => at - (asked[index]?.at ?? 0))
  assert.ok(
    gaps.every((gap) => gap >= 1_900),
    `${gaps}`,
  )
})
