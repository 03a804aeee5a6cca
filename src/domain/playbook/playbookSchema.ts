import { z } from 'zod'
import { SHAPES } from '../runbook/runbook.ts'
import { clause, name, parameter, window } from '../runbook/schema.ts'

const member = z.strictObject({
  runbook: name,
  with: z
    .record(z.string(), z.string().min(1).max(2000))
    .default({})
    .describe('what its parameters are asked with: a text, or $name of a parameter of the playbook'),
  context: z
    .boolean()
    .default(false)
    .describe('what it matches is no finding by itself: it becomes one by who did it, or from where'),
})

/** A playbook as it is written. What shapes cannot say is checked in parsePlaybook.ts. */
export const rawPlaybook = z.strictObject({
  language: z.literal(1).describe('the version of the runbook language'),
  kind: z.literal('playbook'),
  name,
  aliases: z.array(name).max(20).default([]),
  title: z.string().min(1).max(150).describe('the question, as a person would ask it'),
  about: z.string().min(1).max(2000),
  tags: z.array(name).max(20).default([]),
  parameters: z.record(z.string(), parameter).default({}),
  answers: z
    .array(z.enum(SHAPES))
    .max(SHAPES.length)
    .default([])
    .describe('what a bare value can be that is asked with this playbook first'),
  window,
  within: z.string().default('10m').describe('how long reading may take; what was not read by then is said'),
  only: clause
    .describe('what every member is narrowed to; a clause whose parameter is not given is left out')
    .exactOptional(),
  members: z.array(member).min(1).max(60).describe('runbooks, in the order of what matters'),
})

export type RawPlaybook = z.output<typeof rawPlaybook>

/** The keys that are known at a place of a playbook, for suggestions. */
export function playbookKeys([top, second]: readonly (string | number)[]): readonly string[] {
  if (top === undefined) return Object.keys(rawPlaybook.shape)
  if (top === 'members') return Object.keys(member.shape)
  if (top === 'parameters' && second !== undefined) return Object.keys(parameter.shape)
  return top === 'window' ? Object.keys(window.shape) : []
}

/** The text of schema/playbook.json. */
export function playbookSchemaText(): string {
  const { $schema, ...rest } = z.toJSONSchema(rawPlaybook, { io: 'input' })
  return `${JSON.stringify({ $schema, title: 'A ctq playbook', ...rest }, null, 2)}\n`
}
