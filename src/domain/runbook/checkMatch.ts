import { ORGANISATION, placeholderOf } from './bind.ts'
import { checkPath } from './checkPath.ts'
import { compilePattern, parseRange } from './evaluate.ts'
import { CLAUSE_FORMS, OPERATOR_NAMES } from './schema.ts'
import { suggestion } from './suggest.ts'
import { listOf, objectOf } from './values.ts'
import type { Path, Report } from './yaml.ts'

type Clause = { readonly [name: string]: unknown }

/**
 * Checks the match at a place: each clause one thing, its fields real, its patterns and ranges valid, its `$name`s declared. Gives the names
 * it uses.
 */
export function checkMatch(
  match: unknown,
  at: Path,
  parameters: readonly string[],
  report: Report,
): ReadonlySet<string> {
  const used = new Set<string>()
  checkClause(match, at, { parameters, report, used })
  return used
}

type Context = { readonly parameters: readonly string[]; readonly report: Report; readonly used: Set<string> }

function checkClause(raw: unknown, at: Path, context: Context): void {
  if (raw === null || typeof raw !== 'object' || Array.isArray(raw)) return
  const clause = objectOf(raw)
  checkForm(clause, at, context.report)
  for (const name of ['all', 'any'])
    for (const [index, inner] of listOf(clause[name]).entries()) checkClause(inner, [...at, name, index], context)
  if ('not' in clause) checkClause(clause['not'], [...at, 'not'], context)
  for (const name of ['field', 'sameAs']) {
    const path = clause[name]
    if (typeof path === 'string') checkPath(path, [...at, name], context.report)
  }
  checkPattern(clause, at, context.report)
  checkRanges(clause, at, context.report)
  for (const name of ['principal', 'resource', ...OPERATOR_NAMES])
    checkPlaceholders(name, clause[name], [...at, name], context)
}

function checkForm(clause: Clause, at: Path, report: Report): void {
  const fault = formFault(clause)
  if (fault !== undefined) report(at, fault[0], fault[1] === undefined ? {} : { suggestion: fault[1] })
}

/** What is wrong with a clause's form, and what to do. Beside a misspelt word, which is reported as such, nothing is said to be missing. */
function formFault(clause: Clause): readonly [string, string?] | undefined {
  const forms = CLAUSE_FORMS.filter((name) => name in clause)
  const operators = OPERATOR_NAMES.filter((name) => name in clause)
  const misspelt = Object.keys(clause).some((name) => !KNOWN.includes(name))
  const [form] = forms
  if (forms.length > 1)
    return [`A clause is one thing, not ${forms.join(' and ')}.`, 'Join two clauses with all: or any:.']
  if (form === undefined && operators.length > 0) return [`${operators[0]} compares a field, which is missing.`]
  if (form === undefined) return misspelt ? undefined : [`A clause is one of: ${CLAUSE_FORMS.join(', ')}.`]
  if (form === 'field') {
    if (operators.length > 1)
      return [`A test has one operator, not ${operators.join(' and ')}.`, 'Join two tests with all: or any:.']
    if (operators.length === 1 || misspelt) return undefined
    return ['The test does not say what to compare with.', `One of: ${OPERATOR_NAMES.join(', ')}.`]
  }
  const stray = ['ignoreCase', ...operators].filter((name) => name in clause)
  return stray.length === 0 ? undefined : [`${stray.join(', ')} belongs to a test of a field, not to ${form}.`]
}

const KNOWN: readonly string[] = [...CLAUSE_FORMS, ...OPERATOR_NAMES, 'ignoreCase']

function checkPattern(clause: Clause, at: Path, report: Report): void {
  const pattern = clause['matches']
  if (typeof pattern !== 'string') return
  if (placeholderOf(pattern) !== undefined) {
    const hint = { suggestion: 'Use contains, prefix or suffix.' }
    report([...at, 'matches'], 'A parameter is text, never a pattern.', hint)
  }
  try {
    compilePattern(pattern, clause['ignoreCase'] === true)
  } catch (error) {
    report(
      [...at, 'matches'],
      `The pattern cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
      {
        suggestion: 'Patterns have RE2 syntax: no look-around, no back-references.',
      },
    )
  }
}

function checkRanges(clause: Clause, at: Path, report: Report): void {
  const ranges = typeof clause['cidr'] === 'string' ? [clause['cidr']] : listOf(clause['cidr'])
  for (const range of ranges) {
    if (typeof range !== 'string' || placeholderOf(range) !== undefined) continue
    try {
      parseRange(range)
    } catch {
      report([...at, 'cidr'], `${range} is no address or range.`, {
        suggestion: 'Such as 203.0.113.0/24 or 2001:db8::/32.',
      })
    }
  }
}

function checkPlaceholders(form: string, raw: unknown, at: Path, context: Context): void {
  const operands = Array.isArray(raw) ? raw : [raw]
  for (const operand of operands) {
    const name = placeholderOf(operand)
    if (name === undefined) continue
    if (name === ORGANISATION) {
      if (form !== 'equals' && form !== 'in')
        context.report(at, `$${ORGANISATION} is a list: use it with equals or in.`)
    } else if (context.parameters.includes(name)) context.used.add(name)
    else
      context.report(at, `$${name} is no parameter of this runbook.`, {
        suggestion: suggestion(
          name,
          [...context.parameters, ORGANISATION].map((known) => `$${known}`),
        ),
      })
  }
}
