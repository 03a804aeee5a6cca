import { z } from 'zod'
import { parseDuration } from './duration.ts'
import type { Match } from './runbook.ts'
import { type Chosen, LET_IN, OUTCOMES, STAGE_KINDS, type Stage, type StageTask } from './stages.ts'

/** A burst of more is told as this many: what is counted apart is bounded. */
export const MOST_AT_LEAST = 1_000

/** Where requests carry a policy, for the stage that asks about them without saying where. */
export const POLICY_PLACES = 'every place where AWS services put one'

const length = z.string().describe('a length such as 10m, 1h or 7d')
const by = z
  .array(z.string())
  .min(1)
  .max(6)
  .describe('columns: each combination of their values is looked at by itself')
const atLeast = z.int().min(1).max(MOST_AT_LEAST)

const says = z.string().min(1).max(60).describe('what such calls are, such as failed sign-ins')

type Clause = z.ZodType<{ readonly [name: string]: unknown }>

/** The shapes of the stages' forms. `clause`: what a match is made of. */
function formsOf(clause: Clause) {
  const chosen = {
    where: clause.describe('only records that this is true of; every matched one if absent').exactOptional(),
    outcome: z.array(z.enum(OUTCOMES)).min(1).max(3).describe('only calls that ended so').exactOptional(),
  }
  return {
    count: z
      .strictObject({
        by,
        atLeast: atLeast.default(1),
        within: length.exactOptional(),
        ...chosen,
      })
      .describe('so many calls, at any time or within a length of time'),
    distinct: z
      .strictObject({
        of: z.string().describe('the column whose different values are counted'),
        by,
        atLeast: atLeast.min(2),
        within: length.exactOptional(),
        ...chosen,
      })
      .describe('so many different values of a column, at any time or within a length of time'),
    sequence: z
      .strictObject({
        by,
        within: length.describe('the longest time from the first to the next'),
        first: z.strictObject({ says, ...chosen, atLeast: atLeast.default(1) }),
        next: z.strictObject({ says, ...chosen }),
      })
      .describe('some calls, and then another one'),
    firstSeen: z
      .strictObject({
        of: by.describe('columns whose values are new'),
        by: z.array(z.string()).max(6).default([]).describe('columns: new for each combination of their values'),
        after: length.default('24h').describe('how much must have been read before it'),
        ...chosen,
      })
      .describe('values that were not there before, within what was read'),
    policy: z
      .strictObject({
        in: z
          .array(z.string().min(1).max(300))
          .min(1)
          .max(20)
          .describe(`fields that hold a policy; ${POLICY_PLACES} if absent`)
          .exactOptional(),
        principal: z
          .enum(LET_IN)
          .describe('whom it lets in: anyone, or anyone who is not of our accounts')
          .exactOptional(),
        action: z
          .string()
          .min(1)
          .max(200)
          .describe('an action that it allows, such as * or iam:PassRole')
          .exactOptional(),
        resource: z.string().min(1).max(300).describe('a resource that it is for, such as *').exactOptional(),
        ...chosen,
      })
      .describe('a policy document that allows too much'),
    follow: z
      .strictObject({
        parameter: z.string().describe('the parameter that takes each key; the match must be about it'),
        depth: z.int().min(1).max(5).default(3).describe('how many rounds of keys that came out of keys'),
        keys: z.int().min(1).max(100).default(25).describe('how many keys in all; the newest of each round'),
      })
      .describe('the keys that came out of this one, and what was done with them'),
    elsewhere: z
      .strictObject({ by, ...chosen })
      .describe('calls from another network than the same session came from before, which ctq.yml has no name for'),
  }
}

