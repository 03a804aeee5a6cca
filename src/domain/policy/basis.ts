import { z } from 'zod'
import { digestOf } from '../canonical.ts'
import type { Engine, Query } from '../query/query.ts'
import type { Proposal } from './investigation.ts'
import type { Destination, Person } from './person.ts'

/** A SHA-256, as it is written everywhere. */
export const digestSchema = z.string().regex(/^[0-9a-f]{64}$/)
/** A person in a token. */
export const personSchema = z.strictObject({ team: z.string().min(1).max(40), user: z.string().min(1).max(40) })

/** The most that an approved question may cost. LookupEvents costs nothing (AWS: CloudTrail pricing, event history). */
export type Cost = { readonly usd: number }
export const costSchema = z.strictObject({ usd: z.number().min(0).max(10_000) })

/** Engines that AWS charges nothing for. */
export const FREE_ENGINES: readonly Engine[] = ['lookup']

/** By what a run is allowed. `policy` is the digest of the rules it was decided under. */
export type Basis =
  /** A role allows it by itself. */
  | { readonly kind: 'policy'; readonly policy: string }
  /** Others approved exactly this: `hash` is of what they approved. */
  | {
      readonly kind: 'approval'
      readonly policy: string
      readonly hash: string
      readonly cost: Cost
      readonly approvers: readonly Person[]
    }
  /** It lies within an investigation that others approved, until it ends. */
  | {
      readonly kind: 'investigation'
      readonly policy: string
      readonly id: string
      /** Of the investigation as it was approved, or last narrowed. */
      readonly hash: string
      /** Seconds since 1970. */
      readonly until: number
    }
  /** Nobody was asked; a review is open. */
  | { readonly kind: 'break_glass'; readonly policy: string; readonly review: string; readonly reason: string }

/** The claim of a token. */
export const basisSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('policy'), policy: z.string() }),
  z.strictObject({
    kind: z.literal('approval'),
    policy: z.string(),
    hash: digestSchema,
    cost: costSchema,
    approvers: z.array(personSchema).min(1).max(100),
  }),
  z.strictObject({
    kind: z.literal('investigation'),
    policy: z.string(),
    id: z.uuid(),
    hash: digestSchema,
    until: z.number(),
  }),
  z.strictObject({
    kind: z.literal('break_glass'),
    policy: z.string(),
    review: z.uuid(),
    reason: z.string().min(1).max(500),
  }),
])

/**
 * Exactly what is approved: one question, or an investigation. A question's engines and its window, in the form it is minted in, are the
 * query's.
 */
export type Approvable = {
  /** One request is for one run. Of an investigation this is its id. */
  readonly run: string
  readonly person: Person
  readonly to: Destination
  readonly cost: Cost
} & (OfQuestion | OfInvestigation)

/** What is approved is a question. */
export type OfQuestion = { readonly query: Query; readonly investigation?: never }

/** What is approved is an investigation. */
export type OfInvestigation = { readonly investigation: Proposal; readonly query?: never }

/** The hash that an approval is bound by: whatever is different is another request. */
export function approvalHash({ run, person, query, investigation, to, cost }: Approvable): string {
  return digestOf({ approves: 1, run, person, query, investigation, to, cost })
}
