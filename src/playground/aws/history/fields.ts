import type { Fields, Resource } from './entry.ts'

/** A CloudTrail record as an object: the shape differs by service, so nothing is taken for granted. */
export type CloudTrailRecord = { readonly [field: string]: unknown }

/** What CloudTrail would index of a record: the caller's key, the user or session name, the resources named in it. */
export function fieldsOf(record: CloudTrailRecord): Fields {
  const identity = object(record['userIdentity'])
  return {
    eventId: text(record['eventID']) ?? '',
    eventName: text(record['eventName']) ?? '',
    eventSource: text(record['eventSource']) ?? '',
    readOnly: record['readOnly'] === true,
    username: usernameOf(identity),
    accessKeyId: text(identity['accessKeyId']) || undefined,
    resources: resourcesOf(record),
  }
}

/** IAM user name, role session name, `root`, or the service that acts on its own behalf. */
function usernameOf(identity: CloudTrailRecord): string | undefined {
  switch (identity['type']) {
    case 'Root':
      return 'root'
    case 'AssumedRole':
    case 'FederatedUser':
      return text(identity['principalId'])?.split(':').slice(1).join(':') || undefined
    case 'AWSService':
      return text(identity['invokedBy'])
    default:
      return text(identity['userName'])
  }
}

/** Request and response parameters that CloudTrail lists as resources, with the type it gives them. */
const NAMED: Readonly<Record<string, string>> = {
  userName: 'AWS::IAM::User',
  roleName: 'AWS::IAM::Role',
  groupName: 'AWS::IAM::Group',
  policyArn: 'AWS::IAM::Policy',
  instanceProfileName: 'AWS::IAM::InstanceProfile',
  bucketName: 'AWS::S3::Bucket',
  instanceId: 'AWS::EC2::Instance',
  groupId: 'AWS::EC2::SecurityGroup',
  snapshotId: 'AWS::EC2::Snapshot',
  imageId: 'AWS::EC2::Ami',
  volumeId: 'AWS::EC2::Volume',
  networkInterfaceId: 'AWS::EC2::NetworkInterface',
  subnetId: 'AWS::EC2::Subnet',
  vpcId: 'AWS::EC2::VPC',
  functionName: 'AWS::Lambda::Function',
  topicArn: 'AWS::SNS::Topic',
  secretId: 'AWS::SecretsManager::Secret',
  trailName: 'AWS::CloudTrail::Trail',
  dBInstanceIdentifier: 'AWS::RDS::DBInstance',
  dBSnapshotIdentifier: 'AWS::RDS::DBSnapshot',
  autoScalingGroupName: 'AWS::AutoScaling::AutoScalingGroup',
  tableName: 'AWS::DynamoDB::Table',
}

function resourcesOf(record: CloudTrailRecord): readonly Resource[] {
  const found = new Map<string, Resource>()
  const add = (type: string | undefined, name: string | undefined) => {
    if (type && name) found.set(`${type} ${name}`, { ResourceType: type, ResourceName: name })
  }
  const request = object(record['requestParameters'])
  const response = object(record['responseElements'])
  for (const holder of [request, object(response['instancesSet'])]) addNamed(holder, add)
  if (record['eventSource'] === 'cloudtrail.amazonaws.com') add('AWS::CloudTrail::Trail', text(request['name']))
  add('AWS::IAM::AccessKey', text(object(response['accessKey'])['accessKeyId']) ?? text(request['accessKeyId']))
  addAssumedRole(response, add)
  for (const listed of array(record['resources'])) add(text(object(listed)['type']), text(object(listed)['ARN']))
  return [...found.values()]
}

type Add = (type: string | undefined, name: string | undefined) => void

function addNamed(holder: CloudTrailRecord, add: Add): void {
  for (const [key, value] of Object.entries(holder)) {
    const type = NAMED[key]
    if (type !== undefined) add(type, text(value))
    for (const item of array(object(value)['items'])) addNamed(object(item), add)
    for (const item of key === 'items' ? array(value) : []) addNamed(object(item), add)
  }
}

/** AssumeRole lists the minted key, the session by id and ARN, and the role, each as a resource. */
function addAssumedRole(response: CloudTrailRecord, add: Add): void {
  const session = object(response['assumedRoleUser'])
  if (session['arn'] === undefined) return
  add('AWS::IAM::AccessKey', text(object(response['credentials'])['accessKeyId']))
  add('AWS::STS::AssumedRole', text(session['assumedRoleId']))
  add('AWS::STS::AssumedRole', text(session['arn']))
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function array(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function object(value: unknown): CloudTrailRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}