/** One stage as it is written: a name, what it finds, and exactly one form. */
export function stageSchema(clause: Clause, name: z.ZodType<string>) {
  const forms = formsOf(clause)
  return z
    .strictObject({
      name: name.describe('lower-case words joined by hyphens, of this stage alone'),
      finds: z.string().min(1).max(120).describe('what it finds, in words that head its findings'),
      count: forms.count.exactOptional(),
      distinct: forms.distinct.exactOptional(),
      sequence: forms.sequence.exactOptional(),
      firstSeen: forms.firstSeen.exactOptional(),
      policy: forms.policy.exactOptional(),
      elsewhere: forms.elsewhere.exactOptional(),
      follow: forms.follow.exactOptional(),
    })
    .meta({ id: 'Stage', oneOf: STAGE_KINDS.map((kind) => ({ required: [kind] })) })
}

type Forms = ReturnType<typeof formsOf>
type RawStage = z.output<ReturnType<typeof stageSchema>>

/** A stage as its runbook means it. The text was checked: a length that is none does not come here. */
export function completeStage(raw: RawStage): Stage {
  const { name, finds } = raw
  return { name, finds, ...taskOf(raw) }
}

function taskOf({ count, distinct, sequence, firstSeen, policy, elsewhere, follow }: RawStage): StageTask {
  if (follow !== undefined) return { kind: 'follow', ...follow }
  if (count !== undefined)
    return { kind: 'count', by: count.by, atLeast: count.atLeast, ...withinOf(count), ...chosenOf(count) }
  if (distinct !== undefined) {
    const { of, by: columns, atLeast: least } = distinct
    return { kind: 'distinct', of, by: columns, atLeast: least, ...withinOf(distinct), ...chosenOf(distinct) }
  }
  if (sequence !== undefined)
    return {
      kind: 'sequence',
      by: sequence.by,
      within: secondsOf(sequence.within),
      first: { ...chosenOf(sequence.first), atLeast: sequence.first.atLeast, says: sequence.first.says },
      next: { ...chosenOf(sequence.next), says: sequence.next.says },
    }
  if (firstSeen !== undefined) {
    const { of, by: columns, after } = firstSeen
    return { kind: 'firstSeen', of, by: columns, after: secondsOf(after), ...chosenOf(firstSeen) }
  }
  if (policy !== undefined) {
    const { in: places = [], principal, action, resource } = policy
    const allows = {
      ...(principal === undefined ? {} : { principal }),
      ...(action === undefined ? {} : { action }),
      ...(resource === undefined ? {} : { resource }),
    }
    return { kind: 'policy', in: places, allows, ...chosenOf(policy) }
  }
  return { kind: 'elsewhere', by: elsewhere?.by ?? [], ...chosenOf(elsewhere ?? {}) }
}

function withinOf({ within }: { readonly within?: string }): { readonly within?: number } {
  return within === undefined ? {} : { within: secondsOf(within) }
}

/** Its clauses have one form each, by checkMatch: what is left is exactly a Match. */
function chosenOf({ where, outcome }: { readonly where?: object; readonly outcome?: Chosen['outcome'] }): Chosen {
  return {
    ...(where === undefined ? {} : { where: where as Match }),
    ...(outcome === undefined ? {} : { outcome }),
  }
}

function secondsOf(text: string): number {
  return parseDuration(text) ?? 0
}

/** The keys that are known at a place inside a stage, for suggestions; undefined inside a clause. */
export function stageKeys(at: readonly (string | number)[]): readonly string[] | undefined {
  const [form, inner, ...rest] = at
  const forms: { readonly [name: string]: { readonly shape: object } } = formsOf(z.any())
  if (form === undefined) return ['name', 'finds', ...STAGE_KINDS]
  if (inner === undefined) return Object.keys(forms[form]?.shape ?? {})
  if (form === 'sequence' && rest.length === 0)
    return Object.keys((inner === 'first' || inner === 'next' ? sequenceStep(inner) : {}) ?? {})
  return undefined
}

function sequenceStep(step: 'first' | 'next'): object {
  const { shape }: Forms['sequence'] = formsOf(z.any()).sequence
  return shape[step].shape
}
