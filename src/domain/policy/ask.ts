import { z } from 'zod'

/** What the bot signs the moment somebody asks, before anything is looked up: Redis can neither alter nor invent it. */
export const askSchema = z.strictObject({
  iss: z.string(),
  aud: z.string(),
  sub: z.string(),
  jti: z.string(),
  iat: z.number(),
  nbf: z.number(),
  exp: z.number(),
  /** The run this becomes, so that handling it twice is handling it once. */
  run: z.uuid(),
  text: z.string().max(8000),
  person: z.strictObject({ team: z.string(), user: z.string() }),
  channel: z.string(),
  thread: z.string().exactOptional(),
  entry: z.enum(['command', 'mention', 'direct']),
})

export type SignedAsk = z.infer<typeof askSchema>
