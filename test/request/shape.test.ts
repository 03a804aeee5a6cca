import assert from 'node:assert/strict'
import { test } from 'node:test'
import { echo } from '../../src/domain/request/echo.ts'
import { questionsFor } from '../../src/domain/request/questions.ts'
import { shapesOf } from '../../src/domain/request/shape.ts'
import { readLibrary } from '../../src/library.ts'
import { INVENTORY } from '../support/askFacts.ts'

const LIBRARY = await readLibrary('runbooks')
const KEY = 'AKIAIOSFODNN7EXAMPLE'
const ARN = 'arn:aws:iam::111122223333'
const EC2 = 'arn:aws:ec2:eu-west-1:111122223333'

/** The kinds of a value's shapes with the values that are asked with. */
const SHAPES: readonly (readonly [string, string | readonly string[]])[] = [
  [KEY, [`accessKeyId ${KEY}`]],
  ['ASIAIOSFODNN7EXAMPLE', ['accessKeyId ASIAIOSFODNN7EXAMPLE']],
  ['akiaiosfodnn7example', [`accessKeyId ${KEY}`]],
  ['asiapacificdeployers', ['user', 'role', 'bucket'].map((kind) => `${kind} asiapacificdeployers`)],
  [`(${KEY}),`, [`accessKeyId ${KEY}`]],
  [
    '0F3C0F57-31D4-4CBB-8F0B-8F3F9A2A1101',
    ['eventId', 'resource'].map((kind) => `${kind} 0f3c0f57-31d4-4cbb-8f0b-8f3f9a2a1101`),
  ],
  ['mrk-1234abcd12ab34cd56ef1234567890ab', ['resource mrk-1234abcd12ab34cd56ef1234567890ab']],
  ['key/1234abcd-12ab-34cd-56ef-1234567890ab', ['resource 1234abcd-12ab-34cd-56ef-1234567890ab']],
  ['alias/backup', ['resource alias/backup']],
  ['function:cart:PROD', ['resource cart']],
  ['instance-profile/web', ['resource web']],
  ['policy/teams/Deploy', ['resource teams/Deploy']],
  ['bucket/customer-exports/a.csv', ['bucket customer-exports']],
  ['https://s3.eu-west-1.amazonaws.com/customer-exports/a', ['bucket customer-exports']],
  ['ec2-203-0-113-9.eu-west-1.compute.amazonaws.com', ['address 203.0.113.9']],
  ['ip-10-0-0-5.ec2.internal', ['address 10.0.0.5']],
  [
    'ec2-999-0-113-9.compute-1.amazonaws.com',
    ['user', 'role'].map((kind) => `${kind} ec2-999-0-113-9.compute-1.amazonaws.com`),
  ],
  ['mailto:alice@example.com', ['user alice@example.com', 'role alice@example.com']],
  ['assumed-role/Admin/alice', ['session assumed-role/Admin/alice']],
  [
    'service-role/jobs/Nightly',
    ['role role/', 'user user/', 'resource '].map((kind) => `${kind}service-role/jobs/Nightly`),
  ],
  ['lambda.amazonaws.com', ['user lambda.amazonaws.com', 'role lambda.amazonaws.com']],
  [`${ARN}:user/people/alice`, [`user ${ARN}:user/people/alice`]],
  [`${ARN}:role/deploy`, [`role ${ARN}:role/deploy`]],
  [`${ARN}:root`, [`user ${ARN}:root`, 'account 111122223333']],
  [`${ARN}:policy/all`, [`resource ${ARN}:policy/all`]],
  ['arn:aws:sts::111122223333:assumed-role/Admin/=2+5,@channel_-_oncall_', 'session'],
  ['arn:aws:sts::111122223333:federated-user/eve', 'session'],
  ['arn:aws-cn:s3:::exports/2026/11/a.csv', ['bucket arn:aws-cn:s3:::exports']],
  ['s3://customer-exports/2026/a.csv', ['bucket customer-exports']],
  ['https://customer-exports.s3.eu-west-1.amazonaws.com/a', ['bucket customer-exports']],
  ['customer-exports.s3.amazonaws.com', ['bucket customer-exports']],
  [`${EC2}:instance/i-0a1b2c3d`, [`instance ${EC2}:instance/i-0a1b2c3d (i-0a1b2c3d)`, 'session session/i-0a1b2c3d']],
  [`${EC2}:security-group/sg-0a1b2c3d`, [`securityGroup ${EC2}:security-group/sg-0a1b2c3d (sg-0a1b2c3d)`]],
  [`${EC2}:security-group/sg-nothing`, [`resource ${EC2}:security-group/sg-nothing`]],
  ['arn:aws:lambda:eu-west-1:111122223333:function:cart', 'resource'],
  ['I-0A1B2C3D4E5F60718', ['instance i-0a1b2c3d4e5f60718', 'session session/i-0a1b2c3d4e5f60718']],
  ['mi-0a1b2c3d4e5f60718', ['instance mi-0a1b2c3d4e5f60718']],
  ['sg-0a1b2c3d', ['securityGroup sg-0a1b2c3d']],
  ['vpc-0A1B2C3D', ['resource vpc-0a1b2c3d']],
  ['203.0.113.9', ['address 203.0.113.9']],
  ['203.0.113.9:443', ['address 203.0.113.9']],
  ['203.0.113.0/24', ['address 203.0.113.0/24']],
  ['2001:DB8::1', ['address 2001:db8::1']],
  ['[2001:db8::1]:443', ['address 2001:db8::1']],
  ['111122223333', ['account 111122223333']],
  ['1111-2222-3333', ['account 111122223333']],
  ['prod-payments', ['account prod-payments', 'user prod-payments', 'role prod-payments', 'bucket prod-payments']],
  ['@prod', ['account @prod']],
  ['backup', ['user backup', 'role backup', 'bucket backup']],
  ['Alice', ['user Alice', 'role Alice']],
  ['alice@example.com', ['user alice@example.com', 'role alice@example.com']],
  ['user/alice', ['user user/alice']],
  ['role/deploy', ['role role/deploy']],
  ['Admin/alice', ['session Admin/alice', 'resource Admin/alice']],
  ['root', ['user root']],
  ['AROACKCEVSQ6C2EXAMPLE:deploy', 'session'],
  ['DeleteTrail', ['eventName DeleteTrail', 'user DeleteTrail', 'role DeleteTrail']],
  ['GetawayCar', ['user GetawayCar', 'role GetawayCar']],
  ['/aws/lambda/cart', ['resource /aws/lambda/cart']],
  ['two words', []],
  ['14:05', []],
  ['<!channel>', []],
  ['', []],
  ['a'.repeat(2049), []],
]
for (const [value, expected] of SHAPES)
  test(`${JSON.stringify(value.slice(0, 80))} is ${expected.length === 0 ? 'nothing that can be asked about' : expected}`, () => {
    const shapes = shapesOf(value, INVENTORY).map(
      ({ kind, value: text, id }) => `${kind} ${text}${id ? ` (${id})` : ''}`,
    )
    assert.deepEqual(shapes, typeof expected === 'string' ? [`${expected} ${value}`] : expected)
  })

