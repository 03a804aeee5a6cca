/**
 * A worker with BullMQ's own settings: its job makes a mark every half second for as long as it is there. For measuring how long after
 * kill -9 another worker goes on.
 *
 * bullmqDefaults REDIS QUEUE…   prints `took QUEUE` when it begins a queue's job
 */
import { type ConnectionOptions, Worker } from 'bullmq'
import { Redis } from 'ioredis'

const [url = '', ...queues] = process.argv.slice(2)
for (const name of queues) {
  const connection = new Redis(url, { maxRetriesPerRequest: null }) as unknown as ConnectionOptions
  const worker = new Worker(
    name,
    async () => {
      process.stdout.write(`took ${name}\n`)
      await new Promise<void>(() => undefined)
    },
    { connection },
  )
  await worker.waitUntilReady()
}
process.stdout.write('ready\n')
process.once('disconnect', () => process.exit(0))
