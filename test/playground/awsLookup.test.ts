import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  LookupEventsCommand,
  type LookupEventsCommandInput,
  paginateLookupEvents,
  type CloudTrailServiceException as ServiceException,
} from '@aws-sdk/client-cloudtrail'
import type { FlatFixture } from '../../src/playground/aws/server.ts'
import { anAws, cloudTrail, counted, readerKeys, setHeader } from './awsSupport.ts'

const FLAT: FlatFixture = { kind: 'flat', accounts: 2, regions: ['eu-west-1'], recordsPerAccountRegion: 230, hours: 1 }
const ACCOUNT = '100000000001'

test('pages of fifty, newest first, each record once, its text and its index alike', async (t) => {
  const aws = await anAws(t, { fixture: FLAT })
  const client = cloudTrail(t, aws, await readerKeys(t, aws, ACCOUNT))
  const EndTime = new Date()
  const sizes: number[] = []
  const times: number[] = []
  const ids = new Set<string>()
  for await (const { Events = [] } of paginateLookupEvents({ client }, { EndTime })) {
    sizes.push(Events.length)
    for (const event of Events) {
      const record = JSON.parse(event.CloudTrailEvent ?? '')
      assert.equal(record.eventID, event.EventId)
      assert.equal(record.eventName, event.EventName)
      assert.equal(record.userIdentity.accessKeyId, event.AccessKeyId)
      assert.equal(Date.parse(record.eventTime), event.EventTime?.getTime())
      assert.equal(String(record.readOnly), event.ReadOnly)
      if (record.eventName !== 'LookupEvents' && record.userIdentity.type === 'IAMUser') ids.add(record.eventID)
      times.push(event.EventTime?.getTime() ?? 0)
    }
  }
  assert.equal(ids.size, 230)
  assert.ok(sizes.slice(0, -1).every((size) => size === 50))
  assert.deepEqual(
    times,
    times.toSorted((a, b) => b - a),
  )
})

test('an indexed lookup gives what a full one gives, filtered', async (t) => {
  const aws = await anAws(t, { fixture: FLAT })
  const client = cloudTrail(t, aws, await readerKeys(t, aws, ACCOUNT))
  const EndTime = new Date(Date.now() - 1000)
  const all = async (input: LookupEventsCommandInput) => {
    const found = []
    for await (const { Events = [] } of paginateLookupEvents({ client }, { ...input, EndTime })) found.push(...Events)
    return found
  }
  const everything = await all({})
  const [sample] = everything
  for (const [key, value] of [
    ['AccessKeyId', sample?.AccessKeyId],
    ['Username', sample?.Username],
    ['EventName', sample?.EventName],
    ['EventSource', sample?.EventSource],
    ['EventId', sample?.EventId],
    ['ReadOnly', 'false'],
  ] as const) {
    const wanted = everything.filter((event) => String(event[key]) === value)
    const found = await all({ LookupAttributes: [{ AttributeKey: key, AttributeValue: value }] })
    assert.ok(found.length > 0, key)
    assert.deepEqual(
      found.map(({ EventId }) => EventId),
      wanted.map(({ EventId }) => EventId),
      key,
    )
  }
})

const one = { AttributeKey: 'EventName', AttributeValue: 'ConsoleLogin' } as const
const wrong: readonly (readonly [string, LookupEventsCommandInput, string])[] = [
  ['two attributes', { LookupAttributes: [one, one] }, 'InvalidLookupAttributesException'],
  ['an empty value', { LookupAttributes: [{ ...one, AttributeValue: '' }] }, 'InvalidLookupAttributesException'],
  [
    'a value that is too long, counting blanks twice',
    { LookupAttributes: [{ ...one, AttributeValue: ' '.repeat(1001) }] },
    'InvalidLookupAttributesException',
  ],
  ['a page of 51', { MaxResults: 51 }, 'InvalidMaxResultsException'],
  ['a page of none', { MaxResults: 0 }, 'InvalidMaxResultsException'],
  ['an end before the start', { StartTime: new Date(2e12), EndTime: new Date(1e12) }, 'InvalidTimeRangeException'],
  ['a window older than 90 days', { EndTime: new Date(Date.now() - 91 * 86_400_000) }, 'InvalidTimeRangeException'],
  ['a category other than insight', { EventCategory: 'management' as 'insight' }, 'InvalidEventCategoryException'],
  ['a token nobody gave', { NextToken: 'c3RyYW5nZQ==' }, 'InvalidNextTokenException'],
]
for (const [what, input, name] of wrong)
  test(`${what} is refused as ${name}`, async (t) => {
    const aws = await anAws(t, { fixture: FLAT })
    const client = cloudTrail(t, aws, await readerKeys(t, aws, ACCOUNT))
    await assert.rejects(client.send(new LookupEventsCommand(input)), { name })
  })

