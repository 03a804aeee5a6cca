import type { Tier } from '../policy/person.ts'
import type { Parameters } from '../query/query.ts'
import { type BoundRunbook, bind, bindClause, placeholderOf } from '../runbook/bind.ts'
import type { Match, Parameter, Runbook, ShapeName } from '../runbook/runbook.ts'

/** A question of a playbook: a runbook, and what its parameters are asked with: a text, or `$name` of the playbook's own. */
export type PlaybookMember = {
  readonly runbook: Runbook
  readonly with: { readonly [parameter: string]: string }
  /** What it matches is no finding by itself. */
  readonly context: boolean
}

/** Several runbooks that are asked as one question and read CloudTrail once for all of them, in the order of what matters. */
export type Playbook = {
  readonly language: 1
  readonly kind: 'playbook'
  readonly name: string
  readonly aliases: readonly string[]
  readonly title: string
  readonly about: string
  readonly tags: readonly string[]
  /** The highest of its members'. */
  readonly tier: Tier
  readonly parameters: { readonly [name: string]: Parameter }
  readonly answers: readonly ShapeName[]
  /** Seconds. */
  readonly window: { readonly default: number; readonly max: number }
  /** Seconds that reading may take. */
  readonly within: number
  /** What every member is narrowed to; a clause whose parameter is not given is left out. */
  readonly only?: Match
  readonly members: readonly PlaybookMember[]
  /** SHA-256 of `text`. */
  readonly digest: string
  /** The playbook's text and those of its members: all that decides what it asks. */
  readonly text: string
}

/** A member with its values in place, or why it is not asked. */
export type BoundMember = {
  readonly name: string
  readonly runbook: Runbook
  readonly context: boolean
} /** `ofStart`: it is asked about what the playbook was given to begin with. */ & (
  | { readonly bound: BoundRunbook; readonly match: Match; readonly ofStart: boolean }
  | { readonly notAsked: string }
)

/**
 * Puts a playbook's values in place. A member that needs what was not given is not asked: leaving out its clause would ask a wider question. Members
 * that follow credentials do not follow here; whoever wants that asks them alone.
 */
export function bindMembers(
  playbook: Playbook,
  parameters: Parameters,
  organisation: readonly string[],
): readonly BoundMember[] {
  const only = playbook.only === undefined ? undefined : bindClause(playbook.only, parameters, organisation)
  return playbook.members.map(({ runbook, with: given, context }) => {
    const { name } = runbook
    const values = valuesOf(given, parameters)
    const missing = missingOf(runbook, values)
    if (missing !== undefined) return { name, runbook, context, notAsked: `it needs ${wordFor(missing, given)}` }
    const all = bind(runbook, values, organisation)
    const bound = { ...all, stages: all.stages.filter(({ kind }) => kind !== 'follow') }
    const ofStart = Object.values(given).some((text) => Object.hasOwn(parameters, placeholderOf(text) ?? ''))
    const match: Match = only === undefined ? bound.match : { all: [only, bound.match] }
    return { name, runbook, context, bound, match, ofStart }
  })
}

/** The members that are asked with what is given, each with the values of its own parameters. */
export function memberQuestions(
  { members }: Playbook,
  parameters: Parameters,
): readonly { readonly runbook: Runbook; readonly parameters: Parameters }[] {
  return members
    .map(({ runbook, with: given }) => ({ runbook, parameters: valuesOf(given, parameters) }))
    .filter((one) => missingOf(one.runbook, one.parameters) === undefined)
}

function missingOf(runbook: Runbook, values: Parameters): string | undefined {
  return Object.entries(runbook.parameters).find(
    ([parameter, { optional }]) => !optional && !Object.hasOwn(values, parameter),
  )?.[0]
}

function valuesOf(given: PlaybookMember['with'], parameters: Parameters): Parameters {
  const values: { [name: string]: string } = {}
  for (const [name, text] of Object.entries(given)) {
    const from = placeholderOf(text)
    const value = from === undefined ? text : Object.hasOwn(parameters, from) ? parameters[from] : undefined
    if (value !== undefined) values[name] = value
  }
  return values
}

/** A member's parameter as the playbook's asker knows it. */
function wordFor(name: string, given: PlaybookMember['with']): string {
  return placeholderOf(given[name]) ?? name
}
