import { z } from 'zod'
import { EVENT_CATEGORIES, type Query } from '../query/query.ts'
import { type Basis, basisSchema } from './basis.ts'
import type { Destination, Person, Tier } from './person.ts'

const time = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)

/** A query in a token. */
export const querySchema = z
  .strictObject({
    runbook: z.strictObject({ name: z.string().max(80), digest: z.string().regex(/^[0-9a-f]{64}$/) }),
    parameters: z.record(z.string().max(80), z.string().max(4000)),
    accounts: z.array(z.string().regex(/^\d{12}$/)).min(1),
    regions: z.union([z.literal('enabled'), z.array(z.string().regex(/^[a-z0-9-]{4,32}$/)).min(1)]),
    engines: z.array(z.literal('lookup')).min(1),
    limit: z.int().positive(),
    window: z.strictObject({
      since: time,
      until: z.union([time, z.strictObject({ atStart: z.literal(true), notAfter: time })]),
    }),
    categories: z.array(z.enum(EVENT_CATEGORIES)).min(1).exactOptional(),
    raw: z.literal(true).exactOptional(),
  })
  // LookupEvents shows management events (API reference, LookupEvents): a grant of others for it would promise what is not read.
  .refine(
    ({ engines, categories = ['management'] }) =>
      engines.some((engine) => engine !== 'lookup') || categories.every((one) => one === 'management'),
  )

/** A destination in a token. */
export const destinationSchema = z.union([
  z.strictObject({
    kind: z.literal('slack'),
    team: z.string(),
    channel: z.string(),
    thread: z.string().exactOptional(),
  }),
  z.strictObject({
    kind: z.literal('direct'),
    team: z.string(),
    user: z.string(),
    from: z.strictObject({ channel: z.string(), thread: z.string().exactOptional() }).exactOptional(),
  }),
  z.strictObject({ kind: z.literal('sink'), name: z.string() }),
])

/** The claims of a run's token beside the registered ones, checked again wherever a token is used. */
export const grantSchema = z.strictObject({
  iss: z.string(),
  aud: z.string(),
  sub: z.string(),
  jti: z.string(),
  iat: z.number(),
  nbf: z.number(),
  exp: z.number(),
  run: z.uuid(),
  person: z.strictObject({ team: z.string(), user: z.string() }),
  role: z.string(),
  tier: z.enum(['open', 'duty', 'elevated', 'sensitive']),
  basis: basisSchema,
  query: querySchema,
  to: destinationSchema,
  /** Seconds since 1970 after which the answer is no longer posted. */
  deliverBy: z.number(),
  /** When the run was first allowed, seconds since 1970: renewal is bounded by its age. */
  askedAt: z.number(),
  /** The run whose unsettled minutes this one asks for again. */
  follows: z.uuid().exactOptional(),
})

/** What one token allows: this query, for this person, in this run, answered there, until then. */
export type Grant = {
  readonly iss: string
  readonly aud: string
  readonly sub: string
  readonly jti: string
  readonly iat: number
  readonly nbf: number
  readonly exp: number
  readonly run: string
  readonly person: Person
  readonly role: string
  readonly tier: Tier
  readonly basis: Basis
  readonly query: Query
  readonly to: Destination
  readonly deliverBy: number
  readonly askedAt: number
  readonly follows?: string
}

/** What a run may overtake. Nobody waits for one that follows another: it lets questions go first. */
export type Lane = 'interactive' | 'background'

/** The lane of what a grant allows. */
export function laneOf({ follows }: Pick<Grant, 'follows'>): Lane {
  return follows === undefined ? 'interactive' : 'background'
}

/** Whether something is told in a channel, by its answer or by a card: whoever is there knows of it. */
export function isToldIn(
  { to, places = [] }: { readonly to: Destination; readonly places?: readonly string[] },
  channel: string | undefined,
): boolean {
  if (channel === undefined) return false
  return (to.kind === 'slack' && to.channel === channel) || places.includes(channel)
}

/** The place a run was asked in: it is decided there again, wherever the answer goes. Undefined when nobody asked it in Slack. */
export function placeOf({ to }: Pick<Grant, 'to'>): { readonly channel: string; readonly thread?: string } | undefined {
  if (to.kind === 'sink') return undefined
  if (to.kind === 'direct') return to.from
  return { channel: to.channel, ...(to.thread === undefined ? {} : { thread: to.thread }) }
}
