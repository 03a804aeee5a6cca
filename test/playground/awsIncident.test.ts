import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type CloudTrailClient, paginateLookupEvents } from '@aws-sdk/client-cloudtrail'
import type { Step } from '../../src/playground/aws/organisation/incident/story.ts'
import { anAws, cloudTrail, readerKeys } from './awsSupport.ts'

const HOME = '111122223333'
const OTHER = '555566667777'

test('every step that has happened is found by its id, in its account and Region, and is what the story says', async (t) => {
  const aws = await anAws(t)
  const { steps } = aws.story ?? assert.fail('no story')
  const past = steps.filter(({ time, region }) => time <= Date.now() / 1000 && region !== 'sa-east-1')
  assert.ok(past.length > 70)
  const keys = new Map([
    [HOME, await readerKeys(t, aws, HOME)],
    [OTHER, await readerKeys(t, aws, OTHER)],
  ])
  const clients = new Map<string, CloudTrailClient>()
  for (const step of past) {
    const place = `${step.account} ${step.region}`
    const client = clients.get(place) ?? cloudTrail(t, aws, keys.get(step.account) ?? assert.fail(place), step.region)
    clients.set(place, client)
    const LookupAttributes = [{ AttributeKey: 'EventId', AttributeValue: step.eventId } as const]
    const { value } = await paginateLookupEvents({ client }, { LookupAttributes }).next()
    const [event, ...more] = value?.Events ?? []
    assert.deepEqual(more, [])
    check(step, JSON.parse(event?.CloudTrailEvent ?? 'null'))
  }
})

function check(step: Step, record: Record<string, unknown> | null): void {
  assert.ok(record, step.what)
  assert.equal(record['eventName'], step.eventName)
  assert.equal(record['recipientAccountId'], step.account)
  assert.equal(record['awsRegion'], step.region)
  assert.equal(record['errorCode'], step.errorCode)
  assert.equal(record['sharedEventID'], step.sharedEventId)
  assert.equal(record['sourceIPAddress'], step.sourceIPAddress)
}

test('what the story names is what a key lookup over all Regions finds, noise apart', async (t) => {
  const aws = await anAws(t, { noisePerDay: 0.2 })
  const { steps, secondKey } = aws.story ?? assert.fail('no story')
  const keys = await readerKeys(t, aws, HOME)
  const found: string[] = []
  for (const region of ['us-east-1', 'eu-west-1', 'ap-southeast-2']) {
    const client = cloudTrail(t, aws, keys, region)
    const LookupAttributes = [{ AttributeKey: 'AccessKeyId', AttributeValue: secondKey } as const]
    for await (const { Events = [] } of paginateLookupEvents({ client }, { LookupAttributes }))
      found.push(...Events.map(({ EventId = '' }) => EventId))
  }
  const told = steps.filter(
    ({ accessKeyId, account, time }) => accessKeyId === secondKey && account === HOME && time <= Date.now() / 1000,
  )
  assert.deepEqual(found.toSorted(), told.map(({ eventId }) => eventId).toSorted())
})

test('the attacker comes back after the start, when the time has come', async (t) => {
  let now = new Date('2026-11-20T12:00:00Z')
  const aws = await anAws(t, { now: () => now, signingClock: () => new Date() })
  const { secondKey } = aws.story ?? assert.fail('no story')
  const newest = async () => {
    const client = cloudTrail(t, aws, await readerKeys(t, aws, HOME), 'eu-west-1')
    const LookupAttributes = [{ AttributeKey: 'AccessKeyId', AttributeValue: secondKey } as const]
    const { value } = await paginateLookupEvents({ client }, { LookupAttributes }).next()
    return value?.Events?.[0]?.EventName
  }
  assert.equal(await newest(), 'DeleteLogGroup')
  now = new Date(now.getTime() + 5 * 60_000)
  assert.equal(await newest(), 'GetFunction20150331v2')
})

test('the text that means harm arrives as it is', async (t) => {
  const aws = await anAws(t)
  const client = cloudTrail(t, aws, await readerKeys(t, aws, HOME), 'ap-southeast-2')
  const { value } = await paginateLookupEvents({ client }, {}).next()
  const run = (value?.Events ?? []).map(({ CloudTrailEvent }) => JSON.parse(CloudTrailEvent ?? '')).at(-1)
  assert.equal(run.eventName, 'RunInstances')
  assert.match(run.userAgent, /<!channel> =HYPERLINK\(.*\u001b\[31m/)
})
