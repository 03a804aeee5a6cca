import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CloudTrailClient, LookupEventsCommand, paginateLookupEvents } from '@aws-sdk/client-cloudtrail'
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { runAws } from '../../src/playground/aws/cli.ts'
import type { Aws } from '../../src/playground/aws/server.ts'
import { anAws, cloudTrail, counted, readerKeys, stsOf, tell } from './awsSupport.ts'

const HOME = '111122223333'

for (const [code, status] of [
  ['ThrottlingException', 400],
  ['InternalFailure', 500],
  ['ServiceUnavailable', 503],
  ['UnsupportedOperationException', 400],
  ['ExpiredTokenException', 400],
  ['OptInRequired', 403],
] as const)
  test(`the next call can be told to fail with ${code}, and only that one`, async (t) => {
    const aws = await anAws(t)
    const client = cloudTrail(t, aws, aws.organisation.users.responder)
    await tell(aws, 'faults', { operation: 'LookupEvents', account: HOME, region: 'eu-west-1', code })
    await cloudTrail(t, aws, aws.organisation.users.responder, 'us-east-1').send(new LookupEventsCommand())
    await assert.rejects(
      client.send(new LookupEventsCommand()),
      (error: { name: string; $metadata: { httpStatusCode: number } }) => {
        assert.equal(error.name, code)
        assert.equal(error.$metadata.httpStatusCode, status)
        return true
      },
    )
    await client.send(new LookupEventsCommand())
  })

test('a connection can be dropped before a call is served, and after it was', async (t) => {
  const aws = await anAws(t)
  const client = cloudTrail(t, aws, aws.organisation.users.responder)
  await tell(aws, 'faults', { drop: 'before' })
  await tell(aws, 'faults', { drop: 'after', after: 1 })
  await assert.rejects(client.send(new LookupEventsCommand()))
  await client.send(new LookupEventsCommand())
  await assert.rejects(client.send(new LookupEventsCommand()))
  const [count] = await counted(aws, 'LookupEvents')
  assert.equal(count?.served, 2)
})

test('a misspelt fault is refused, not ignored', async (t) => {
  const aws = await anAws(t)
  assert.match(JSON.stringify(await tell(aws, 'faults', { operatoin: 'LookupEvents' })), /operatoin/)
  assert.match(JSON.stringify(await tell(aws, 'settings', { rte: 7 })), /rte/)
})

test('latency is what it was set to, and calls under way are counted', async (t) => {
  const aws = await anAws(t)
  const client = cloudTrail(t, aws, aws.organisation.users.responder)
  await tell(aws, 'settings', { latencyMs: 120 })
  const began = performance.now()
  await Promise.all([1, 2, 3].map(() => client.send(new LookupEventsCommand())))
  assert.ok(performance.now() - began >= 119)
  const [count] = await counted(aws, 'LookupEvents')
  assert.equal(count?.maxInFlight, 3)
  assert.equal(count?.inFlight, 0)
})

const HOSTILE = ` {"eventID":"0e0e0e0e-1111-4222-8333-444444444444","eventTime":"2026-11-20T10:00:00Z", "eventName" : "Ev\\u0069l","eventSource":"x.amazonaws.com","readOnly":false,"userIdentity":{"type":"IAMUser","userName":"<!here>","accessKeyId":"AKIAEVIL"},"x":1.10}`
const NOW = new Date('2026-11-20T12:00:00Z')

test('added records are kept to the letter and found by what they say', async (t) => {
  const aws = await anAws(t, { now: () => NOW })
  await tell(aws, 'records', { account: HOME, region: 'eu-west-1', records: [{ text: HOSTILE }] })
  const client = cloudTrail(t, aws, aws.organisation.users.responder)
  const found = async (AttributeKey: 'Username' | 'EventName' | 'AccessKeyId', AttributeValue: string) => {
    const LookupAttributes = [{ AttributeKey, AttributeValue }]
    const { Events = [] } = await client.send(new LookupEventsCommand({ LookupAttributes }))
    return Events.map(({ CloudTrailEvent }) => CloudTrailEvent)
  }
  assert.deepEqual(await found('Username', '<!here>'), [HOSTILE])
  assert.deepEqual(await found('EventName', 'Evil'), [HOSTILE])
  assert.deepEqual(await found('AccessKeyId', 'AKIAEVIL'), [HOSTILE])
  assert.deepEqual(await found('EventName', 'evil'), [])
})

test('a late record is in the truth at once and in event history when its time has come', async (t) => {
  let now = NOW
  const aws = await anAws(t, { now: () => now })
  await tell(aws, 'records', { account: HOME, region: 'eu-west-1', records: [{ text: HOSTILE, visibleInMs: 60_000 }] })
  const client = cloudTrail(t, aws, aws.organisation.users.responder)
  const LookupAttributes = [{ AttributeKey: 'EventName', AttributeValue: 'Evil' } as const]
  const count = async () => (await client.send(new LookupEventsCommand({ LookupAttributes }))).Events?.length
  assert.equal(await count(), 0)
  assert.equal((await truth(aws, 'key=EventName&value=Evil')).length, 1)
  now = new Date(now.getTime() + 60_000)
  assert.equal(await count(), 1)
})

