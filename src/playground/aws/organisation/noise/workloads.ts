import { HEX, hash32, letters } from '../../random.ts'
import { logDate } from '../dates.ts'
import type { About, Activity, ApiCall } from './activity.ts'
import { instance, roleActor, service, serviceLinked } from './actors.ts'
import { about, encrypting, keyResource, reads, writes } from './calls.ts'
import type { Estate } from './estate.ts'
import { always, every, nightly } from './schedule.ts'

/** What an account's machines and AWS's services do by themselves. `size` is 1 for a busy production account. */
export function workloads(estate: Estate, size: number): readonly Activity[] {
  return [...machines(estate, size), ...servicesFor(estate, size), ...awsItself(estate, size)]
}

function machines(estate: Estate, size: number): Activity[] {
  const { account, region } = estate
  const role = estate.roles[0] ?? 'api'
  const running = estate.instances.slice(0, Math.max(1, Math.round(4 * size)))
  const api = running.flatMap((id, at): Activity[] => {
    const actor = instance(account, role, id)
    return [
      { actor, account, region, schedule: every(30, at * 97), calls: [heartbeat(id)] },
      { actor, account, region, schedule: always(60), calls: encrypting(estate) },
      { actor, account, region, schedule: always(10), calls: [secretRead(estate)] },
    ]
  })
  const hook = estate.functions[0] ?? 'webhook'
  const lambda = roleActor(account, estate.roles[1] ?? 'webhook', hook, {
    addresses: ['192.0.2.215'],
    sessionHours: 12,
  })
  const calls = [
    writes('logs:CreateLogStream', { weight: 3, targets: [`/aws/lambda/${hook}`], request: about('logGroupName') }),
    reads('ssm:GetParameter', {
      weight: 2,
      targets: estate.parameters,
      request: ({ target }) => ({ name: target, withDecryption: true }),
    }),
  ]
  return [...api, { actor: lambda, account, region, schedule: always(90 * size), calls }]
}

function heartbeat(instanceId: string): ApiCall {
  return writes('ssm:UpdateInstanceInformation', {
    targets: [instanceId],
    request: ({ target }) => ({
      instanceId: target,
      agentVersion: '3.3.2656.0',
      agentStatus: 'Active',
      platformType: 'Linux',
      platformName: 'Amazon Linux',
      platformVersion: '2023',
    }),
  })
}

function secretRead(estate: Estate): ApiCall {
  return reads('secretsmanager:GetSecretValue', { targets: estate.secrets.slice(0, 2), request: about('secretId') })
}

function servicesFor(estate: Estate, size: number): Activity[] {
  const { account, region } = estate
  const scaling = serviceLinked(account, 'autoscaling', 'AWSServiceRoleForAutoScaling', 'AutoScaling')
  const backup = roleActor(
    account,
    'service-role/AWSBackupDefaultServiceRole',
    'AWSBackup-AWSBackupDefaultServiceRole',
    {
      addresses: ['backup.amazonaws.com'],
      agents: ['backup.amazonaws.com'],
      sessionHours: 24,
    },
  )
  return [
    { actor: scaling, account, region, schedule: always(12 * size), calls: scalingCalls(estate) },
    { actor: backup, account, region, schedule: nightly(2, 8 * size), calls: [snapshot(estate)] },
    {
      actor: service(account, 'backup'),
      account,
      region,
      schedule: nightly(3, 8 * size),
      calls: [backupEvent('BackupJobCompleted', estate)],
    },
  ]
}

function scalingCalls(estate: Estate): readonly ApiCall[] {
  const set = ({ target }: About, state: string, code: number, name: string) => ({
    instancesSet: { items: [{ instanceId: target, [state]: { code, name } }] },
  })
  return [
    reads('ec2:DescribeInstances', {
      weight: 2,
      request: () => ({ maxResults: 1000, instancesSet: {}, filterSet: {} }),
    }),
    writes('ec2:RunInstances', {
      targets: estate.instances,
      request: () => ({
        instancesSet: { items: [{ minCount: 1, maxCount: 1 }] },
        launchTemplate: { launchTemplateName: `${estate.name}-api`, version: '41' },
        instanceType: 't4g.large',
      }),
      response: (at) => ({
        requestId: at.requestId,
        ownerId: estate.account,
        ...set(at, 'instanceState', 0, 'pending'),
      }),
    }),
    writes('ec2:TerminateInstances', {
      targets: estate.instances,
      request: ({ target }) => ({ instancesSet: { items: [{ instanceId: target }] } }),
      response: (at) => ({ requestId: at.requestId, ...set(at, 'currentState', 32, 'shutting-down') }),
    }),
  ]
}

