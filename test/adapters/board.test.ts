import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { redisBoard } from '../../src/adapters/redis/runs.ts'
import { sharedRedis } from './redis.ts'

const { redis } = sharedRedis(12)
const board = () => redisBoard(redis())

let ids = 0
function anId(): string {
  ids += 1
  return `id-${ids}`
}

test('progress adds up over processes; what is planned later counts', async () => {
  const run = anId()
  assert.deepEqual(await board().progress(run), { pages: 0, records: 0, matched: 0, parts: { done: 0, total: 0 } })
  await board().planned(run, { parts: 17, chains: 34 })
  const page = { records: 50, matched: 2, chain: 'one', share: 0.5 }
  await Promise.all([true, false, false].map((ended) => board().page(run, { ...page, ended })))
  await board().partEnded(run, 'runs/r/parts/one')
  await board().planned(run, { parts: 99, chains: 99 })
  assert.deepEqual(await board().progress(run), {
    pages: 3,
    records: 150,
    matched: 6,
    parts: { done: 1, total: 99 },
    // the two sequences of the part that ended are not waited for
    knownPages: 99,
  })
  assert.ok((await redis().ttl(`{ctq}:board:run:${run}`)) > 80_000, 'for about a day')
})

test('how much is left is the slowest chain’s, at its latest pace, and unknown while one has not begun', async () => {
  const run = anId()
  await board().planned(run, { parts: 1, chains: 2 })
  const since = (ms: number) => redis().hset(`{ctq}:board:run:${run}`, 'since', Date.now() - ms)
  const page = (chain: string, share: number, ended = false) =>
    board().page(run, { records: 50, matched: 0, chain, share, ended })
  await since(10_000)
  await page('a', 0.99)
  assert.equal((await board().progress(run)).secondsLeft, undefined, 'nobody knows what is in b')
  await page('b', 0.5)
  assert.ok((await board().progress(run)).secondsLeft === 10 || (await board().progress(run)).secondsLeft === 11)
  await page('b', 1, true)
  assert.equal((await board().progress(run)).secondsLeft, 1)
  for (let at = 0; at < 12; at += 1) {
    await delay(30)
    await page('a', 0.99 + at / 100_000)
  }
  const { secondsLeft = 0 } = await board().progress(run)
  assert.ok(secondsLeft >= 5, `a crowded end takes longer than its share: ${secondsLeft} s`)
})

test('a part that is denied or fails keeps nobody from knowing how much is left', async () => {
  const run = anId()
  await board().planned(run, { parts: 3, chains: 6 })
  await redis().hset(`{ctq}:board:run:${run}`, 'since', Date.now() - 10_000)
  const page = (part: string, chain: number, share: number, ended = false) => {
    const name = `runs/${run}/parts/${part}/${String(chain).padStart(4, '0')}/000000.page`
    return board().page(run, { records: 50, matched: 0, chain: name, share, ended })
  }
  const part = (name: string): string => `runs/${run}/parts/${name}`
  await page('whole', 0, 1, true)
  await page('whole', 1, 1, true)
  await board().partEnded(run, part('whole'))
  await page('slow', 0, 0.5)
  await page('slow', 1, 0.9)
  assert.equal((await board().progress(run)).secondsLeft, undefined, 'nothing is known of the third')
  await page('failing', 0, 0.1)
  await board().partEnded(run, part('failing'))
  const { secondsLeft, knownPages, pages } = await board().progress(run)
  assert.ok(secondsLeft === 10 || secondsLeft === 11, `${secondsLeft} s`)
  assert.equal((knownPages ?? 0) - pages, 2, 'at least one more of each that goes on')
})

test('a run that waits its turn says so for a while; one that hears nothing waits for AWS', async () => {
  const run = anId()
  await board().planned(run, { parts: 1, chains: 1 })
  await board().paced(run)
  assert.equal((await board().progress(run)).waiting, 'pace')
  await redis().hset(`{ctq}:board:run:${run}`, 'pacedAt', Date.now() - 60_000)
  assert.equal((await board().progress(run)).waiting, undefined)
  await redis().hset(`{ctq}:board:run:${run}`, 'since', Date.now() - 60_000)
  assert.equal((await board().progress(run)).waiting, 'aws')
  await board().page(run, { records: 50, matched: 0, chain: 'one', share: 0.5, ended: false })
  assert.equal((await board().progress(run)).waiting, undefined)
})