test('a token is worth nothing with other parameters, in another account or Region', async (t) => {
  const aws = await anAws(t, { fixture: FLAT })
  const keys = await readerKeys(t, aws, ACCOUNT)
  const client = cloudTrail(t, aws, keys)
  const EndTime = new Date()
  const { NextToken } = await client.send(new LookupEventsCommand({ EndTime }))
  assert.ok(NextToken)
  const refused = { name: 'InvalidNextTokenException' }
  await assert.rejects(client.send(new LookupEventsCommand({ NextToken })), refused)
  await assert.rejects(client.send(new LookupEventsCommand({ EndTime, MaxResults: 10, NextToken })), refused)
  const elsewhere = cloudTrail(t, aws, keys, 'eu-west-2')
  await assert.rejects(elsewhere.send(new LookupEventsCommand({ EndTime, NextToken })), refused)
  const other = cloudTrail(t, aws, await readerKeys(t, aws, '100000000002'))
  await assert.rejects(other.send(new LookupEventsCommand({ EndTime, NextToken })), refused)
  const { Events } = await client.send(new LookupEventsCommand({ EndTime, NextToken }))
  assert.equal(Events?.length, 50)
})

test('more than the rate is throttled as HTTP 400 for that account and Region alone, and costs nothing', async (t) => {
  const aws = await anAws(t, { fixture: FLAT, rate: 2, burst: 2 })
  const keys = await readerKeys(t, aws, ACCOUNT)
  const client = cloudTrail(t, aws, keys)
  const call = () => client.send(new LookupEventsCommand({ MaxResults: 1 }))
  await call()
  await call()
  for (let tries = 0; tries < 10; tries += 1)
    await assert.rejects(call(), (error: ServiceException) => {
      assert.equal(error.name, 'ThrottlingException')
      assert.equal(error.message, 'Rate exceeded')
      assert.equal(error.$metadata.httpStatusCode, 400)
      return true
    })
  await cloudTrail(t, aws, keys, 'eu-west-2').send(new LookupEventsCommand({ MaxResults: 1 }))
  await sleep(520)
  await call()
  const counts = await counted(aws, 'LookupEvents')
  assert.deepEqual(
    counts.map(({ region, served, throttled }) => ({ region, served, throttled })),
    [
      { region: 'eu-west-1', served: 3, throttled: 10 },
      { region: 'eu-west-2', served: 1, throttled: 0 },
    ],
  )
})

test('the operation is told by the last word of the target, as other SDKs send it with a longer name', async (t) => {
  const aws = await anAws(t, { fixture: FLAT })
  const client = cloudTrail(t, aws, aws.organisation.users.responder)
  client.middlewareStack.add(
    (next) => (args) => {
      setHeader(args.request, 'x-amz-target', 'com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents')
      return next(args)
    },
    { step: 'build', priority: 'low' },
  )
  assert.equal((await client.send(new LookupEventsCommand({ MaxResults: 2 }))).Events?.length, 2)
})

test('there are no insights', async (t) => {
  const aws = await anAws(t, { fixture: FLAT })
  const client = cloudTrail(t, aws, aws.organisation.users.responder)
  assert.deepEqual((await client.send(new LookupEventsCommand({ EventCategory: 'insight' }))).Events, [])
})

test('both ends of a window belong to it, to the second', async (t) => {
  const aws = await anAws(t, { fixture: FLAT })
  const client = cloudTrail(t, aws, await readerKeys(t, aws, ACCOUNT))
  const { Events = [] } = await client.send(new LookupEventsCommand({ EndTime: new Date(Date.now() - 60_000) }))
  const second = Events[20]?.EventTime ?? assert.fail('too few records')
  const within = async (StartTime: Date, EndTime: Date) =>
    (await client.send(new LookupEventsCommand({ StartTime, EndTime }))).Events?.length
  assert.equal(await within(second, second), 1)
  assert.equal(await within(new Date(second.getTime() + 999), new Date(second.getTime() + 999)), 1)
  assert.equal(await within(new Date(second.getTime() + 1000), new Date(second.getTime() + 1000)), 0)
})
