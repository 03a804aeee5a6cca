import { z } from 'zod'
import type { ApprovalRequest, Vote } from './approval.ts'
import { costSchema, digestSchema, personSchema } from './basis.ts'
import { destinationSchema, querySchema } from './grant.ts'
import { TIERS } from './person.ts'

/** The claims that every token has. */
const registered = {
  iss: z.string(),
  aud: z.string(),
  sub: z.string(),
  jti: z.string(),
  iat: z.number(),
  nbf: z.number(),
  exp: z.number(),
}

const setName = z.string().min(1).max(40)
/** Names of approvers: one at least. */
export const approverNames = z.array(setName).min(1)

/** A closed shape of claims, the registered ones among them. */
export function claimsOf<const T extends z.ZodRawShape>(own: T): z.ZodObject<typeof registered & T, z.core.$strict> {
  return z.strictObject({ ...registered, ...own })
}

const proposalSchema = z.strictObject({
  name: z.string().min(1).max(80),
  people: z.array(personSchema).min(1).max(50),
  channel: z.string().min(1).max(40),
  tier: z.enum(['duty', 'elevated']),
  accounts: z.array(z.string().regex(/^\d{12}$/)).min(1),
  regions: z.union([z.literal('enabled'), z.array(z.string()).min(1)]),
  runbooks: z.array(z.string().max(80)).min(1),
  window: z.int().positive(),
  seconds: z.int().positive(),
})

const requestShape = {
  ...registered,
  run: z.uuid(),
  person: personSchema,
  to: destinationSchema,
  cost: costSchema,
  hash: digestSchema,
  role: z.string(),
  tier: z.enum(TIERS as readonly ['open', 'duty', 'elevated', 'sensitive']),
  why: z.string().max(2000),
  reason: z.string().max(500),
  words: z.string().max(8000),
  scope: z.string().max(200_000),
  place: z.strictObject({ channel: z.string(), thread: z.string().exactOptional() }),
  seats: z.array(z.strictObject({ by: approverNames, count: z.int().min(1) })).min(1),
  rules: z.array(z.string()),
  self: z.boolean(),
  places: z.array(z.string()),
  askedAt: z.number(),
  expiresAt: z.number(),
  remindAt: z.array(z.number()),
  escalate: z.number(),
  policy: z.string(),
}
/** The claims of a request for approval: signed by the bot when it is made, so that nothing in it can be altered while it waits. */
export const requestSchema = z.union([
  z.strictObject({ ...requestShape, query: querySchema }),
  z.strictObject({ ...requestShape, investigation: proposalSchema }),
])

/**
 * The claims of a vote: the bot's own word that it saw this person click, and no more than that. Approvers hold no keys, so whoever holds
 * the bot's signing key could have made it; `attested` says so wherever it is read.
 */
export const clickSchema = z.strictObject({
  ...registered,
  attested: z.literal('slack_click'),
  verdict: z.enum(['approve', 'deny']),
  run: z.uuid(),
  hash: digestSchema,
  person: personSchema,
  sets: approverNames,
  at: z.number(),
  reason: z.string().max(500).exactOptional(),
  /** The digest of the policy by which they had the right. */
  policy: z.string(),
})

export type Registered = {
  readonly iss: string
  readonly aud: string
  readonly sub: string
  readonly jti: string
  readonly iat: number
  readonly nbf: number
  readonly exp: number
}

export type RequestClaims = Registered & ApprovalRequest
export type ClickClaims = Registered & Vote & { readonly attested: 'slack_click'; readonly policy: string }
