import { placeholderOf } from './bind.ts'
import { compileMatch } from './evaluate.ts'
import type { Match, Runbook, Test } from './runbook.ts'
import type { Stage } from './stages.ts'
import type { Path } from './yaml.ts'

/** A test of a match with where it stands, whether it is turned round, and what the clauses around it say about the event. */
export type Placed = {
  readonly test: Test
  readonly at: Path
  readonly negated: boolean
  /** Whether every record that the match takes must pass it. */
  readonly required: boolean
  /** Clauses about eventSource and eventName that hold wherever the test is made. */
  readonly scope: readonly Match[]
}

type Around = Omit<Placed, 'test'>

const TOP: Around = { at: ['match'], negated: false, required: true, scope: [] }

/** Every test of a runbook: of its match, and of the clauses by which its stages choose among what matched. */
export function testsOfAll({ match, stages }: Pick<Runbook, 'match' | 'stages'>): readonly Placed[] {
  const scope = ('all' in match ? match.all : [match]).filter(isAboutEvents)
  const chosen = stages.flatMap((stage, index) =>
    clausesOf(stage).flatMap(({ where, at }) =>
      placedTests(where, { at: ['then', index, stage.kind, ...at], negated: false, required: false, scope }),
    ),
  )
  return [...placedTests(match), ...chosen]
}

function clausesOf(stage: Stage): readonly { readonly where: Match; readonly at: Path }[] {
  const parts =
    stage.kind === 'sequence'
      ? ([
          [stage.first.where, ['first', 'where']],
          [stage.next.where, ['next', 'where']],
        ] as const)
      : ([['where' in stage ? stage.where : undefined, ['where']]] as const)
  return parts.flatMap(([where, at]) => (where === undefined ? [] : [{ where, at }]))
}

/** Every test of a match, in order. */
export function placedTests(match: Match, around: Around = TOP): readonly Placed[] {
  const { at } = around
  if ('all' in match) {
    const scope = [...around.scope, ...match.all.filter(isAboutEvents)]
    return match.all.flatMap((clause, index) => placedTests(clause, { ...around, scope, at: [...at, 'all', index] }))
  }
  if ('any' in match)
    return match.any.flatMap((clause, index) =>
      placedTests(clause, { ...around, required: false, at: [...at, 'any', index] }),
    )
  if ('not' in match)
    return placedTests(match.not, { ...around, required: false, negated: !around.negated, at: [...at, 'not'] })
  if (!('field' in match)) return []
  return [{ ...around, test: match, scope: isAboutEvents(match) ? [...around.scope, match] : around.scope }]
}

/** Whether an event may be one that a test is made on, going by its names alone. */
export function eventTest(scope: readonly Match[]): (eventSource: string, eventName: string) => boolean {
  const test = compileMatch({ all: scope })
  return (eventSource, eventName) => test({ eventSource, eventName })
}

/** Whether a source may be one that a test is made on; undefined when nothing is said about the source. */
export function sourceTest(scope: readonly Match[]): ((eventSource: string) => boolean) | undefined {
  const clauses = scope.filter((clause) => fieldsOf(clause).every((field) => field === 'eventSource'))
  if (clauses.length === 0) return undefined
  const test = compileMatch({ all: clauses })
  return (eventSource) => test({ eventSource })
}

/** Whether a clause is about eventSource and eventName alone. */
export function isAboutEvents(match: Match): boolean {
  const fields = fieldsOf(match)
  return fields.length > 0 && fields.every((field) => field === 'eventSource' || field === 'eventName')
}

/** The fields that a clause compares with what is written; anything else counts as a field of no name. */
function fieldsOf(match: Match): readonly string[] {
  if ('all' in match) return match.all.flatMap(fieldsOf)
  if ('any' in match) return match.any.flatMap(fieldsOf)
  if ('not' in match) return fieldsOf(match.not)
  if (!('field' in match) || 'sameAs' in match) return ['']
  const operands = Object.values(match).flat()
  return operands.some((operand) => placeholderOf(operand) !== undefined) ? [''] : [match.field]
}
