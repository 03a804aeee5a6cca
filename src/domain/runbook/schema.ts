import { z } from 'zod'
import { TIERS } from '../policy/person.ts'
import { ALLOWED_WARNINGS } from './lintRule.ts'
import { HEADLINE_COUNTS, HEADLINE_FACETS, PARAMETER_TYPES, RECORD_KINDS, SHAPES } from './runbook.ts'
import { stageKeys, stageSchema } from './stageSchema.ts'

const operand = z.union([z.string().max(2000), z.number(), z.boolean()])
const text = z.string().min(1).max(2000)
const path = z.string().min(1).max(300)

/** The operators of a test, each with the shape of what it compares with. */
const OPERATORS = {
  equals: operand.describe('the same text; numbers and booleans compare as their JSON text').exactOptional(),
  in: z.array(operand).min(1).max(1000).describe('one of these').exactOptional(),
  prefix: text.exactOptional(),
  suffix: text.exactOptional(),
  contains: text.exactOptional(),
  matches: z
    .string()
    .min(1)
    .max(1000)
    .describe('a regular expression in RE2 syntax, found anywhere unless anchored with ^ and $')
    .exactOptional(),
  cidr: z
    .union([text, z.array(text).min(1).max(1000)])
    .describe('an address inside this range or one of these')
    .exactOptional(),
  exists: z.boolean().describe('whether the field is there and not null').exactOptional(),
  greater: z.union([z.number(), text]).exactOptional(),
  less: z.union([z.number(), text]).exactOptional(),
  sameAs: path.describe('the same text as this other field').exactOptional(),
}

/** Names of the operators that a test has exactly one of. */
export const OPERATOR_NAMES: readonly string[] = Object.keys(OPERATORS)

/** What a clause can be, exactly one of. */
export const CLAUSE_FORMS: readonly string[] = ['all', 'any', 'not', 'principal', 'resource', 'field']

const FORMS = {
  principal: text.describe('a user, role, session or ARN, in every form CloudTrail writes it').exactOptional(),
  resource: text.describe('an ARN or a short name, wherever the record names what was acted on').exactOptional(),
  field: path.describe('names joined by dots; inside a list, every element is tried').exactOptional(),
  ignoreCase: z.boolean().exactOptional(),
  ...OPERATORS,
}

export type RawClause = {
  readonly all?: readonly RawClause[]
  readonly any?: readonly RawClause[]
  readonly not?: RawClause
} & { readonly [name: string]: unknown }

export const clause: z.ZodType<RawClause> = z
  .strictObject({
    get all() {
      return z.array(clause).min(1).max(500).exactOptional()
    },
    get any() {
      return z.array(clause).min(1).max(500).exactOptional()
    },
    get not() {
      return clause.exactOptional()
    },
    ...FORMS,
  })
  .meta({
    id: 'Clause',
    description: 'one of all, any, not, principal, resource, or a field with one operator',
    oneOf: [
      ...CLAUSE_FORMS.filter((form) => form !== 'field').map((form) => ({ required: [form], maxProperties: 1 })),
      { required: ['field'], oneOf: OPERATOR_NAMES.map((name) => ({ required: [name] })) },
    ],
  })

/** The name of a runbook, a tag or a stage. */
export const name = z
  .string()
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/)
  .max(60)
  .describe('lower-case words joined by hyphens')

export const parameter = z.strictObject({
  type: z.enum(PARAMETER_TYPES),
  optional: z.boolean().default(false).describe('clauses that need it are left out when it is not given'),
  example: z.string().min(1).max(2000),
  help: z.string().min(1).max(300),
})

export const window = z.strictObject({
  default: z.string().describe('a length such as 1h, 24h or 90d'),
  max: z.string().default('90d').describe('the longest that may be asked; LookupEvents keeps 90 days'),
})

const column = z.strictObject({ name: z.string().min(1).max(60), field: path })

export const next = z.strictObject({
  runbook: name,
  label: z
    .string()
    .min(1)
    .max(30)
    .describe("heads its button, before the value; the runbook's name if absent")
    .exactOptional(),
  with: z.record(z.string(), path).describe('parameter: a column, or a field of the record'),
})

