import type { Answer } from '../domain/result/answer.ts'
import { answerKey, type Terminal, terminalKey } from '../domain/result/objects.ts'
import { type Delivery, record } from './deliverOnce.ts'
import type { DeliverOutcome } from './deliverTypes.ts'
import { isOfGrant, isWithheld } from './readAnswer.ts'

/** What a run ended with, as it may be shown. `withheld`: there is an answer, and policy keeps it back. */
export type Ending = { readonly terminal: Terminal; readonly answer?: Answer; readonly withheld?: true }

/** Ends a delivery that may not be, with a line in the record. */
export async function refuse<M>(delivery: Delivery<M>, check: string, why: string): Promise<DeliverOutcome> {
  await record(delivery, 'delivered', 'deny', [{ check, passed: false }])
  return { kind: 'final', why }
}

/** What the run ended with. The answer must be this run's and of what the token allowed. */
export async function endingOf<M>(delivery: Delivery<M>): Promise<Ending | DeliverOutcome> {
  const { deps, grant } = delivery
  const marker = await deps.objects.read(terminalKey(grant.run))
  if (!marker) return { kind: 'final', why: 'the run has not ended' }
  const terminal = JSON.parse(String(marker)) as Terminal
  const stored = await deps.objects.read(answerKey(grant.run))
  // A run that failed has an answer too, when it got far enough: it says where, why, and what mends it.
  if (!stored && terminal.outcome === 'failed') return { terminal }
  if (!stored) return { kind: 'final', why: 'the run has ended without its answer' }
  const answer = JSON.parse(String(stored)) as Answer
  if (isOfGrant(answer, grant))
    return (await isWithheld(answer, grant, deps)) ? { terminal, withheld: true } : { terminal, answer }
  return await refuse(delivery, 'answer_of_token', 'the answer is not of what the token allows')
}
