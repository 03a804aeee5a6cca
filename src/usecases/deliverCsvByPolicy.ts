import type { Answer } from '../domain/result/answer.ts'
import { type CsvOutcome, deliverCsv } from './deliverCsv.ts'
import { type Delivery, sendOnce } from './deliverOnce.ts'
import { directLeg, type Leg } from './deliverPlace.ts'

/** Gives the CSV where policy wants it for this tier: in the answer's thread, to whoever asked alone, or nowhere in Slack. */
export async function deliverCsvByPolicy<M>(
  delivery: Delivery<M>,
  answer: Answer,
  leg: Leg,
  thread: string,
): Promise<CsvOutcome> {
  const { deps, memory, grant } = delivery
  const rule = deps.csv(grant)
  if (rule === 'none') {
    await memory.put('csv.none', { at: deps.now().toISOString() })
    return { kind: 'done', note: 'policy keeps the CSV out of Slack' }
  }
  if (rule === 'attach' || leg.suffix === '-direct') return await deliverCsv(delivery, answer, leg, thread)
  const direct = await directLeg(delivery, grant.person.user, true)
  if ('kind' in direct) return direct
  const sent = await sendOnce(delivery, 'csv-why-direct', direct.where, () =>
    deps.messages.notice({ kind: 'csv_direct', run: grant.run }),
  )
  if (sent.kind === 'wait') return sent
  if (sent.kind !== 'sent') return { kind: 'final', why: `no direct message: ${sent.reason}` }
  const csv = await deliverCsv(delivery, answer, direct, sent.at.ts)
  return csv.kind === 'move' ? { kind: 'final', why: `not delivered: ${csv.why}` } : csv
}