const headline = z
  .strictObject({
    subject: z.string().describe('the column that says whom or what the question is about').exactOptional(),
    noun: z
      .string()
      .regex(/^[a-z][a-z -]{0,29}$/)
      .default('call')
      .describe('one of what is counted, such as sign-in'),
    counts: z
      .array(z.enum(HEADLINE_COUNTS))
      .min(1)
      .max(5)
      .default(['changes', 'denied', 'failed', 'reads'])
      .describe('what is told apart; done is changes and reads together'),
    show: z
      .array(z.enum(HEADLINE_FACETS))
      .max(6)
      .default(['addresses', 'changes', 'denied'])
      .describe('what is told of the calls, in this order'),
  })
  .describe('how an answer begins')

const excuse = z.strictObject({
  allow: z.enum(ALLOWED_WARNINGS).describe('the name of the warning'),
  because: z.string().min(10).max(300).describe('why it is right here'),
})

/** A runbook as it is written. What shapes cannot say is checked in check.ts. */
export const rawRunbook = z.strictObject({
  language: z.literal(1).describe('the version of the runbook language'),
  name,
  aliases: z.array(name).max(20).default([]),
  title: z.string().min(1).max(150).describe('the question, as a person would ask it'),
  about: z.string().min(1).max(2000),
  tags: z.array(name).max(20).default([]),
  tier: z.enum(TIERS as readonly ['open', 'duty', 'elevated', 'sensitive']),
  parameters: z.record(z.string(), parameter).default({}),
  answers: z
    .array(z.enum(SHAPES))
    .max(SHAPES.length)
    .default([])
    .describe('what a bare value can be that is asked with this runbook first; no two runbooks share one'),
  window,
  regions: z
    .union([
      z.enum(['enabled', 'global']),
      z
        .array(z.string().regex(/^[a-z]{2,}(-[a-z]+)+-\d+$/))
        .min(1)
        .max(100),
    ])
    .default('enabled')
    .describe("every enabled Region, the partition's Region for global services, or a list"),
  records: z
    .array(z.enum(RECORD_KINDS))
    .min(1)
    .max(RECORD_KINDS.length)
    .default(['management'])
    .describe('kinds of events; the event history has management events only'),
  match: clause,
  // biome-ignore lint/suspicious/noThenProperty: it is the language's word for what comes after match; shapes are never awaited
  then: z
    .array(stageSchema(clause, name))
    .max(12)
    .default([])
    .describe('what is looked for among the matched records: its findings come first in an answer'),
  columns: z
    .array(z.union([z.string(), column]))
    .min(1)
    .max(40),
  group: z.array(z.string()).max(6).default([]).describe('columns to count by'),
  fold: z
    .array(z.enum(['ctq', 'service']))
    .max(2)
    .default(['ctq', 'service'])
    .describe("noise left out of the summary; ctq's own reads always are"),
  headline: headline.prefault({}),
  next: z.array(next).max(10).default([]),
  empty: z.string().min(1).max(500).default('CloudTrail has no such record.'),
  lint: z.array(excuse).max(20).default([]).describe('warnings that are known, each with the reason'),
})

export type RawRunbook = z.output<typeof rawRunbook>

/** The keys that are known at a place of a runbook, for suggestions. */
export function knownKeys(at: readonly (string | number)[]): readonly string[] {
  const [top, second] = at
  if (top === 'then') return stageKeys(at.slice(2)) ?? ['all', 'any', 'not', ...Object.keys(FORMS)]
  if (top === undefined) return Object.keys(rawRunbook.shape)
  if (top === 'match') return ['all', 'any', 'not', ...Object.keys(FORMS)]
  if (top === 'parameters' && second !== undefined) return Object.keys(parameter.shape)
  if (top === 'window') return Object.keys(window.shape)
  if (top === 'columns') return Object.keys(column.shape)
  if (top === 'headline') return Object.keys(headline.shape)
  if (top === 'lint') return Object.keys(excuse.shape)
  return top === 'next' ? Object.keys(next.shape) : []
}

/** The JSON Schema of a runbook as it is written, for editors and CI. */
export function toJsonSchema(): object {
  const { $schema, ...rest } = z.toJSONSchema(rawRunbook, { io: 'input' })
  return { $schema, title: 'A ctq runbook', ...rest }
}

/** The text of schema/runbook.json. */
export function jsonSchemaText(): string {
  return `${JSON.stringify(toJsonSchema(), null, 2)}\n`
}
