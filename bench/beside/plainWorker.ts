import { setTimeout as delay } from 'node:timers/promises'
import { Worker } from 'bullmq'
import { Redis } from 'ioredis'

/** A BullMQ worker with its default settings, whose one job makes a page every half second and marks each in Redis. */
const redis = new Redis(process.argv[2] ?? '', { maxRetriesPerRequest: null })
const worker = new Worker(
  'plain',
  async () => {
    for (;;) {
      await redis.rpush('plain-pages', Date.now())
      await delay(505)
    }
  },
  // A job that stalled more often than once fails by default; without this the second kill would end the comparison.
  { connection: redis as never, maxStalledCount: 100 },
)
await worker.waitUntilReady()
process.stdout.write('ready\n')
