import { awsWords } from '../awsWords.ts'
import { isAwsFault } from '../domain/fault.ts'

/** How a check came out. `note`: it works, and could be better. `not tried`: there was nothing to try it on. */
export type State = 'ok' | 'wrong' | 'note' | 'not tried'

/** One check of `ctq doctor`. */
export type Finding = {
  readonly state: State
  readonly what: string
  /** What was found. It may quote what others wrote; it never holds a secret. */
  readonly says: string
  /** What to do about it. */
  readonly mend?: string
}

/** A section of the report and its checks, made one after the other. */
export type Section = { readonly title: string; readonly findings: () => AsyncIterable<Finding> }

export function good(what: string, says: string): Finding {
  return { state: 'ok', what, says }
}

export function bad(what: string, says: string, mend?: string): Finding {
  return { state: 'wrong', what, says, ...(mend !== undefined && { mend }) }
}

export function note(what: string, says: string, mend?: string): Finding {
  return { state: 'note', what, says, ...(mend !== undefined && { mend }) }
}

export function untried(what: string, says: string): Finding {
  return { state: 'not tried', what, says }
}

/** An AWS fault as a finding; anything else goes on up. `policy`: the command that prints what allows it. */
export function faultFinding(what: string, error: unknown, policy?: string): Finding {
  if (!isAwsFault(error)) throw error
  const refused = ['access_denied', 'assume_role_denied', 'scp_denied'].includes(error.code)
  return bad(
    what,
    awsWords(error).split('\n')[0] ?? '',
    refused && policy !== undefined ? `Compare its policies with: ${policy}` : undefined,
  )
}