test('a cancelled run is flagged for who comes later and told to who listens now', async () => {
  const run = anId()
  const heard: string[] = []
  const stop = await board().onCancel((cancelled) => heard.push(cancelled))
  assert.equal(await board().cancelled(run), false)
  await board().cancel(run)
  assert.equal(await board().cancelled(run), true)
  for (let tries = 0; heard.length === 0 && tries < 100; tries += 1) await delay(10)
  assert.deepEqual(heard, [run])
  await stop()
  await board().cancel(anId())
  await delay(50)
  assert.deepEqual(heard, [run], 'nobody listens any more')
})

test('the first run to claim a question has it until it leaves; others cannot make it leave', async () => {
  const question = anId()
  const claims = await Promise.all(['r1', 'r2', 'r3'].map((run) => board().join(question, run)))
  const [holder = ''] = claims
  assert.ok(claims.every((claim) => claim === holder))
  assert.equal(await board().join(question, holder), holder, 'again by itself')
  await board().leave(question, 'somebody else')
  assert.equal(await board().join(question, 'r4'), holder)
  await board().leave(question, holder)
  assert.equal(await board().join(question, 'r4'), 'r4')
  assert.ok((await redis().ttl(`{ctq}:board:asking:${question}`)) <= 3600)
})

test('an event is new once', async () => {
  const event = anId()
  assert.deepEqual((await Promise.all([1, 2, 3].map(() => board().firstTime(event)))).filter(Boolean), [true])
})

test('turns are taken in the order they were asked for, one in so many milliseconds', async () => {
  const key = anId()
  assert.equal(await board().turn(key, 200, 'a'), 0)
  const b = await board().turn(key, 200, 'b')
  const c = await board().turn(key, 200, 'c')
  assert.ok(b > 0 && b <= 200 && c > b && c <= 400, `${b}, ${c}`)
  assert.ok((await board().turn(key, 200, 'b')) <= b, 'asking again does not move one back')
  await delay(b + 5)
  assert.equal(await board().turn(key, 200, 'b'), 0)
  assert.ok((await board().turn(key, 200, 'd')) > (await board().turn(key, 200, 'c')), 'c is before d')
})

test('work under a key is done by one at a time, and its result comes back', async () => {
  const key = anId()
  let open: () => void = () => undefined
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  const first = board().alone(key, 'p1', async () => {
    await gate
    return 'done'
  })
  await delay(30)
  assert.equal(await board().alone(key, 'p2', async () => 'twice'), undefined)
  open()
  assert.equal(await first, 'done')
  assert.equal(await board().alone(key, 'p2', async () => 'next'), 'next')
})

test('whoever stood still and lost the lock to another neither keeps it from them nor goes on', async () => {
  const key = anId()
  const lock = `{ctq}:board:alone:${key}`
  const seen = await board().alone(key, 'p1', async (mine) => {
    assert.ok(mine())
    await redis().set(lock, 'p2', 'PX', 4_000)
    await delay(5_500)
    assert.equal(await redis().get(lock), null, 'it was not renewed for the other')
    return mine()
  })
  assert.equal(seen, false)
})

test('two of one name are two: a container’s process is number 1 in each', async () => {
  const key = anId()
  await board().alone(key, '1', async () => {
    await redis().del(`{ctq}:board:alone:${key}`)
    await board().alone(key, '1', async () => {
      assert.notEqual(await redis().get(`{ctq}:board:alone:${key}`), '1')
    })
  })
})

test('work that fails frees its key', async () => {
  const key = anId()
  await assert.rejects(
    board().alone(key, 'p1', async () => {
      throw new Error('no')
    }),
    /no/,
  )
  assert.equal(await board().alone(key, 'p2', async () => 'next'), 'next')
})

test('a lock that is another’s by now is not freed', async () => {
  const key = anId()
  await board().alone(key, 'p1', async () => {
    await redis().set(`{ctq}:board:alone:${key}`, 'p2')
  })
  assert.equal(await redis().get(`{ctq}:board:alone:${key}`), 'p2')
})

test('somebody’s last runs are remembered newest first, each once, fifty at most', async () => {
  const person = anId()
  for (const run of ['r1', 'r2', 'r3', 'r1']) await board().remember(person, run)
  assert.deepEqual(await board().recent(person, 10), ['r1', 'r3', 'r2'])
  assert.deepEqual(await board().recent(person, 2), ['r1', 'r3'])
  for (let at = 0; at < 60; at += 1) await board().remember(person, `n${at}`)
  assert.equal((await board().recent(person, 100)).length, 50)
  assert.deepEqual(await board().recent('nobody', 10), [])
})
