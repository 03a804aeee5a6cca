import { namedKeyId } from '../../keyId.ts'
import { hash32 } from '../../random.ts'
import { MANAGEMENT, PROD_PAYMENTS } from '../accounts.ts'
import { iamDate } from '../dates.ts'
import { GLOBAL_REGION } from '../regions.ts'
import { failedSignIn, iamUser, portalUser, rootUser } from '../userIdentity.ts'
import type { Activity, Actor, ApiCall } from './activity.ts'
import { BROWSERS, IDENTITY_STORE, OFFICE, person, portalRole, userActor } from './actors.ts'
import { looking, lookingAtIam, reads, writes } from './calls.ts'
import type { Estate } from './estate.ts'
import { always, beforeSessions, office } from './schedule.ts'

/** Who works where, with which permission set, how much a day, and whether in the console. */
const STAFF: readonly (readonly [string, readonly string[], string, number, 'console' | 'cli'])[] = [
  ['anna.berg@harbour.example', ['prod-payments', 'dev-payments'], 'PaymentsEngineer', 40, 'console'],
  ['ben.okafor@harbour.example', ['prod-payments', 'dev-payments'], 'PaymentsEngineer', 30, 'cli'],
  ['chiara.rossi@harbour.example', ['prod-web', 'dev-platform'], 'WebEngineer', 35, 'console'],
  ['dmitri.volkov@harbour.example', ['prod-data'], 'DataAnalyst', 30, 'console'],
  ['emeka.eze@harbour.example', ['prod-payments', 'prod-web', 'prod-data', 'dev-platform'], 'PlatformAdmin', 25, 'cli'],
  [
    'sofia.lind@harbour.example',
    ['security-tooling', 'log-archive', 'prod-payments', 'harbour-management'],
    'SecurityAudit',
    18,
    'console',
  ],
  ['tomas.novak@harbour.example', ['sandbox'], 'SandboxAdmin', 30, 'console'],
]

/** People at work through the access portal, and the few who still have users of their own. */
export function people(estates: readonly Estate[], portalRegion: string): readonly Activity[] {
  const staff = STAFF.flatMap(([email, accounts, permissionSet, perDay, tools]) =>
    accounts.flatMap((name) => {
      const estate = estates.find((one) => one.name === name)
      if (estate === undefined) return []
      const actor = person(email, estate.account, permissionSet, tools)
      return [...signIns(actor, estate, permissionSet, portalRegion), ...atWork(actor, estate, permissionSet, perDay)]
    }),
  )
  return [...staff, ...ownUsers()]
}

function atWork(actor: Actor, estate: Estate, permissionSet: string, perDay: number): Activity[] {
  const { account, region } = estate
  const changes = permissionSet === 'PlatformAdmin' || permissionSet === 'SandboxAdmin'
  const days = [
    { actor, account, region, schedule: office(perDay), calls: looking(estate) },
    { actor, account, region: GLOBAL_REGION, schedule: office(perDay / 5), calls: lookingAtIam(estate) },
  ]
  if (!changes) return days
  return [
    ...days,
    { actor, account, region, schedule: office(1.5), calls: changesByHand(estate) },
    { actor, account, region: GLOBAL_REGION, schedule: office(0.4), calls: identityCare(estate) },
  ]
}

function changesByHand(estate: Estate): readonly ApiCall[] {
  return [
    writes('ec2:CreateTags', {
      weight: 3,
      targets: estate.instances,
      request: ({ target }) => ({
        resourcesSet: { items: [{ resourceId: target }] },
        tagSet: { items: [{ key: 'owner', value: estate.name }] },
      }),
      response: ({ requestId }) => ({ requestId, _return: true }),
    }),
    writes('ec2:AuthorizeSecurityGroupIngress', {
      targets: estate.groups.slice(1),
      request: ({ target, roll }) => ({
        groupId: target,
        ipPermissions: {
          items: [
            {
              ipProtocol: 'tcp',
              fromPort: 443,
              toPort: 443,
              groups: {},
              ipRanges: { items: [{ cidrIp: `10.${Math.floor(roll() * 200)}.0.0/16`, description: 'internal' }] },
              ipv6Ranges: {},
              prefixListIds: {},
            },
          ],
        },
      }),
      response: ({ requestId }) => ({ requestId, _return: true }),
    }),
    writes('ssm:StartSession', {
      weight: 2,
      targets: estate.instances,
      request: ({ target }) => ({ target }),
      response: ({ target }) => ({
        sessionId: `session-${target.slice(-8)}`,
        tokenValue: 'Value hidden due to security reasons.',
        streamUrl: `wss://ssmmessages.${estate.region}.amazonaws.com/v1/data-channel`,
      }),
    }),
  ]
}

/** Keys changed as they should be, and roles looked after: what real changes of identities look like among noise. */
function identityCare(estate: Estate): readonly ApiCall[] {
  return [
    writes('iam:TagRole', {
      weight: 2,
      targets: estate.roles,
      request: ({ target }) => ({ roleName: target, tags: [{ key: 'reviewed', value: 'yes' }] }),
    }),
    writes('iam:CreateAccessKey', {
      targets: ['metrics-reader', 'mail-sender'],
      request: ({ target }) => ({ userName: target }),
      response: ({ target, time }) => ({
        accessKey: {
          userName: target,
          accessKeyId: namedKeyId('AKIA', estate.account, target),
          status: 'Active',
          createDate: iamDate(time),
        },
      }),
    }),
    writes('iam:UpdateRole', {
      targets: estate.roles,
      request: ({ target }) => ({ roleName: target, maxSessionDuration: 3600 }),
    }),
  ]
}

