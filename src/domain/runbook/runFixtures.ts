import { storyFaults } from '../stage/story.ts'
import { bind } from './bind.ts'
import { compileColumns } from './columns.ts'
import { noiseOf } from './ending.ts'
import { compileMatch } from './evaluate.ts'
import type { Fixture, Fixtures } from './fixtures.ts'
import { checkParameter } from './parameters.ts'
import type { Problem, Runbook } from './runbook.ts'
import { suggestion } from './suggest.ts'

/** Tries a runbook on its fixtures: what must match does and gives the row that was promised, what must not does not. Never throws. */
export function runFixtures(runbook: Runbook, fixtures: Fixtures): readonly Problem[] {
  const { file, organisation } = fixtures
  return [
    ...[...fixtures.matches, ...fixtures.misses].flatMap((fixture) =>
      faultsOf(runbook, fixture, organisation).map((fault) => problemAt(file, fixture, fault)),
    ),
    ...fixtures.stories.flatMap((story) => {
      const wrong = parameterFaults(runbook, story.parameters)
      const faults = wrong.length > 0 ? wrong : storyFaults(runbook, story, organisation)
      return faults.map((fault) => problemAt(file, story, fault))
    }),
  ]
}

function problemAt(
  file: string,
  { name, line, column }: Pick<Fixture, 'name' | 'line' | 'column'>,
  [message, hint]: Fault,
): Problem {
  const problem: Problem = { severity: 'error', file, line, column, message: `${name}: ${message}` }
  return hint === undefined ? problem : { ...problem, suggestion: hint }
}

type Fault = readonly [message: string, suggestion?: string]

function faultsOf(runbook: Runbook, fixture: Fixture, organisation: readonly string[]): readonly Fault[] {
  const wrong = parameterFaults(runbook, fixture.parameters)
  if (wrong.length > 0) return wrong
  const matched = compileMatch(bind(runbook, fixture.parameters, organisation).match)(fixture.record)
  if (fixture.because !== undefined) return matched ? [[`it matches, and must not, because ${fixture.because}.`]] : []
  return matched ? [...rowFaults(runbook, fixture), ...noiseFaults(fixture)] : [['it does not match, and must.']]
}

function parameterFaults(runbook: Runbook, given: Fixture['parameters']): readonly Fault[] {
  const known = Object.keys(runbook.parameters)
  const strange = Object.keys(given).filter((name) => !known.includes(name))
  const faults: Fault[] = strange.map((name) => [`there is no parameter ${name}.`, suggestion(name, known)])
  for (const [name, parameter] of Object.entries(runbook.parameters)) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined
    if (value === undefined) {
      if (!parameter.optional) faults.push([`parameter ${name} is missing.`])
      continue
    }
    const checked = checkParameter(parameter.type, name, parameter.example, value)
    if (!checked.ok) faults.push([`${name} would be refused: ${value}.`])
    else if (checked.value !== value) faults.push([`${name} is not in its normal form.`, `Write ${checked.value}.`])
  }
  return faults
}

function rowFaults(runbook: Runbook, fixture: Fixture): readonly Fault[] {
  const names = runbook.columns.map((column) => column.name)
  const row = compileColumns(runbook.columns)(fixture.record)
  return Object.entries(fixture.row).flatMap(([name, wanted]): readonly Fault[] => {
    const index = names.indexOf(name)
    if (index < 0) return [[`${name} is no column.`, suggestion(name, names)]]
    return row[index] === wanted ? [] : [[`${name} is ${JSON.stringify(row[index])}, not ${JSON.stringify(wanted)}.`]]
  })
}

function noiseFaults(fixture: Fixture): readonly Fault[] {
  const found = noiseOf(fixture.record) ?? 'none'
  return fixture.noise === undefined || fixture.noise === found
    ? []
    : [[`it is noise of kind ${found}, not ${fixture.noise}.`]]
}
