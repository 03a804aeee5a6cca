import assert from 'node:assert/strict'
import test from 'node:test'
import { NINETY_DAYS } from '../support/leakedKey.ts'
import { answerFrom, shipped } from '../support/stories.ts'

const BUCKET = 'customer-exports'

function call(id: number, who: string, eventName: string, changes: object = {}) {
  const time = new Date(Date.parse('2026-11-20T13:00:00Z') - id * 60_000)
  return {
    eventVersion: '1.11',
    eventID: `c28a1e31-e49e-4f41-aa3a-783aff3e${String(id).padStart(4, '0')}`,
    eventTime: time.toISOString().replace('.000', ''),
    eventSource: 's3.amazonaws.com',
    eventName,
    readOnly: eventName.startsWith('Get'),
    awsRegion: 'us-east-1',
    sourceIPAddress: '198.51.100.4',
    recipientAccountId: '111122223333',
    userIdentity: {
      type: 'IAMUser',
      arn: `arn:aws:iam::111122223333:user/${who}`,
      userName: who,
      accessKeyId: `AKIA${who.toUpperCase().padEnd(16, 'X')}`,
    },
    requestParameters: { bucketName: BUCKET },
    ...changes,
  }
}

const LOOKED = ['anna', 'bert', 'carl', 'dora'].map((who, at) => call(at + 1, who, 'GetBucketPolicy'))
const CHANGED = call(50, 'mallory', 'PutBucketPolicy')

function ledTo(records: Parameters<typeof answerFrom>[1]): readonly string[] {
  const answer = answerFrom(shipped('resource-history'), records, {
    parameters: { resourceName: BUCKET },
    coverage: NINETY_DAYS,
  })
  return answer.leads.map(({ parameters }) => Object.values(parameters)[0] ?? '')
}

test('what leads to whoever changed something comes before what leads to those who only looked, however late they did', () => {
  const leads = ledTo([...LOOKED, CHANGED])
  assert.match(leads[0] ?? '', /MALLORY/)
  assert.match(leads[1] ?? '', /mallory/)
  assert.ok(leads.slice(2).every((lead) => !/mallory/i.test(lead)) && leads.length > 4, leads.join())
})

test('so does what leads to somebody at an address that is new, who only looked too', () => {
  const usual = Array.from({ length: 40 }, (_, at) => call(100 + at * 240, 'anna', 'GetBucketPolicy'))
  const stranger = call(60, 'eve', 'GetBucketPolicy', { sourceIPAddress: '203.0.113.9' })
  const leads = ledTo([...LOOKED, ...usual, stranger])
  assert.match(leads[0] ?? '', /EVE/)
})
