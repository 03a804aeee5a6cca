import type { Json } from './json.ts'

/**
 * What goes wrong with a call. `lost`: the call takes effect and its answer never arrives (`as` says how).
 * `hang` never answers; `drop` closes the connection; `html` answers 200 with a page, as a proxy would.
 */
export type FaultKind = 'ratelimited' | 'http' | 'hang' | 'drop' | 'error' | 'html' | 'lost' | 'delay'

/** One planned failure: the next `times` calls of `method` (`*`: any) after `skip` good ones, in `channel` if given. */
export type Fault = {
  readonly method: string
  readonly kind: FaultKind
  times: number
  skip: number
  readonly channel: string
  readonly retryAfter: number
  readonly status: number
  readonly error: string
  readonly as: 'drop' | 'hang' | 'http'
  readonly ms: number
}

const KINDS: readonly string[] = ['ratelimited', 'http', 'hang', 'drop', 'error', 'html', 'lost', 'delay']

/**
 * A fault from the control API's JSON.
 * @throws Error when the kind is unknown or no method is named.
 */
export function faultOf(json: Json): Fault {
  const { method, kind } = json
  if (typeof method !== 'string' || method === '') throw new Error('a fault names a method, or "*"')
  if (typeof kind !== 'string' || !KINDS.includes(kind)) throw new Error(`kind must be one of ${KINDS.join(', ')}`)
  const number = (name: string, fallback: number): number => {
    const value = json[name]
    return typeof value === 'number' ? value : fallback
  }
  return {
    method,
    kind: kind as FaultKind,
    times: number('times', 1),
    skip: number('skip', 0),
    channel: typeof json['channel'] === 'string' ? json['channel'] : '',
    retryAfter: number('retryAfter', 1),
    status: number('status', 500),
    error: typeof json['error'] === 'string' ? json['error'] : 'internal_error',
    as: json['as'] === 'hang' || json['as'] === 'http' ? json['as'] : 'drop',
    ms: number('ms', 0),
  }
}

/** The fault that this call meets, used up by one; undefined when none is planned. */
export function takeFault(faults: Fault[], method: string, channel: string): Fault | undefined {
  const index = faults.findIndex(
    (fault) => (fault.method === '*' || fault.method === method) && (fault.channel === '' || fault.channel === channel),
  )
  const fault = faults[index]
  if (!fault) return undefined
  if (fault.skip > 0) {
    fault.skip -= 1
    return undefined
  }
  fault.times -= 1
  if (fault.times <= 0) faults.splice(index, 1)
  return fault
}
