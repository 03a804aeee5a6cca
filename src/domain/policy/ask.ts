import { z } from 'zod'
import type { Origin } from '../request/normalise.ts'

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
  entry: z.enum(['command', 'mention', 'direct', 'button', 'form', 'step']),
  /** The execution of a workflow's step that waits for the verdict, by Slack's id. */
  step: z.string().max(100).exactOptional(),
  /** The run whose answer has the gap that this asks for again. */
  closes: z.uuid().exactOptional(),
})

export type SignedAsk = z.infer<typeof askSchema>

/** How the text of an ask is escaped: what people type comes through Slack, the words of a press or a form are ctq's own. */
export function originOf(entry: SignedAsk['entry']): Origin {
  return entry === 'command' || entry === 'mention' || entry === 'direct' ? 'slack' : 'terminal'
}
