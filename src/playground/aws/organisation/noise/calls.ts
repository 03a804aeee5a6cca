import type { CloudTrailRecord } from '../../history/fields.ts'
import { HEX, letters } from '../../random.ts'
import type { About, ApiCall } from './activity.ts'
import type { Estate } from './estate.ts'

type Rest = Omit<ApiCall, 'source' | 'name' | 'readOnly'>

/** A call that only reads: `ec2:DescribeInstances`. */
export function reads(call: string, rest: Rest = {}): ApiCall {
  return { ...named(call), readOnly: true, ...rest }
}

/** A call that changes something. */
export function writes(call: string, rest: Rest = {}): ApiCall {
  return { ...named(call), readOnly: false, ...rest }
}

function named(call: string): { source: string; name: string } {
  const [service, name = ''] = call.split(':')
  return { source: `${service}.amazonaws.com`, name }
}

/** Parameters that are only the target, under a name. */
export function about(parameter: string): (about: About) => CloudTrailRecord {
  return ({ target }) => ({ [parameter]: target })
}

function ids(parameter: string, item: string): (about: About) => CloudTrailRecord {
  return ({ target }) => ({ [parameter]: { items: [{ [item]: target }] }, filterSet: {} })
}

/** What somebody looks at in the console or with a tool. */
export function looking(estate: Estate): readonly ApiCall[] {
  const bucket = ({ target }: About) => ({ bucketName: target, Host: `${target}.s3.${estate.region}.amazonaws.com` })
  return [
    reads('ec2:DescribeInstances', {
      weight: 5,
      targets: estate.instances,
      request: ids('instancesSet', 'instanceId'),
    }),
    reads('ec2:DescribeSecurityGroups', {
      weight: 3,
      targets: estate.groups,
      request: ids('securityGroupSet', 'groupId'),
    }),
    reads('ec2:DescribeVolumes', { weight: 2, targets: estate.volumes, request: ids('volumeSet', 'volumeId') }),
    reads('ec2:DescribeInstanceStatus', { weight: 2, request: () => ({ includeAllInstances: true, filterSet: {} }) }),
    reads('lambda:ListFunctions20150331', { weight: 2 }),
    reads('lambda:GetFunction20150331v2', { weight: 2, targets: estate.functions, request: about('functionName') }),
    reads('s3:GetBucketPolicy', { targets: estate.buckets, request: bucket }),
    reads('s3:GetBucketPublicAccessBlock', { targets: estate.buckets, request: bucket }),
    reads('rds:DescribeDBInstances', { weight: 2, targets: estate.databases, request: about('dBInstanceIdentifier') }),
    reads('monitoring:DescribeAlarms', { weight: 3, request: () => ({ maxRecords: 100 }) }),
    reads('logs:DescribeLogGroups', { weight: 2, request: () => ({ limit: 50 }) }),
    reads('ecs:DescribeServices', { weight: 2, targets: estate.clusters, request: about('cluster') }),
    reads('secretsmanager:ListSecrets', { request: () => ({ maxResults: 50 }) }),
    reads('ssm:DescribeParameters', { request: () => ({ maxResults: 10 }) }),
    reads('kms:DescribeKey', { targets: estate.keys, request: about('keyId'), resources: keyResource }),
    reads('elasticloadbalancing:DescribeLoadBalancers', { weight: 2, request: () => ({ pageSize: 400 }) }),
    reads('ec2:DescribeVpcs', {
      error: () => ({ code: 'Client.RequestLimitExceeded', message: 'Request limit exceeded.' }),
      request: () => ({ vpcSet: {}, filterSet: {} }),
    }),
  ]
}

