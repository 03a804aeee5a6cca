/** One statement of an IAM policy (AWS: IAM JSON policy reference). */
export type IamStatement = {
  readonly Sid: string
  readonly Effect: 'Allow'
  readonly Principal?: { readonly AWS: string }
  readonly Action: string | readonly string[]
  readonly Resource?: string | readonly string[]
  readonly Condition?: { readonly [operator: string]: { readonly [key: string]: string | readonly string[] } }
}

export type IamPolicy = { readonly Version: '2012-10-17'; readonly Statement: readonly IamStatement[] }

export type IamOptions = {
  /** Name of the reader role, with its path if it has one. */
  readonly readerRole: string
  /** `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: string
  /** ARN of the role that workers run as. */
  readonly worker: string
  /** Whether the accounts are listed from Organizations. */
  readonly organizations: boolean
}

/**
 * Who is asking, as the reader role's trust wants it: Slack's team and user, joined by a dot (sessions.ts, sourceIdentity). Slack's team
 * ids begin with T (Slack: types of ids).
 */
export const SOURCE_IDENTITY = 'T*.*'

const LIST_ORGANISATION: IamStatement = {
  Sid: 'ListTheOrganisation',
  Effect: 'Allow',
  Action: [
    'organizations:ListRoots',
    'organizations:ListAccountsForParent',
    'organizations:ListOrganizationalUnitsForParent',
  ],
  Resource: '*',
}

/** What the reader role in each account may do: look records up and list the account's Regions. Neither action takes a resource. */
export function readerPolicy(): IamPolicy {
  return policy([
    {
      Sid: 'ReadEventHistory',
      Effect: 'Allow',
      Action: ['cloudtrail:LookupEvents', 'account:ListRegions'],
      Resource: '*',
    },
  ])
}

/** Whom the reader role trusts: ctq's workers, and only on behalf of a person whom they name. */
export function readerTrust({ worker }: Pick<IamOptions, 'worker'>): IamPolicy {
  return policy([
    {
      Sid: 'WorkersOnBehalfOfAPerson',
      Effect: 'Allow',
      Principal: { AWS: worker },
      Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'],
      Condition: { StringLike: { 'sts:SourceIdentity': SOURCE_IDENTITY } },
    },
  ])
}

/** What a reader role's trust policy holds besides, for people who ask at a terminal: `who` may become it, in a name that says so. */
export function terminalTrust(who: string): IamPolicy {
  return policy([
    {
      Sid: 'PeopleAtATerminal',
      Effect: 'Allow',
      Principal: { AWS: who },
      Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'],
      Condition: { StringLike: { 'sts:SourceIdentity': 'terminal.*' } },
    },
  ])
}

/** What workers may do: become the reader role of any account, naming the person; nothing else reads AWS. */
export function workerPolicy(options: Pick<IamOptions, 'readerRole' | 'partition' | 'organizations'>): IamPolicy {
  const { readerRole, partition, organizations } = options
  return policy([
    {
      Sid: 'BecomeTheReader',
      Effect: 'Allow',
      Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'],
      Resource: `arn:${partition}:iam::*:role/${readerRole}`,
    },
    ...(organizations ? [LIST_ORGANISATION] : []),
  ])
}

/** What the bot may do: find the account of an access key whose id does not tell. It cannot read a record. */
export function botPolicy({ organizations }: Pick<IamOptions, 'organizations'>): IamPolicy {
  return policy([
    { Sid: 'FindTheAccountOfAKey', Effect: 'Allow', Action: 'sts:GetAccessKeyInfo', Resource: '*' },
    ...(organizations ? [LIST_ORGANISATION] : []),
  ])
}

function policy(statements: readonly IamStatement[]): IamPolicy {
  return { Version: '2012-10-17', Statement: statements }
}
