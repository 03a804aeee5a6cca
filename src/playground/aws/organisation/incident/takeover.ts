import { uniqueId } from '../accounts.ts'
import { iamDate, logDate } from '../dates.ts'
import { GLOBAL_REGION } from '../regions.ts'
import { foreignCaller } from '../userIdentity.ts'
import {
  HOME,
  inRole,
  LEAKED,
  LEAKED_USER,
  OTHER,
  REGION,
  ROLE,
  ROLE_KEY,
  ROLE_SESSION,
  SECOND,
  SECOND_BROWSER,
  SECOND_HOSTILE,
  SECOND_KEY,
  SECOND_USER,
} from './cast.ts'
import { denied } from './refusals.ts'
import type { Act } from './script.ts'

const WHO = `arn:aws:iam::${HOME}:user/${LEAKED_USER}`
const ADMIN = 'arn:aws:iam::aws:policy/AdministratorAccess'
const GLOBAL = { region: GLOBAL_REGION } as const

/** More rights, a second key, a console password, and a role in another account. */
export function takeover(begins: number): readonly Act[] {
  return [...escalation(), ...secondKey(begins), ...consoleLogin(), ...otherAccount(begins)]
}

function escalation(): Act[] {
  const policyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
  })
  const common = { phase: 'escalation', hand: LEAKED, ...GLOBAL } as const
  return [
    {
      ...common,
      at: 1110,
      what: 'Tries to attach AdministratorAccess to the leaked user.',
      call: 'iam:AttachUserPolicy',
      error: denied(WHO, 'iam:AttachUserPolicy', `user ${LEAKED_USER}`),
    },
    {
      ...common,
      at: 1184,
      what: 'Gives the leaked user every right with an inline policy.',
      call: 'iam:PutUserPolicy',
      request: { userName: LEAKED_USER, policyName: 'ci-cache', policyDocument },
    },
  ]
}

function secondKey(begins: number): Act[] {
  const created = iamDate(begins + 1402)
  const common = { phase: 'second key', hand: LEAKED, ...GLOBAL } as const
  return [
    { ...common, at: 1345, what: 'Lists the users.', call: 'iam:ListUsers', request: { maxItems: 100 } },
    {
      ...common,
      at: 1402,
      what: 'Makes a key for the dormant user backup.',
      call: 'iam:CreateAccessKey',
      request: { userName: SECOND_USER },
      response: {
        accessKey: { userName: SECOND_USER, accessKeyId: SECOND_KEY, status: 'Active', createDate: created },
      },
    },
    {
      ...common,
      at: 1420,
      what: 'Gives backup administrator rights.',
      call: 'iam:AttachUserPolicy',
      request: { userName: SECOND_USER, policyArn: ADMIN },
    },
    {
      ...common,
      at: 1447,
      what: 'Gives backup a console password.',
      call: 'iam:CreateLoginProfile',
      request: { userName: SECOND_USER, passwordResetRequired: false },
      response: {
        loginProfile: { userName: SECOND_USER, createDate: iamDate(begins + 1447), passwordResetRequired: false },
      },
    },
    { ...common, hand: SECOND, at: 1733, what: 'Tries the second key.', call: 'sts:GetCallerIdentity' },
    {
      ...common,
      hand: SECOND_HOSTILE,
      at: 1790,
      what: 'Lists roles, with a user agent made to do harm where it is shown.',
      call: 'iam:ListRoles',
      request: { maxItems: 1000 },
    },
  ]
}

function consoleLogin(): Act[] {
  const common = {
    phase: 'second key',
    hand: SECOND_BROWSER,
    call: 'signin:ConsoleLogin',
    type: 'AwsConsoleSignIn',
    ...GLOBAL,
  } as const
  const additional = {
    LoginTo: 'https://console.aws.amazon.com/console/home?hashArgs=%23&isauthcode=true',
    MobileVersion: 'No',
    MFAUsed: 'No',
  }
  return [
    {
      ...common,
      at: 2010,
      what: 'Mistypes the new password at the console.',
      response: { ConsoleLogin: 'Failure' },
      additional,
      error: { message: 'Failed authentication' },
      readOnly: false,
    },
    {
      ...common,
      at: 2051,
      what: 'Signs in to the console as backup, without a second factor.',
      response: { ConsoleLogin: 'Success' },
      additional,
      readOnly: false,
    },
  ]
}

function otherAccount(begins: number): Act[] {
  const roleArn = `arn:aws:iam::${OTHER}:role/${ROLE}`
  const time = begins + 2700
  const assumedRoleUser = {
    assumedRoleId: `${uniqueId('AROA', OTHER, ROLE)}:${ROLE_SESSION}`,
    arn: `arn:aws:sts::${OTHER}:assumed-role/${ROLE}/${ROLE_SESSION}`,
  }
  const sessionToken = `IQoJb3JpZ2luX2Vj${Buffer.from(`${roleArn} ${time} `.repeat(9)).toString('base64')}`
  const role = inRole(time)
  const common = { phase: 'other account', hand: role, region: REGION } as const
  return [
    {
      at: 2700,
      phase: 'other account',
      what: 'Takes a role in prod-data; both accounts have a record of it.',
      hand: SECOND,
      call: 'sts:AssumeRole',
      region: GLOBAL_REGION,
      request: { roleArn, roleSessionName: ROLE_SESSION, durationSeconds: 3600 },
      response: {
        credentials: { accessKeyId: ROLE_KEY, sessionToken, expiration: logDate(time + 3600) },
        assumedRoleUser,
      },
      resources: [{ accountId: OTHER, type: 'AWS::IAM::Role', ARN: roleArn }],
      twin: { account: OTHER, identity: foreignCaller(uniqueId('AIDA', HOME, SECOND_USER), HOME) },
    },
    { ...common, at: 2722, what: 'Asks who it is now.', call: 'sts:GetCallerIdentity' },
    { ...common, at: 2741, what: 'Lists the buckets of prod-data.', call: 's3:ListBuckets', region: GLOBAL_REGION },
    {
      ...common,
      at: 2760,
      what: 'Lists database snapshots.',
      call: 'rds:DescribeDBSnapshots',
      request: { maxRecords: 100 },
    },
    {
      ...common,
      at: 2779,
      what: 'Lists snapshots.',
      call: 'ec2:DescribeSnapshots',
      request: { snapshotSet: {}, ownersSet: { items: [{ owner: 'self' }] }, filterSet: {} },
    },
  ]
}