test('an account is known by its name only to those who have the inventory', () => {
  assert.equal(shapesOf('prod-payments')[0]?.kind, 'user')
})

/** What is asked about a value: the first, then what is offered before anything else. */
const QUESTIONS: readonly (readonly [string, readonly string[]])[] = [
  [
    KEY,
    [
      ...['key-activity', 'credential-chain', 'key-origins', 'key-owner'].map((name) => `${name} accessKeyId=${KEY}`),
      `resource-history resourceName=${KEY}`,
      `denied-calls accessKeyId=${KEY}`,
    ],
  ],
  [
    'backup',
    [
      'principal-writes principal=backup',
      'resource-history resourceName=backup',
      'aws-quarantined principal=backup',
      'bucket-exposure principal=backup',
    ],
  ],
  [
    '203.0.113.9',
    ['ip-activity', 'ip-changes', 'console-logins'].map((runbook) => `${runbook} sourceIPAddress=203.0.113.9`),
  ],
  [
    'prod-web',
    [
      'account-changes account=prod-web',
      'principal-writes principal=prod-web',
      'resource-history resourceName=prod-web',
      'aws-quarantined account=prod-web',
      'bucket-exposure account=prod-web',
    ],
  ],
  ['DeleteTrail', ['calls eventName=DeleteTrail', 'principal-writes principal=DeleteTrail']],
  ['0f3c0f57-31d4-4cbb-8f0b-8f3f9a2a1101', ['event eventId=0f3c0f57-31d4-4cbb-8f0b-8f3f9a2a1101']],
  ['i-0a1b2c3d', ['resource-history resourceName=i-0a1b2c3d', 'principal-writes principal=session/i-0a1b2c3d']],
  [
    `${EC2}:instance/i-0a1b2c3d`,
    [
      `resource-history resourceName=${EC2}:instance/i-0a1b2c3d`,
      'principal-writes principal=session/i-0a1b2c3d account=111122223333',
    ],
  ],
  [
    `${EC2}:security-group/sg-0a1b2c3d`,
    [
      `resource-history resourceName=${EC2}:security-group/sg-0a1b2c3d`,
      'network-opened groupId=sg-0a1b2c3d account=111122223333 region=eu-west-1',
    ],
  ],
  ['arn:aws:s3:::exports/a', ['resource-history resourceName=arn:aws:s3:::exports']],
  ['two words', []],
]
for (const [value, expected] of QUESTIONS)
  test(`${value} asks ${expected[0] ?? 'nothing'}${expected.length > 1 ? ` and offers ${expected.length - 1} more first` : ''}`, () => {
    const asked = questionsFor(value, LIBRARY, INVENTORY).map((question) => echo(question))
    assert.deepEqual(expected.length === 0 ? asked : asked.slice(0, expected.length), expected)
  })

test('what needs a value stands before what it only narrows, and the first ten minutes before the rest', () => {
  const turns = questionsFor('backup', LIBRARY).map(({ runbook }) => {
    const { parameters, tags } = LIBRARY.find(runbook) ?? assert.fail(runbook)
    return Object.values(parameters).some(({ optional }) => !optional) ? 0 : tags.includes('triage') ? 1 : 2
  })
  assert.deepEqual(turns, turns.toSorted())
  assert.deepEqual([...new Set(turns)], [0, 1, 2])
})

test('what only a trail has is not offered', () => {
  const offered = questionsFor('s3://customer-exports', LIBRARY).map(({ runbook }) => runbook)
  assert.ok(offered.includes('bucket-exposure'))
  assert.ok(!offered.includes('s3-objects-read'))
})

test('every shape is answered by a runbook that ships', () => {
  const answered = LIBRARY.all.flatMap(({ answers }) => answers)
  assert.equal(new Set(answered).size, answered.length)
  for (const [value] of SHAPES)
    for (const { kind } of shapesOf(value, INVENTORY)) assert.ok(answered.includes(kind), kind)
})
