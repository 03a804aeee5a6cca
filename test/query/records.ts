import fc from 'fast-check'
import type { LookupKey } from '../../src/domain/query/pushdown.ts'
import type { CloudTrailRecord } from '../../src/domain/record.ts'
import type { Match, Operand } from '../../src/domain/runbook/runbook.ts'

/** A record with what LookupEvents finds it by. */
export type Indexed = {
  readonly record: CloudTrailRecord
  readonly index: { readonly [key in LookupKey]?: readonly string[] }
}

const ACCOUNT = '111122223333'
const NAMES = ['alice', 'bob', 'Admin', 'deploy', 'root', 'ci-1'] as const
const KEYS = ['AKIA0000000000000001', 'ASIA0000000000000002', ''] as const
const EVENTS = ['CreateUser', 'DeleteUser', 'GetUser', 'ConsoleLogin', 'StopLogging', 'PutBucketPolicy'] as const
const SOURCES = ['iam.amazonaws.com', 's3.amazonaws.com', 'signin.amazonaws.com'] as const
const IDS = ['e-1', 'e-2', 'e-3'] as const

/** Resources by ARN with the short name that AWS lists some of them by instead. */
const RESOURCES: readonly (readonly [arn: string, short: string])[] = [
  ['arn:aws:s3:::billing', 'billing'],
  [`arn:aws:iam::${ACCOUNT}:user/ops/alice`, 'alice'],
  [`arn:aws:kms:eu-west-1:${ACCOUNT}:key/1234-abcd`, '1234-abcd'],
  [`arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:db/password-a1B2c3`, 'db/password'],
  [`arn:aws:lambda:eu-west-1:${ACCOUNT}:function:hook`, 'hook'],
]

const name = fc.constantFrom(...NAMES)

type Identity = { readonly userIdentity: object; readonly username?: string }

/**
 * Callers as CloudTrail writes them (AWS: userIdentity element) with what Username finds them by: an IAM user's name, a session's name. What
 * it holds for root (the alias may stand in userName), federated users and services is not documented, so it is anything here.
 */
const identity: fc.Arbitrary<Identity> = fc.oneof(
  fc.tuple(name, fc.constantFrom('', 'ops/')).map(([userName, path]) => ({
    userIdentity: {
      type: 'IAMUser',
      userName,
      accountId: ACCOUNT,
      arn: `arn:aws:iam::${ACCOUNT}:user/${path}${userName}`,
    },
    username: userName,
  })),
  name.map((userName) => ({ userIdentity: { type: 'IAMUser', userName, accountId: ACCOUNT }, username: userName })),
  fc.tuple(name, name).map(([role, session]) => ({
    userIdentity: {
      type: 'AssumedRole',
      accountId: ACCOUNT,
      principalId: `AROAEXAMPLE0000000001:${session}`,
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/${session}`,
      sessionContext: { sessionIssuer: { type: 'Role', userName: role, accountId: ACCOUNT } },
    },
    username: session,
  })),
  name.map((federated) => ({
    userIdentity: {
      type: 'FederatedUser',
      accountId: ACCOUNT,
      principalId: `${ACCOUNT}:${federated}`,
      arn: `arn:aws:sts::${ACCOUNT}:federated-user/${federated}`,
    },
    username: 'anything',
  })),
  fc.option(name, { nil: undefined }).map((username) => ({
    userIdentity: { type: 'Root', accountId: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:root`, userName: 'our-alias' },
    ...(username === undefined ? {} : { username }),
  })),
  name.map((principal) => ({ userIdentity: { type: 'SAMLUser', userName: principal }, username: 'anything' })),
  fc.constant({ userIdentity: { type: 'AWSService', invokedBy: 'cloudformation.amazonaws.com' } }),
  fc.constant({ userIdentity: { type: 'AWSAccount', accountId: '999988887777' } }),
)

