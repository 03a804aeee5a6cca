/**
 * What a program without ctq does: ten questions read one account and Region with paginateLookupEvents, each beginning anew a second after the
 * paginator has thrown. Asked over the process channel, it says how often one threw.
 *
 * paginators ENDPOINT=REGION=RETRYMODE …   ten questions for each
 */
import { setTimeout as delay } from 'node:timers/promises'
import { CloudTrailClient, paginateLookupEvents } from '@aws-sdk/client-cloudtrail'

const QUESTIONS = 10
const AGAIN_AFTER_MS = 1_000

type Tally = { readonly name: string; thrown: number }

async function question(client: CloudTrailClient, tally: Tally): Promise<void> {
  for (;;) {
    try {
      for await (const page of paginateLookupEvents({ client, pageSize: 50 }, {})) if (page === undefined) return
    } catch {
      tally.thrown += 1
      await delay(AGAIN_AFTER_MS)
    }
  }
}

const tallies = process.argv.slice(2).map((name): Tally => {
  const [endpoint = '', region = '', retryMode = ''] = name.split('=')
  const client = new CloudTrailClient({ endpoint, region, retryMode })
  const tally = { name, thrown: 0 }
  for (let at = 0; at < QUESTIONS; at += 1) void question(client, tally)
  return tally
})
process.stdout.write('reading\n')
process.on('message', (asked) => process.send?.({ asked, tallies }))
process.once('disconnect', () => process.exit(0))
