import type { z } from 'zod'
import { nearest } from '../nearest.ts'
import { suggestion } from './suggest.ts'
import { member } from './values.ts'
import type { Path, Report } from './yaml.ts'

type Issue = z.core.$ZodIssue

/** The keys that are known at a place of a document, for suggestions. */
export type KeysAt = (path: Path) => readonly string[]

/** Reports what zod found wrong in a document's shape, one problem a fault, in words for its author. Issues must carry their input. */
export function reportIssues(issues: readonly Issue[], report: Report, keysAt: KeysAt, base: Path = []): void {
  for (const issue of issues) reportIssue(issue, [...base, ...pathOf(issue)], report, keysAt)
}

function reportIssue(issue: Issue, path: Path, report: Report, keysAt: KeysAt): void {
  if (issue.code === 'unrecognized_keys') reportKeys(issue, path, report, keysAt)
  else if (issue.code === 'invalid_union') reportUnion(issue, path, report, keysAt)
  else if (issue.code === 'invalid_value') reportValue(issue, path, report)
  else if (issue.code === 'invalid_type' && issue.input === undefined) report(path, `${last(path)} is missing.`)
  else report(path, `${last(path)}: ${wordsOf(issue)}.`)
}

function reportKeys(issue: z.core.$ZodIssueUnrecognizedKeys, path: Path, report: Report, keysAt: KeysAt): void {
  const known = keysAt(path)
  for (const key of issue.keys) {
    // `{ help: a name, or an ARN }` is two keys, the second without a value.
    const cut = member(issue.input, key) === null && nearest(key, known) === undefined
    const hint = cut ? 'Inside { } a comma ends a value: put the whole text in quotes.' : suggestion(key, known)
    report([...path, key], `${key} is not known here.`, { suggestion: hint, on: 'key' })
  }
}

function reportValue(issue: z.core.$ZodIssueInvalidValue, path: Path, report: Report): void {
  const known = issue.values.map(String)
  const near = typeof issue.input === 'string' ? nearest(issue.input, known) : undefined
  const message = issue.input === undefined ? 'is missing' : 'is not one of its values'
  report(path, `${last(path)} ${message}.`, {
    suggestion: near === undefined ? `One of: ${known.join(', ')}.` : `Did you mean ${near}?`,
  })
}

/** A union's own message says nothing; the branch whose outermost type fits says what is wrong. */
function reportUnion(issue: z.core.$ZodIssueInvalidUnion, path: Path, report: Report, keysAt: KeysAt): void {
  const fits = (branch: readonly Issue[]) =>
    !branch.some((fault) => /^invalid_(type|value)$/.test(fault.code) && fault.path.length === 0)
  const [only, another] = issue.errors.filter(fits)
  if (only !== undefined && another === undefined) {
    reportIssues(only, report, keysAt, path)
    return
  }
  const kinds = issue.errors.flat().flatMap((fault) => ('expected' in fault ? [String(fault.expected)] : []))
  const values = issue.errors
    .flat()
    .flatMap((fault) => (fault.code === 'invalid_value' ? fault.values.map(String) : []))
  const wanted = [...new Set([...values, ...kinds])].join(', ')
  if (issue.input === undefined) report(path, `${last(path)} is missing.`)
  else report(path, `${last(path)} must be one of: ${wanted}.`)
}

function wordsOf(issue: Issue): string {
  const words = issue.message.replace(/^Invalid input: /, '').replace(/^(Too (?:small|big)): /, '$1: ')
  return words.charAt(0).toLowerCase() + words.slice(1)
}

function pathOf(issue: Issue): Path {
  return issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))
}

function last(path: Path): string {
  const names = path.filter((step) => typeof step === 'string')
  return String(names.at(-1) ?? 'The runbook')
}
