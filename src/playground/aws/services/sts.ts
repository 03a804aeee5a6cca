import { authorise, denied } from '../authorise.ts'
import type { Call, Input, Operation, Result, Service } from '../call.ts'
import { AwsError } from '../errors.ts'
import type { Session } from '../keyring.ts'
import { logDate } from '../organisation/dates.ts'
import { accountOf } from '../organisation/organisation.ts'
import { readAssumeRole } from './assumeRole.ts'
import { answer, tag } from './xml.ts'

const assumeRole: Operation = {
  eventSource: 'sts.amazonaws.com',
  eventName: 'AssumeRole',
  readOnly: true,
  global: false,
  logged: (input) => ({
    roleArn: input['RoleArn'],
    roleSessionName: input['RoleSessionName'],
    ...(input['ExternalId'] !== undefined && { externalId: input['ExternalId'] }),
    ...(input['SourceIdentity'] !== undefined && { sourceIdentity: input['SourceIdentity'] }),
    ...(input['Policy'] !== undefined && { policy: input['Policy'] }),
    ...(input['DurationSeconds'] !== undefined && { durationSeconds: Number(input['DurationSeconds']) }),
  }),
  run: (call) => {
    const asked = readAssumeRole(call)
    const session = call.world.keys.mint(asked, call.now)
    return assumed(call, session, asked.packedPercent)
  },
}

function assumed({ requestId, caller }: Call, session: Session, packed: number | undefined): Result {
  const { role, name, sourceIdentity, expires, accessKeyId, secretAccessKey, sessionToken } = session
  const arn = `arn:aws:sts::${role.account}:assumed-role/${role.name}/${name}`
  const id = `${role.id}:${name}`
  const credentials = [
    tag('AccessKeyId', accessKeyId),
    tag('SecretAccessKey', secretAccessKey),
    tag('SessionToken', sessionToken),
    tag('Expiration', expires.toISOString()),
  ].join('')
  const body = [
    `<Credentials>${credentials}</Credentials>`,
    `<AssumedRoleUser>${tag('AssumedRoleId', id)}${tag('Arn', arn)}</AssumedRoleUser>`,
    packed === undefined ? '' : tag('PackedPolicySize', String(packed)),
    sourceIdentity === undefined ? '' : tag('SourceIdentity', sourceIdentity),
  ].join('')
  return {
    body: answer('AssumeRole', body, requestId),
    responseElements: {
      credentials: { accessKeyId, sessionToken, expiration: logDate(expires.getTime() / 1000) },
      assumedRoleUser: { assumedRoleId: id, arn },
      ...(packed !== undefined && { packedPolicySize: packed }),
      ...(sourceIdentity !== undefined && { sourceIdentity }),
    },
    resources: [{ accountId: role.account, type: 'AWS::IAM::Role', ARN: role.arn }],
    ...(role.account !== caller.account && { twin: role.account }),
  }
}

/** Needs no permission, and no policy can deny it (AWS: GetCallerIdentity API reference). */
const getCallerIdentity: Operation = {
  eventSource: 'sts.amazonaws.com',
  eventName: 'GetCallerIdentity',
  readOnly: true,
  global: false,
  logged: () => null,
  run: ({ caller, requestId }) => ({
    body: answer(
      'GetCallerIdentity',
      tag('Arn', caller.arn) + tag('UserId', caller.principalId) + tag('Account', caller.account),
      requestId,
    ),
  }),
}

const getAccessKeyInfo: Operation = {
  eventSource: 'sts.amazonaws.com',
  eventName: 'GetAccessKeyInfo',
  readOnly: true,
  global: false,
  logged: (input) => ({ accessKeyId: input['AccessKeyId'] }),
  run: (call) => {
    authorise(call.world.organisation, call.caller, {
      action: 'sts:GetAccessKeyInfo',
      resource: '*',
      context: { 'aws:RequestedRegion': call.region },
    })
    return { body: answer('GetAccessKeyInfo', tag('Account', accountOfKey(call)), call.requestId) }
  },
}

/** Also knows keys whose id does not carry the account. */
function accountOfKey({ world: { organisation }, input, caller }: Call): string {
  const id = keyIdOf(input)
  const known = organisation.accountOfKey(id)
  if (known === undefined || accountOf(organisation, known) === undefined)
    throw denied(caller, { action: 'sts:GetAccessKeyInfo' })
  return known
}

function keyIdOf({ AccessKeyId }: Input): string {
  if (typeof AccessKeyId === 'string' && /^\w{16,128}$/.test(AccessKeyId)) return AccessKeyId
  throw new AwsError(
    'ValidationException',
    `1 validation error detected: Value '${String(AccessKeyId)}' at 'accessKeyId' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w]*`,
  )
}

export const sts: Service = {
  protocol: 'query',
  operations: { AssumeRole: assumeRole, GetCallerIdentity: getCallerIdentity, GetAccessKeyInfo: getAccessKeyInfo },
}
