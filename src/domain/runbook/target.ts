import type { CloudTrailRecord } from '../record.ts'
import { member, objectOf, someValue, textAt, textOf } from './values.ts'

/**
 * Where services name what a call acts on, most telling first. IAM and EC2 name it in the request, EC2 names what it makes in the
 * response, many others only in `resources`.
 */
const PLACES: readonly (readonly string[])[] = [
  'requestParameters.userName',
  'requestParameters.roleName',
  'requestParameters.groupName',
  'requestParameters.roleArn',
  'requestParameters.bucketName',
  'requestParameters.instancesSet.items.instanceId',
  'responseElements.instancesSet.items.instanceId',
  'requestParameters.instanceId',
  'requestParameters.groupId',
  'responseElements.groupId',
  'requestParameters.networkAclId',
  'requestParameters.routeTableId',
  'requestParameters.functionName',
  'requestParameters.tableName',
  'requestParameters.secretId',
  'requestParameters.keyId',
  'requestParameters.policyArn',
  'requestParameters.logGroupName',
  'requestParameters.trailName',
  'requestParameters.detectorId',
  'requestParameters.clusterName',
  'requestParameters.dBInstanceIdentifier',
  'requestParameters.snapshotId',
  'requestParameters.resourceArn',
  'requestParameters.name',
  'resources.ARN',
].map((path) => path.split('.'))

/** More names than this are counted, not listed. */
const MOST_NAMES = 3

/** What the call acted on, as the record names it best; empty when it names nothing. */
export function targetOf(record: CloudTrailRecord): string {
  const names = targetsOf(record)
  if (names.length <= MOST_NAMES) return names.join(', ')
  return `${names.slice(0, MOST_NAMES).join(', ')} and ${names.length - MOST_NAMES} more`
}

/** Everything that the call acted on, from the place in the record that names it best. */
export function targetsOf(record: CloudTrailRecord): readonly string[] {
  for (const path of PLACES) {
    const names: string[] = []
    someValue(record, path, (value) => {
      const text = textOf(value)
      if (text !== undefined && text !== '') names.push(text)
      return false
    })
    if (names.length > 0) return names
  }
  const named = namedInRequest(record)
  return named === '' ? [] : [named]
}

/**
 * Any other request: its first parameter whose name says that it identifies something. EC2 wraps newer requests in their own name
 * (`ModifySecurityGroupRulesRequest`) and values in `content`.
 */
function namedInRequest(record: CloudTrailRecord): string {
  const request = objectOf(member(record, 'requestParameters'))
  const wrapped = objectOf(member(request, `${textAt(record, 'eventName')}Request`))
  for (const [name, value] of [...Object.entries(wrapped), ...Object.entries(request)]) {
    const text = textAt(value, 'content') ?? textOf(value)
    if (/(?:name|id|arn|identifier)$/i.test(name) && text !== undefined && text !== '') return text
  }
  return ''
}
