import { deflateRawSync } from 'node:zlib'
import { authorise, denied } from '../authorise.ts'
import type { Call, Input } from '../call.ts'
import { AwsError } from '../errors.ts'
import type { Caller, NewSession } from '../keyring.ts'
import type { Role } from '../organisation/identities.ts'
import { evaluate, type Policy, parseSessionPolicy } from '../policy.ts'

/** AWS: AssumeRole API reference. */
const POLICY_MAX = 2048
const SECONDS_MIN = 900
const SECONDS_DEFAULT = 3600
const CHAINED_SECONDS_MAX = 3600
/** AWS does not publish the packed limit: here a policy may take so many bytes when deflated. */
const PACKED_MAX = 1024

/** Checks what AssumeRole checks, in its order: form, the caller's rights, the role's trust, the duration. */
export function readAssumeRole(call: Call): NewSession & { readonly packedPercent: number | undefined } {
  const { input, caller } = call
  const arn = textOf(input, 'RoleArn', /^arn:[\w+=/,.@:-]{16,2044}$/)
  const name = textOf(input, 'RoleSessionName', /^[\w+=,.@-]{2,64}$/)
  const asked =
    input['SourceIdentity'] === undefined ? undefined : textOf(input, 'SourceIdentity', /^[\w+=,.@-]{2,64}$/)
  const policy = sessionPolicy(input)
  const sourceIdentity = asked ?? caller.session?.sourceIdentity
  const role = trustingRole(call, arn, asked)
  return { role, name, sourceIdentity, ...policy, seconds: secondsOf(input, caller, role) }
}

function textOf(input: Input, name: string, pattern: RegExp): string {
  const value = input[name]
  if (typeof value === 'string' && pattern.test(value)) return value
  const field = name.charAt(0).toLowerCase() + name.slice(1)
  throw invalid(
    value === undefined
      ? `1 validation error detected: Value null at '${field}' failed to satisfy constraint: Member must not be null`
      : `1 validation error detected: Value '${String(value)}' at '${field}' failed to satisfy constraint: Member must satisfy regular expression pattern: ${pattern.source}`,
  )
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message)
}

function sessionPolicy({ Policy: text }: Input): { policy: Policy | undefined; packedPercent: number | undefined } {
  if (typeof text !== 'string') return { policy: undefined, packedPercent: undefined }
  if (text.length > POLICY_MAX)
    throw invalid(
      `1 validation error detected: Value at 'policy' failed to satisfy constraint: Member must have length less than or equal to ${POLICY_MAX}`,
    )
  const policy = parseSessionPolicy(text)
  if (policy === undefined) throw new AwsError('MalformedPolicyDocument', 'Syntax errors in policy.')
  const packedPercent = Math.ceil((deflateRawSync(text).length / PACKED_MAX) * 100)
  if (packedPercent > 100)
    throw new AwsError(
      'PackedPolicyTooLarge',
      `Packed policy consumes ${packedPercent}% of allotted space, please use smaller policy.`,
    )
  return { policy, packedPercent }
}

/** The role, if the caller may assume it and it trusts the caller; a role that is not there is refused likewise. */
function trustingRole({ world, caller, region, input }: Call, arn: string, sourceIdentity: string | undefined): Role {
  const context = {
    'aws:RequestedRegion': region,
    'sts:SourceIdentity': sourceIdentity,
    'sts:RoleSessionName': String(input['RoleSessionName']),
    'sts:ExternalId': typeof input['ExternalId'] === 'string' ? input['ExternalId'] : undefined,
    'aws:PrincipalArn': caller.arn,
    'aws:PrincipalAccount': caller.account,
    'aws:SourceIdentity': caller.session?.sourceIdentity,
  }
  const role = world.organisation.roles.get(arn)
  const setting = sourceIdentity !== undefined || caller.session?.sourceIdentity !== undefined
  for (const action of ['sts:AssumeRole', ...(setting ? ['sts:SetSourceIdentity'] : [])]) {
    authorise(world.organisation, caller, { action, resource: arn, context })
    const request = { action, resource: arn, context, principals: namesOf(caller) }
    if (role === undefined || evaluate(role.trust, request) !== 'allow') throw denied(caller, { action, resource: arn })
  }
  const before = caller.session?.sourceIdentity
  if (role === undefined || (before !== undefined && sourceIdentity !== undefined && before !== sourceIdentity))
    throw denied(caller, { action: 'sts:SetSourceIdentity', resource: arn })
  return role
}

/** How a trust policy may name this caller: by account, by ARN, a session also by its role. */
function namesOf({ account, arn, session }: Caller): readonly string[] {
  return [account, `arn:aws:iam::${account}:root`, arn, ...(session === undefined ? [] : [session.role.arn])]
}

function secondsOf({ DurationSeconds }: Input, caller: Caller, role: Role): number {
  const seconds = DurationSeconds === undefined ? SECONDS_DEFAULT : Number(DurationSeconds)
  if (!Number.isInteger(seconds) || seconds < SECONDS_MIN)
    throw invalid(
      `1 validation error detected: Value '${String(DurationSeconds)}' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to ${SECONDS_MIN}`,
    )
  if (caller.session !== undefined && seconds > CHAINED_SECONDS_MAX)
    throw invalid('The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining')
  if (seconds > role.maxSessionSeconds)
    throw invalid('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.')
  return seconds
}
