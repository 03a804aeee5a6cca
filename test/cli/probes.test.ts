import assert from 'node:assert/strict'
import test from 'node:test'
import { PROBED, probesOf } from '../../src/domain/query/probes.ts'
import type { CloudTrailRecord } from '../../src/domain/record.ts'

const sample = (eventId: string, record: CloudTrailRecord) => ({ eventId, eventTime: 1, record })

test('each attribute is tried on the newest record that has it, by what a question about it would send', () => {
  const probes = probesOf([
    sample('a', { eventID: 'a', eventName: 'ListUsers', eventSource: 'iam.amazonaws.com', readOnly: true }),
    sample('b', {
      eventID: 'b',
      userIdentity: { arn: 'arn:aws:iam::111122223333:user/people/alice', accessKeyId: 'AKIAIOSFODNN7EXAMPLE' },
      resources: [{ ARN: 'arn:aws:s3:::logs' }],
    }),
  ])
  const sent = probes.map(({ key, record, selection }) => [key, record.eventId, selection.values])
  assert.deepEqual(sent, [
    ['EventId', 'a', ['a']],
    ['AccessKeyId', 'b', ['AKIAIOSFODNN7EXAMPLE']],
    ['ResourceName', 'b', ['arn:aws:s3:::logs', 'logs']],
    ['Username', 'b', ['alice']],
    ['EventName', 'a', ['ListUsers']],
    ['EventSource', 'a', ['iam.amazonaws.com']],
    ['ReadOnly', 'a', ['true']],
  ])
  assert.deepEqual(
    probes.map(({ key }) => key),
    PROBED,
  )
})

test('a record that lacks an attribute, or has it in a form that is never sent, is no proof of it', () => {
  const root = {
    userIdentity: { arn: 'arn:aws:iam::111122223333:root', accessKeyId: '' },
    resources: 'x',
    readOnly: 'true',
  }
  assert.deepEqual(probesOf([sample('r', root)]), [])
  assert.deepEqual(probesOf([]), [])
})