/** What people and pipelines look at in IAM, which is global. */
export function lookingAtIam(estate: Estate): readonly ApiCall[] {
  return [
    reads('iam:GetRole', { weight: 6, targets: estate.roles, request: about('roleName') }),
    reads('iam:ListAttachedRolePolicies', { weight: 5, targets: estate.roles, request: about('roleName') }),
    reads('iam:ListRolePolicies', { weight: 3, targets: estate.roles, request: about('roleName') }),
    reads('iam:ListRoles', { weight: 2, request: () => ({ maxItems: 100 }) }),
    reads('iam:GetPolicyVersion', {
      targets: [`arn:aws:iam::${estate.account}:policy/${estate.name}-deploy`],
      request: ({ target }) => ({ policyArn: target, versionId: 'v3' }),
    }),
    reads('iam:ListUsers', { request: () => ({ maxItems: 100 }) }),
    reads('iam:GetAccountSummary'),
    reads('s3:ListBuckets', { weight: 2, request: () => ({ Host: 's3.amazonaws.com' }) }),
    reads('sts:GetCallerIdentity', { weight: 4 }),
  ]
}

export function keyResource({ target, account }: About) {
  return [{ accountId: account, type: 'AWS::KMS::Key', ARN: target }]
}

/** Envelope encryption for something stored: the bulk of most accounts' records. */
export function encrypting(estate: Estate): readonly ApiCall[] {
  const context = ({ target, roll }: About): CloudTrailRecord => ({
    keyId: target,
    encryptionContext: { 'aws:s3:arn': `arn:aws:s3:::harbour-logs/${letters(Math.floor(roll() * 1e9), 8, HEX)}` },
    keySpec: 'AES_256',
  })
  return [
    reads('kms:GenerateDataKey', { weight: 3, targets: estate.keys, request: context, resources: keyResource }),
    reads('kms:Decrypt', {
      weight: 4,
      targets: estate.keys,
      request: ({ target }) => ({
        encryptionAlgorithm: 'SYMMETRIC_DEFAULT',
        encryptionContext: { service: estate.name },
        keyId: target,
      }),
      resources: keyResource,
    }),
  ]
}

/** What a deployment changes. */
export function deploying(estate: Estate): readonly ApiCall[] {
  const functionArn = (name: string) => `arn:aws:lambda:${estate.region}:${estate.account}:function:${name}`
  return [
    reads('ecr:GetAuthorizationToken', { weight: 4 }),
    reads('ecs:DescribeTaskDefinition', {
      weight: 3,
      targets: estate.clusters,
      request: ({ target }) => ({ taskDefinition: `${target}-api` }),
    }),
    writes('ecs:RegisterTaskDefinition', {
      weight: 2,
      targets: estate.clusters,
      request: ({ target }) => ({
        family: `${target}-api`,
        networkMode: 'awsvpc',
        requiresCompatibilities: ['FARGATE'],
      }),
    }),
    writes('ecs:UpdateService', {
      weight: 2,
      targets: estate.clusters,
      request: ({ target }) => ({ cluster: target, service: 'api', forceNewDeployment: true }),
    }),
    writes('lambda:UpdateFunctionCode20150331v2', {
      weight: 2,
      targets: estate.functions,
      request: ({ target }) => ({
        functionName: target,
        s3Bucket: estate.buckets[1] ?? '',
        dryRun: false,
        publish: true,
      }),
      response: ({ target }) => ({
        functionName: target,
        functionArn: functionArn(target),
        runtime: 'nodejs22.x',
        codeSize: 1_204_881,
        state: 'Active',
      }),
    }),
    writes('lambda:UpdateFunctionConfiguration20150331v2', {
      targets: estate.functions,
      request: ({ target }) => ({
        functionName: target,
        environment: { variables: { LOG_LEVEL: 'info', API_TOKEN: 'not-for-slack' } },
      }),
    }),
    reads('secretsmanager:GetSecretValue', { weight: 2, targets: estate.secrets.slice(2), request: about('secretId') }),
    reads('ssm:GetParameters', {
      weight: 2,
      targets: estate.parameters,
      request: ({ target }) => ({ names: [target], withDecryption: true }),
    }),
  ]
}