test('delivery takes as long as it is set to', async (t) => {
  let now = NOW
  const aws = await anAws(t, { now: () => now, deliveryDelayMs: 300_000 })
  const client = cloudTrail(t, aws, aws.organisation.users.responder)
  const LookupAttributes = [{ AttributeKey: 'EventName', AttributeValue: 'LookupEvents' } as const]
  const count = async () => (await client.send(new LookupEventsCommand({ LookupAttributes }))).Events?.length
  assert.equal(await count(), 0)
  now = new Date(now.getTime() + 299_000)
  assert.equal(await count(), 0)
  now = new Date(now.getTime() + 1_000)
  assert.equal(await count(), 1)
})

async function truth(aws: Aws, rest: string, account = HOME): Promise<string[]> {
  const response = await fetch(`${aws.url}/_playground/truth?account=${account}&region=eu-west-1&${rest}`)
  return (await response.text()).split('\n').slice(0, -1)
}

test('the truth is what a full reading finds', async (t) => {
  const aws = await anAws(t, { noisePerDay: 1, now: () => NOW })
  const StartTime = new Date(NOW.getTime() - 6 * 3_600_000)
  const EndTime = new Date(NOW.getTime() - 1000)
  const client = cloudTrail(t, aws, aws.organisation.users.responder)
  const read: (string | undefined)[] = []
  for await (const { Events = [] } of paginateLookupEvents({ client }, { StartTime, EndTime }))
    read.push(...Events.map(({ CloudTrailEvent }) => CloudTrailEvent))
  assert.ok(read.length > 300)
  assert.deepEqual(read, await truth(aws, `start=${StartTime.toISOString()}&end=${EndTime.getTime() / 1000}`))
})

test('every call served leaves its own record, refusals too', async (t) => {
  const aws = await anAws(t)
  const { worker, powerless } = aws.organisation.users
  const RoleArn = `arn:aws:iam::${HOME}:role/ctq-reader`
  const sts = stsOf(t, aws, worker, 'eu-west-1')
  await sts.send(
    new AssumeRoleCommand({ RoleArn, RoleSessionName: 'anna', SourceIdentity: 'anna@harbour', DurationSeconds: 900 }),
  )
  const session = await readerKeys(t, aws, HOME)
  const client = new CloudTrailClient({
    endpoint: aws.url,
    region: 'eu-west-1',
    credentials: session,
    maxAttempts: 1,
    userAgentAppId: 'ctq',
  })
  t.after(() => client.destroy())
  await client.send(
    new LookupEventsCommand({ MaxResults: 3, LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: 'X' }] }),
  )
  await assert.rejects(cloudTrail(t, aws, powerless).send(new LookupEventsCommand()))
  const records = (await truth(aws, '')).map((text) => JSON.parse(text))
  const denied = records.find(({ userIdentity }) => userIdentity.userName === 'powerless')
  const lookup = records.find(({ userIdentity }) => userIdentity.accessKeyId === session.accessKeyId)
  const assumed = records.find(({ requestParameters }) => requestParameters?.sourceIdentity === 'anna@harbour')
  assert.equal(denied.errorCode, 'AccessDeniedException')
  assert.equal(lookup.eventName, 'LookupEvents')
  assert.equal(lookup.userIdentity.sessionContext.sourceIdentity, 'anna')
  assert.match(lookup.userAgent, / app\/ctq/)
  assert.deepEqual(lookup.requestParameters, {
    lookupAttributes: [{ attributeKey: 'EventName', attributeValue: 'X' }],
    maxResults: 3,
  })
  assert.equal(lookup.responseElements, null)
  assert.equal(assumed.userIdentity.type, 'AWSAccount')
  const twins = (await truth(aws, 'key=EventName&value=AssumeRole', '777788889999')).map((text) => JSON.parse(text))
  const twin = twins.find(({ sharedEventID }) => sharedEventID === assumed.sharedEventID)
  assert.equal(twin.userIdentity.userName, 'ctq-worker')
  assert.equal(twin.requestParameters.sourceIdentity, 'anna@harbour')
  assert.ok(twin.responseElements.credentials.sessionToken.length > 100)
  assert.notEqual(twin.eventID, assumed.eventID)
})

test('one address serves every client that takes it from the environment', async (t) => {
  const aws = await anAws(t)
  process.env['AWS_ENDPOINT_URL'] = aws.url
  t.after(() => delete process.env['AWS_ENDPOINT_URL'])
  const client = new CloudTrailClient({ region: 'eu-west-1', credentials: aws.organisation.users.responder })
  t.after(() => client.destroy())
  await client.send(new LookupEventsCommand())
})

test('the command prints one line with the address and keys that work', async (t) => {
  const lines: string[] = []
  const aws = await runAws(['--rate', '50', '--burst', '50', '--noise', '0'], (line) => lines.push(line))
  t.after(() => aws.close())
  const [said] = lines.map((line) => JSON.parse(line).aws)
  assert.equal(said.url, aws.url)
  const { Arn } = await stsOf(t, aws, said.worker).send(new GetCallerIdentityCommand())
  assert.equal(Arn, 'arn:aws:iam::777788889999:user/ctq-worker')
  assert.equal(lines.length, 1)
  await assert.rejects(runAws(['--rate', 'fast']), /--rate must be a number/)
})

test('it is well', async (t) => {
  const aws = await anAws(t)
  const response = await fetch(`${aws.url}/healthz`)
  assert.deepEqual([response.status, await response.json()], [200, { ok: true }])
})
