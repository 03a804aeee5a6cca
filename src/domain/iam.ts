/** One statement of an IAM policy (AWS: IAM JSON policy reference). */
export type IamStatement = {
  readonly Sid: string
  readonly Effect: 'Allow'
  readonly Principal?: { readonly AWS: string }
  readonly Action: string | readonly string[]
  readonly Resource?: string
  readonly Condition?: { readonly [operator: string]: { readonly [key: string]: string } }
}

export type IamPolicy = { readonly Version: '2012-10-17'; readonly Statement: readonly [IamStatement] }

/** The roles that policies name. */
export type IamRoles = {
  /** ARN of the role that workers run as. */
  readonly worker: string
  /** Name of the reader role in every account, with its path if it has one. */
  readonly reader: string
  /** `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: string
}

/** The policies of a deployment, each with the least that the code uses. */
export type IamPolicies = {
  /** What the reader role in each account may do. */
  readonly reader: IamPolicy
  /** Whom the reader role trusts. */
  readonly trust: IamPolicy
  /** What the workers' role may do. */
  readonly worker: IamPolicy
  /** What the bot's role may do. It cannot read a record. */
  readonly bot: IamPolicy
  /** What bot and workers need besides when ctq.yml says `inventory: { from: organizations }`. */
  readonly inventory: IamPolicy
}

/**
 * Who is asking, as the reader role's trust wants it: Slack's team and user, joined by a dot (sessions.ts, sourceIdentity). Slack's team
 * ids begin with T (Slack: types of ids).
 */
const SOURCE_IDENTITY = 'T*.*'

/** Makes the policies for these roles. None of the reading actions takes a resource (AWS: Service Authorization Reference). */
export function iamPolicies({ worker, reader, partition }: IamRoles): IamPolicies {
  return {
    reader: policy({
      Sid: 'ReadEventHistory',
      Effect: 'Allow',
      Action: ['cloudtrail:LookupEvents', 'account:ListRegions'],
      Resource: '*',
    }),
    // Without a source identity the condition has nothing to compare, and the role cannot be assumed.
    trust: policy({
      Sid: 'OnlyTheWorkerAndOnlyForAPerson',
      Effect: 'Allow',
      Principal: { AWS: worker },
      Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'],
      Condition: { StringLike: { 'sts:SourceIdentity': SOURCE_IDENTITY } },
    }),
    worker: policy({
      Sid: 'BecomeTheReaderForAPerson',
      Effect: 'Allow',
      Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'],
      Resource: `arn:${partition}:iam::*:role/${reader}`,
    }),
    bot: policy({
      Sid: 'FindTheAccountOfAKey',
      Effect: 'Allow',
      Action: 'sts:GetAccessKeyInfo',
      Resource: '*',
    }),
    inventory: policy({
      Sid: 'ListTheAccountsOfTheOrganisation',
      Effect: 'Allow',
      Action: [
        'organizations:ListRoots',
        'organizations:ListAccountsForParent',
        'organizations:ListOrganizationalUnitsForParent',
      ],
      Resource: '*',
    }),
  }
}

function policy(statement: IamStatement): IamPolicy {
  return { Version: '2012-10-17', Statement: [statement] }
}
