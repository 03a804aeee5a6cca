import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test from 'node:test'
import { bind } from '../../src/domain/runbook/bind.ts'
import { errorOf, noiseOf, outcomeOf } from '../../src/domain/runbook/ending.ts'
import { compileMatch } from '../../src/domain/runbook/evaluate.ts'
import { parseRunbook } from '../../src/domain/runbook/parse.ts'

const CODES = {
  denied: [
    ...[
      'AccessDenied',
      'AccessDeniedException',
      'AccessDeniedFault',
      'Client.UnauthorizedOperation',
      'UnauthorizedOperation',
    ],
    ...[
      'VpceAccessDenied',
      'NotAuthorized',
      'NotAuthorizedException',
      'AuthorizationError',
      'AuthorizationErrorException',
    ],
    ...['KMSAccessDeniedException', 'ForbiddenException', 'Forbidden', 'UnauthorizedException', 'AllAccessDisabled'],
    ...['Client.AuthFailure', 'ACCESS_DENIED'],
  ],
  failed: [
    ...[
      'NoSuchEntityException',
      'ThrottlingException',
      'Client.RequestLimitExceeded',
      'ValidationException',
      'NoSuchBucket',
    ],
    ...[
      'AuthorizationNotFoundFault',
      'AuthorizationAlreadyExists',
      'Client.InvalidInstanceID.NotFound',
      'ResourceNotFoundException',
    ],
  ],
} as const

const { runbook } = parseRunbook(readFileSync('runbooks/denied-calls.yaml', 'utf8'), 'denied-calls.yaml')
assert.ok(runbook)
const isFoundByDeniedCalls = compileMatch(bind(runbook, {}, []).match)

for (const ending of ['denied', 'failed'] as const)
  for (const errorCode of CODES[ending])
    test(`${errorCode} is ${ending}, and denied-calls agrees`, () => {
      assert.equal(outcomeOf({ errorCode }), ending)
      assert.equal(errorOf({ errorCode }), errorCode)
      assert.equal(isFoundByDeniedCalls({ errorCode }), ending === 'denied')
    })

for (const [what, record, ending, error] of [
  ['a call without an error', { eventName: 'ListBuckets', responseElements: null }, 'done', ''],
  ['an empty error code', { errorCode: '' }, 'done', ''],
  [
    'a refusal told only in the message',
    { errorMessage: 'User: x is not authorized to perform: iam:CreateUser' },
    'denied',
    /not authorized/,
  ],
  [
    'a sign-in with the wrong password',
    { eventName: 'ConsoleLogin', errorMessage: 'Failed authentication', responseElements: { ConsoleLogin: 'Failure' } },
    'failed',
    'Failure',
  ],
  [
    'a sign-in that went well',
    { eventName: 'ConsoleLogin', responseElements: { ConsoleLogin: 'Success' } },
    'done',
    '',
  ],
  [
    'an Identity Center sign-in that failed',
    { eventName: 'UserAuthentication', serviceEventDetails: { UserAuthentication: 'Failure' } },
    'failed',
    'Failure',
  ],
  ['EC2 answering false', { eventName: 'X', responseElements: { _return: false } }, 'failed', 'false'],
  [
    'EC2 listing what was unsuccessful',
    {
      eventName: 'DeleteFlowLogs',
      responseElements: {
        DeleteFlowLogsResponse: { unsuccessful: { item: { error: { code: 'InvalidFlowLogId.NotFound' } } } },
      },
    },
    'failed',
    'InvalidFlowLogId.NotFound',
  ],
  [
    'EC2 listing nothing',
    { eventName: 'DeleteFlowLogs', responseElements: { DeleteFlowLogsResponse: { unsuccessful: '' } } },
    'done',
    '',
  ],
] as const)
  test(`${what} is ${ending}`, () => {
    assert.equal(outcomeOf(record), ending)
    if (typeof error === 'string') assert.equal(errorOf(record), error)
    else assert.match(errorOf(record), error)
  })

const read = {
  eventSource: 'ec2.amazonaws.com',
  eventName: 'DescribeInstances',
  readOnly: true,
  eventType: 'AwsApiCall',
}
const lookup = { eventSource: 'cloudtrail.amazonaws.com', eventName: 'LookupEvents', readOnly: true }
const sdk = 'aws-sdk-js/3.1137.0 ua/2.1 os/linux#6.1 lang/js md/nodejs#20.20.2 api/cloudtrail#3.1137.0 app/ctq'

