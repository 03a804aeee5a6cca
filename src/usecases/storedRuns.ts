import type { Failure } from '../domain/failure.ts'
import { err, ok, type Result } from '../domain/outcome.ts'
import type { Grant } from '../domain/policy/grant.ts'
import type { Person, PersonFacts } from '../domain/policy/person.ts'
import type { Policy } from '../domain/policy/policy.ts'
import { personChecks } from '../domain/policy/roles.ts'
import type { Answer } from '../domain/result/answer.ts'
import type { Diff } from '../domain/result/diff.ts'
import { terminalKey } from '../domain/result/objects.ts'
import type { Allowed } from './allowed.ts'
import { type AskedDeps, findRun, readAsked } from './cancelRun.ts'
import { diffAnswers } from './diffRuns.ts'
import { readAnswer } from './readAnswer.ts'
import type { Asked } from './requestRun.ts'

export type StoredDeps = AskedDeps & {
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
  for (const run of await deps.recent(person.person)) {
    if ((await deps.objects.size(terminalKey(run))) === undefined) continue
    const found = await readAnswer(run, deps)
    if (found !== undefined) return ok(found)
  }
  return err({ code: 'no_answer_yet' })
}

/** What is new and what is gone from one run to another. Both must be answers of one runbook that the person may see. */
export async function diffRuns(
  person: PersonFacts,
  [first, second]: readonly [string, string],
  deps: StoredDeps,
): Promise<Result<Diff, Failure>> {
  const answers: Answer[] = []
  for (const typed of [first, second]) {
    const found = await runFor(person, typed, deps)
    if (!found.ok) return found
    const answer = await readAnswer(found.value.run, deps)
    if (answer === undefined) return err({ code: 'not_answered', run: found.value.run.slice(0, 8) })
    answers.push(answer.answer)
  }
  const [before, after] = answers
  if (before === undefined || after === undefined) return err({ code: 'unknown_run', input: first })
  if (before.runbook.name !== after.runbook.name)
    return err({ code: 'not_comparable', runbooks: [before.runbook.name, after.runbook.name] })
  const found = await readAsked(after.run, deps)
  const allowed = found === undefined ? undefined : await deps.allowed(found.grant)
  if (allowed === undefined) return err({ code: 'unknown_run', input: second })
  return ok(await diffAnswers(before, after, allowed.runbook, { ...deps, now: deps.now() }))
}
