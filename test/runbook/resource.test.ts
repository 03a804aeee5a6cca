import assert from 'node:assert/strict'
import test from 'node:test'
import { resourceTest, shortNames } from '../../src/domain/runbook/resource.ts'

for (const [arn, names] of [
  ['arn:aws:s3:::bucket', ['bucket']],
  ['arn:aws:s3:::bucket/some/key', ['bucket/some/key']],
  ['arn:aws:iam::111122223333:role/service/deployer', ['role/service/deployer', 'service/deployer', 'deployer']],
  ['arn:aws:lambda:eu-west-1:111122223333:function:cart', ['function:cart', 'cart']],
  [
    'arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/cart:*',
    ['log-group:/aws/lambda/cart', '/aws/lambda/cart'],
  ],
  [
    'arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-AbC123',
    ['secret:prod/db-AbC123', 'prod/db-AbC123', 'prod/db'],
  ],
  ['arn:aws:sns:eu-west-1:111122223333:alerts', ['alerts']],
  ['not-an-arn', []],
] as const)
  test(`${arn} is also called ${names.join(', ') || 'nothing'}`, () => assert.deepEqual(shortNames(arn), names))

const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd'

for (const [what, wanted, record, expected] of [
  ['an ARN among the resources', KEY, { resources: [{ ARN: KEY }] }, true],
  ['an ARN, where the request has the short name', KEY, { requestParameters: { keyId: '1234abcd' } }, true],
  ['a short name, where the record has the ARN', '1234abcd', { resources: [{ ARN: KEY }] }, true],
  ['a name in the response', 'i-1', { responseElements: { set: { items: [{ id: 'i-1' }] } } }, true],
  ['a name in the details of a service event', KEY, { serviceEventDetails: { keyId: KEY } }, true],
  ['the caller', 'alice', { userIdentity: { userName: 'alice' } }, false],
  ['a part of a name', 'buck', { requestParameters: { bucketName: 'bucket' } }, false],
  ['the name of a member', 'bucketName', { requestParameters: { bucketName: 'bucket' } }, false],
  ['the ARN of another account', KEY, { resources: [{ ARN: KEY.replace('111122223333', '444455556666') }] }, false],
  ['a record without any', 'x', { requestParameters: null }, false],
] as const)
  test(`${what} ${expected ? 'names' : 'does not name'} the resource`, () =>
    assert.equal(resourceTest(wanted)(record), expected))
