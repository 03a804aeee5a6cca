import { z } from 'zod'
import { SHAPES } from '../runbook/runbook.ts'
import { clause, name, next, parameter, window } from '../runbook/schema.ts'

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
  read: z
    .literal('changes')
    .describe(
      'only what changes something is read for it; the rest of what it asks is found in what is read for others',
    )
    .exactOptional(),
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
  follow: z
    .strictObject({
      parameter: z
        .string()
        .describe('the parameter that takes each key; the members that are about it are asked about them too'),
      depth: z.int().min(1).max(5).default(3).describe('how many rounds of keys that came out of keys'),
      keys: z.int().min(1).max(100).default(25).describe('how many keys in all'),
    })
    .describe('goes on with the keys that findings were made with, and with those that came out of them')
    .exactOptional(),
  members: z.array(member).min(1).max(60).describe('runbooks, in the order of what matters'),
  next: z
    .array(next)
    .max(10)
    .default([])
    .describe('what its calls lead to, as in a runbook, by the columns that every playbook has'),
})

export type RawPlaybook = z.output<typeof rawPlaybook>

/** The keys that are known at a place of a playbook, for suggestions. */
export function playbookKeys([top, second]: readonly (string | number)[]): readonly string[] {
  if (top === undefined) return Object.keys(rawPlaybook.shape)
  if (top === 'members') return Object.keys(member.shape)
  if (top === 'parameters' && second !== undefined) return Object.keys(parameter.shape)
  if (top === 'next') return Object.keys(next.shape)
  if (top === 'follow') return Object.keys(rawPlaybook.shape.follow.unwrap().shape)
  return top === 'window' ? Object.keys(window.shape) : []
}

/** The text of schema/playbook.json. */
export function playbookSchemaText(): string {
  const { $schema, ...rest } = z.toJSONSchema(rawPlaybook, { io: 'input' })
  return `${JSON.stringify({ $schema, title: 'A ctq playbook', ...rest }, null, 2)}\n`
}
