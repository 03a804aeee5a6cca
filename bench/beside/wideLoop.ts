import { CloudTrailClient, paginateLookupEvents } from '@aws-sdk/client-cloudtrail'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'

/** Reads every account and Region with the SDK as it comes, fifty at a time, and prints how many records there were. */
const [accounts = '1', hours = '1', ...regions] = process.argv.slice(2)
const AT_ONCE = 50
const since = new Date(Date.now() - Number(hours) * 3_600_000)
const sts = new STSClient({})
const places = Array.from({ length: Number(accounts) }, (_, at) => String(100_000_000_001 + at)).flatMap((account) =>
  regions.map((region) => ({ account, region })),
)
const sessions = new Map<string, ReturnType<typeof assume>>()
let rows = 0

async function assume(
  account: string,
): Promise<{ accessKeyId: string; secretAccessKey: string; sessionToken: string }> {
  const role = `arn:aws:iam::${account}:role/ctq-reader`
  const given = await sts.send(
    new AssumeRoleCommand({ RoleArn: role, RoleSessionName: 'bench', SourceIdentity: 'T0BENCH.U0BENCH' }),
  )
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = given.Credentials ?? {}
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken }
}

async function read({ account, region }: { account: string; region: string }): Promise<void> {
  const session = sessions.get(account) ?? assume(account)
  sessions.set(account, session)
  const client = new CloudTrailClient({ region, credentials: await session })
  for await (const page of paginateLookupEvents({ client }, { StartTime: since })) {
    if (rows === 0) process.stdout.write('first\n')
    rows += page.Events?.length ?? 0
  }
}

await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (let place = places.shift(); place !== undefined; place = places.shift()) await read(place)
  }),
)
process.stdout.write(`rows ${rows}\n`)
