import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import type { CloudTrailRecord } from '../../src/domain/record.ts'
import { COMPUTED_COLUMNS, compileColumns, LONGEST_CELL, readField } from '../../src/domain/runbook/columns.ts'

const record: CloudTrailRecord = {
  eventTime: '2026-11-18T02:55:40Z',
  eventSource: 'ec2.amazonaws.com',
  eventName: 'RunInstances',
  awsRegion: 'eu-west-1',
  recipientAccountId: '111122223333',
  readOnly: false,
  errorCode: 'Client.InstanceLimitExceeded',
  userAgent: '<!channel> =cmd()',
  userIdentity: { type: 'IAMUser', userName: 'alice', accessKeyId: 'AKIAIOSFODNN7EXAMPLE', accountId: '444455556666' },
  requestParameters: { instancesSet: { items: [{ imageId: 'ami-1' }] }, ports: [22, 443], nothing: null },
  responseElements: { instancesSet: { items: [{ instanceId: 'i-1' }, { instanceId: 'i-2' }] } },
}

for (const [field, cell] of [
  ['eventTime', '2026-11-18T02:55:40Z'],
  ['who', 'alice'],
  ['account', '111122223333'],
  ['region', 'eu-west-1'],
  ['service', 'ec2'],
  ['target', 'i-1, i-2'],
  ['outcome', 'failed: Client.InstanceLimitExceeded'],
  ['accessKeyId', 'AKIAIOSFODNN7EXAMPLE'],
  ['readOnly', 'false'],
  ['userAgent', '<!channel> =cmd()'],
  ['requestParameters.ports', '22, 443'],
  ['requestParameters.nothing', ''],
  ['requestParameters.instancesSet', '{"items":[{"imageId":"ami-1"}]}'],
  ['responseElements.instancesSet.items.instanceId', 'i-1, i-2'],
  ['sharedEventID', ''],
] as const)
  test(`${field} reads ${cell || 'as nothing'}`, () => assert.equal(readField(record, field), cell))

for (const [what, request, target] of [
  ['a user', { userName: 'bob', policyArn: 'arn:aws:iam::aws:policy/X' }, 'bob'],
  ['a bucket', { Host: 'x', bucketName: 'b' }, 'b'],
  ['something unknown by its Id', { force: true, volumeId: 'vol-1' }, 'vol-1'],
  [
    'something wrapped in its request',
    { RunInstancesRequest: { LaunchTemplateId: { tag: 1, content: 'lt-1' } } },
    'lt-1',
  ],
  [
    'many',
    { instancesSet: { items: [1, 2, 3, 4, 5].map((n) => ({ instanceId: `i-${n}` })) } },
    'i-1, i-2, i-3 and 2 more',
  ],
  ['nothing', { force: true }, ''],
] as const)
  test(`the target of a request for ${what} is ${target || 'empty'}`, () =>
    assert.equal(readField({ eventName: 'RunInstances', requestParameters: request }, 'target'), target))

for (const [what, request, ranges, ports] of [
  [
    'rules for two protocols',
    {
      ipPermissions: {
        items: [
          { ipProtocol: 'tcp', fromPort: 22, toPort: 22, ipRanges: { items: [{ cidrIp: '10.0.0.0/8' }] } },
          { ipProtocol: '-1' },
        ],
      },
    },
    '10.0.0.0/8',
    'tcp 22, all',
  ],
  [
    'an ACL entry',
    { cidrBlock: '0.0.0.0/0', aclProtocol: '6', portRange: { from: 80, to: 443 } },
    '0.0.0.0/0',
    '6 80-443',
  ],
  ['a route', { destinationIpv6CidrBlock: '::/0', gatewayId: 'igw-1' }, '::/0', ''],
  [
    'ten ranges',
    { items: Array.from({ length: 10 }, (_, n) => ({ cidrIp: `10.${n}.0.0/16` })) },
    '10.0.0.0/16, 10.1.0.0/16, 10.2.0.0/16, 10.3.0.0/16, 10.4.0.0/16, 10.5.0.0/16, 10.6.0.0/16, 10.7.0.0/16 and 2 more',
    '',
  ],
  ['no request', null, '', ''],
] as const)
  test(`the ranges and ports of ${what}`, () => {
    assert.equal(readField({ requestParameters: request }, 'ranges'), ranges)
    assert.equal(readField({ requestParameters: request }, 'ports'), ports)
  })

test('a row has a cell for every column, in their order', () => {
  const row = compileColumns([
    { name: 'b', field: 'eventName' },
    { name: 'a', field: 'who' },
  ])(record)
  assert.deepEqual(row, ['RunInstances', 'alice'])
})

test('a cell is cut where it may be shown, not inside a character', () => {
  assert.equal(readField({ userAgent: 'a'.repeat(LONGEST_CELL) }, 'userAgent').length, LONGEST_CELL)
  const cut = readField({ userAgent: `${'a'.repeat(LONGEST_CELL - 2)}😀😀` }, 'userAgent')
  assert.equal(cut, `${'a'.repeat(LONGEST_CELL - 2)}…`)
})

test('JSON a hundred thousand deep is shown as far as it can be', () => {
  const deep: unknown = JSON.parse(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`)
  assert.match(readField({ requestParameters: deep }, 'requestParameters'), /^\{"a":\{"a":.*…/)
})

test('no record makes a column throw or grow', () => {
  const fields = [...COMPUTED_COLUMNS, 'userIdentity', 'requestParameters.a', 'resources.ARN', 'eventTime']
  const columns = compileColumns(fields.map((field) => ({ name: field, field })))
  const any = fc.jsonValue({ maxDepth: 4 })
  const hostile = fc.record(
    {
      userIdentity: fc.oneof(any, fc.record({ arn: any, type: any, sessionContext: any, principalId: any })),
      requestParameters: fc.oneof(any, fc.record({ a: any, userName: any })),
      resources: any,
      errorCode: any,
      responseElements: any,
      eventName: any,
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(hostile, (one) => {
      const row = columns(one)
      assert.equal(row.length, fields.length)
      for (const cell of row) assert.ok(typeof cell === 'string' && cell.length <= LONGEST_CELL)
    }),
    { numRuns: 1000 },
  )
})
