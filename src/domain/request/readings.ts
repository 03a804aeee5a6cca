import type { ShapeName } from '../runbook/runbook.ts'
import type { Shape } from './shape.ts'

/** One way to read a value that could be several things: what it is then, and the name that says that this is meant (`bucket=…`). */
export type Reading = { readonly what: string; readonly name: string; readonly shape: Shape }

const CALLED: { readonly [kind in ShapeName]?: readonly [what: string, name: string] } = {
  account: ['an account', 'account'],
  eventName: ["an event's name", 'event'],
  eventId: ["an event's id", 'eventid'],
  user: ['a user, role or session', 'user'],
  session: ['a session', 'session'],
  bucket: ['a bucket', 'bucket'],
  resource: ['a resource', 'resource'],
}

/** What a value may be, the likeliest first. A bare name may be a user's, a role's or a session's: one question looks for all three. */
export function readingsOf(shapes: readonly Shape[]): readonly Reading[] {
  const bare = shapes.some(({ kind, value }) => kind === 'user' && !value.includes('/'))
  return shapes.flatMap((shape) => {
    if (shape.kind === 'role' && bare) return []
    const path = /^(role|user)\//.exec(shape.value)?.[1]
    const [what, name] = path === undefined ? (CALLED[shape.kind] ?? []) : [`a ${path}`, path]
    return what === undefined || name === undefined ? [] : [{ what, name, shape }]
  })
}

/**
 * Whether nobody but whoever typed it can say which of its shapes a value has. Bucket names are unique among all of AWS (S3: bucket naming
 * rules): a plain word is hardly one of ours, one with dashes, dots or digits may be. A role is told from a secret by capitals or an address.
 */
export function isOpen(shapes: readonly Shape[]): boolean {
  const [first, ...others] = shapes
  const kinds = others.map(({ kind }) => kind)
  if (first === undefined) return false
  const { kind, value } = first
  if (kind === 'user')
    return kinds.includes('bucket') && /[-.\d]/.test(value) && !/(?:^|[-.])(?:role|user)(?:[-.]|$)/.test(value)
  if (kind === 'session') return kinds.includes('resource') && !/[A-Z@:]/.test(value)
  return kind === 'role' && kinds.includes('resource')
}
