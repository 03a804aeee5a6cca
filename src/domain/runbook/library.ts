import { err, ok, type Result } from '../outcome.ts'
import { ownText } from '../playbook/parsePlaybook.ts'
import type { Library, Problem, Runbook } from './runbook.ts'
import { suggestion } from './suggest.ts'
import { type Path, readYaml } from './yaml.ts'

/**
 * Puts runbooks together: every name and alias means one of them, every shape is answered by one at most, and every `next` leads to one that
 * can be asked with what it gets.
 */
export function libraryOf(runbooks: readonly Runbook[]): Result<Library, readonly Problem[]> {
  const found = new Map<string, Runbook>()
  const problems: Problem[] = []
  for (const runbook of runbooks)
    for (const word of [runbook.name, ...runbook.aliases]) {
      const other = found.get(word.toLowerCase())
      if (other === undefined) found.set(word.toLowerCase(), runbook)
      else
        problems.push(
          problemIn(
            runbook,
            word === runbook.name ? ['name'] : ['aliases', runbook.aliases.indexOf(word)],
            `${word} already means ${other.name}.`,
          ),
        )
    }
  problems.push(...runbooks.flatMap((runbook, index) => answerProblems(runbook, runbooks.slice(0, index))))
  for (const runbook of runbooks)
    problems.push(...runbook.next.flatMap((_, index) => nextProblems(runbook, index, found)))
  if (problems.length > 0) return err(problems)
  const all = [...runbooks].sort((a, b) => (a.name < b.name ? -1 : 1))
  return ok({ all, find: (nameOrAlias) => found.get(nameOrAlias.toLowerCase()) })
}

/** A bare value has one first answer: of two, nobody could say which it will be. */
function answerProblems(runbook: Runbook, before: readonly Runbook[]): readonly Problem[] {
  return runbook.answers.flatMap((shape, index) => {
    const other = before.find(({ answers }) => answers.includes(shape))
    if (other === undefined) return []
    return [problemIn(runbook, ['answers', index], `${shape} is already answered by ${other.name}.`)]
  })
}

function nextProblems(runbook: Runbook, index: number, found: ReadonlyMap<string, Runbook>): readonly Problem[] {
  const next = runbook.next[index]
  if (next === undefined) return []
  const target = found.get(next.runbook)
  if (target === undefined)
    return [
      problemIn(runbook, ['next', index, 'runbook'], `There is no runbook ${next.runbook}.`, {
        suggestion: suggestion(next.runbook, [...found.keys()]),
      }),
    ]
  const known = Object.keys(target.parameters)
  const strange = Object.keys(next.with).filter((name) => !known.includes(name))
  const missing = known.filter((name) => target.parameters[name]?.optional === false && !Object.hasOwn(next.with, name))
  return [
    ...strange.map((name) =>
      problemIn(runbook, ['next', index, 'with', name], `${target.name} has no parameter ${name}.`, {
        suggestion: suggestion(name, known),
        on: 'key',
      }),
    ),
    ...missing.map((name) => problemIn(runbook, ['next', index, 'with'], `${target.name} needs ${name}.`)),
  ]
}

function problemIn(
  runbook: Runbook,
  path: Path,
  message: string,
  { suggestion: hint, on }: { readonly suggestion?: string; readonly on?: 'key' } = {},
): Problem {
  const file = `${runbook.name}.yaml`
  const text = runbook.playbook === undefined ? runbook.text : ownText(runbook.playbook)
  const place = readYaml(text, file, Number.POSITIVE_INFINITY).locate(path, on)
  const problem: Problem = { severity: 'error', file, ...place, message }
  return hint === undefined ? problem : { ...problem, suggestion: hint }
}
