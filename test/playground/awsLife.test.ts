import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type LookupAttributeKey, LookupEventsCommand, paginateLookupEvents } from '@aws-sdk/client-cloudtrail'
import {
  ATTRIBUTES,
  type Attribute,
  type Entry,
  type HistoryQuery,
  newestFirst,
  valuesOf,
} from '../../src/playground/aws/history/entry.ts'
import { fieldsOf } from '../../src/playground/aws/history/fields.ts'
import { noiseSource } from '../../src/playground/aws/history/noise.ts'
import { readKeyId } from '../../src/playground/aws/keyId.ts'
import {
  DEV_PLATFORM,
  MANAGEMENT,
  PROD_DATA,
  PROD_PAYMENTS,
  PROD_WEB,
} from '../../src/playground/aws/organisation/accounts.ts'
import { everydayLife } from '../../src/playground/aws/organisation/noise/life.ts'
import { anAws, cloudTrail, readerKeys } from './awsSupport.ts'

const NOW = Date.parse('2026-11-20T12:00:00Z')
const END = NOW / 1000
const DAY = 86_400
const life = noiseSource({ activities: everydayLife(), seed: 7, scale: 1 })

function all(query: Partial<HistoryQuery>): Entry[] {
  const full = { account: PROD_PAYMENTS, region: 'eu-west-1', start: END - DAY, end: END, now: NOW, ...query }
  return [...{ [Symbol.iterator]: () => life(full) }]
}

const recordOf = (entry: Entry) => JSON.parse(entry.text())

/** Records as one text: quicker to compare than lists of long texts. */
const textOf = (entries: readonly Entry[]) => entries.map((entry) => entry.text()).join('\n')

test('the same seed tells the same life, whenever and however it is asked for; another seed another', () => {
  const whole = textOf(all({}))
  assert.ok(textOf(all({})) === whole)
  const noon = END - DAY / 2
  assert.ok(textOf([...all({ start: noon + 1 }), ...all({ end: noon })]) === whole)
  const other = noiseSource({ activities: everydayLife(), seed: 8, scale: 1 })
  const query = { account: PROD_PAYMENTS, region: 'eu-west-1', start: END - DAY, end: END, now: NOW }
  assert.ok(textOf([...{ [Symbol.iterator]: () => other(query) }]) !== whole)
})

test('records come newest first, each with an id of its own, and go on from any place', () => {
  const entries = all({})
  assert.ok(entries.every((entry, at) => at === 0 || newestFirst(entries[at - 1] ?? entry, entry) < 0))
  assert.equal(new Set(entries.map((entry) => recordOf(entry).eventID)).size, entries.length)
  for (const at of [0, 49, 500, entries.length - 1])
    assert.ok(textOf(all({ after: entries[at] })) === textOf(entries.slice(at + 1)), String(at))
})

for (const [account, region, days] of [
  [PROD_PAYMENTS, 'eu-west-1', 1],
  [PROD_PAYMENTS, 'us-east-1', 3],
  [PROD_DATA, 'eu-west-1', 1],
  [DEV_PLATFORM, 'eu-west-1', 2],
  [MANAGEMENT, 'eu-west-1', 3],
] as const)
  test(`in ${account} ${region} each index finds exactly what a full reading finds`, () => {
    const start = END - days * DAY
    const byValue = new Map<string, string[]>()
    for (const entry of all({ account, region, start }))
      for (const key of ATTRIBUTES)
        for (const value of new Set(valuesOf(fieldsOf(recordOf(entry)), key))) {
          const name = `${key}=${value}`
          byValue.set(name, [...(byValue.get(name) ?? []), recordOf(entry).eventID])
        }
    assert.ok(byValue.size > 100)
    const names = [...byValue.keys()].filter((name, at) => !name.startsWith('EventId=') || at % 29 === 0)
    for (const name of names) {
      const [key, ...value] = name.split('=')
      const attribute = {
        key: ATTRIBUTES.find((one) => one === key) ?? 'EventId',
        value: value.join('='),
      } satisfies Attribute
      const found = all({ account, region, start, attribute }).map((entry) => recordOf(entry).eventID)
      assert.deepEqual(found, byValue.get(name), name)
    }
  })

test('a session key carries its account, and the whole session is found by it', () => {
  const login = all({ region: 'us-east-1', attribute: { key: 'EventName', value: 'AssumeRoleWithSAML' } })[0]
  const minted = recordOf(login ?? assert.fail('nobody signed in')).responseElements.credentials.accessKeyId
  assert.equal(readKeyId(minted)?.account, PROD_PAYMENTS)
  const session = all({ attribute: { key: 'AccessKeyId', value: minted } }).map(recordOf)
  assert.ok(session.length > 5)
  assert.ok(session.every(({ userIdentity }) => userIdentity.accessKeyId === minted))
  const born = Date.parse(session[0].userIdentity.sessionContext.attributes.creationDate)
  assert.ok(session.every(({ eventTime }) => Date.parse(eventTime) >= born))
  const minting = all({ region: 'us-east-1', attribute: { key: 'ResourceName', value: minted } })
  assert.deepEqual(
    minting.map((entry) => recordOf(entry).eventName),
    ['AssumeRoleWithSAML'],
  )
})

