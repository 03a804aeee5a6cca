import { GLOBAL_REGION } from '../regions.ts'
import { BUCKET, HOME, LEAKED, LEAKED_SCRIPT, LEAKED_USER, REGION, SCANNER } from './cast.ts'
import { denied, deniedByGuard, deniedException, unauthorizedOperation } from './refusals.ts'
import type { Act } from './script.ts'

const WHO = `arn:aws:iam::${HOME}:user/${LEAKED_USER}`
const HOUR = 3600

/** The key is found and tried, a day before and at the start; then everything is asked that tells what it is good for. */
export function probing(guardArn: string): readonly Act[] {
  const probe = { phase: 'probing', hand: LEAKED_SCRIPT } as const
  return [
    {
      at: -22 * HOUR - 1730,
      phase: 'leak',
      what: 'A scanner tries the leaked key for the first time.',
      hand: SCANNER,
      call: 'sts:GetCallerIdentity',
      region: GLOBAL_REGION,
    },
    {
      at: 0,
      phase: 'probing',
      what: 'The attacker asks whose key it is.',
      hand: LEAKED,
      call: 'sts:GetCallerIdentity',
      region: GLOBAL_REGION,
    },
    ...iamProbes(),
    ...regionProbes(),
    {
      ...probe,
      at: 214,
      what: 'Tries a Region that a guard rail denies.',
      call: 'lambda:ListFunctions20150331',
      region: 'sa-east-1',
      error: deniedByGuard(WHO, 'lambda:ListFunctions', '*', guardArn),
    },
    {
      ...probe,
      at: 231,
      what: 'Asks whether mail can be sent.',
      call: 'ses:GetSendQuota',
      region: GLOBAL_REGION,
      error: denied(WHO, 'ses:GetSendQuota'),
    },
    {
      ...probe,
      at: 240,
      what: 'Asks for models to use.',
      call: 'bedrock:ListFoundationModels',
      region: GLOBAL_REGION,
      error: deniedException(WHO, 'bedrock:ListFoundationModels'),
    },
    {
      ...probe,
      at: 252,
      what: 'Asks for the organisation.',
      call: 'organizations:DescribeOrganization',
      region: GLOBAL_REGION,
      error: deniedException(WHO, 'organizations:DescribeOrganization'),
    },
    {
      ...probe,
      at: 263,
      what: 'Lists the buckets.',
      call: 's3:ListBuckets',
      region: GLOBAL_REGION,
      request: { Host: 's3.amazonaws.com' },
    },
    {
      ...probe,
      at: 271,
      what: 'Reads the policy of the exports bucket.',
      call: 's3:GetBucketPolicy',
      region: REGION,
      request: { bucketName: BUCKET, Host: `${BUCKET}.s3.${REGION}.amazonaws.com`, policy: '' },
      error: denied(WHO, 's3:GetBucketPolicy', `arn:aws:s3:::${BUCKET}`),
    },
    ...secrets(),
  ]
}

function iamProbes(): Act[] {
  const calls = [
    ['GetUser', undefined],
    ['ListAttachedUserPolicies', undefined],
    ['ListUserPolicies', undefined],
    ['GetAccountAuthorizationDetails', 'iam:GetAccountAuthorizationDetails'],
    ['ListUsers', 'iam:ListUsers'],
    ['ListRoles', 'iam:ListRoles'],
    ['ListGroups', 'iam:ListGroups'],
    ['GetAccountSummary', 'iam:GetAccountSummary'],
    ['ListAccessKeys', undefined],
    ['SimulatePrincipalPolicy', 'iam:SimulatePrincipalPolicy'],
  ] as const
  return calls.map(([name, refused], at) => ({
    at: 24 + at * 6,
    phase: 'probing',
    what: refused === undefined ? `Asks IAM: ${name}.` : `Asks IAM: ${name}, and is refused.`,
    hand: LEAKED_SCRIPT,
    call: `iam:${name}`,
    region: GLOBAL_REGION,
    readOnly: true,
    request: refused === undefined ? { userName: LEAKED_USER } : null,
    ...(refused !== undefined && { error: denied(WHO, refused, `arn:aws:iam::${HOME}:*`) }),
  }))
}

function regionProbes(): Act[] {
  const regions = ['us-east-1', 'us-west-2', 'eu-west-1', 'eu-central-1', 'ap-southeast-1', 'ap-northeast-1']
  return regions.flatMap((region, at): Act[] => [
    {
      at: 96 + at * 9,
      phase: 'probing',
      what: `Looks for instances in ${region}.`,
      hand: LEAKED_SCRIPT,
      call: 'ec2:DescribeInstances',
      region,
      request: { maxResults: 1000, instancesSet: {}, filterSet: {} },
      error: unauthorizedOperation(WHO, 'ec2:DescribeInstances', region),
    },
    {
      at: 99 + at * 9,
      phase: 'probing',
      what: `Lists functions in ${region}.`,
      hand: LEAKED_SCRIPT,
      call: 'lambda:ListFunctions20150331',
      region,
    },
  ])
}

function secrets(): Act[] {
  const arn = (name: string) => `arn:aws:secretsmanager:${REGION}:${HOME}:secret:${name}`
  const common = { phase: 'secrets', hand: LEAKED, region: REGION, call: 'secretsmanager:GetSecretValue' } as const
  return [
    {
      at: 298,
      phase: 'secrets',
      what: 'Lists the secrets.',
      hand: LEAKED,
      call: 'secretsmanager:ListSecrets',
      region: REGION,
      request: { maxResults: 100 },
    },
    { ...common, at: 311, what: 'Reads the deploy token.', request: { secretId: arn('deploy/github-token-a1B2c3') } },
    {
      ...common,
      at: 316,
      what: 'Reads the registry login.',
      request: { secretId: arn('deploy/registry-login-Qx81Lm') },
    },
    {
      ...common,
      at: 322,
      what: 'Is refused the master password of the payments database.',
      error: deniedException(WHO, 'secretsmanager:GetSecretValue', arn('payments/db-master-7GhT5r')),
    },
  ]
}
