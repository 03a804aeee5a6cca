import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { type ConnectionOptions, Queue } from 'bullmq'
import { type Consumer, type ConsumerOptions, consume, type Handler } from '../../src/adapters/bullmq/consumer.ts'
import {
  ENDS,
  type JobData,
  openQueues,
  PREFIX,
  type QueueName,
  type Queues,
} from '../../src/adapters/bullmq/queues.ts'
import { sharedRedis } from './redis.ts'

const { redis } = sharedRedis(14)
const PLACE = { account: '111122223333', region: 'eu-west-1' }
const OTHER = { account: '111122223333', region: 'us-east-1' }

let queues: Queues
const consumers: Consumer[] = []
let ids = 0
function aRun(): string {
  ids += 1
  return `00000000-0000-4000-8000-${String(ids).padStart(12, '0')}`
}

/** Takes jobs until the test ends. */
function take<N extends QueueName>(
  name: N,
  handler: Handler<N>,
  options: Partial<ConsumerOptions<N>> = {},
): { readonly faults: string[] } {
  const faults: string[] = []
  const onFault: ConsumerOptions<N>['onFault'] = ({ message }) => faults.push(message)
  consumers.push(consume(name, redis(), handler, { concurrency: 4, onFault, ...options }))
  return { faults }
}

async function until<T>(look: () => T | undefined | Promise<T | undefined>, what: string): Promise<T> {
  for (let tries = 0; tries < 400; tries += 1) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    await delay(15)
  }
  throw new Error(`not in time: ${what}`)
}

async function ended(name: QueueName, id: string): Promise<void> {
  await until(async () => (await queues.stateOf(name, id)) === 'ended' || undefined, `${name} ${id} ended`)
}

