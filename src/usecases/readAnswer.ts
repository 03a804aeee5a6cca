import type { Grant } from '../domain/policy/grant.ts'
import type { Answer } from '../domain/result/answer.ts'
import { answerKey, type Objects, revokedKey } from '../domain/result/objects.ts'
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

/**
 * Whether policy keeps an answer back: the right to it was taken away while it was read, or nobody could say whether it still was there.
 */
export async function isWithheld(
  answer: Answer,
  grant: Grant,
  deps: WithholdDeps & { readonly objects: Pick<Objects, 'size'> },
): Promise<boolean> {
  if (!deps.withholds(grant)) return false
  return answer.coverage.ended === 'unrenewed' || (await deps.objects.size(revokedKey(grant.run))) !== undefined
}

export type WithholdDeps = {
  /** What policy says of answers like this one whose right was taken away. */
  readonly withholds: (grant: Grant) => boolean
}

/**
 * A run's answer as the store has it, and what was allowed. Undefined when there is no such run or answer, it is not of what the token allowed,
 * or policy keeps it back.
 */
export async function readAnswer(
  run: string,
  deps: AskedDeps & WithholdDeps & { readonly objects: Pick<Objects, 'read' | 'size'> },
): Promise<{ readonly answer: Answer; readonly grant: Grant } | undefined> {
  const asked = await readAsked(run, deps)
  const bytes = asked === undefined ? undefined : await deps.objects.read(answerKey(run))
  if (asked === undefined || bytes === undefined) return undefined
  const answer = JSON.parse(bytes.toString('utf8')) as Answer
  if (!isOfGrant(answer, asked.grant) || (await isWithheld(answer, asked.grant, deps))) return undefined
  return { answer, grant: asked.grant }
}