/** A day begins at the portal: in the management account's portal Region, then as a SAML session, then the console. */
function signIns(actor: Actor, estate: Estate, permissionSet: string, portalRegion: string): Activity[] {
  const { account } = estate
  const email = actor.name
  const role = portalRole(account, permissionSet)
  const userId = `${hash32(email).toString(16).padStart(8, '0')}-a0b1-70c2-f3d4-${hash32('store', email).toString(16).padStart(12, '0')}`
  const portal: Actor = { ...anonymous(actor), identity: () => portalUser(MANAGEMENT, userId, IDENTITY_STORE) }
  const saml: Actor = {
    ...anonymous(actor),
    identity: () => ({
      type: 'SAMLUser',
      principalId: `${hash32(account).toString(36)}=:${email}`,
      userName: email,
      identityProvider: `${hash32(account).toString(36)}=`,
    }),
  }
  const schedule = beforeSessions(actor, false)
  const federate = reads('sso:Federate', {
    type: 'AwsServiceEvent',
    details: () => ({ role_name: permissionSet, account_id: account }),
  })
  const console = writes('signin:ConsoleLogin', {
    type: 'AwsConsoleSignIn',
    response: () => ({ ConsoleLogin: 'Success' }),
    additional: () => ({ MobileVersion: 'No', MFAUsed: 'No' }),
  })
  return [
    { actor: portal, account: MANAGEMENT, region: portalRegion, schedule, calls: [federate], issues: actor },
    {
      actor: saml,
      account,
      region: GLOBAL_REGION,
      schedule,
      calls: [assumedWithSaml(account, role, email)],
      issues: actor,
    },
    ...(actor.console === true
      ? [{ actor: withoutKey(actor), account, region: GLOBAL_REGION, schedule, calls: [console], issues: actor }]
      : []),
  ]
}

function assumedWithSaml(account: string, role: string, email: string): ApiCall {
  const roleArn = `arn:aws:iam::${account}:role/${role}`
  const principalArn = `arn:aws:iam::${account}:saml-provider/AWSSSO_0f1e2d3c4b5a6978_DO_NOT_DELETE`
  return reads('sts:AssumeRoleWithSAML', {
    request: () => ({
      sAMLAssertionID: '_3f9d2b1c-77aa-4d0e-9f55-1b2c3d4e5f60',
      roleSessionName: email,
      durationSeconds: 43_200,
      roleArn,
      principalArn,
    }),
    response: ({ session, time }) => ({
      credentials: {
        accessKeyId: session.accessKeyId,
        expiration: iamDate(time + 43_200),
        sessionToken: 'IQoJb3JpZ2luX2VjEJr//////////wEaCWV1LXdlc3QtMSJHMEUCIQ',
      },
      assumedRoleUser: { arn: `arn:aws:sts::${account}:assumed-role/${role.split('/').at(-1)}/${email}` },
      subject: email,
      subjectType: 'persistent',
      audience: 'https://signin.aws.amazon.com/saml',
    }),
    resources: () => [
      { accountId: account, type: 'AWS::IAM::Role', ARN: roleArn },
      { accountId: account, type: 'AWS::IAM::SAMLProvider', ARN: principalArn },
    ],
  })
}

function anonymous({ account, name, addresses, agents }: Actor): Actor {
  return { account, name, addresses, agents, identity: () => ({ type: 'Unknown' }) }
}

function withoutKey(actor: Actor): Actor {
  return { ...anonymous(actor), identity: ({ created }) => actor.identity({ accessKeyId: undefined, created }) }
}

/** Users with passwords or keys of their own: finance with a second factor, mistakes at the console, root now and then. */
function ownUsers(): Activity[] {
  const browser = { addresses: OFFICE, agents: BROWSERS }
  const finance: Actor = {
    account: MANAGEMENT,
    name: 'finance-viewer',
    ...browser,
    identity: () => iamUser(MANAGEMENT, 'finance-viewer', undefined),
  }
  const mistaken: Actor = { ...finance, name: 'mistaken', identity: () => failedSignIn(MANAGEMENT, undefined) }
  const root: Actor = { ...finance, name: 'root', identity: ({ created }) => rootUser(MANAGEMENT, undefined, created) }
  const dormant = userActor(PROD_PAYMENTS, 'backup', 'AKIAJH4RB0URBACKUP0A', { addresses: ['192.0.2.180'] })
  const common = { account: MANAGEMENT, region: GLOBAL_REGION }
  const login = (answer: string, mfa: string, message?: string): ApiCall =>
    writes('signin:ConsoleLogin', {
      type: 'AwsConsoleSignIn',
      response: () => ({ ConsoleLogin: answer }),
      additional: () => ({
        LoginTo: 'https://console.aws.amazon.com/costmanagement/home',
        MobileVersion: 'No',
        MFAUsed: mfa,
      }),
      ...(message !== undefined && { error: () => ({ message }) }),
    })
  return [
    { ...common, actor: finance, schedule: office(1.2), calls: [login('Success', 'Yes')] },
    {
      ...common,
      actor: mistaken,
      schedule: office(0.3),
      calls: [login('Failure', 'No', 'No username found in supplied account')],
    },
    {
      ...common,
      actor: root,
      schedule: always(0.04),
      calls: [login('Success', 'Yes'), reads('iam:GetAccountSummary')],
    },
    {
      actor: dormant,
      account: PROD_PAYMENTS,
      region: GLOBAL_REGION,
      schedule: always(0.03),
      calls: [reads('s3:ListBuckets')],
    },
  ]
}