describe('the queue', () => {
  before(() => {
    queues = openQueues(redis(), { eventsKept: 200 })
  })
  afterEach(async () => {
    await Promise.all(consumers.splice(0).map((consumer) => consumer.close()))
  })
  after(async () => {
    await queues.close()
  })

  test('a run that is added twice is one job', async () => {
    const run = aRun()
    await queues.addRun(run, 'first', 'interactive')
    await queues.addRun(run, 'second', 'interactive')
    assert.equal(await queues.stateOf('run', run), 'live')
    const tokens: string[] = []
    take('run', async (job) => {
      tokens.push(job.token)
      return { kind: 'done' }
    })
    await ended('run', run)
    await delay(50)
    assert.deepEqual(tokens, ['first'])
    assert.equal(await queues.stateOf('run', aRun()), 'none')
  })

  test('a job that ended can be forgotten, one that lives cannot', async () => {
    const run = aRun()
    await queues.addRun(run, 't', 'interactive')
    await queues.forgetEnded('run', run)
    assert.equal(await queues.stateOf('run', run), 'live')
    take('run', async () => ({ kind: 'done' }))
    await ended('run', run)
    await queues.forgetEnded('run', run)
    assert.equal(await queues.stateOf('run', run), 'none')
  })

  test('a job that must wait is taken up again when its time has come, with no attempt counted', async () => {
    const run = aRun()
    const times: number[] = []
    await queues.addRun(run, 't', 'interactive')
    const { faults } = take('run', async () => {
      times.push(Date.now())
      return times.length < 3 ? { kind: 'wait', until: new Date(Date.now() + 120) } : { kind: 'done' }
    })
    await ended('run', run)
    assert.equal(times.length, 3)
    for (const [at, time] of times.entries()) if (at > 0) assert.ok(time - (times[at - 1] ?? 0) >= 110)
    assert.deepEqual(faults, [])
  })

  test('a job that yields goes behind those that wait', async () => {
    const [one, other] = [aRun(), aRun()]
    const order: string[] = []
    await queues.addRun(one, 't', 'interactive')
    await queues.addRun(other, 't', 'interactive')
    take(
      'run',
      async ({ run }) => {
        order.push(run)
        return order.length === 1 ? { kind: 'yield' } : { kind: 'done' }
      },
      { concurrency: 1 },
    )
    await Promise.all([ended('run', one), ended('run', other)])
    assert.equal(order.length, 3)
    assert.deepEqual(order.toSorted(), [one, one, other].toSorted())
  })

  test('a run waits for its parts, holding no slot, and goes on when all have ended, failed ones too', async () => {
    const run = aRun()
    const turns: boolean[] = []
    let open = (): void => undefined
    const gate = new Promise<void>((resolve) => {
      open = resolve
    })
    await queues.addRun(run, 't', 'interactive')
    const runs = take('run', async (job, turn) => {
      turns.push(turn.partsEnded)
      if (turn.partsEnded) return { kind: 'done' }
      await queues.addParts(turn.id, job.token, job.run, [PLACE, OTHER], 'interactive')
      return { kind: 'wait for parts' }
    })
    const parts = take('part', async ({ region }) => {
      await gate
      return region === OTHER.region ? { kind: 'final', why: 'no' } : { kind: 'done' }
    })
    await until(async () => (await queues.active('part')) === 2 || undefined, 'both parts')
    assert.equal(await queues.active('run'), 0)
    assert.deepEqual(turns, [false])
    open()
    await ended('run', run)
    assert.equal(turns.at(-1), true)
    assert.deepEqual([runs.faults, parts.faults], [[], ['no']])
  })

  test('a run that is started again does not wait for parts that failed for good meanwhile', async () => {
    const run = aRun()
    const turns: boolean[] = []
    await addTried(run, 5)
    take('part', async () => ({ kind: 'final', why: 'no' }))
    take('run', async (job, turn) => {
      turns.push(turn.partsEnded)
      if (turn.partsEnded) return { kind: 'done' }
      await queues.addParts(turn.id, job.token, job.run, [PLACE, OTHER], 'interactive')
      await Promise.all([PLACE, OTHER].map(({ account, region }) => ended('part', `${run}.${account}.${region}`)))
      if (turns.length < 3) throw new Error('killed before it could wait')
      return { kind: 'wait for parts' }
    })
    await ended('run', run)
    assert.deepEqual(turns, [false, false, false, true])
  })

  test('a run whose parts ended before it could wait goes on at once', async () => {
    const run = aRun()
    const turns: boolean[] = []
    await queues.addRun(run, 't', 'interactive')
    take('part', async () => ({ kind: 'done' }))
    take('run', async (job, turn) => {
      turns.push(turn.partsEnded)
      if (turn.partsEnded) return { kind: 'done' }
      await queues.addParts(turn.id, job.token, job.run, [PLACE], 'interactive')
      await ended('part', `${run}.${PLACE.account}.${PLACE.region}`)
      return { kind: 'wait for parts' }
    })
    await ended('run', run)
    assert.deepEqual(turns, [false, true])
  })

  test('a job that can never be done is not tried again, and its owner hears why', async () => {
    const run = aRun()
    const lost: unknown[] = []
    let tries = 0
    await queues.addRun(run, 't', 'interactive')
    take(
      'run',
      async () => {
        tries += 1
        return { kind: 'final', why: 'the plan is for another query' }
      },
      { onLost: async (job, { why }) => void lost.push([job.run, why]) },
    )
    await ended('run', run)
    await delay(50)
    assert.equal(tries, 1)
    assert.deepEqual(lost, [[run, 'the plan is for another query']])
  })

  /** A run job as `addRun` makes it, but for how often and how soon it is tried. */
  async function addTried(run: string, attempts: number): Promise<void> {
    const queue = new Queue<JobData['run']>('run', {
      connection: redis() as unknown as ConnectionOptions,
      prefix: PREFIX,
    })
    await queue.add('run', { token: 't', run }, { jobId: run, attempts, backoff: { type: 'fixed', delay: 20 } })
    await queue.close()
  }

  test('a job that fails is tried again; its owner hears of it when the last try has failed, and then once', async () => {
    const run = aRun()
    const lost: unknown[] = []
    let tries = 0
    await addTried(run, 3)
    const { faults } = take(
      'run',
      async () => {
        tries += 1
        throw new Error(`try ${tries}`)
      },
      { onLost: async (_, { error, why }) => void lost.push([error.message, why]) },
    )
    await ended('run', run)
    assert.equal(tries, 3)
    assert.deepEqual(lost, [['try 3', undefined]])
    assert.deepEqual(faults, ['try 1', 'try 2', 'try 3'])
  })

  test('waiting and yielding on the last try lose nothing', async () => {
    const run = aRun()
    let turns = 0
    await addTried(run, 1)
    take(
      'run',
      async () => {
        turns += 1
        if (turns === 1) return { kind: 'wait', until: new Date(Date.now() + 20) }
        return turns === 2 ? { kind: 'yield' } : { kind: 'done' }
      },
      { onLost: async () => assert.fail('it was not lost') },
    )
    await ended('run', run)
    assert.equal(turns, 3)
  })

  test('a wide run does not starve a small one that comes after it', async () => {
    const [wide, small] = [aRun(), aRun()]
    const places = (count: number) =>
      Array.from({ length: count }, (_, at) => ({ account: PLACE.account, region: `r-${at}` }))
    const orphan = async (run: string, count: number): Promise<void> => {
      await queues.addRun(run, 't', 'interactive')
      await queues.addParts(run, 't', run, places(count), 'interactive')
    }
    await orphan(wide, 60)
    await orphan(small, 3)
    assert.equal(await queues.waiting('part'), 63)
    const order: string[] = []
    take(
      'part',
      async ({ run }) => {
        order.push(run)
        return { kind: 'done' }
      },
      { concurrency: 1 },
    )
    await until(() => order.length === 63 || undefined, 'all parts')
    assert.ok(order.lastIndexOf(small) < 30, `the small run ended after ${order.lastIndexOf(small)} parts`)
  })

  test('what is asked for in the background comes after everything interactive', async () => {
    const [background, interactive] = [aRun(), aRun()]
    await queues.addRun(background, 't', 'background')
    await queues.addRun(interactive, 't', 'interactive')
    const order: string[] = []
    take(
      'run',
      async ({ run }) => {
        if (run === background || run === interactive) order.push(run)
        return { kind: 'done' }
      },
      { concurrency: 1 },
    )
    await ended('run', background)
    assert.deepEqual(order, [interactive, background])
  })

  test('the job that ends a cancelled run leaves its parts a moment', async () => {
    const run = aRun()
    const added = Date.now()
    let taken = 0
    await queues.addEnd(run, 't')
    take('run', async (_, turn) => {
      if (turn.id === `${ENDS}${run}`) taken = Date.now()
      return { kind: 'done' }
    })
    await ended('run', `${ENDS}${run}`)
    assert.ok(taken - added >= 790, `${taken - added} ms`)
  })

  test('of status deliveries within three seconds one is kept, of final ones the first', async () => {
    const run = aRun()
    const wants: string[] = []
    await Promise.all([1, 2, 3].map(() => queues.addDelivery(run, 't', 'status')))
    await queues.addDelivery(run, 't1', 'final')
    await queues.addDelivery(run, 't2', 'final')
    take('deliver', async (job) => {
      if (job.run === run) wants.push(`${job.want} ${job.token}`)
      return { kind: 'done' }
    })
    await ended('deliver', `final.${run}`)
    await delay(50)
    assert.deepEqual(wants.toSorted(), ['final t1', 'status t'])
  })

  test('an answer that somebody waits for is delivered before one that nobody does, however many of those there are', async () => {
    const late = Array.from({ length: 25 }, () => aRun())
    const mine = aRun()
    for (const run of late) await queues.addDelivery(run, 't', 'final', 'background')
    await queues.addDelivery(mine, 't', 'status')
    await queues.addDelivery(mine, 't', 'final')
    const order: string[] = []
    const deliver = async ({ run, want }: { readonly run: string; readonly want: string }) => {
      order.push(`${run} ${want}`)
      return { kind: 'done' as const }
    }
    take('deliver', deliver, { concurrency: 1 })
    await Promise.all(late.map((run) => ended('deliver', `final.${run}`)))
    assert.deepEqual(order.slice(0, 2), [`${mine} final`, `${mine} status`])
  })

  test('a renewal gives the bot’s new token, or nothing when it refuses; many at once are asked once', async () => {
    const asked: string[] = []
    take('renew', async ({ token }) => {
      asked.push(token)
      await delay(50)
      return { kind: 'done', answer: token === 'bad' ? '' : `${token}-renewed` }
    })
    const renewed = { kind: 'renewed', token: 'good-renewed' }
    assert.deepEqual(await Promise.all([1, 2, 3].map(() => queues.renew('good'))), Array(3).fill(renewed))
    assert.deepEqual(await queues.renew('bad'), { kind: 'refused' })
    assert.deepEqual(asked, ['good', 'bad'])
    assert.deepEqual(await queues.renew('good'), renewed, 'and again later')
  })

  test('an ask is taken once, however often it is added', async () => {
    const run = aRun()
    let taken = 0
    await queues.addAsk(run, 't')
    await queues.addAsk(run, 't')
    take('ask', async () => {
      taken += 1
      return { kind: 'done' }
    })
    await ended('ask', `ask.${run}`)
    await delay(50)
    assert.equal(taken, 1)
  })
})
