import type { Fixtures } from './fixtures.ts'
import { asksAQuestion, hasFixtures, keepsFailures, rightRegions } from './lintBasics.ts'
import { realEvents, rightRecords } from './lintEvents.ts'
import { seenFields } from './lintFields.ts'
import { provenClauses } from './lintMisses.ts'
import { hasHope, isBounded } from './lintPlan.ts'
import type { Finding, Knowledge, Rule } from './lintRule.ts'
import { provenStages } from './lintStages.ts'
import type { Problem, Runbook } from './runbook.ts'
import { runFixtures } from './runFixtures.ts'
import { readYaml } from './yaml.ts'

const RULES: readonly Rule[] = [
  hasFixtures,
  asksAQuestion,
  isBounded,
  hasHope,
  realEvents,
  rightRecords,
  rightRegions,
  keepsFailures,
  seenFields,
  provenClauses,
  provenStages,
]

/**
 * Checks what a loaded runbook means rather than how it is written: its fixtures, and the traps of CloudTrail that make a question miss what it
 * asks for. What the runbook says it knows about (`lint:`) is left out; what it excuses in vain is said. Without `knowledge` nothing is held
 * against the catalogue of events.
 */
export function lintRunbook(
  runbook: Runbook,
  fixtures: Fixtures | undefined,
  knowledge?: Knowledge,
): readonly Problem[] {
  const file = `${runbook.name}.yaml`
  const source = readYaml(runbook.text, file, Number.POSITIVE_INFINITY)
  const all = RULES.flatMap((rule) => rule(runbook, fixtures, knowledge))
  const allowed = new Set<string>(runbook.lint.map(({ allow }) => allow))
  const found = [
    ...all.filter(({ rule }) => rule === undefined || !allowed.has(rule)),
    ...(knowledge === undefined ? [] : needless(runbook, all)),
  ].map(({ severity, at, message, suggestion, rule }): Problem => {
    const problem: Problem = { severity, file, ...source.locate(at), message }
    return { ...problem, ...(suggestion === undefined ? {} : { suggestion }), ...(rule === undefined ? {} : { rule }) }
  })
  return fixtures === undefined ? found : [...found, ...runFixtures(runbook, fixtures)]
}

/** An excuse for nothing hides the next warning of its kind. */
function needless({ lint }: Runbook, found: readonly Finding[]): readonly Finding[] {
  return lint.flatMap(({ allow }, index): readonly Finding[] =>
    found.some(({ rule }) => rule === allow)
      ? []
      : [
          {
            severity: 'warning',
            at: ['lint', index],
            message: `Nothing is warned of as ${allow}.`,
            suggestion: 'Leave it out.',
          },
        ],
  )
}
