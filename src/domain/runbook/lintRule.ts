import type { Catalogue } from './catalogue.ts'
import type { Fixtures } from './fixtures.ts'
import type { Problem, Runbook } from './runbook.ts'
import type { EventShapes } from './shapes.ts'
import type { Path } from './yaml.ts'

/** Warnings that a runbook may say it knows about, each with its reason (`lint:`). */
export const ALLOWED_WARNINGS = [
  'title',
  'wide-window',
  'hopeless-plan',
  'dated-name',
  'regions',
  'drops-failures',
  'unknown-event',
  'shared-name',
  'needs-trail',
  'unseen-field',
  'near-miss',
  'unproven-stage',
] as const
export type AllowedWarning = (typeof ALLOWED_WARNINGS)[number]

/** What one rule found. Without a name it is an error, which nothing excuses. */
export type Finding = {
  readonly severity: Problem['severity']
  readonly rule?: AllowedWarning
  readonly at: Path
  readonly message: string
  readonly suggestion?: string
}

/** What is known beyond one runbook: which events there are, and which fields they were seen with. */
export type Knowledge = { readonly catalogue: Catalogue; readonly shapes: EventShapes }

export type Rule = (
  runbook: Runbook,
  fixtures: Fixtures | undefined,
  knowledge: Knowledge | undefined,
) => readonly Finding[]

/** A warning of a rule, at a place of the runbook. */
export function warning(rule: AllowedWarning, at: Path, message: string, suggestion?: string): Finding {
  return { severity: 'warning', rule, at, message, ...(suggestion === undefined ? {} : { suggestion }) }
}
