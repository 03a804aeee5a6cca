import { z } from 'zod'
import { approverNames, claimsOf, type Registered } from './approvalTokens.ts'
import { costSchema, digestSchema, personSchema } from './basis.ts'
import { destinationSchema, querySchema } from './grant.ts'
import type { Broken, Closing } from './review.ts'

/** The claims of a use of break-glass: signed by the bot before its run starts, so that nothing in it can be altered until it is reviewed. */
export const brokenSchema = claimsOf({
  run: z.uuid(),
  person: personSchema,
  query: querySchema,
  to: destinationSchema,
  cost: costSchema,
  hash: digestSchema,
  role: z.string(),
  tier: z.enum(['duty', 'elevated']),
  why: z.string().max(2000),
  reason: z.string().min(1).max(500),
  words: z.string().max(8000),
  place: z.strictObject({ channel: z.string(), thread: z.string().exactOptional() }),
  seats: z.array(z.strictObject({ by: approverNames, count: z.int().min(1) })).min(1),
  rules: z.array(z.string()),
  reviewers: approverNames,
  parties: z.array(personSchema).max(1000),
  places: z.array(z.string()),
  at: z.number(),
  dueAt: z.number(),
  remind: z.number().positive(),
  policy: z.string(),
})

/** The claims of a review's verdict: the bot's own word that it saw this person's click, as with a vote. */
export const closingSchema = claimsOf({
  attested: z.literal('slack_click'),
  run: z.uuid(),
  hash: digestSchema,
  verdict: z.enum(['justified', 'not_justified']),
  note: z.string().min(1).max(500),
  person: personSchema,
  sets: approverNames,
  at: z.number(),
  /** The digest of the policy by which they had the right. */
  policy: z.string(),
})

export type BrokenClaims = Registered & Broken
export type ClosingClaims = Registered & Closing & { readonly attested: 'slack_click'; readonly policy: string }
