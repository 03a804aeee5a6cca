import type { RecordParts } from '../records.ts'

type Refusal = NonNullable<RecordParts['error']>

/** How services word and name a denial: IAM and S3 one way, JSON services another, EC2 a third. */

export function denied(arn: string, action: string, resource = '*'): Refusal {
  return { code: 'AccessDenied', message: words(arn, action, resource) }
}

export function deniedException(arn: string, action: string, resource = '*'): Refusal {
  return { code: 'AccessDeniedException', message: words(arn, action, resource) }
}

export function unauthorizedOperation(arn: string, action: string, seed: string): Refusal {
  const blob = Buffer.from(seed.repeat(12)).toString('base64url')
  return {
    code: 'Client.UnauthorizedOperation',
    message: `You are not authorized to perform this operation. User: ${arn} is not authorized to perform: ${action} because no identity-based policy allows the ${action} action. Encoded authorization failure message: ${blob}`,
  }
}

export function deniedByGuard(arn: string, action: string, resource: string, policyArn: string): Refusal {
  return {
    code: 'AccessDeniedException',
    message: `User: ${arn} is not authorized to perform: ${action} on resource: ${resource} with an explicit deny in a service control policy: ${policyArn}`,
  }
}

function words(arn: string, action: string, resource: string): string {
  return `User: ${arn} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`
}
