/**
 * What a script without ctq does over an organisation: a role in each account, every Region, fifty LookupEvents at a time.
 *
 * wideLoop ENDPOINT ROLE EVENTNAME SINCE UNTIL ACCOUNTS REGIONS   prints `first` at the first event and a tally at the end
 */
import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'

const AT_ONCE = 50

const [endpoint = '', role = '', name = '', since = '', until = '', accounts = '', regions = ''] = process.argv.slice(2)
const sts = new STSClient({ endpoint, region: 'us-east-1' })
const assumed = new Map<string, ReturnType<typeof assume>>()
let events = 0

async function assume(account: string) {
  const input = { RoleArn: `arn:aws:iam::${account}:role/${role}`, RoleSessionName: 'loop', SourceIdentity: 'loop' }
  const { Credentials: given } = await sts.send(new AssumeRoleCommand(input))
  return {
    accessKeyId: given?.AccessKeyId ?? '',
    secretAccessKey: given?.SecretAccessKey ?? '',
    sessionToken: given?.SessionToken ?? '',
  }
}

async function read(account: string, region: string): Promise<void> {
  const held = assumed.get(account) ?? assume(account)
  assumed.set(account, held)
  const client = new CloudTrailClient({ endpoint, region, credentials: await held })
  const page = await client.send(
    new LookupEventsCommand({
      StartTime: new Date(since),
      EndTime: new Date(until),
      LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: name }],
    }),
  )
  if (events === 0 && (page.Events ?? []).length > 0) process.stdout.write('first\n')
  events += page.Events?.length ?? 0
}

const places = accounts.split(',').flatMap((account) => regions.split(',').map((region) => [account, region] as const))
async function worker(): Promise<void> {
  for (let place = places.shift(); place !== undefined; place = places.shift()) await read(...place)
}
await Promise.all(Array.from({ length: AT_ONCE }, worker))
process.stdout.write(`${JSON.stringify({ events })}\n`)
