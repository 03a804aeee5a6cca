import assert from 'node:assert/strict'
import test from 'node:test'
import { allowing, isCovered } from '../../src/domain/runbook/policyAllows.ts'
import { readPolicy } from '../../src/domain/runbook/policyDocument.ts'
import { foundIn, OURS, stagesOf } from './rig.ts'

const POLICY = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: '*' }],
}
const TEXT = JSON.stringify(POLICY)

for (const [how, written] of Object.entries({
  'an object': POLICY,
  'a JSON text': TEXT,
  'a JSON text in a URL’s encoding': encodeURIComponent(TEXT),
  'a JSON text in a form’s encoding': encodeURIComponent(JSON.stringify(POLICY, null, 1)).replaceAll('%20', '+'),
  'a JSON text in a JSON text': JSON.stringify(TEXT),
  'a URL’s encoding in a JSON text': JSON.stringify(encodeURIComponent(TEXT)),
  'a URL’s encoding twice': encodeURIComponent(encodeURIComponent(TEXT)),
}))
  test(`a policy is read that is written as ${how}`, () => assert.deepEqual(readPolicy(written), POLICY))

for (const written of ['', 'hello', '%', '%zz', '{', '"', 'null', '[1]', '7', `"${'a'.repeat(70_000)}"`])
  test(`${JSON.stringify(written).slice(0, 20)} is no policy and breaks nothing`, () =>
    assert.deepEqual(allowing(readPolicy(written), { action: '*' }, [OURS]), []))

type Case = readonly [what: string, statement: object, outside: boolean, anyone?: boolean]

const trust = (Principal: unknown, Condition?: object): object => ({
  Effect: 'Allow',
  Principal,
  Action: 'sts:AssumeRole',
  ...(Condition === undefined ? {} : { Condition }),
})

const CASES: readonly Case[] = [
  ['anyone', trust('*'), true, true],
  ['anyone by AWS', trust({ AWS: ['*'] }), true, true],
  ['all but some', { Effect: 'Allow', NotPrincipal: { AWS: OURS }, Action: '*', Resource: '*' }, true, true],
  ['one of our accounts', trust({ AWS: `arn:aws:iam::${OURS}:root` }), false],
  ['one of our accounts by its number', trust({ AWS: OURS }), false],
  ['another account', trust({ AWS: 'arn:aws:iam::999988887777:user/mallory' }), true],
  ['another account beside ours', trust({ AWS: [OURS, '999988887777'] }), true],
  ['a service', trust({ Service: 'ec2.amazonaws.com' }), false],
  [
    'a distribution of CloudFront',
    trust({ AWS: 'arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1' }),
    false,
  ],
  ['our identity provider', trust({ Federated: `arn:aws:iam::${OURS}:saml-provider/Corp` }), false],
  ['a provider on the internet', trust({ Federated: 'accounts.google.com' }), true],
  ['a canonical user, who may be anybody', trust({ CanonicalUser: '79a59df900b949e55d96a1e698fbaced' }), true],
  ['anyone, denied', { ...trust('*'), Effect: 'Deny' }, false],
  ['anyone in an organisation', trust('*', { StringEquals: { 'aws:PrincipalOrgID': 'o-exampleorgid' } }), true, false],
  ['anyone in our account', trust('*', { StringEquals: { 'aws:PrincipalAccount': OURS } }), false],
  ['anyone through our bucket', trust('*', { ArnLike: { 'AWS:SourceArn': `arn:aws:sns:eu-west-1:${OURS}:x` } }), false],
  [
    'anyone in the attacker’s account',
    trust('*', { StringLike: { 'aws:PrincipalAccount': '999988887777' } }),
    true,
    false,
  ],
  ['anyone not in an account', trust('*', { StringNotEquals: { 'aws:PrincipalAccount': OURS } }), true, true],
  [
    'a condition that an absent key passes',
    trust('*', { StringEqualsIfExists: { 'aws:PrincipalAccount': OURS } }),
    true,
    true,
  ],
  [
    'a condition that nothing passes',
    trust('*', { 'ForAllValues:StringEquals': { 'aws:PrincipalAccount': OURS } }),
    true,
    true,
  ],
  ['a condition that everybody meets', trust('*', { IpAddress: { 'aws:SourceIp': '0.0.0.0/0' } }), true, true],
  [
    'another account with a password',
    trust({ AWS: '999988887777' }, { StringEquals: { 'sts:ExternalId': 'hunter2' } }),
    true,
  ],
  ['nobody', { Effect: 'Allow', Action: '*', Resource: '*' }, false],
]

