import type { Parameters } from '../query/query.ts'
import type { Match, Operand, Runbook, Test } from './runbook.ts'
import type { Chosen, Stage } from './stages.ts'

/** A runbook with its values in place: `match` holds no `$name` any more. */
export type BoundRunbook = {
  readonly runbook: Runbook
  readonly parameters: Parameters
  readonly match: Match
  readonly stages: readonly Stage[]
}

/** The list of our accounts, wherever a value is expected. */
export const ORGANISATION = 'organisation'

/** The name in `$name`, when an operand is one; `$$` at the start writes a dollar sign. */
export function placeholderOf(operand: unknown): string | undefined {
  return typeof operand === 'string' ? /^\$([A-Za-z]\w*)$/.exec(operand)?.[1] : undefined
}

/**
 * Puts values in place of `$name`. A clause that needs an optional parameter which is not given is left out, and so is a group with nothing
 * left in it. Values must be checked before (`checkParameter`); a missing required or an unknown one is the caller's fault and throws, since
 * leaving out its clause would ask a wider question than was allowed.
 */
export function bind(runbook: Runbook, parameters: Parameters, organisation: readonly string[]): BoundRunbook {
  for (const [name, parameter] of Object.entries(runbook.parameters))
    if (!parameter.optional && !Object.hasOwn(parameters, name))
      throw new Error(`${runbook.name}: parameter ${name} is missing`)
  for (const name of Object.keys(parameters))
    if (!Object.hasOwn(runbook.parameters, name)) throw new Error(`${runbook.name}: parameter ${name} is not known`)
  const values = valuesOf(parameters, organisation)
  return {
    runbook,
    parameters,
    match: bindMatch(runbook.match, values) ?? { all: [] },
    stages: runbook.stages.map((stage) => bindStage(stage, values)),
  }
}

/** A clause with values in place; undefined when nothing of it is left. */
export function bindClause(match: Match, parameters: Parameters, organisation: readonly string[]): Match | undefined {
  return bindMatch(match, valuesOf(parameters, organisation))
}

function valuesOf(parameters: Parameters, organisation: readonly string[]): Values {
  return (operand) => {
    const name = placeholderOf(operand)
    if (name === undefined) return [typeof operand === 'string' ? operand.replace(/^\$\$/, '$') : operand]
    if (name === ORGANISATION) return organisation
    const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined
    return value === undefined ? [] : [value]
  }
}

/** What a stage chooses by a parameter that is not given, it chooses not. */
function bindStage(stage: Stage, values: Values): Stage {
  if (stage.kind === 'sequence')
    return { ...stage, first: bindChosen(stage.first, values), next: bindChosen(stage.next, values) }
  return stage.kind === 'follow' ? stage : bindChosen(stage, values)
}

function bindChosen<C extends Chosen>(chosen: C, values: Values): C {
  return chosen.where === undefined ? chosen : { ...chosen, where: bindMatch(chosen.where, values) ?? { all: [] } }
}

type Values = (operand: Operand) => readonly Operand[]

function bindMatch(match: Match, values: Values): Match | undefined {
  if ('all' in match) return group(match.all, values, (all) => ({ all }))
  if ('any' in match) return group(match.any, values, (any) => ({ any }))
  if ('not' in match) {
    const not = bindMatch(match.not, values)
    return not === undefined ? undefined : { not }
  }
  if ('principal' in match) return one(values(match.principal), (principal) => ({ principal: String(principal) }))
  if ('resource' in match) return one(values(match.resource), (resource) => ({ resource: String(resource) }))
  return bindTest(match, values)
}

function group(clauses: readonly Match[], values: Values, make: (kept: readonly Match[]) => Match): Match | undefined {
  const kept = clauses.flatMap((clause) => bindMatch(clause, values) ?? [])
  return kept.length === 0 ? undefined : make(kept)
}

function bindTest(test: Test, values: Values): Match | undefined {
  const on = { field: test.field, ...(test.ignoreCase === undefined ? {} : { ignoreCase: test.ignoreCase }) }
  if ('equals' in test) {
    const found = values(test.equals)
    if (placeholderOf(test.equals) === ORGANISATION) return { ...on, in: found }
    return one(found, (equals) => ({ ...on, equals }))
  }
  if ('in' in test) {
    const found = test.in.flatMap(values)
    return found.length === 0 && !test.in.some((operand) => placeholderOf(operand) === ORGANISATION)
      ? undefined
      : { ...on, in: found }
  }
  if ('prefix' in test) return one(values(test.prefix), (prefix) => ({ ...on, prefix: String(prefix) }))
  if ('suffix' in test) return one(values(test.suffix), (suffix) => ({ ...on, suffix: String(suffix) }))
  if ('contains' in test) return one(values(test.contains), (contains) => ({ ...on, contains: String(contains) }))
  if ('cidr' in test) {
    const found = (typeof test.cidr === 'string' ? [test.cidr] : test.cidr).flatMap(values)
    return found.length === 0 ? undefined : { ...on, cidr: found.map(String) }
  }
  if ('greater' in test) return one(values(test.greater), (greater) => ({ ...on, greater: comparable(greater) }))
  if ('less' in test) return one(values(test.less), (less) => ({ ...on, less: comparable(less) }))
  return test
}

function one(found: readonly Operand[], make: (value: Operand) => Match): Match | undefined {
  const [value] = found
  return value === undefined ? undefined : make(value)
}

function comparable(operand: Operand): number | string {
  return typeof operand === 'boolean' ? String(operand) : operand
}
