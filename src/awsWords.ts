import type { AwsFault } from './domain/fault.ts'
import { plain } from './domain/result/safe.ts'

const LONGEST = 400

/** An AWS fault of the caller's own credentials, for whoever is at the terminal: what was refused and what to do. */
export function awsWords(fault: AwsFault): string {
  const detail = plain(fault.detail, LONGEST)
  const action = fault.action ?? 'the call'
  switch (fault.code) {
    case 'credentials_invalid':
      return `AWS credentials are missing or not valid (${detail}). Log in (aws sso login), or choose a profile with AWS_PROFILE.`
    case 'expired_credentials':
      return `Your AWS credentials have expired. Log in again (aws sso login), then ask again.`
    case 'access_denied':
    case 'scp_denied':
      return `AWS does not allow ${action}: ${detail}\nThis statement in your policy would allow it:\n    ${statementFor(action)}`
    case 'assume_role_denied':
      return `The role ${fault.role ?? ''} could not be assumed: ${detail}`
    default:
      return `AWS did not answer ${action}: ${detail}`
  }
}

/** The IAM statement that allows an action, as JSON. */
export function statementFor(action: string, resource = '*'): string {
  return JSON.stringify({ Effect: 'Allow', Action: action, Resource: resource })
}
