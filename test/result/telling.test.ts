import assert from 'node:assert/strict'
import test from 'node:test'
import { addressLabels } from '../../src/domain/result/addressLabels.ts'
import { shortAgent } from '../../src/domain/result/agent.ts'
import { shortValue } from '../../src/domain/result/shortValue.ts'
import { compileTelling } from '../../src/domain/result/telling.ts'
import { changeWeight, weightOf } from '../../src/domain/result/weight.ts'
import { callerKind, personBehind, plainRole } from '../../src/domain/runbook/caller.ts'
import { policyWords, readPolicy } from '../../src/domain/runbook/policyDocument.ts'
import { aCall } from '../support/leakedKey.ts'

const columns = [{ name: 'newKey', field: 'responseElements.accessKey.accessKeyId' }]
const next = [
  { runbook: 'key-activity', with: { accessKeyId: 'newKey' } },
  { runbook: 'resource-history', with: { resourceName: 'target' } },
  { runbook: 'principal-writes', with: { principal: 'userIdentity.arn', eventSource: 'eventSource' } },
]
const tellingOf = compileTelling({ columns, next }, (id) => (id === '444455556666' ? 'prod-data' : undefined))

const AGENTS: readonly (readonly [string, string])[] = [
  ['[aws-cli/2.17.9 md/awscrt#0.20.11 ua/2.0 lang/python#3.11.8 botocore/2.0]', 'aws-cli'],
  ['Boto3/1.40.21 md/Botocore#1.40.21 ua/2.1 os/linux', 'Boto3'],
  ['APN/1.0 HashiCorp/1.0 Terraform/1.9.0 (+https://www.terraform.io) aws-sdk-go-v2/1.30.3', 'Terraform'],
  ['aws-sdk-java/2.28.1 Linux/6.1 OpenJDK', 'aws-sdk-java'],
  ['Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0', 'browser'],
  ['[S3Console/0.4, aws-internal/3]', 'console'],
  ['TruffleHog', 'TruffleHog'],
  ['cloudformation.amazonaws.com', 'cloudformation.amazonaws.com'],
  ['', ''],
  [`${'x'.repeat(500)}`, `${'x'.repeat(29)}…`],
]
for (const [agent, short] of AGENTS) {
  test(`the agent "${agent.slice(0, 40)}" is ${short === '' ? 'none' : short}`, () =>
    assert.equal(shortAgent(agent), short))
}

test('what a call was about names users, roles and accounts, and the widest thing that a policy allows', () => {
  const about = (call: string, requestParameters: object) => {
    const { target, detail } = tellingOf(aCall('12:00:00', call, { requestParameters })).about()
    return detail === '' ? target : `${target}: ${detail}`
  }
  assert.equal(about('iam:CreateUser', { userName: 'backup' }), 'user backup')
  assert.equal(
    about('sts:AssumeRole', { roleArn: 'arn:aws:iam::444455556666:role/ops/admin' }),
    'role admin in prod-data',
  )
  assert.equal(
    about('sts:AssumeRole', { roleArn: 'arn:aws:iam::999988887777:role/admin' }),
    'role admin in 999988887777',
  )
  assert.equal(
    about('iam:AttachRolePolicy', { roleName: 'x', policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }),
    'role x: AdministratorAccess',
  )
  assert.equal(
    about('iam:UpdateAccessKey', { userName: 'backup', accessKeyId: 'AKIAIOSFODNN7EXAMPLE', status: 'Inactive' }),
    'user backup: AKIAIOSFODNN7EXAMPLE Inactive',
  )
  const rule = { ipProtocol: 'tcp', fromPort: 22, toPort: 22, cidrIp: '0.0.0.0/0' }
  assert.equal(about('ec2:AuthorizeSecurityGroupIngress', { groupId: 'sg-1', ...rule }), 'sg-1: 0.0.0.0/0 tcp 22')
})

test('a change is what is not read-only; without that field the name decides', () => {
  const change = (call: string, readOnly: unknown) => tellingOf(aCall('12:00:00', call, { readOnly })).change
  assert.deepEqual(
    [
      change('s3:GetBucketAcl', false),
      change('iam:CreateUser', true),
      change('iam:CreateUser', null),
      change('s3:ListBuckets', null),
    ],
    [true, false, true, false],
  )
})

