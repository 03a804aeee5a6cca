import { type Body, ControlError } from './controlBody.ts'

/** What goes wrong with the next calls it fits, and how often. */
export type Fault = {
  /** The operation, such as `LookupEvents`; left out: any. */
  readonly operation?: string
  readonly account?: string
  readonly region?: string
  /** How many calls it hits; 1 unless told. */
  readonly times?: number
  /** How many fitting calls pass before it hits. */
  readonly after?: number
  /** The error to answer with. Left out, the call is served, after the delay. */
  readonly code?: string
  readonly message?: string
  readonly status?: number
  readonly delayMs?: number
  /** Closes the connection: `before` the call is served, or `after` it was, so that its answer is lost. */
  readonly drop?: 'before' | 'after'
}

export type Faults = {
  readonly add: (fault: Fault) => void
  readonly clear: () => void
  /** The fault for this call, if there is one; counts it. */
  readonly next: (operation: string, account: string, region: string) => Fault | undefined
}

export function faults(): Faults {
  let active: { fault: Fault; skip: number; left: number }[] = []
  return {
    add: (fault) => {
      active.push({ fault, skip: fault.after ?? 0, left: fault.times ?? 1 })
    },
    clear: () => {
      active = []
    },
    next: (operation, account, region) => {
      const found = active.find(({ fault }) => fits(fault, operation, account, region))
      if (found === undefined) return undefined
      if (found.skip > 0) {
        found.skip -= 1
        return undefined
      }
      found.left -= 1
      if (found.left <= 0) active = active.filter((other) => other !== found)
      return found.fault
    },
  }
}

/** A fault from the control API: a misspelt one would be a test that tests nothing, so it is refused. */
export function readFault(body: Body): Fault {
  for (const [name, value] of Object.entries(body)) {
    const right = FIELDS[name]
    if (right === undefined || !right(value)) throw new ControlError(`${name} is not part of a fault, or not like that`)
  }
  return body
}

const isText = (value: unknown) => typeof value === 'string'
const isCount = (value: unknown) => typeof value === 'number' && value >= 0
const FIELDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  operation: isText,
  account: isText,
  region: isText,
  code: isText,
  message: isText,
  times: isCount,
  after: isCount,
  status: isCount,
  delayMs: isCount,
  drop: (value) => value === 'before' || value === 'after',
}

function fits(fault: Fault, operation: string, account: string, region: string): boolean {
  return (
    (fault.operation ?? operation) === operation &&
    (fault.account ?? account) === account &&
    (fault.region ?? region) === region
  )
}

/** Status and words of common errors, for faults that give only a code (AWS: Common Errors). */
export const COMMON_ERRORS: Readonly<Record<string, { readonly status?: number; readonly message: string }>> = {
  ThrottlingException: { message: 'Rate exceeded' },
  AccessDeniedException: { message: 'You are not authorized to perform this operation.' },
  ExpiredTokenException: { message: 'The security token included in the request is expired' },
  UnrecognizedClientException: { message: 'The security token included in the request is invalid.' },
  UnsupportedOperationException: { message: 'The requested operation is not supported.' },
  OperationNotPermittedException: { message: 'The requested operation is not permitted.' },
  InvalidNextTokenException: { message: 'The NextToken is not valid for this request.' },
  OptInRequired: { status: 403, message: 'The AWS Access Key Id needs a subscription for the service' },
  RequestTimeout: { status: 408, message: 'The request timed out.' },
  InternalFailure: {
    status: 500,
    message: 'The request processing has failed because of an unknown error, exception or failure.',
  },
  ServiceUnavailable: { status: 503, message: 'The request has failed due to a temporary failure of the server.' },
}