/** Records out of few values, so that matches meet them often. */
export const aRecord: fc.Arbitrary<Indexed> = fc
  .record({
    identity,
    key: fc.constantFrom(...KEYS),
    eventID: fc.constantFrom(...IDS),
    eventName: fc.constantFrom(...EVENTS),
    eventSource: fc.constantFrom(...SOURCES),
    readOnly: fc.option(fc.boolean(), { nil: undefined }),
    errorCode: fc.option(fc.constant('AccessDenied'), { nil: undefined }),
    resource: fc.option(fc.tuple(fc.constantFrom(...RESOURCES), fc.boolean(), fc.boolean()), { nil: undefined }),
  })
  .map(({ identity: caller, key, resource, readOnly, errorCode, ...rest }) => ({
    record: {
      ...rest,
      ...(readOnly === undefined ? {} : { readOnly }),
      ...(errorCode === undefined ? {} : { errorCode }),
      userIdentity: { ...caller.userIdentity, accessKeyId: key },
      ...named(resource),
    },
    index: {
      EventId: [rest.eventID],
      EventName: [rest.eventName],
      EventSource: [rest.eventSource],
      ReadOnly: readOnly === undefined ? [] : [String(readOnly)],
      AccessKeyId: key === '' ? [] : [key],
      Username: caller.username === undefined ? [] : [caller.username],
      ResourceName: resource === undefined ? [] : [resource[0][resource[2] ? 0 : 1]],
    },
  }))

/** The record names it one way, AWS's index may list it the other. */
function named(resource: readonly [readonly [string, string], boolean, boolean] | undefined): object {
  if (resource === undefined) return {}
  const [[arn, short], byArn] = resource
  return byArn ? { resources: [{ ARN: arn }] } : { requestParameters: { id: short } }
}

const values = {
  eventID: IDS,
  eventName: EVENTS,
  eventSource: SOURCES,
  readOnly: [true, false, 'true', 'false'],
  errorCode: ['AccessDenied'],
  'userIdentity.accessKeyId': KEYS,
  'userIdentity.userName': NAMES,
} as const satisfies { readonly [field: string]: readonly Operand[] }

const aTest = fc
  .constantFrom(...(Object.keys(values) as (keyof typeof values)[]))
  .chain((field): fc.Arbitrary<Match> => {
    const value = fc.constantFrom<Operand>(...values[field])
    const folded = value.map((given) => String(given).toLowerCase())
    return fc.oneof(
      { weight: 4, arbitrary: value.map((equals): Match => ({ field, equals })) },
      folded.map((equals): Match => ({ field, equals, ignoreCase: true })),
      { weight: 3, arbitrary: fc.array(value, { maxLength: 6 }).map((list): Match => ({ field, in: list })) },
      fc.array(folded, { maxLength: 2 }).map((list): Match => ({ field, in: list, ignoreCase: true })),
      value.map((text): Match => ({ field, prefix: String(text).slice(0, 2) })),
      value.map((text): Match => ({ field, contains: String(text).slice(-2) })),
      fc.boolean().map((exists): Match => ({ field, exists })),
    )
  })

const PRINCIPALS = NAMES.flatMap((principal) => [
  principal,
  `user/${principal}`,
  `role/${principal}`,
  `session/${principal}`,
  `Admin/${principal}`,
  `federated-user/${principal}`,
  `arn:aws:iam::${ACCOUNT}:user/ops/${principal}`,
  `arn:aws:iam::${ACCOUNT}:role/${principal}`,
  `arn:aws:sts::${ACCOUNT}:assumed-role/Admin/${principal}`,
  `arn:aws:sts::${ACCOUNT}:federated-user/${principal}`,
  `arn:aws:iam::${ACCOUNT}:root`,
  'cloudformation.amazonaws.com',
])

/** Resources as people name them: by ARN. AWS's index alone knows which records a short name means, and answers say so. */
const aResource = fc.constantFrom(...RESOURCES).map(([arn]): Match => ({ resource: arn }))

/** Matches of every shape, some of which mean nothing or contradict themselves. */
export const aMatch: fc.Arbitrary<Match> = fc.letrec<{ match: Match }>((tie) => ({
  match: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'match' },
    aTest,
    fc.constantFrom(...PRINCIPALS).map((principal): Match => ({ principal })),
    aResource,
    fc.array(tie('match'), { maxLength: 3, depthIdentifier: 'match' }).map((all): Match => ({ all })),
    fc.array(tie('match'), { maxLength: 3, depthIdentifier: 'match' }).map((any): Match => ({ any })),
    tie('match').map((not): Match => ({ not })),
  ),
})).match
