/**
 * What a script without ctq does: paginateLookupEvents with the SDK's default settings, each record a line of a CSV file, nothing else:
 * no checkpoint, no filter, no merge, nothing masked.
 *
 * toCsv ENDPOINT REGION FILE   prints how many records it wrote
 */
import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import { CloudTrailClient, paginateLookupEvents } from '@aws-sdk/client-cloudtrail'
import { stringify } from 'csv-stringify'

type Seen = { readonly [name: string]: unknown }

const [endpoint = '', region = '', file = ''] = process.argv.slice(2)
const client = new CloudTrailClient({ endpoint, region })
const csv = stringify()
const written = finished(csv.pipe(createWriteStream(file)))
let records = 0
for await (const page of paginateLookupEvents({ client, pageSize: 50 }, {})) {
  for (const event of page.Events ?? []) {
    const record = JSON.parse(event.CloudTrailEvent ?? '{}') as Seen
    const identity = (record['userIdentity'] ?? {}) as Seen
    const cells = [
      record['eventTime'],
      record['eventSource'],
      record['eventName'],
      identity['arn'],
      record['errorCode'],
      record['recipientAccountId'],
      record['awsRegion'],
      record['sourceIPAddress'],
      record['userAgent'],
      record['eventID'],
    ]
    records += 1
    if (!csv.write(cells)) await new Promise((resolve) => csv.once('drain', resolve))
  }
}
csv.end()
await written
process.stdout.write(`${JSON.stringify({ records })}\n`)
