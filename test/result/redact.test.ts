import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import type { CloudTrailRecord } from '../../src/domain/record.ts'
import { redact } from '../../src/domain/result/redact.ts'
import { charactersHanded } from '../support/handed.ts'

const TOKEN = `IQoJb3JpZ2luX2VjEJr${'A1b2'.repeat(60)}==`

/** The value at a path, as a column reads it. */
function at(record: CloudTrailRecord, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, name) => (value as { [name: string]: unknown } | undefined)?.[name], record)
}

const MASKED: readonly (readonly [string, CloudTrailRecord, string, string])[] = [
  [
    'an STS session token',
    { responseElements: { credentials: { sessionToken: TOKEN } } },
    'responseElements.credentials.sessionToken',
    'session token',
  ],
  [
    'a secret access key',
    { responseElements: { credentials: { secretAccessKey: 'wJalr/x' } } },
    'responseElements.credentials.secretAccessKey',
    'secret key',
  ],
  ['user data', { requestParameters: { userData: 'IyEvYmluL2Jhc2g=' } }, 'requestParameters.userData', 'user data'],
  [
    'user data one level down',
    { requestParameters: { userData: { value: 'IyEvYmlu' } } },
    'requestParameters.userData.value',
    'user data',
  ],
  [
    'a Lambda environment',
    { requestParameters: { environment: { variables: { DB: 'x1' } } } },
    'requestParameters.environment.variables.DB',
    'environment',
  ],
  [
    'an ECS environment',
    { requestParameters: { environment: [{ name: 'DB', value: 'x1' }] } },
    'requestParameters.environment.0.value',
    'environment',
  ],
  [
    'a CodeBuild environment',
    { requestParameters: { environmentVariables: [{ name: 'DB', type: 'PLAINTEXT', value: 'x' }] } },
    'requestParameters.environmentVariables.0.value',
    'environment',
  ],
  [
    'an SSM parameter',
    { eventSource: 'ssm.amazonaws.com', eventName: 'PutParameter', requestParameters: { name: '/a', value: 'x' } },
    'requestParameters.value',
    'secret',
  ],
  ['a secret string', { requestParameters: { secretString: '{"a":1}' } }, 'requestParameters.secretString', 'secret'],
  [
    'a database password',
    { requestParameters: { masterUserPassword: 'hunter2' } },
    'requestParameters.masterUserPassword',
    'password',
  ],
  [
    'a password with a number',
    { requestParameters: { newPassword: 12345 } },
    'requestParameters.newPassword',
    'password',
  ],
  ['an MFA code', { requestParameters: { tokenCode: '123456' } }, 'requestParameters.tokenCode', 'token'],
  ['a bearer token field', { requestParameters: { refreshToken: 'abc' } }, 'requestParameters.refreshToken', 'token'],
  ['a private key field', { responseElements: { keyMaterial: 'abc' } }, 'responseElements.keyMaterial', 'private key'],
  [
    'a private key in base64',
    { responseElements: { privateKeyBase64: 'abc' } },
    'responseElements.privateKeyBase64',
    'private key',
  ],
  [
    'a presigned signature field',
    { requestParameters: { 'X-Amz-Signature': 'abc' } },
    'requestParameters.X-Amz-Signature',
    'presigned signature',
  ],
  [
    'a CloudFormation parameter named like a secret',
    { requestParameters: { parameters: [{ parameterKey: 'DbPassword', parameterValue: 'x' }] } },
    'requestParameters.parameters.0.parameterValue',
    'secret',
  ],
  [
    'a value that looks like what its name says',
    { requestParameters: { adminCredential: 'YWJjZGVmZ2hpamtsbW5vcHFyc3R1dg==' } },
    'requestParameters.adminCredential',
    'credential',
  ],
  [
    'a mistyped user name that AWS hid',
    { userIdentity: { userName: 'HIDDEN_DUE_TO_SECURITY_REASONS' } },
    'userIdentity.userName',
    'by AWS',
  ],
]
for (const [what, record, path, mark] of MASKED) {
  test(`${what} is masked, and a column that reads it gives the mark`, () => {
    assert.equal(at(redact(record), path), `[masked: ${mark}]`)
  })
}

