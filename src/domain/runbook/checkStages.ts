import { checkMatch } from './checkMatch.ts'
import { checkPath } from './checkPath.ts'
import { parseDuration } from './duration.ts'
import { STAGE_KINDS } from './stages.ts'
import { suggestion } from './suggest.ts'
import { listOf, member, objectOf, textOf } from './values.ts'
import type { Path, Report } from './yaml.ts'

/** What is kept of a window of records grows with its length: longer ones are asked without `within`. */
const LONGEST_WITHIN = 86_400

type Context = {
  readonly columns: readonly string[]
  readonly parameters: Parameters
  readonly report: Report
  readonly used: Set<string>
}

type Parameters = { readonly [name: string]: unknown }

/** Checks what shapes cannot say of a runbook's stages. Gives the names of the parameters they use. */
export function checkStages(
  stages: readonly unknown[],
  columns: readonly string[],
  parameters: Parameters,
  report: Report,
): ReadonlySet<string> {
  const used = new Set<string>()
  const context: Context = { columns, parameters, report, used }
  const names = stages.map((stage) => member(stage, 'name'))
  const follows = stages.map((stage) => member(stage, 'follow') !== undefined)
  for (const [index, stage] of stages.entries()) {
    if (typeof names[index] === 'string' && names.indexOf(names[index]) < index)
      report(['then', index, 'name'], `There are two stages named ${names[index]}.`)
    if (follows[index] === true && follows.indexOf(true) < index)
      report(['then', index, 'follow'], 'There is a stage already that follows credentials.')
    checkStage(objectOf(stage), ['then', index], context)
  }
  return used
}

function checkStage(stage: { readonly [name: string]: unknown }, at: Path, context: Context): void {
  const kinds = STAGE_KINDS.filter((kind) => kind in stage)
  const [kind, another] = kinds
  if (another !== undefined)
    context.report(at, `A stage looks for one thing, not ${kinds.join(' and ')}.`, { suggestion: 'Make two stages.' })
  const misspelt = Object.keys(stage).some((name) => ![...STAGE_KINDS, 'name', 'finds'].includes(name))
  if (kind === undefined && !misspelt)
    context.report(at, `A stage has a name, what it finds, and one of: ${STAGE_KINDS.join(', ')}.`)
  for (const each of kinds) checkForm(each, stage[each], [...at, each], context)
}

function checkForm(kind: (typeof STAGE_KINDS)[number], form: unknown, at: Path, context: Context): void {
  for (const name of ['by', 'of']) checkColumns(member(form, name), [...at, name], context)
  for (const name of ['within', 'after']) checkLength(name, member(form, name), [...at, name], context)
  checkChosen(form, at, context)
  if (kind === 'sequence')
    for (const name of ['first', 'next']) {
      const step = member(form, name)
      checkChosen(step, [...at, name], context)
      if (step !== undefined && member(step, 'where') === undefined && member(step, 'outcome') === undefined)
        context.report([...at, name], `${name} does not say which calls.`, { suggestion: 'Write where: or outcome:.' })
    }
  if (kind === 'policy') checkPolicy(form, at, context)
  if (kind === 'follow') checkFollow(form, at, context)
}

function checkColumns(raw: unknown, at: Path, { columns, report }: Context): void {
  const names = typeof raw === 'string' ? [raw] : listOf(raw)
  for (const [index, name] of names.entries())
    if (typeof name === 'string' && !columns.includes(name))
      report(typeof raw === 'string' ? at : [...at, index], `${name} is no column of this runbook.`, {
        suggestion: suggestion(name, columns),
      })
}

function checkLength(name: string, raw: unknown, at: Path, { report }: Context): void {
  if (typeof raw !== 'string') return
  const length = parseDuration(raw)
  if (length === undefined)
    report(at, `${raw} is no length of time.`, { suggestion: 'A number and m, h, d or w, such as 10m or 24h.' })
  else if (name === 'within' && length > LONGEST_WITHIN)
    report(at, `${raw} is longer than records are held side by side.`, { suggestion: 'At most 24h.' })
}

function checkChosen(raw: unknown, at: Path, { parameters, report, used }: Context): void {
  const where = member(raw, 'where')
  if (where !== undefined)
    for (const name of checkMatch(where, [...at, 'where'], Object.keys(parameters), report)) used.add(name)
}

function checkFollow(form: unknown, at: Path, { parameters, report }: Context): void {
  const name = member(form, 'parameter')
  if (typeof name !== 'string') return
  const known = Object.keys(parameters)
  const { type, optional } = objectOf(parameters[name])
  if (!known.includes(name))
    report([...at, 'parameter'], `${name} is no parameter of this runbook.`, { suggestion: suggestion(name, known) })
  else if (type !== 'accessKeyId' || optional === true)
    report([...at, 'parameter'], `${name} is not the id of a key that must be given.`, {
      suggestion: 'A parameter of type accessKeyId that is not optional.',
    })
}

function checkPolicy(form: unknown, at: Path, { report }: Context): void {
  if (['principal', 'action', 'resource'].every((name) => member(form, name) === undefined))
    report(at, 'The stage does not say what a policy must allow.', {
      suggestion: 'One of: principal, action, resource.',
    })
  for (const [index, path] of listOf(member(form, 'in')).entries())
    if (typeof path === 'string') checkPath(path, [...at, 'in', index], report)
  for (const name of ['action', 'resource'])
    if (textOf(member(form, name))?.startsWith('$') === true)
      report([...at, name], `${name} is a text, never a parameter.`)
}
