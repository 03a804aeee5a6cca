import type { Grant } from '../domain/policy/grant.ts'
import type { Answer } from '../domain/result/answer.ts'
import { answerKey, type Objects } from '../domain/result/objects.ts'
import { type AskedDeps, readAsked } from './cancelRun.ts'

/** Whether an answer is this run's and of what its token allowed. */
export function isOfGrant(answer: Answer, grant: Grant): boolean {
  const allowed = new Set(grant.query.accounts)
  return (
    answer.run === grant.run &&
    answer.runbook.digest === grant.query.runbook.digest &&
    answer.accounts.every(({ id }) => allowed.has(id))
  )
}

/** A run's answer as the store has it, and what was allowed. Undefined when there is no such run or answer, or it is not of what the token allowed. */
export async function readAnswer(
  run: string,
  deps: AskedDeps & { readonly objects: Pick<Objects, 'read'> },
): Promise<{ readonly answer: Answer; readonly grant: Grant } | undefined> {
  const asked = await readAsked(run, deps)
  const bytes = asked === undefined ? undefined : await deps.objects.read(answerKey(run))
  if (asked === undefined || bytes === undefined) return undefined
  const answer = JSON.parse(bytes.toString('utf8')) as Answer
  return isOfGrant(answer, asked.grant) ? { answer, grant: asked.grant } : undefined
}
