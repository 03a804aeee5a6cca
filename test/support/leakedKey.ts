import type { Coverage } from '../../src/domain/query/coverage.ts'
import type { CloudTrailRecord } from '../../src/domain/record.ts'
import { aCoverage } from './answers.ts'

/** A CI key that was leaked: what it did every day, and what somebody did with it in the last hour. The ids carry their accounts. */
export const LEAKED_KEY = 'AKIARTX3GSDSYEEX3F6J'
export const NEW_KEY = 'AKIARTX3GSDSYEEX7ZTM'
export const ROLE_KEY = 'ASIAWO645SY5IEEXQ7RL'

const ACCOUNT = '111122223333'
const CLI = '[aws-cli/2.17.9 md/awscrt#0.20.11 ua/2.0 os/linux#6.1.0-kali9-amd64 lang/python#3.11.8]'
const RUNNER = 'aws-sdk-go-v2/1.30.3 os/linux lang/go#1.22.5 md/GOOS#linux api/ecr#1.32.1'

/** Ninety days that end at 14:08, of which 13:53 is settled. */
export const NINETY_DAYS: Coverage = aCoverage({
  window: { since: '2026-08-22T14:08:00Z', until: '2026-11-20T14:08:00Z' },
  settledUntil: '2026-11-20T13:53:00Z',
})

/** One call with the leaked key: on 20 November when only a time is given. */
export function aCall(time: string, call: string, changes: CloudTrailRecord = {}): CloudTrailRecord {
  const [service, eventName] = call.split(':')
  const eventTime = time.includes('T') ? time : `2026-11-20T${time}Z`
  return {
    eventVersion: '1.11',
    userIdentity: {
      type: 'IAMUser',
      principalId: 'AIDACKCEVSQ6C2EXAMPLE',
      arn: `arn:aws:iam::${ACCOUNT}:user/ci-deploy`,
      accountId: ACCOUNT,
      accessKeyId: LEAKED_KEY,
      userName: 'ci-deploy',
    },
    eventTime,
    eventSource: `${service}.amazonaws.com`,
    eventName,
    awsRegion: service === 'iam' ? 'us-east-1' : 'eu-west-1',
    sourceIPAddress: '203.0.113.9',
    userAgent: CLI,
    requestParameters: null,
    responseElements: null,
    eventID: `${eventTime.replace(/\D/g, '').slice(4, 12)}-0000-4000-8000-${(eventName ?? '').length.toString().padStart(12, '0')}`,
    readOnly: /^(?:Get|List|Describe|AssumeRole)/.test(eventName ?? ''),
    eventType: 'AwsApiCall',
    recipientAccountId: ACCOUNT,
    ...changes,
  }
}

const DENIED = { errorCode: 'AccessDenied', errorMessage: 'User is not authorized to perform this' }

function times(count: number, from: string, record: (time: string) => CloudTrailRecord): readonly CloudTrailRecord[] {
  const start = Date.parse(`2026-11-20T${from}Z`)
  return Array.from({ length: count }, (_, at) => record(`${new Date(start + at * 7_000).toISOString().slice(0, 19)}Z`))
}

function daily(): readonly CloudTrailRecord[] {
  const start = Date.parse('2026-09-01T06:00:00Z')
  return Array.from({ length: 162 }, (_, at) =>
    aCall(`${new Date(start + at * 43_200_000).toISOString().slice(0, 19)}Z`, 'ecr:GetAuthorizationToken', {
      sourceIPAddress: '198.51.100.4',
      userAgent: RUNNER,
    }),
  ).filter(({ eventTime }) => String(eventTime) < '2026-11-20T12:00:00Z')
}

const ANYTHING = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'

/** All of its calls: 160 of every day, 12 reads, 31 denied, 9 changes and a role taken in another account. */
export const LEAKED_KEY_RECORDS: readonly CloudTrailRecord[] = [
  ...daily(),
  ...times(12, '12:41:00', (time) => aCall(time, 's3:ListBuckets')),
  ...times(17, '12:45:00', (time) =>
    aCall(time, 'secretsmanager:GetSecretValue', { ...DENIED, requestParameters: { secretId: 'prod/payments/db' } }),
  ),
  ...times(12, '12:50:00', (time) => aCall(time, 'iam:ListRoles', DENIED)),
  ...times(2, '12:53:00', (time) =>
    aCall(time, 'iam:CreateUser', { ...DENIED, requestParameters: { userName: 'svc-metrcis' } }),
  ),
  aCall('12:58:11', 'iam:CreateAccessKey', {
    requestParameters: { userName: 'backup' },
    responseElements: { accessKey: { accessKeyId: NEW_KEY, status: 'Active', userName: 'backup' } },
  }),
  aCall('13:02:40', 'sts:AssumeRole', {
    requestParameters: { roleArn: 'arn:aws:iam::444455556666:role/data-maintenance', roleSessionName: 'x' },
    responseElements: { credentials: { accessKeyId: ROLE_KEY, sessionToken: 'IQoJb3JpZ2luX2VjEXAMPLE' } },
  }),
  aCall('13:06:02', 'iam:PutUserPolicy', {
    requestParameters: { userName: 'ci-deploy', policyName: 'deploy', policyDocument: ANYTHING },
  }),
  aCall('13:15:30', 'ec2:AuthorizeSecurityGroupIngress', {
    requestParameters: {
      groupId: 'sg-0a1b2c3d4e5f60718',
      ipPermissions: {
        items: [{ ipProtocol: 'tcp', fromPort: 22, toPort: 22, ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] } }],
      },
    },
  }),
  ...times(6, '13:51:30', (time) =>
    aCall(time, 'ecr:PutImage', { requestParameters: { repositoryName: 'payments', imageTag: 'latest' } }),
  ),
]

/** An autoscaling group that grows, an administrator in the office who makes a key, and a deployment that reads its password. */
export const BYSTANDERS: readonly CloudTrailRecord[] = [
  aCall('12:59:00', 'ec2:RunInstances', {
    eventID: 'b0000000-0000-4000-8000-000000000001',
    userIdentity: { type: 'AWSService', invokedBy: 'autoscaling.amazonaws.com' },
    sourceIPAddress: 'autoscaling.amazonaws.com',
  }),
  aCall('13:00:00', 'iam:CreateAccessKey', {
    eventID: 'b0000000-0000-4000-8000-000000000002',
    userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::${ACCOUNT}:user/ana`, accountId: ACCOUNT, userName: 'ana' },
    sourceIPAddress: '198.51.100.7',
    requestParameters: { userName: 'metrics-reader' },
    responseElements: { accessKey: { accessKeyId: 'AKIARTX3GSDSYEEXMETR', userName: 'metrics-reader' } },
  }),
  ...Array.from({ length: 12 }, (_, hour) =>
    aCall(`${String(hour).padStart(2, '0')}:30:00`, 'secretsmanager:GetSecretValue', {
      eventID: `b0000000-0000-4000-8000-0000000001${String(hour).padStart(2, '0')}`,
      userIdentity: {
        type: 'AssumedRole',
        arn: `arn:aws:sts::${ACCOUNT}:assumed-role/payments-api/i-0a1b2c3d`,
        accountId: ACCOUNT,
        accessKeyId: 'ASIARTX3GSDSYEEXAPI1',
      },
      sourceIPAddress: '192.0.2.229',
      requestParameters: { secretId: 'prod/payments/db' },
    }),
  ),
]
