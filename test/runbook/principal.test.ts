import assert from 'node:assert/strict'
import test from 'node:test'
import type { CloudTrailRecord } from '../../src/domain/record.ts'
import { principalTest, readPrincipal, shortPrincipal } from '../../src/domain/runbook/principal.ts'

const user: CloudTrailRecord = {
  userIdentity: {
    type: 'IAMUser',
    principalId: 'AIDACKCEVSQ6C2EXAMPLE',
    arn: 'arn:aws:iam::111122223333:user/people/alice',
    accountId: '111122223333',
    userName: 'alice',
  },
}
const session: CloudTrailRecord = {
  userIdentity: {
    type: 'AssumedRole',
    principalId: 'AROACKCEVSQ6C2EXAMPLE:alice@example.com',
    arn: 'arn:aws:sts::111122223333:assumed-role/Admin/alice@example.com',
    accountId: '111122223333',
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: 'AROACKCEVSQ6C2EXAMPLE',
        arn: 'arn:aws:iam::111122223333:role/teams/Admin',
        accountId: '111122223333',
        userName: 'Admin',
      },
      sourceIdentity: 'T01-U02',
    },
  },
}
const root: CloudTrailRecord = {
  userIdentity: {
    type: 'Root',
    principalId: '111122223333',
    arn: 'arn:aws:iam::111122223333:root',
    accountId: '111122223333',
  },
}
const federated: CloudTrailRecord = {
  userIdentity: {
    type: 'FederatedUser',
    principalId: '111122223333:bob',
    arn: 'arn:aws:sts::111122223333:federated-user/bob',
    accountId: '111122223333',
    sessionContext: {
      sessionIssuer: { type: 'IAMUser', userName: 'alice', arn: 'arn:aws:iam::111122223333:user/alice' },
    },
  },
}
const identityCenter: CloudTrailRecord = {
  userIdentity: {
    type: 'IdentityCenterUser',
    accountId: '111122223333',
    onBehalfOf: {
      userId: '1234abcd-12ab-34cd-56ef-1234567890ab',
      identityStoreArn: 'arn:aws:identitystore::111122223333:identitystore/d-1',
    },
  },
}
const service: CloudTrailRecord = { userIdentity: { type: 'AWSService', invokedBy: 'config.amazonaws.com' } }
const web: CloudTrailRecord = {
  userIdentity: {
    type: 'WebIdentityUser',
    principalId:
      'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com:sts.amazonaws.com:repo:acme/shop:ref:refs/heads/main',
    userName: 'repo:acme/shop:ref:refs/heads/main',
  },
}
const failedLogin: CloudTrailRecord = {
  userIdentity: { type: 'IAMUser', accountId: '111122223333', accessKeyId: '', userName: 'alice' },
}
const everybody = { user, session, root, federated, identityCenter, service, web, failedLogin }

for (const [text, who] of [
  ['alice', ['user', 'failedLogin']],
  ['user/alice', ['user', 'failedLogin']],
  ['arn:aws:iam::111122223333:user/people/alice', ['user', 'failedLogin']],
  ['arn:aws:iam::111122223333:user/alice', ['user', 'failedLogin']],
  ['arn:aws:iam::444455556666:user/alice', []],
  ['AIDACKCEVSQ6C2EXAMPLE', ['user']],
  ['Alice', []],
  ['Admin', ['session']],
  ['role/Admin', ['session']],
  ['user/Admin', []],
  ['arn:aws:iam::111122223333:role/teams/Admin', ['session']],
  ['arn:aws:iam::111122223333:role/Admin', ['session']],
  ['arn:aws:iam::444455556666:role/Admin', []],
  ['arn:aws:sts::111122223333:assumed-role/Admin', ['session']],
  ['arn:aws:sts::111122223333:assumed-role/Admin/alice@example.com', ['session']],
  ['arn:aws:sts::111122223333:assumed-role/Other/alice@example.com', []],
  ['alice@example.com', ['session']],
  ['session/alice@example.com', ['session']],
  ['Admin/alice@example.com', ['session']],
  ['AROACKCEVSQ6C2EXAMPLE', ['session']],
  ['AROACKCEVSQ6C2EXAMPLE:alice@example.com', ['session']],
  ['T01-U02', ['session']],
  ['root', ['root']],
  ['arn:aws:iam::111122223333:root', ['root']],
  ['arn:aws:iam::444455556666:root', []],
  ['bob', ['federated']],
  ['arn:aws:sts::111122223333:federated-user/bob', ['federated']],
  ['1234abcd-12ab-34cd-56ef-1234567890ab', ['identityCenter']],
  ['config.amazonaws.com', ['service']],
] as const)
  test(`${text} is ${who.join(' and ') || 'nobody here'}`, () => {
    const found = Object.entries(everybody).filter(([, record]) => principalTest(text)(record))
    assert.deepEqual(
      found.map(([name]) => name),
      who,
    )
  })

for (const [name, short] of [
  ['user', 'alice'],
  ['session', 'Admin/alice@example.com'],
  ['root', 'root'],
  ['federated', 'federated-user/bob'],
  ['identityCenter', '1234abcd-12ab-34cd-56ef-1234567890ab'],
  ['service', 'config.amazonaws.com'],
  ['failedLogin', 'alice'],
] as const)
  test(`${name} is shown as ${short}, and asking for that finds the record again`, () => {
    assert.equal(shortPrincipal(everybody[name]), short)
    assert.notEqual(readPrincipal(short), undefined)
    assert.equal(principalTest(short)(everybody[name]), true)
  })

test('an identity of which only an account is known shows that, and one of nothing shows nothing', () => {
  assert.equal(shortPrincipal({ userIdentity: { type: 'AWSAccount', accountId: '444455556666' } }), '444455556666')
  assert.equal(shortPrincipal({}), '')
})

for (const text of [
  '',
  'a b',
  'arn:aws:s3:::bucket',
  'arn:aws:iam::1:user/a',
  'arn:aws:iam::111122223333:group/a',
  'a/b/c',
  '/x',
  '<!channel>',
])
  test(`"${text}" is no principal`, () => assert.equal(readPrincipal(text), undefined))
