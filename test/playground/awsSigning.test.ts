import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LookupEventsCommand } from '@aws-sdk/client-cloudtrail'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { anAws, cloudTrail, counted, readerKeys, stsOf, tell } from './awsSupport.ts'

const HOME = '111122223333'

test('a call signed with the wrong secret is refused', async (t) => {
  const aws = await anAws(t)
  const { accessKeyId } = aws.organisation.users.responder
  const client = cloudTrail(t, aws, { accessKeyId, secretAccessKey: 'wrong' })
  await assert.rejects(client.send(new LookupEventsCommand()), { name: 'InvalidSignatureException' })
  const sts = stsOf(t, aws, { accessKeyId, secretAccessKey: 'wrong' })
  await assert.rejects(sts.send(new GetCallerIdentityCommand()), { name: 'SignatureDoesNotMatch' })
})

test('a body altered on the way is refused', async (t) => {
  const aws = await anAws(t)
  const client = cloudTrail(t, aws, aws.organisation.users.responder)
  client.middlewareStack.add(
    (next) => (args) => {
      if (typeof args.request === 'object' && args.request !== null && 'body' in args.request)
        args.request.body = '{"MaxResults":7}'
      return next(args)
    },
    { step: 'deserialize', priority: 'low' },
  )
  await assert.rejects(client.send(new LookupEventsCommand({ MaxResults: 1 })), { name: 'InvalidSignatureException' })
})

test('a key nobody has is refused', async (t) => {
  const aws = await anAws(t)
  const client = cloudTrail(t, aws, { accessKeyId: 'AKIAQQQQQQQQQQQQQQQQ', secretAccessKey: 'x' })
  await assert.rejects(client.send(new LookupEventsCommand()), { name: 'UnrecognizedClientException' })
})

test('a session without its token, or with another, is refused', async (t) => {
  const aws = await anAws(t)
  const { accessKeyId, secretAccessKey } = await readerKeys(t, aws, HOME)
  const other = await readerKeys(t, aws, HOME)
  const refused = { name: 'UnrecognizedClientException' }
  await assert.rejects(cloudTrail(t, aws, { accessKeyId, secretAccessKey }).send(new LookupEventsCommand()), refused)
  const mixed = { accessKeyId, secretAccessKey, sessionToken: other.sessionToken ?? '' }
  await assert.rejects(cloudTrail(t, aws, mixed).send(new LookupEventsCommand()), refused)
})

test('a session ends when its time is over, and when it is told to', async (t) => {
  let now = new Date()
  const aws = await anAws(t, { now: () => now })
  const client = cloudTrail(t, aws, await readerKeys(t, aws, HOME))
  await client.send(new LookupEventsCommand())
  now = new Date(now.getTime() + 901_000)
  await assert.rejects(client.send(new LookupEventsCommand()), { name: 'ExpiredTokenException' })
  const second = cloudTrail(t, aws, await readerKeys(t, aws, HOME))
  await second.send(new LookupEventsCommand())
  await tell(aws, 'sessions/expire', {})
  await assert.rejects(second.send(new LookupEventsCommand()), { name: 'ExpiredTokenException' })
  await tell(aws, 'sessions/longest', { seconds: 5 })
  const third = cloudTrail(t, aws, await readerKeys(t, aws, HOME))
  now = new Date(now.getTime() + 6_000)
  await assert.rejects(third.send(new LookupEventsCommand()), { name: 'ExpiredTokenException' })
})

for (const minutes of [-16, 16])
  test(`a clock ${minutes} minutes off is refused`, async (t) => {
    const aws = await anAws(t, { signingClock: () => new Date(Date.now() + minutes * 60_000) })
    const client = cloudTrail(t, aws, aws.organisation.users.responder)
    await assert.rejects(client.send(new LookupEventsCommand()), {
      name: 'InvalidSignatureException',
      message: minutes > 0 ? /^Signature expired: / : /^Signature not yet current: /,
    })
  })

test('the answer tells the time, so that a client with a wrong clock can correct itself', async (t) => {
  const aws = await anAws(t, { signingClock: () => new Date(Date.now() + 3_600_000) })
  const client = cloudTrail(t, aws, aws.organisation.users.responder)
  await assert.rejects(client.send(new LookupEventsCommand()), { name: 'InvalidSignatureException' })
  await client.send(new LookupEventsCommand())
})

for (const [what, headers, type] of [
  ['without a signature', {}, 'MissingAuthenticationToken'],
  ['with half a signature', { authorization: 'AWS4-HMAC-SHA256 Credential=AKIA/20261120' }, 'IncompleteSignature'],
  ['with another scheme', { authorization: 'Bearer abc' }, 'IncompleteSignature'],
] as const)
  test(`a call ${what} is refused as ${type}`, async (t) => {
    const aws = await anAws(t)
    const response = await fetch(aws.url, { method: 'POST', headers: { ...headers }, body: '{}' })
    assert.equal(response.headers.get('x-amzn-errortype'), type)
  })

test('an account knows no keys in a Region it has not enabled', async (t) => {
  const aws = await anAws(t)
  const keys = await readerKeys(t, aws, HOME)
  await cloudTrail(t, aws, keys, 'eu-south-1').send(new LookupEventsCommand())
  await assert.rejects(cloudTrail(t, aws, keys, 'me-south-1').send(new LookupEventsCommand()), {
    name: 'UnrecognizedClientException',
  })
})

test('calls that cannot be verified are not counted', async (t) => {
  const aws = await anAws(t)
  const client = cloudTrail(t, aws, { ...aws.organisation.users.responder, secretAccessKey: 'wrong' })
  await assert.rejects(client.send(new LookupEventsCommand()))
  assert.deepEqual(await counted(aws, 'LookupEvents'), [])
})
