import { bind } from './bind.ts'
import { compileMatch } from './evaluate.ts'
import type { Fixture, Fixtures } from './fixtures.ts'
import { type Rule, warning } from './lintRule.ts'
import type { Match, Runbook } from './runbook.ts'
import { runFixtures } from './runFixtures.ts'
import type { Path } from './yaml.ts'

/**
 * Each clause is tried by leaving it out. What must match still does, or a near miss begins to: a clause whose absence no fixture notices is not
 * proven to be needed, and may be wrong.
 */
export const provenClauses: Rule = (runbook, fixtures) =>
  fixtures === undefined || runFixtures(runbook, fixtures).length > 0
    ? []
    : without(runbook.match, ['match']).flatMap(({ match, at, from }) => {
        if (isNoticed({ ...runbook, match }, fixtures)) return []
        const message =
          from === 'any'
            ? 'No record that must match needs this alternative.'
            : 'No near miss shows what this clause keeps out.'
        return [warning('near-miss', at, message, from === 'any' ? 'Add one to matches.' : 'Add one to misses.')]
      })

type Mutation = { readonly match: Match; readonly at: Path; readonly from: 'all' | 'any' }

/** Every match that differs by one clause of an `all` or `any` that is missing. */
function without(match: Match, at: Path): readonly Mutation[] {
  if ('all' in match) return fewer(match.all, at, 'all', (all) => ({ all }))
  if ('any' in match) return fewer(match.any, at, 'any', (any) => ({ any }))
  if ('not' in match)
    return without(match.not, [...at, 'not']).map(({ match: inner, at: where, from }) => ({
      match: { not: inner },
      at: where,
      from: from === 'all' ? 'any' : 'all',
    }))
  return []
}

function fewer(
  clauses: readonly Match[],
  at: Path,
  from: Mutation['from'],
  make: (clauses: readonly Match[]) => Match,
): readonly Mutation[] {
  return clauses.flatMap((clause, index) => {
    const here: Path = [...at, from, index]
    const inner = without(clause, here).map((one) => ({ ...one, match: make(clauses.with(index, one.match)) }))
    return [{ match: make(clauses.toSpliced(index, 1)), at: here, from }, ...inner]
  })
}

function isNoticed(mutant: Runbook, { matches, misses, organisation }: Fixtures): boolean {
  const takes = (fixture: Fixture): boolean =>
    compileMatch(bind(mutant, fixture.parameters, organisation).match)(fixture.record)
  return !matches.every(takes) || misses.some(takes)
}