for (const [what, record, noise] of [
  ['its own lookup', { ...lookup, userAgent: sdk }, 'ctq'],
  ['its own lookup in brackets', { ...lookup, userAgent: `[${sdk}]` }, 'ctq'],
  ['its own lookup that was throttled', { ...lookup, userAgent: sdk, errorCode: 'ThrottlingException' }, 'ctq'],
  ['a lookup under its name that was denied', { ...lookup, userAgent: sdk, errorCode: 'AccessDenied' }, undefined],
  ["somebody else's lookup", { ...lookup, userAgent: 'aws-cli/2.17.9' }, undefined],
  ['a lookup by something called ctqx', { ...lookup, userAgent: `${sdk}x` }, undefined],
  ['another call under its name', { ...read, userAgent: sdk }, undefined],
  ['LookupEvents of no CloudTrail', { ...lookup, eventSource: 'evil.example', userAgent: sdk }, undefined],
  [
    'a service reading',
    { ...read, userIdentity: { type: 'AWSService', invokedBy: 'config.amazonaws.com' } },
    'service',
  ],
  [
    'a service reading for somebody',
    { ...read, userIdentity: { type: 'AssumedRole', invokedBy: 'autoscaling.amazonaws.com' } },
    'service',
  ],
  ['AWS reading inside', { ...read, userIdentity: { type: 'IAMUser', invokedBy: 'AWS Internal' } }, 'service'],
  ["a service's event that reads", { ...read, eventType: 'AwsServiceEvent' }, 'service'],
  ['a service writing', { ...read, readOnly: false, userIdentity: { type: 'AWSService' } }, undefined],
  ['a service refused', { ...read, errorCode: 'AccessDenied', userIdentity: { type: 'AWSService' } }, undefined],
  ['a person reading', { ...read, userIdentity: { type: 'IAMUser' } }, undefined],
  [
    'a person naming a service as its agent',
    { ...read, userAgent: 'config.amazonaws.com', userIdentity: { type: 'IAMUser' } },
    undefined,
  ],
] as const)
  test(`${what} is ${noise === undefined ? 'no noise' : `noise: ${noise}`}`, () => assert.equal(noiseOf(record), noise))

const own = { arn: 'arn:aws:sts::777788889999:assumed-role/ctq-worker/i-1', readerRole: 'deploy/ctq-reader' }
const taking = {
  eventSource: 'sts.amazonaws.com',
  eventName: 'AssumeRole',
  readOnly: true,
  userAgent: sdk,
  userIdentity: { type: 'AssumedRole', arn: 'arn:aws:sts::777788889999:assumed-role/ctq-worker/i-2' },
  requestParameters: { roleArn: 'arn:aws:iam::111122223333:role/deploy/ctq-reader' },
}
const refused = {
  ...taking,
  requestParameters: null,
  errorCode: 'AccessDenied',
  errorMessage: `User: ${own.arn} is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::111122223333:role/deploy/ctq-reader`,
}
const session = {
  type: 'AssumedRole',
  arn: 'arn:aws:sts::111122223333:assumed-role/ctq-reader/T1.UALICE',
  sessionContext: { sessionIssuer: { userName: 'ctq-reader' } },
}
for (const [what, record, noise] of [
  ['another worker taking the reader role', taking, 'ctq'],
  ['a worker refused the reader role', refused, 'ctq'],
  ['a worker refused another role', { ...refused, errorMessage: `${refused.errorMessage}x` }, undefined],
  ['a worker taking another role', { ...taking, requestParameters: { roleArn: `${own.arn}` } }, undefined],
  ['a worker without its mark', { ...taking, userAgent: 'aws-cli/2.17.9' }, undefined],
  ['somebody else taking the reader role', { ...taking, userIdentity: { type: 'IAMUser', arn: 'arn:x' } }, undefined],
  [
    'the twin of it in the account that is read',
    { ...taking, userIdentity: { type: 'AWSAccount', accountId: '777788889999' } },
    'ctq',
  ],
  [
    'a twin from another account',
    { ...taking, userIdentity: { type: 'AWSAccount', accountId: '999988887777' } },
    undefined,
  ],
  [
    'its lookup that was denied',
    { ...lookup, userAgent: sdk, errorCode: 'AccessDenied', userIdentity: session },
    'ctq',
  ],
  ['its session doing something else', { ...read, userAgent: sdk, userIdentity: session }, undefined],
] as const)
  test(`${what} is ${noise ?? 'no noise'} where ctq knows who it is`, () => assert.equal(noiseOf(record, own), noise))