for (const [what, statement, outside, anyone = false] of CASES)
  test(`${what} is ${outside ? '' : 'not '}outside and ${anyone ? '' : 'not '}anyone`, () => {
    const asks = (principal: 'outside' | 'anyone'): boolean =>
      allowing({ Statement: statement }, { principal }, [OURS]).length > 0
    assert.deepEqual([asks('outside'), asks('anyone')], [outside, anyone])
  })

test('what limits a statement is told, but no secret of it', () => {
  const Condition = { StringEquals: { 'aws:PrincipalOrgID': 'o-exampleorgid', 'sts:ExternalId': 'hunter2' } }
  const found = allowing({ Statement: [trust('*', Condition)] }, { principal: 'outside' }, [OURS])
  assert.deepEqual(found, [{ words: 'trusts anyone', limits: ['aws:PrincipalOrgID o-exampleorgid'] }])
})

for (const [pattern, asked, covered] of [
  ['*', '*', true],
  ['*:*', '*', true],
  ['iam:*', '*', false],
  ['iam:*', 'iam:PassRole', true],
  ['IAM:Pass*', 'iam:passrole', true],
  ['iam:PassRol?', 'iam:PassRole', true],
  ['iam:Get*', 'iam:PassRole', false],
  ['*:PassRole', 'iam:PassRole', true],
  ['i*m:*Role', 'iam:PassRole', true],
  ['?', '*', false],
  ['', '*', false],
] as const)
  test(`${pattern} ${covered ? 'takes in' : 'does not take in'} ${asked}`, () =>
    assert.equal(isCovered(pattern, asked), covered))

test('what allows all but some allows all that it does not leave out', () => {
  const policy = { Statement: { Effect: 'Allow', NotAction: 'iam:*', Resource: '*' } }
  const ask = (action: string): number => allowing(policy, { action }, []).length
  assert.deepEqual([ask('*'), ask('s3:GetObject'), ask('iam:PassRole')], [1, 1, 0])
})

test('all that is asked must be in one statement', () => {
  const apart = {
    Statement: [
      { Effect: 'Allow', Action: '*', Resource: 'arn:aws:s3:::logs' },
      { Effect: 'Allow', Action: 's3:Get*', Resource: '*' },
    ],
  }
  assert.equal(allowing(apart, { action: '*', resource: '*' }, []).length, 0)
  assert.equal(allowing(apart, { action: '*' }, []).length, 1)
})

const STAGE = '[{ name: wide, finds: Policies that allow everything, policy: { action: "*", resource: "*" } }]'

test('a policy is found wherever services put one, what was done before what was tried', async () => {
  const wide = JSON.stringify({ Statement: { Effect: 'Allow', Action: '*', Resource: '*' } })
  const narrow = JSON.stringify({ Statement: { Effect: 'Allow', Action: 's3:Get*', Resource: '*' } })
  const [stage] = await foundIn(stagesOf(STAGE), [
    { at: 0, name: 'PutUserPolicy', more: { requestParameters: { userName: 'ci', policyDocument: wide } } },
    { at: 1, name: 'PutUserPolicy', more: { requestParameters: { userName: 'ci', policyDocument: narrow } } },
    {
      at: 2,
      name: 'SetQueueAttributes',
      more: { requestParameters: { attributes: { Policy: encodeURIComponent(wide) } } },
    },
    {
      at: 3,
      name: 'PutRolePolicy',
      denied: true,
      more: { requestParameters: { roleName: 'r', policyDocument: wide } },
    },
  ])
  assert.deepEqual(
    stage?.findings.map(({ at, denied, tells }) => [at.eventName, denied, tells.kind === 'policy' && tells.allows]),
    [
      ['SetQueueAttributes', 0, 'allows * on *'],
      ['PutUserPolicy', 0, 'allows * on *'],
      ['PutRolePolicy', 1, 'allows * on *'],
    ],
  )
})

test('the account that a call was recorded in is not outside, whether or not it is known', async () => {
  const then =
    '[{ name: o, finds: Outsiders let in, policy: { in: [requestParameters.policyDocument], principal: outside } }]'
  const trusts = (account: string): object => ({
    requestParameters: { policyDocument: { Statement: [trust({ AWS: account })] } },
  })
  const calls = [OURS, '222233334444', '999988887777'].map((account, at) => ({ at, more: { ...trusts(account) } }))
  const [stage] = await foundIn(stagesOf(then), calls, { organisation: ['222233334444'] })
  assert.deepEqual(
    stage?.findings.map(({ tells }) => tells.kind === 'policy' && tells.allows),
    ['trusts 999988887777'],
  )
})
