import { namedKeyId } from '../keyId.ts'
import type { Policy } from '../policy.ts'
import { hash32, letters } from '../random.ts'
import { type Account, MANAGEMENT, ORGANISATION_ID, SECURITY, uniqueId } from './accounts.ts'

export type AccessKey = { readonly accessKeyId: string; readonly secretAccessKey: string }

/** An IAM user whose key this simulation accepts. */
export type User = AccessKey & {
  readonly account: string
  readonly name: string
  readonly arn: string
  readonly id: string
  readonly policyArn: string
  readonly policy: Policy
}

export type Role = {
  readonly account: string
  readonly name: string
  readonly arn: string
  readonly id: string
  readonly trust: Policy
  readonly policyArn: string
  readonly policy: Policy
  readonly maxSessionSeconds: number
}

export type ServiceControlPolicy = {
  readonly arn: string
  /** Unit or root ids it is attached to; it holds for everything below them. */
  readonly targets: readonly string[]
  readonly policy: Policy
}

/** The role ctq assumes in each account. */
export const READER_ROLE = 'ctq-reader'

/** The Region that the organisation's guard rail denies outside the management and security accounts. */
export const DENIED_REGION = 'sa-east-1'

export function user(account: string, name: string, statements: Policy['Statement']): User {
  return {
    account,
    name,
    arn: `arn:aws:iam::${account}:user/${name}`,
    id: uniqueId('AIDA', account, name),
    accessKeyId: namedKeyId('AKIA', account, name),
    secretAccessKey: letters(hash32(account, name, 'secret'), 40, SECRET_LETTERS),
    policyArn: `arn:aws:iam::${account}:policy/${name}`,
    policy: { Version: '2012-10-17', Statement: statements },
  }
}

const SECRET_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** The users with keys of their own, by what they are for; `home` is the account of the people at the terminal. */
export function users(home: string) {
  const allow = 'Allow' as const
  const read = ['cloudtrail:LookupEvents', 'account:ListRegions', 'sts:GetAccessKeyInfo']
  const become = {
    Effect: allow,
    Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'],
    Resource: `arn:aws:iam::*:role/${READER_ROLE}`,
  }
  const list = ['organizations:List*', 'organizations:Describe*']
  return {
    /** ctq's worker: may assume the reader role anywhere and list the organisation, and no more. */
    worker: user(SECURITY, 'ctq-worker', [
      become,
      { Effect: allow, Action: [...list, 'account:ListRegions'], Resource: '*' },
      { Effect: allow, Action: 'sts:GetAccessKeyInfo', Resource: '*' },
    ]),
    /** Whoever is on call, at a terminal: reads the account of security, may assume the reader role in the others and list the organisation. */
    oncall: user(SECURITY, 'oncall', [become, { Effect: allow, Action: [...read, ...list], Resource: '*' }]),
    /** A responder at a terminal, with read rights in one account. */
    responder: user(home, 'responder', [{ Effect: allow, Action: read, Resource: '*' }]),
    /** A responder whose own policy denies reading CloudTrail. */
    barred: user(home, 'barred', [
      { Effect: allow, Action: '*', Resource: '*' },
      { Effect: 'Deny', Action: 'cloudtrail:LookupEvents', Resource: '*' },
    ]),
    /** Somebody with a key and no rights. */
    powerless: user(home, 'powerless', []),
    /** May assume roles but not set a source identity. */
    nameless: user(SECURITY, 'nameless', [{ Effect: allow, Action: 'sts:AssumeRole', Resource: '*' }]),
    /** An administrator of the management account, where no service control policy holds. */
    administrator: user(MANAGEMENT, 'administrator', [{ Effect: allow, Action: '*', Resource: '*' }]),
  }
}

export type Users = ReturnType<typeof users>

/** The reader role as ctq's own deployment makes it: trusted are the worker and who is on call, and only with a source identity. */
export function readerRole(account: Account, { worker, oncall }: Pick<Users, 'worker' | 'oncall'>): Role {
  return {
    account: account.id,
    name: READER_ROLE,
    arn: `arn:aws:iam::${account.id}:role/${READER_ROLE}`,
    id: uniqueId('AROA', account.id, READER_ROLE),
    maxSessionSeconds: 3600,
    trust: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: worker.arn },
          Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'],
          Condition: { StringLike: { 'sts:SourceIdentity': '*' } },
        },
        {
          Sid: 'PeopleAtATerminal',
          Effect: 'Allow',
          Principal: { AWS: oncall.arn },
          Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'],
          Condition: { StringLike: { 'sts:SourceIdentity': 'terminal.*' } },
        },
      ],
    },
    policyArn: `arn:aws:iam::${account.id}:policy/ctq-reader`,
    policy: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: ['cloudtrail:LookupEvents', 'account:ListRegions'], Resource: '*' }],
    },
  }
}

const GUARDS = `arn:aws:organizations::${MANAGEMENT}:policy/${ORGANISATION_ID}/service_control_policy`
export const REGION_GUARD_ARN = `${GUARDS}/p-r3g10ngd`
export const TRAIL_GUARD_ARN = `${GUARDS}/p-tr41lgrd`

/** The trail of the organisation cannot be touched from its members. */
export function trailGuard(targets: readonly string[]): ServiceControlPolicy {
  return {
    arn: TRAIL_GUARD_ARN,
    targets,
    policy: {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'KeepTheTrail',
          Effect: 'Deny',
          Action: [
            'cloudtrail:StopLogging',
            'cloudtrail:DeleteTrail',
            'cloudtrail:UpdateTrail',
            'cloudtrail:PutEventSelectors',
          ],
          Resource: 'arn:aws:cloudtrail:*:*:trail/org-trail',
        },
      ],
    },
  }
}

/** The guard rail: nothing happens in a Region nobody works in, but for services that are global. */
export function regionGuard(targets: readonly string[]): ServiceControlPolicy {
  return {
    arn: REGION_GUARD_ARN,
    targets,
    policy: {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'DenyUnusedRegions',
          Effect: 'Deny',
          NotAction: ['iam:*', 'organizations:*', 'account:*', 'sts:*', 'route53:*', 'cloudfront:*', 'support:*'],
          Resource: '*',
          Condition: { StringEquals: { 'aws:RequestedRegion': [DENIED_REGION] } },
        },
      ],
    },
  }
}
