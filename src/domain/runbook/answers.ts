import type { Parameter, ParameterType, ShapeName } from './runbook.ts'

/** The types of parameters that take a value of a shape, the one made for it first. */
const TAKEN_BY: { readonly [shape in ShapeName]: readonly ParameterType[] } = {
  accessKeyId: ['accessKeyId', 'resource'],
  eventId: ['eventId'],
  user: ['principal', 'userName', 'resource'],
  role: ['role', 'principal', 'resource'],
  session: ['principal'],
  instance: ['instance', 'resource'],
  securityGroup: ['securityGroup', 'resource'],
  bucket: ['bucket', 'resource'],
  resource: ['resource'],
  address: ['address'],
  account: ['account'],
  eventName: ['eventName'],
}

/** Where a value goes: a parameter, by its name, or the accounts that are asked. */
export type Taker = { readonly kind: 'parameter'; readonly name: string } | { readonly kind: 'accounts' }

type Parameters = { readonly [name: string]: Pick<Parameter, 'type' | 'optional'> }

/**
 * Where a runbook with these parameters takes a value of a shape, when that value is all that is given; undefined when it does not. Anything
 * can be called a resource, so an optional resource is no reason to ask: it is one kind of resource that the runbook is about.
 */
export function takerOf(parameters: Parameters, shape: ShapeName): Taker | undefined {
  const entries = Object.entries(parameters)
  const required = entries.filter(([, { optional }]) => !optional)
  if (required.length > 1) return undefined
  const [name] = TAKEN_BY[shape].flatMap((type) =>
    (required.length > 0 ? required : entries).flatMap(([each, parameter]) =>
      parameter.type === type && (type !== 'resource' || !parameter.optional) ? [each] : [],
    ),
  )
  if (name !== undefined) return { kind: 'parameter', name }
  return shape === 'account' && required.length === 0 ? { kind: 'accounts' } : undefined
}