const IN_TEXT: readonly (readonly [string, string, string])[] = [
  [
    'a presigned URL',
    'https://b.s3.amazonaws.com/k?X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F&X-Amz-Security-Token=abcd&X-Amz-Signature=ef01&x=1',
    'https://b.s3.amazonaws.com/k?X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F&X-Amz-Security-Token=[masked: session token]&X-Amz-Signature=[masked: presigned signature]&x=1',
  ],
  ['a session token in an error', `bad token ${TOKEN} given`, 'bad token [masked: session token] given'],
  ['a JSON web token', 'x eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2ln y', 'x [masked: token] y'],
  ['a bearer header', 'Authorization: Bearer abcdefghijklmnop1234', 'Authorization: Bearer [masked: authorization]'],
  [
    'a private key',
    'a -----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY----- b',
    'a [masked: private key] b',
  ],
  ['a private key cut short', 'a -----BEGIN PRIVATE KEY-----\nMII', 'a [masked: private key]'],
  ['a password in a URL', 'postgres://app:hunter2@db:5432/x', 'postgres://app:[masked: password]@db:5432/x'],
  ['a password in an argument', 'run --password=hunter2 --user=bob', 'run --password=[masked: secret] --user=bob'],
  ['a secret in quoted JSON', '{"client_secret":"abc","a":1}', '{"client_secret":"[masked: secret]","a":1}'],
  ['a GitHub token', 'clone ghp_abcdefghij0123456789 now', 'clone [masked: token] now'],
]
for (const [what, text, masked] of IN_TEXT) {
  test(`${what} is masked inside any text`, () => {
    assert.equal(redact({ userAgent: text })['userAgent'], masked)
  })
}

test('what only names a secret stays: ids, ARNs, flags, page tokens, access key ids', () => {
  const record = {
    userAgent: 'aws-cli/2.15 md/Botocore#1.34',
    requestParameters: {
      secretId: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-AbCdEf',
      nextToken: 'AAAA',
      clientToken: '7f0c',
      passwordResetRequired: false,
      environment: { type: 'LINUX_CONTAINER', image: 'aws/codebuild/standard:7.0' },
      accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      accessKey: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', status: 'Active' },
      tags: [{ key: 'team', value: 'payments' }],
    },
    responseElements: { credentials: { accessKeyId: 'ASIAIOSFODNN7EXAMPLE', expiration: 'Nov 20, 2026' } },
  }
  assert.equal(redact(record), record)
})

test('the original is left as it was', () => {
  const record = { responseElements: { credentials: { sessionToken: TOKEN, accessKeyId: 'ASIAIOSFODNN7EXAMPLE' } } }
  const before = JSON.stringify(record)
  assert.notEqual(JSON.stringify(redact(record)), before)
  assert.equal(JSON.stringify(record), before)
})

test('a secret is masked wherever and however deep it stands, and the record keeps its other members', () => {
  const secret = 'S3cretValueThatMustNotLeave'
  const place = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constant({ sessionToken: secret, kept: 1 }),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(
        fc.constantFrom('a', '__proto__', 'credentials', 'password', 'userData', 'name', 'value'),
        tie('value'),
        { maxKeys: 3 },
      ),
    ),
  })).value
  fc.assert(
    fc.property(place, (value) => {
      const record = JSON.parse(JSON.stringify({ requestParameters: { value } })) as CloudTrailRecord
      assert.ok(!JSON.stringify(redact(record)).includes(secret))
    }),
  )
})

test('no record exhausts the stack, however deep it nests', () => {
  let deep: unknown = 'x'
  for (let level = 0; level < 50_000; level += 1) deep = [deep]
  assert.ok(JSON.stringify(redact({ requestParameters: { deep } })).includes('[masked: nested too deep]'))
})

test('eight times as much hostile text is eight times the work', () => {
  for (const piece of [
    'eyJ-',
    'IQoJb3JpZ2lu',
    '://a:',
    'Bearer ',
    'password="',
    '-----BEGIN PRIVATE KEY-----',
    'xoxb-',
    '?code=',
    'eyJaaaaaaaa.',
  ]) {
    const handed = (length: number): number => {
      const text = piece.repeat(Math.ceil(length / piece.length))
      return charactersHanded(() => redact({ requestParameters: { text } }))
    }
    const [short, long] = [handed(12_500), handed(100_000)]
    assert.ok(short > 0 && long <= short * 9, `${piece}: ${short} characters, then ${long}`)
  }
})
