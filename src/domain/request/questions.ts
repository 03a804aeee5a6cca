import { type Taker, takerOf } from '../runbook/answers.ts'
import type { Library, Runbook } from '../runbook/runbook.ts'
import type { Request } from './command.ts'
import type { Inventory } from './inventory.ts'
import { scopeWord } from './scopeWords.ts'
import { normalOf, type Shape, shapesOf } from './shape.ts'

/** A question that a value alone is enough for. Accounts and Regions are set where the value says them and its parameter cannot. */
export type Question = Pick<Request, 'runbook' | 'parameters' | 'accounts'> & { readonly regions?: readonly string[] }

/** What can be asked about a bare value: the first is what it is taken for, the others are offered. Empty when nothing can. */
export function questionsFor(value: string, library: Library, inventory?: Inventory): readonly Question[] {
  return questionsOf(shapesOf(value, inventory), library)
}

/**
 * The questions about one thing that may have several shapes: each shape's first answer, in the order of the shapes; then whatever else takes
 * the likeliest shape, runbooks that need it before those that it only narrows.
 */
export function questionsOf(shapes: readonly Shape[], library: Library): readonly Question[] {
  const firsts = shapes.flatMap((shape) => {
    const runbook = library.all.find(({ answers }) => answers.includes(shape.kind))
    return runbook === undefined ? [] : questionAbout(shape, runbook)
  })
  const [likeliest] = shapes
  if (likeliest === undefined) return []
  const others = library.all.filter(isAnswerable).toSorted((a, b) => turn(a) - turn(b))
  return unique([...firsts, ...others.flatMap((runbook) => questionAbout(likeliest, runbook))])
}

/** What only a trail has is not offered: asked for by name, it is refused with the reason. */
export function isAnswerable({ records }: Runbook): boolean {
  return records.includes('management')
}

/** Runbooks with this tag belong to the first ten minutes. */
export const FIRST = 'triage'

/** What needs the value stands before what it only narrows, and of these the first ten minutes' before others. */
function turn(runbook: Runbook): number {
  return needsNothing(runbook) ? (runbook.tags.includes(FIRST) ? 1 : 2) : 0
}

function needsNothing(runbook: Runbook): boolean {
  return Object.values(runbook.parameters).every(({ optional }) => optional)
}

function questionAbout(shape: Shape, runbook: Runbook): readonly Question[] {
  const taker = takerOf(runbook.parameters, shape.kind)
  return taker === undefined ? [] : filled(shape, runbook, taker)
}

function filled(shape: Shape, runbook: Runbook, taker: Taker): readonly Question[] {
  const { name: asked } = runbook
  if (taker.kind === 'accounts') return [{ runbook: asked, parameters: {}, accounts: [scopeWord(shape.value)] }]
  const type = runbook.parameters[taker.name]?.type ?? 'text'
  const whole = normalOf(type, shape.value)
  if (whole !== undefined) {
    // An ARN says where it is by itself; a session that was made of one does not.
    const account = shape.account !== undefined && shape.id === undefined ? [scopeWord(shape.account)] : []
    return [{ runbook: asked, parameters: { [taker.name]: whole }, accounts: account }]
  }
  const id = shape.id === undefined ? undefined : normalOf(type, shape.id)
  if (id === undefined) return []
  return [
    {
      runbook: asked,
      parameters: { [taker.name]: id },
      accounts: shape.account === undefined ? [] : [scopeWord(shape.account)],
      ...(shape.region !== undefined && { regions: [shape.region] }),
    },
  ]
}

function unique(questions: readonly Question[]): readonly Question[] {
  const seen = new Set<string>()
  return questions.filter(({ runbook, parameters }) => {
    const key = JSON.stringify([runbook, Object.entries(parameters)])
    return !seen.has(key) && seen.add(key)
  })
}