function snapshot(estate: Estate): ApiCall {
  const [volume, made] = [0, 1].map(
    (at) =>
      ({ target }: About) =>
        target.split(' ')[at] ?? '',
  )
  return writes('ec2:CreateSnapshot', {
    targets: estate.snapshots,
    request: (at) => ({ volumeId: volume?.(at), description: 'This snapshot is created by the AWS Backup service.' }),
    response: (at) => ({
      requestId: at.requestId,
      snapshotId: made?.(at),
      volumeId: volume?.(at),
      status: 'pending',
      ownerId: estate.account,
    }),
  })
}

function backupEvent(name: string, estate: Estate): ApiCall {
  return writes(`backup:${name}`, {
    type: 'AwsServiceEvent',
    targets: estate.volumes,
    details: ({ target, roll }) => ({
      completionDate: { seconds: 0 },
      state: 'COMPLETED',
      percentDone: 100,
      backupJobId: letters(Math.floor(roll() * 2 ** 31), 32, HEX),
      backupVaultName: 'nightly',
      resourceArn: `arn:aws:ec2:${estate.region}:${estate.account}:volume/${target}`,
      resourceType: 'EBS',
    }),
  })
}

/** AWS's services on their own behalf: keys for logs, sessions for instances and functions, rotation of keys. */
function awsItself(estate: Estate, size: number): Activity[] {
  const { account, region } = estate
  const trail = service(account, 'cloudtrail')
  const starting = [
    { actor: service(account, 'ec2'), roles: estate.roles.slice(0, 1), session: estate.instances[0] ?? 'i' },
    { actor: service(account, 'lambda'), roles: estate.roles.slice(1, 2), session: estate.functions[0] ?? 'f' },
    { actor: service(account, 'ecs-tasks'), roles: estate.roles.slice(0, 2), session: 'task' },
  ]
  const rotate = writes('kms:RotateKey', {
    type: 'AwsServiceEvent',
    targets: estate.keys,
    resources: keyResource,
    details: ({ target }) => ({ keyId: target.split('/').at(-1) ?? '', rotationType: 'AUTOMATIC' }),
  })
  return [
    { actor: trail, account, region, schedule: always(110 * size), calls: encrypting(estate).slice(0, 1) },
    { actor: service(account, 'kms'), account, region, schedule: always(0.05), calls: [rotate] },
    ...starting.map(({ actor, roles, session }): Activity => {
      const calls = [assumedByService(estate, roles, session)]
      return { actor, account, region, schedule: always(40 * size), calls }
    }),
  ]
}

function assumedByService(estate: Estate, roles: readonly string[], session: string): ApiCall {
  return reads('sts:AssumeRole', {
    targets: roles.map((role) => `arn:aws:iam::${estate.account}:role/${role}`),
    request: ({ target }) => ({ roleArn: target, roleSessionName: session, durationSeconds: 21_600 }),
    response: ({ time, target }) => ({
      credentials: {
        accessKeyId: `ASIA${letters(hash32(time, target), 16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`,
        sessionToken: 'IQoJb3JpZ2luX2VjEHs…',
        expiration: logDate(time + 21_600),
      },
    }),
    resources: ({ target }) => [{ accountId: estate.account, type: 'AWS::IAM::Role', ARN: target }],
  })
}

/** What AWS Config, GuardDuty and Access Analyzer look at in each Region of each account. */
export function watching(estate: Estate, region: string, perDay: number): readonly Activity[] {
  const { account } = estate
  const config = serviceLinked(account, 'config', 'AWSServiceRoleForConfig', 'configLambdaExecution')
  const calls = [
    'ec2:DescribeVpcs',
    'ec2:DescribeSubnets',
    'ec2:DescribeSecurityGroups',
    'ec2:DescribeRouteTables',
    'rds:DescribeDBInstances',
    'lambda:ListFunctions20150331',
    'cloudtrail:DescribeTrails',
  ]
  const guard = serviceLinked(account, 'guardduty', 'AWSServiceRoleForAmazonGuardDuty', 'GuardDuty')
  return [
    { actor: config, account, region, schedule: always(perDay), calls: calls.map((call) => reads(call)) },
    {
      actor: guard,
      account,
      region,
      schedule: always(perDay / 4),
      calls: [reads('ec2:DescribeInstances', { request: () => ({ maxResults: 1000 }) })],
    },
  ]
}
