import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { type Pacer, redisPacer } from '../../src/adapters/redis/pacer.ts'
import { sharedRedis } from './redis.ts'

const { redis } = sharedRedis(11)
const ACCOUNT = '111122223333'
/** What a slow machine may add between two commands, in milliseconds. */
const SLACK = 150

let regions = 0
/** A Region that no other test has booked. */
function aRegion(): string {
  regions += 1
  return `eu-test-${regions}`
}

function aPacer(intervalMs = 500, longestWaitMs = 60_000): Pacer {
  return redisPacer(redis(), { intervalMs, longestWaitMs })
}

async function waits(pacer: Pacer, region: string, count: number): Promise<readonly number[]> {
  const found: number[] = []
  for (let at = 0; at < count; at += 1) {
    const slot = await pacer.reserve(ACCOUNT, region, 'interactive')
    assert.ok('waitMs' in slot)
    found.push(slot.waitMs)
  }
  return found
}

/** Each is about as much more than the one before. */
function assertSpaced(found: readonly number[], interval: number): void {
  for (const [at, wait] of found.entries())
    if (at > 0) {
      const step = wait - (found[at - 1] ?? 0)
      assert.ok(step <= interval + 1 && step > interval - SLACK, `${found.join(', ')}: ${step} is not ${interval}`)
    }
}

test('slots of one account and Region are an interval apart, and the first is free', async () => {
  const found = await waits(aPacer(), aRegion(), 5)
  assert.equal(found[0], 0)
  assertSpaced(found, 500)
})

test('every process books from the same line', async () => {
  const region = aRegion()
  const pacers = [aPacer(), aPacer(), aPacer()]
  const slots = await Promise.all(pacers.flatMap((pacer) => [waits(pacer, region, 1), waits(pacer, region, 1)]))
  assertSpaced(
    slots.flat().toSorted((a, b) => a - b),
    500,
  )
})

test('other accounts and Regions have lines of their own', async () => {
  const pacer = aPacer()
  const region = aRegion()
  await waits(pacer, region, 3)
  assert.deepEqual(await waits(pacer, aRegion(), 1), [0])
  assert.deepEqual(await pacer.reserve('999988887777', region, 'interactive'), { waitMs: 0 })
})

test('time that nobody booked is not saved up', async () => {
  const pacer = aPacer(50)
  const region = aRegion()
  await waits(pacer, region, 1)
  await delay(300)
  const found = await waits(pacer, region, 3)
  assert.equal(found[0], 0)
  assert.ok((found[2] ?? 0) > 0, 'no burst')
})

test('a line that is booked out is told how long not to come back, and nothing is booked', async () => {
  const pacer = aPacer(500, 1_000)
  const region = aRegion()
  await waits(pacer, region, 3)
  const slot = await pacer.reserve(ACCOUNT, region, 'interactive')
  assert.ok('laterMs' in slot)
  assert.ok(slot.laterMs >= 500 && slot.laterMs <= 1_000, `${slot.laterMs}`)
  const again = await pacer.reserve(ACCOUNT, region, 'interactive')
  assert.ok('laterMs' in again && again.laterMs <= slot.laterMs)
})

test('the background books nothing ahead', async () => {
  const pacer = aPacer()
  const region = aRegion()
  assert.deepEqual(await pacer.reserve(ACCOUNT, region, 'background'), { waitMs: 0 })
  const slot = await pacer.reserve(ACCOUNT, region, 'background')
  assert.ok('laterMs' in slot)
})

test('the background goes behind others page by page, and still gets one page in ten', async () => {
  const pacer = aPacer(20, 60_000)
  const region = aRegion()
  const order: string[] = []
  for (let at = 0; at < 40; at += 1) {
    await pacer.reserve(ACCOUNT, region, 'interactive')
    order.push('i')
    if ('waitMs' in (await pacer.reserve(ACCOUNT, region, 'background'))) order.push('b')
  }
  assert.equal(order.join(''), `${'iiiiiiiiib'.repeat(4)}iiii`)
})

test('a throttle pauses everybody for a second and widens the interval a little; several at once count once', async () => {
  const region = aRegion()
  const pacers = [aPacer(), aPacer()]
  await waits(aPacer(), region, 1)
  await Promise.all(pacers.map((pacer) => pacer.throttled(ACCOUNT, region)))
  const found = await waits(aPacer(), region, 3)
  assert.ok((found[0] ?? 0) > 1_500 - SLACK && (found[0] ?? 0) <= 1_500, `${found[0]}`)
  assertSpaced(found, 515)
})

test('throttle upon throttle with nothing served between widens it by half, up to four seconds', async () => {
  const region = aRegion()
  const pacer = aPacer()
  const interval = async (): Promise<number> => {
    const [first = 0, second = 0] = await waits(pacer, region, 2)
    return second - first
  }
  for (let streak = 1; streak <= 3; streak += 1) {
    await pacer.throttled(ACCOUNT, region)
    await delay(1_010)
  }
  assert.ok((await interval()) > 700, 'half as wide again')
})

test('what was served ends a streak for all processes', async () => {
  const region = aRegion()
  const [one, other] = [aPacer(), aPacer()]
  for (let turn = 1; turn <= 3; turn += 1) {
    await one.throttled(ACCOUNT, region)
    await other.served(ACCOUNT, region)
    await other.reserve(ACCOUNT, region, 'interactive')
    await delay(1_010)
  }
  const found = await waits(aPacer(), region, 2)
  assert.ok((found[1] ?? 0) - (found[0] ?? 0) <= 551, `${found.join(', ')}`)
})

test('throttles of slots that were booked before a widening widen nothing more', async () => {
  const region = aRegion()
  const pacer = aPacer()
  await waits(pacer, region, 10)
  for (let turn = 1; turn <= 3; turn += 1) {
    await pacer.throttled(ACCOUNT, region)
    await pacer.served(ACCOUNT, region)
    await pacer.reserve(ACCOUNT, region, 'interactive')
    await delay(1_010)
  }
  assertSpaced(await waits(pacer, region, 3), 515)
  assert.equal(await redis().hget(`{ctq:pace:${ACCOUNT}:${region}}`, 'interval'), '515000')
})

test('the setting is the narrowest interval: raising it takes hold at once', async () => {
  const region = aRegion()
  await waits(aPacer(500), region, 1)
  assertSpaced(await waits(aPacer(800), region, 3), 800)
})

test('a line is forgotten an hour after its last use', async () => {
  const region = aRegion()
  await waits(aPacer(), region, 1)
  const left = await redis().pttl(`{ctq:pace:${ACCOUNT}:${region}}`)
  assert.ok(left > 3_500_000 && left <= 3_600_000, `${left} ms`)
})