test('a record leads on only with whole values: one, not too long, for every parameter', () => {
  const leads = (changes: object) => tellingOf(aCall('12:00:00', 'iam:CreateAccessKey', { ...changes })).leads
  const key = { responseElements: { accessKey: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE' } } }
  assert.deepEqual(leads({ ...key, requestParameters: { userName: 'backup' } }), [
    { accessKeyId: 'AKIAIOSFODNN7EXAMPLE' },
    { resourceName: 'backup' },
    { principal: 'arn:aws:iam::111122223333:user/ci-deploy', eventSource: 'iam.amazonaws.com' },
  ])
  const two = { instancesSet: { items: [{ instanceId: 'i-1' }, { instanceId: 'i-2' }] } }
  assert.deepEqual(leads({ requestParameters: two, userIdentity: {} }), [undefined, undefined, undefined])
  assert.equal(leads({ requestParameters: { userName: 'x'.repeat(500) } })[1], undefined)
  assert.equal(leads({ responseElements: { accessKey: { accessKeyId: { a: 1 } } } })[0], undefined)
})

test('the person behind a session is its source identity, or the name of an Identity Center session', () => {
  const session = (role: string, sourceIdentity?: string) =>
    personBehind({
      userIdentity: {
        type: 'AssumedRole',
        arn: `arn:aws:sts::111122223333:assumed-role/${role}/alice@example.com`,
        sessionContext: { sourceIdentity },
      },
    })
  assert.equal(session('AWSReservedSSO_Administrators_0123456789abcdef'), 'alice@example.com')
  assert.equal(session('Administrators'), undefined)
  assert.equal(session('Administrators', 'bob'), 'bob')
  assert.equal(plainRole('AWSReservedSSO_Read_Only_0123456789abcdef/alice'), 'Read_Only/alice')
  assert.equal(plainRole('Administrators/alice'), 'Administrators/alice')
  assert.equal(callerKind({ userIdentity: { type: 'Root' } }), 'root user')
  assert.equal(callerKind({ userIdentity: { type: 'constructor' } }), 'caller')
  const inRole = (path: string) => {
    const arn = `arn:aws:iam::111122223333:role/${path}AWSServiceRoleForAutoScaling`
    return { userIdentity: { type: 'AssumedRole', sessionContext: { sessionIssuer: { arn } } } }
  }
  assert.equal(callerKind(inRole('aws-service-role/autoscaling.amazonaws.com/')), 'service role')
  assert.equal(callerKind(inRole('')), 'role')
})

const POLICY = { Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::a/*' }] }
const FORMS: readonly (readonly [string, unknown])[] = [
  ['an object', POLICY],
  ['JSON', JSON.stringify(POLICY)],
  ["JSON in a URL's encoding", encodeURIComponent(JSON.stringify(POLICY))],
  ['JSON inside JSON', JSON.stringify(JSON.stringify(POLICY))],
]
for (const [name, form] of FORMS) {
  test(`a policy is read as ${name}`, () => assert.deepEqual(readPolicy(form), POLICY))
}

const WORDS: readonly (readonly [string, object])[] = [
  [
    'allows * on *',
    {
      policyDocument: statements(
        { Effect: 'Allow', Action: 's3:*', Resource: 'x' },
        { Effect: 'Allow', Action: '*', Resource: '*' },
      ),
    },
  ],
  [
    'allows anyone s3:GetObject on arn:aws:s3:::a/*',
    {
      bucketPolicy: statements({
        Effect: 'Allow',
        Principal: '*',
        Action: 's3:GetObject',
        Resource: 'arn:aws:s3:::a/*',
      }),
    },
  ],
  [
    'trusts account 999988887777',
    {
      policyDocument: statements({
        Effect: 'Allow',
        Principal: { AWS: 'arn:aws:iam::999988887777:root' },
        Action: 'sts:AssumeRole',
      }),
    },
  ],
  ['allows all but iam:* on *', { policyDocument: statements({ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }) }],
  ['allows a:A, b:B and 1 more', { policyDocument: statements({ Effect: 'Allow', Action: ['a:A', 'b:B', 'c:C'] }) }],
  ['', { policyDocument: statements({ Effect: 'Deny', Action: '*', Resource: '*' }) }],
  ['', { policyDocument: '%7Bnot json' }],
  ['', { policyDocument: '%E0%A4%A' }],
  ['', { policyDocument: 'x'.repeat(100_000) }],
  ['', { userName: 'x' }],
]
for (const [words, request] of WORDS) {
  test(`a policy is told by the widest that it allows: ${words || JSON.stringify(request).slice(0, 60)}`, () =>
    assert.equal(policyWords(request), words))
}

function statements(...list: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: list.length === 1 ? list[0] : list })
}

test('what opens a way in weighs more than what destroys, and that more than any other change', () => {
  const weights = (
    [
      'iam CreateAccessKey',
      'cloudtrail StopLogging',
      'ec2 RunInstances',
      's3 PutBucketPolicy',
      'logs CreateLogStream',
    ] as const
  ).map((call) => weightOf(`${call.split(' ')[0]}.amazonaws.com`, call.split(' ')[1] ?? ''))
  assert.deepEqual(weights, [3, 3, 2, 2, 1])
})

const GRAVITY: readonly (readonly [weight: number, call: string, detail: string])[] = [
  [6, 'iam PutUserPolicy', 'allows * on *'],
  [6, 'iam CreatePolicyVersion', 'allows iam:* on *'],
  [6, 'iam AttachRolePolicy', 'AdministratorAccess'],
  [6, 'cloudtrail StopLogging', ''],
  [6, 'guardduty DeleteDetector', ''],
  [5, 'iam CreateAccessKey', ''],
  [5, 'iam CreateLoginProfile', ''],
  [5, 'iam UpdateAssumeRolePolicy', 'trusts account 999988887777'],
  [4, 's3 PutBucketPolicy', 'allows anyone s3:GetObject on arn:aws:s3:::exports/*'],
  [4, 'ec2 AuthorizeSecurityGroupIngress', '0.0.0.0/0, ::/0 tcp 22'],
  [1, 'iam DetachUserPolicy', 'AdministratorAccess'],
  [3, 'iam AttachUserPolicy', 'AmazonS3ReadOnlyAccess'],
  [2, 'ec2 AuthorizeSecurityGroupIngress', '10.0.0.0/8 tcp 22'],
  [2, 'ec2 AuthorizeSecurityGroupIngress', '10.0.0.0/0x tcp 22'],
  [1, 'iam AttachRolePolicy', 'AWSLambdaBasicExecutionRole'],
]
for (const [weight, call, detail] of GRAVITY) {
  test(`${call} ${detail} weighs ${weight}`, () => {
    const [source, name = ''] = call.split(' ')
    assert.equal(changeWeight(`${source}.amazonaws.com`, name, detail), weight)
  })
}

test('values are shortened to what people know them by', () => {
  const short = [
    ['AKIAIOSFODNN7EXAMPLE', 'AKIA…MPLE'],
    ['arn:aws:s3:::exports', 'exports'],
    ['arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admins_0123456789abcdef/alice', 'Admins/alice'],
    ['203.0.113.9', '203.0.113.9'],
    ['x'.repeat(60), `${'x'.repeat(39)}…`],
  ] as const
  for (const [text, wanted] of short) assert.equal(shortValue(text), wanted)
})

test('an address is called what the narrowest range that holds it is called', () => {
  const labelOf = addressLabels([
    { range: '198.51.100.0/24', label: 'office' },
    { range: '198.51.100.4', label: 'CI egress' },
    { range: '2001:db8::/32', label: 'VPN' },
    { range: 'nonsense', label: 'never' },
  ])
  assert.equal(labelOf('198.51.100.4'), 'CI egress')
  assert.equal(labelOf('198.51.100.5'), 'office')
  assert.equal(labelOf('::ffff:198.51.100.5'), 'office')
  assert.equal(labelOf('2001:db8::1'), 'VPN')
  for (const other of ['203.0.113.9', 'cloudformation.amazonaws.com', 'AWS Internal', '', 'x'.repeat(5_000)])
    assert.equal(labelOf(other), undefined)
})
