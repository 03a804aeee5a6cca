import { HEX, letters } from '../../random.ts'
import type { About, Activity, ApiCall } from './activity.ts'
import { roleActor } from './actors.ts'
import { about, reads, writes } from './calls.ts'
import type { Estate } from './estate.ts'
import { every } from './schedule.ts'

/** Jobs that lost their rights and nobody looked: refused all day, each in the words of its service. */
export function brokenJobs(estate: Estate): readonly Activity[] {
  const { account, region, name } = estate
  const job = (role: string, minutes: number, call: ApiCall): Activity => ({
    actor: roleActor(account, role, role, { sessionHours: 12, addresses: ['192.0.2.199'] }),
    account,
    region,
    schedule: every(minutes, role.length * 31),
    calls: [call],
  })
  if (name === 'prod-payments') return [job('inventory-sync', 15, instances(estate))]
  if (name === 'prod-data')
    return [job('report-exporter', 10, tables(estate)), job('bucket-sweeper', 30, bucketPolicy(estate))]
  if (name === 'prod-web') return [job('cert-rotator', 20, parameter(estate))]
  return []
}

function who({ account }: About, role: string): string {
  return `arn:aws:sts::${account}:assumed-role/${role}/${role}`
}

function instances(_estate: Estate): ApiCall {
  return reads('ec2:DescribeInstances', {
    request: () => ({ maxResults: 1000, instancesSet: {}, filterSet: {} }),
    error: (at) => ({
      code: 'Client.UnauthorizedOperation',
      message: `You are not authorized to perform this operation. User: ${who(at, 'inventory-sync')} is not authorized to perform: ec2:DescribeInstances because no identity-based policy allows the ec2:DescribeInstances action. Encoded authorization failure message: ${letters(Math.floor(at.roll() * 2 ** 31), 160, `${HEX}GHIJKLMNOPQRSTUVWXYZ_-`)}`,
    }),
  })
}

function tables(_estate: Estate): ApiCall {
  return reads('glue:GetTables', {
    request: () => ({ databaseName: 'ledger' }),
    error: (at) => ({
      code: 'AccessDeniedException',
      message: `User: ${who(at, 'report-exporter')} is not authorized to perform: glue:GetTables on resource: arn:aws:glue:${at.region}:${at.account}:catalog because no identity-based policy allows the glue:GetTables action`,
    }),
  })
}

function bucketPolicy(estate: Estate): ApiCall {
  return reads('s3:GetBucketPolicy', {
    targets: estate.buckets,
    request: ({ target }) => ({ bucketName: target, Host: `${target}.s3.${estate.region}.amazonaws.com` }),
    error: (at) => ({
      code: 'AccessDenied',
      message: `User: ${who(at, 'bucket-sweeper')} is not authorized to perform: s3:GetBucketPolicy on resource: "arn:aws:s3:::${at.target}" because no resource-based policy allows the s3:GetBucketPolicy action`,
    }),
    additional: () => ({
      SignatureVersion: 'SigV4',
      AuthenticationMethod: 'AuthHeader',
      bytesTransferredIn: 0,
      bytesTransferredOut: 243,
    }),
  })
}

function parameter(estate: Estate): ApiCall {
  return writes('ssm:PutParameter', {
    targets: estate.parameters,
    request: about('name'),
    error: (at) => ({
      code: 'AccessDeniedException',
      message: `User: ${who(at, 'cert-rotator')} is not authorized to perform: ssm:PutParameter on resource: arn:aws:ssm:${at.region}:${at.account}:parameter${at.target} because no identity-based policy allows the ssm:PutParameter action`,
    }),
  })
}
