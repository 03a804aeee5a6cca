import type { Failure } from '../domain/failure.ts'
import { err, ok, type Result } from '../domain/outcome.ts'
import type { Grant } from '../domain/policy/grant.ts'
import type { Person, PersonFacts } from '../domain/policy/person.ts'
import type { Policy } from '../domain/policy/policy.ts'
import { personChecks } from '../domain/policy/roles.ts'
import type { Answer } from '../domain/result/answer.ts'
import type { Diff } from '../domain/result/diff.ts'
import { type Objects, terminalKey } from '../domain/result/objects.ts'
import type { Runbook } from '../domain/runbook/runbook.ts'
import type { Allowed } from './allowed.ts'
import { type AskedDeps, findRun, readAsked } from './cancelRun.ts'
import { type DiffDeps, diffAnswers } from './diffRuns.ts'
import { readAnswer, type WithholdDeps } from './readAnswer.ts'
import type { Asked } from './requestRun.ts'

export type StoredDeps = AskedDeps &
  WithholdDeps & {
    readonly policy: Policy
    /** Whether somebody may see to a run of somebody else's: who may cancel it. */
    readonly mayCancel: (by: PersonFacts, asker: Person) => boolean
    readonly recent: (person: Person) => Promise<readonly string[]>
    readonly allowed: (grant: Grant) => Promise<Allowed | undefined>
    readonly accountName: (id: string) => string | undefined
    readonly now: () => Date
  }

type Found = { readonly run: string; readonly asked: Asked; readonly grant: Grant }

/** A run by its id or the beginning of it, for its asker or whom policy lets see to it; whoever has no role any more sees none. */
export async function runFor(person: PersonFacts, typed: string, deps: StoredDeps): Promise<Result<Found, Failure>> {
  const unknown = err<Failure>({ code: 'unknown_run', input: typed })
  if (personChecks(person, deps.policy).some(({ passed }) => !passed)) return err({ code: 'denied' })
  const run = await findRun(typed, deps.objects)
  const found = run === undefined ? undefined : await readAsked(run, deps)
  if (run === undefined || found === undefined) return unknown
  return deps.mayCancel(person, found.grant.person) ? ok({ run, ...found }) : unknown
}

/** The answer that somebody was given last. */
export async function lastAnswer(
  person: PersonFacts,
  deps: StoredDeps,
): Promise<Result<{ readonly answer: Answer; readonly grant: Grant }, Failure>> {
  if (personChecks(person, deps.policy).some(({ passed }) => !passed)) return err({ code: 'denied' })
  return await newestAnswer(await deps.recent(person.person), (run) => readAnswer(run, deps), deps.objects)
}

/** The first of some runs, the newest first, that has ended with an answer. */
export async function newestAnswer<T>(
  runs: readonly string[],
  answerOf: (run: string) => Promise<T | undefined>,
  objects: Pick<Objects, 'size'>,
): Promise<Result<T, Failure>> {
  for (const run of runs) {
    if ((await objects.size(terminalKey(run))) === undefined) continue
    const found = await answerOf(run)
    if (found !== undefined) return ok(found)
  }
  return err({ code: 'no_answer_yet' })
}

/** What is new and what is gone from one run to another. Both must be answers of one runbook that the person may see. */
export async function diffRuns(
  person: PersonFacts,
  typed: readonly [string, string],
  deps: StoredDeps,
): Promise<Result<Diff, Failure>> {
  const given = async (one: string): Promise<Result<Answered, Failure>> => {
    const found = await runFor(person, one, deps)
    if (!found.ok) return found
    const { run, grant } = found.value
    const runbook = async () => (await deps.allowed(grant))?.runbook
    return ok({ run, answer: (await readAnswer(run, deps))?.answer, runbook })
  }
  return await diffOf(typed, given, { ...deps, now: deps.now() })
}

/** A run that somebody may see, with its answer if it has one, and the runbook that was asked. */
export type Answered = {
  readonly run: string
  readonly answer: Answer | undefined
  readonly runbook: () => Promise<Runbook | undefined>
}

/** Compares the answers of two runs as they were typed. */
export async function diffOf(
  typed: readonly [string, string],
  given: (typed: string) => Promise<Result<Answered, Failure>>,
  deps: DiffDeps,
): Promise<Result<Diff, Failure>> {
  const [first, second] = [await given(typed[0]), await given(typed[1])]
  if (!first.ok) return first
  if (!second.ok) return second
  const { answer: before } = first.value
  const { answer: after } = second.value
  if (before === undefined) return notAnswered(first.value)
  if (after === undefined) return notAnswered(second.value)
  if (before.runbook.name !== after.runbook.name)
    return err({ code: 'not_comparable', runbooks: [before.runbook.name, after.runbook.name] })
  const runbook = await second.value.runbook()
  return runbook === undefined
    ? err({ code: 'unknown_run', input: typed[1] })
    : ok(await diffAnswers(before, after, runbook, deps))
}

function notAnswered({ run }: Answered): Result<never, Failure> {
  return err({ code: 'not_answered', run: run.slice(0, 8) })
}
