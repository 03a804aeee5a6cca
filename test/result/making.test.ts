import assert from 'node:assert/strict'
import test from 'node:test'
import { facetLines } from '../../src/domain/result/facetWords.ts'
import { plainText } from '../../src/domain/result/phrase.ts'
import { answerFrom, shipped } from '../support/stories.ts'

const KEY = 'AKIAI44QH8DHBEXAMPLE'
const BASE = {
  eventVersion: '1.11',
  userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/backup', userName: 'backup' },
  eventTime: '2026-11-20T02:30:12Z',
  eventSource: 'iam.amazonaws.com',
  awsRegion: 'us-east-1',
  sourceIPAddress: '203.0.113.66',
  recipientAccountId: '111122223333',
}
const DELETED = {
  ...BASE,
  eventID: 'c28a1e31-e49e-4f41-aa3a-783aff3e9ae2',
  eventName: 'DeleteAccessKey',
  requestParameters: { userName: 'backup', accessKeyId: KEY },
}
const MADE = {
  ...BASE,
  eventID: 'c28a1e31-e49e-4f41-aa3a-783aff3e9ae3',
  eventName: 'CreateAccessKey',
  requestParameters: { userName: 'backup' },
  responseElements: { accessKey: { accessKeyId: KEY, userName: 'backup' } },
}

function told(records: Parameters<typeof answerFrom>[1], key = KEY): string {
  const answer = answerFrom(shipped('key-owner'), records, { parameters: { accessKeyId: key } })
  return facetLines(answer, { items: 4, calls: 3, denied: 3 })
    .map(({ phrase }) => plainText(phrase))
    .join('\n')
}

test('a key that was only deleted is not said to be whoever’s deleted it: its making was not found', () => {
  assert.match(
    told([DELETED]),
    /^Not found: who made it\. It may be older than 90 days; who is named below only switched it or deleted it\. key-activity tells whose it is\.$/m,
  )
})

test('a key of another making was not found made either', () => {
  assert.match(told([MADE], 'AKIAIOSFODNN7EXAMPLE'), /^Not found: who made it/)
})

test('where the call that made the key is there, or no call at all, nothing of the kind is said', () => {
  assert.doesNotMatch(told([DELETED, MADE]), /not found/i)
  assert.doesNotMatch(told([]), /not found/i)
})
