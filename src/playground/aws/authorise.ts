import { AwsError } from './errors.ts'
import type { Caller } from './keyring.ts'
import { guardsOf, type Organisation } from './organisation/organisation.ts'
import { evaluate, type PolicyRequest } from './policy.ts'

export type Asked = {
  readonly action: string
  /** Left out for actions that AWS's message names no resource for. */
  readonly resource?: string
  readonly context: PolicyRequest['context']
}

/**
 * Throws AccessDeniedException, in AWS's words, unless service control, identity and session policies together allow
 * the action (AWS: "Troubleshoot access denied error messages").
 */
export function authorise(organisation: Organisation, caller: Caller, asked: Asked): void {
  const request = { action: asked.action, resource: asked.resource ?? '*', context: asked.context }
  for (const guard of guardsOf(organisation, caller.account))
    if (evaluate(guard.policy, request) === 'deny')
      throw denied(caller, asked, `with an explicit deny in a service control policy: ${guard.arn}`)
  const identity = evaluate(caller.policy, request)
  if (identity === 'deny')
    throw denied(caller, asked, `with an explicit deny in an identity-based policy: ${caller.policyArn}`)
  const session = caller.session?.policy && evaluate(caller.session.policy, request)
  if (session === 'deny') throw denied(caller, asked, 'with an explicit deny in a session policy')
  if (identity === 'silent')
    throw denied(caller, asked, `because no identity-based policy allows the ${asked.action} action`)
  if (session === 'silent') throw denied(caller, asked, `because no session policy allows the ${asked.action} action`)
}

/** "User: … is not authorized to perform: …", with AWS's reason if it gives one. */
export function denied(caller: Caller, asked: Pick<Asked, 'action' | 'resource'>, reason?: string): AwsError {
  const on = asked.resource === undefined ? '' : ` on resource: ${asked.resource}`
  const why = reason === undefined ? '' : ` ${reason}`
  return new AwsError(
    'AccessDeniedException',
    `User: ${caller.arn} is not authorized to perform: ${asked.action}${on}${why}`,
  )
}
