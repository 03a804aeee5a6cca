import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { LookupEventsCommand } from '@aws-sdk/client-cloudtrail'
import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  GetAccessKeyInfoCommand,
  GetCallerIdentityCommand,
} from '@aws-sdk/client-sts'
import { anAws, cloudTrail, readerKeys, stsOf } from './awsSupport.ts'

const HOME = '111122223333'
const ASKED: AssumeRoleCommandInput = {
  RoleArn: `arn:aws:iam::${HOME}:role/ctq-reader`,
  RoleSessionName: 'anna',
  SourceIdentity: 'anna',
}

test('a caller is told who it is, whatever it may not do', async (t) => {
  const aws = await anAws(t)
  const { powerless } = aws.organisation.users
  const { Account, Arn } = await stsOf(t, aws, powerless).send(new GetCallerIdentityCommand())
  assert.equal(Account, HOME)
  assert.equal(Arn, `arn:aws:iam::${HOME}:user/powerless`)
  const session = await stsOf(t, aws, await readerKeys(t, aws, HOME)).send(new GetCallerIdentityCommand())
  assert.equal(session.Arn, `arn:aws:sts::${HOME}:assumed-role/ctq-reader/anna`)
})

test('a session is what was asked for', async (t) => {
  const aws = await anAws(t)
  const sts = stsOf(t, aws, aws.organisation.users.worker)
  const answer = await sts.send(new AssumeRoleCommand({ ...ASKED, DurationSeconds: 900 }))
  const left = (answer.Credentials?.Expiration?.getTime() ?? 0) - Date.now()
  assert.ok(left > 890_000 && left <= 900_000)
  assert.equal(answer.SourceIdentity, 'anna')
  assert.equal(answer.AssumedRoleUser?.Arn, `arn:aws:sts::${HOME}:assumed-role/ctq-reader/anna`)
})

const refused: readonly (readonly [
  string,
  'worker' | 'responder' | 'nameless',
  Partial<AssumeRoleCommandInput>,
  string,
  RegExp,
])[] = [
  [
    'without a source identity',
    'worker',
    { SourceIdentity: undefined },
    'AccessDenied',
    /is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::111122223333:role\/ctq-reader$/,
  ],
  [
    'by somebody whose policy does not allow it',
    'responder',
    {},
    'AccessDenied',
    /because no identity-based policy allows the sts:AssumeRole action$/,
  ],
  [
    'by somebody the role does not trust',
    'nameless',
    {},
    'AccessDenied',
    /is not authorized to perform: sts:AssumeRole on resource/,
  ],
  [
    'of a role that is not there',
    'worker',
    { RoleArn: 'arn:aws:iam::888899990000:role/ctq-reader' },
    'AccessDenied',
    /sts:AssumeRole on resource: arn:aws:iam::888899990000/,
  ],
  [
    'of a role other than the reader',
    'worker',
    { RoleArn: `arn:aws:iam::${HOME}:role/admin` },
    'AccessDenied',
    /no identity-based policy/,
  ],
  [
    'for less than fifteen minutes',
    'worker',
    { DurationSeconds: 899 },
    'ValidationError',
    /greater than or equal to 900/,
  ],
  ['for longer than the role allows', 'worker', { DurationSeconds: 3601 }, 'ValidationError', /MaxSessionDuration/],
  [
    'with a session name of the wrong letters',
    'worker',
    { RoleSessionName: 'anna berg' },
    'ValidationError',
    /roleSessionName/,
  ],
  ['with a policy that is too long', 'worker', { Policy: ' '.repeat(2049) }, 'ValidationError', /2048/],
  [
    'with a policy that is no policy',
    'worker',
    { Policy: '{"Statement":[{"Effect":"Allow"}]}' },
    'MalformedPolicyDocumentException',
    /Syntax/,
  ],
  [
    'with a policy that packs badly',
    'worker',
    { Policy: noisePolicy() },
    'PackedPolicyTooLargeException',
    /^Packed policy consumes 1\d\d%/,
  ],
]
for (const [what, who, input, name, message] of refused)
  test(`a session ${what} is refused as ${name}`, async (t) => {
    const aws = await anAws(t)
    const sts = stsOf(t, aws, aws.organisation.users[who])
    await assert.rejects(sts.send(new AssumeRoleCommand({ ...ASKED, ...input })), { name, message })
  })

/** A policy under 2048 characters that does not deflate. */
function noisePolicy(): string {
  const noise = Array.from({ length: 21 }, (_, at) => createHash('sha512').update(`${at}`).digest('base64url')).join('')
  return JSON.stringify({ Statement: [{ Effect: 'Allow', Action: '*', Resource: noise }] })
}

const inRegions = (...regions: readonly string[]) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: 'cloudtrail:LookupEvents',
        Resource: '*',
        Condition: { StringEquals: { 'aws:RequestedRegion': regions } },
      },
    ],
  })

test('a session policy narrows a session to its Regions', async (t) => {
  const aws = await anAws(t)
  const keys = await readerKeys(t, aws, HOME, inRegions('eu-west-1', 'us-east-1'))
  await cloudTrail(t, aws, keys, 'us-east-1').send(new LookupEventsCommand())
  await assert.rejects(cloudTrail(t, aws, keys, 'eu-west-2').send(new LookupEventsCommand()), {
    name: 'AccessDeniedException',
    message: `User: arn:aws:sts::${HOME}:assumed-role/ctq-reader/anna is not authorized to perform: cloudtrail:LookupEvents because no session policy allows the cloudtrail:LookupEvents action`,
  })
})

test('each reason for a denial has its own words', async (t) => {
  const aws = await anAws(t)
  const { barred, powerless, responder, administrator } = aws.organisation.users
  const look = (keys: typeof barred, region?: string) =>
    cloudTrail(t, aws, keys, region).send(new LookupEventsCommand())
  await assert.rejects(look(barred), { message: /with an explicit deny in an identity-based policy: arn:aws:iam::/ })
  await assert.rejects(look(powerless), {
    message: /because no identity-based policy allows the cloudtrail:LookupEvents/,
  })
  await assert.rejects(look(responder, 'sa-east-1'), {
    name: 'AccessDeniedException',
    message: /with an explicit deny in a service control policy: arn:aws:organizations::123456789012:policy\//,
  })
  await look(administrator, 'sa-east-1')
})

test('a key tells its account: by its id, or only to AWS when it is old', async (t) => {
  const aws = await anAws(t)
  const sts = stsOf(t, aws, aws.organisation.users.worker)
  const accountOf = async (AccessKeyId: string) =>
    (await sts.send(new GetAccessKeyInfoCommand({ AccessKeyId }))).Account
  const { leakedKey, roleKey } = aws.story ?? assert.fail('no story')
  assert.equal(await accountOf(leakedKey), HOME)
  assert.equal(await accountOf(roleKey), '555566667777')
  assert.equal(await accountOf('AKIAI44QH8DHBEXAMPLE'), '444455556666')
  assert.equal(published(leakedKey), HOME)
  await assert.rejects(accountOf('AKIAJAAAAAAAAAAAAAAA'), { name: 'AccessDenied' })
  await assert.rejects(accountOf('not a key, surely'), { name: 'ValidationError' })
})

/** The decoding as published: base32 after the prefix, six bytes, a mask, seven bits to the right. */
function published(id: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = [...id.slice(4)].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('')
  const number = BigInt(`0b${bits.slice(0, 48)}`)
  return String((number & 0x7fffffffff80n) >> 7n).padStart(12, '0')
}