test('a role taken across accounts leaves a record in both, with one shared id and two of its own', () => {
  const name: Attribute = { key: 'EventName', value: 'AssumeRole' }
  const there = all({ attribute: name })
    .map(recordOf)
    .filter(({ sharedEventID }) => sharedEventID !== undefined)
  const here = all({ account: DEV_PLATFORM, attribute: name }).map(recordOf)
  assert.ok(there.length >= 3)
  for (const twin of there) {
    assert.equal(twin.userIdentity.type, 'AWSAccount')
    const own = here.find(({ sharedEventID }) => sharedEventID === twin.sharedEventID)
    assert.notEqual(own.eventID, twin.eventID)
    assert.equal(own.userIdentity.accountId, DEV_PLATFORM)
    assert.deepEqual(own.responseElements, twin.responseElements)
  }
})

test('there is everything that answers must be told apart from', () => {
  const records = [PROD_PAYMENTS, PROD_WEB, PROD_DATA, MANAGEMENT].flatMap((account) =>
    ['eu-west-1', 'us-east-1'].flatMap((region) => all({ account, region, start: END - 2 * DAY }).map(recordOf)),
  )
  const seen = (pick: (record: ReturnType<typeof recordOf>) => unknown) => new Set(records.map(pick))
  const types = seen(({ userIdentity }) => userIdentity.type)
  for (const type of [
    'IAMUser',
    'AssumedRole',
    'AWSService',
    'SAMLUser',
    'WebIdentityUser',
    'IdentityCenterUser',
    'AWSAccount',
  ])
    assert.ok(types.has(type), type)
  const codes = seen(({ errorCode }) => errorCode)
  for (const code of [
    'AccessDenied',
    'AccessDeniedException',
    'Client.UnauthorizedOperation',
    'Client.RequestLimitExceeded',
  ])
    assert.ok(codes.has(code), code)
  const kinds = seen(({ eventType }) => eventType)
  for (const kind of ['AwsApiCall', 'AwsServiceEvent', 'AwsConsoleSignIn']) assert.ok(kinds.has(kind), kind)
  assert.ok(records.every(({ eventVersion, managementEvent }) => eventVersion === '1.11' && managementEvent === true))
})

test('IAM is only in the Region of global services', () => {
  const attribute: Attribute = { key: 'EventSource', value: 'iam.amazonaws.com' }
  assert.ok(all({ region: 'us-east-1', attribute }).length > 0)
  assert.deepEqual(all({ region: 'eu-west-1', start: END - 30 * DAY, attribute }), [])
})

test('a few hundred thousand records in ninety days, and none of them kept', () => {
  const week = everydayLife()
    .map(({ account, region }) => `${account} ${region}`)
    .filter((place, at, places) => places.indexOf(place) === at)
    .map((place) => place.split(' '))
    .reduce((sum, [account = '', region = '']) => sum + all({ account, region }).length, 0)
  const ninetyDays = week * 90
  assert.ok(ninetyDays > 300_000 && ninetyDays < 900_000, String(ninetyDays))
})

test('over the wire: ninety days of one rare thing come in one page', async (t) => {
  const aws = await anAws(t, { noisePerDay: 1, now: () => new Date(NOW) })
  const client = cloudTrail(t, aws, await readerKeys(t, aws, PROD_PAYMENTS), 'us-east-1')
  const { Events = [] } = await client.send(
    new LookupEventsCommand({ LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: 'CreateAccessKey' }] }),
  )
  assert.ok(Events.length >= 3 && Events.length < 50)
})

test('over the wire: a user name and a root login are found as AWS indexes them', async (t) => {
  const aws = await anAws(t, { noisePerDay: 1, now: () => new Date(NOW) })
  const find = async (account: string, region: string, AttributeKey: LookupAttributeKey, AttributeValue: string) => {
    const client = cloudTrail(t, aws, await readerKeys(t, aws, account), region)
    const pages = paginateLookupEvents({ client }, { LookupAttributes: [{ AttributeKey, AttributeValue }] })
    const { value } = await pages.next()
    return (value?.Events ?? []).map(({ CloudTrailEvent }) => JSON.parse(CloudTrailEvent ?? ''))
  }
  const person = await find(PROD_PAYMENTS, 'eu-west-1', 'Username', 'anna.berg@harbour.example')
  assert.ok(
    person.length > 0 &&
      person.every(({ userIdentity }) => userIdentity.principalId.endsWith(':anna.berg@harbour.example')),
  )
  const root = await find(MANAGEMENT, 'us-east-1', 'Username', 'root')
  assert.ok(root.length > 0 && root.every(({ userIdentity }) => userIdentity.type === 'Root'))
})
