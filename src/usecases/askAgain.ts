import type { Failure } from '../domain/failure.ts'
import { ok, type Result } from '../domain/outcome.ts'
import type { Grant } from '../domain/policy/grant.ts'
import type { Request } from '../domain/request/command.ts'
import { isGapAgain, pivotsOf } from '../domain/result/pivots.ts'
import type { Library } from '../domain/runbook/runbook.ts'
import { type Done, openMemory } from './deliverMemory.ts'
import { lastAnswer, runFor, type StoredDeps } from './storedRuns.ts'
import type { Incoming } from './takeAsk.ts'

export type AgainDeps = StoredDeps & {
  readonly personFacts: (person: Incoming['person']) => Promise<Parameters<typeof runFor>[0]>
  readonly library: Library
}

/** What `again` asks. `gap`: only what the last answer could not read, in the thread of that answer where it is in the same place. */
export type Again =
  | { readonly kind: 'whole'; readonly text: string }
  | { readonly kind: 'gap'; readonly ask: Incoming; readonly request: Request; readonly inThread: boolean }

/** A stored question, asked anew by whoever types it; without a run, what their last answer could not read, else that answer's question. */
export async function againOf(
  ask: Incoming,
  typed: string | undefined,
  deps: AgainDeps,
): Promise<Result<Again, Failure>> {
  const person = await deps.personFacts(ask.person)
  if (typed !== undefined) return await whole(person, typed, deps)
  const last = await lastAnswer(person, deps)
  if (!last.ok) return last
  const { answer, grant } = last.value
  const gap = pivotsOf(answer, deps.library, deps.now()).find((pivot) => isGapAgain(pivot, answer))
  if (gap?.kind !== 'ask') return await whole(person, grant.run, deps)
  const thread = ask.thread ?? (await threadOf(grant, ask.channel, deps))
  return ok({
    kind: 'gap',
    ask: { ...ask, text: gap.words, entry: 'button', closes: grant.run, ...(thread === undefined ? {} : { thread }) },
    request: gap.request,
    inThread: ask.thread === undefined && thread !== undefined,
  })
}

async function whole(
  person: Parameters<typeof runFor>[0],
  typed: string,
  deps: AgainDeps,
): Promise<Result<Again, Failure>> {
  const found = await runFor(person, typed, deps)
  return found.ok ? ok({ kind: 'whole', text: found.value.asked.echo }) : found
}

/** The thread that an answer stands in, or that is under it; undefined where it is in another place than this. */
async function threadOf({ run, to }: Grant, channel: string, deps: AgainDeps): Promise<string | undefined> {
  if (to.kind === 'slack' && to.thread !== undefined) return to.channel === channel ? to.thread : undefined
  const memory = await openMemory(deps.objects, run)
  const shown = (await memory.get<Done>('final-direct.done')) ?? (await memory.get<Done>('final.done'))
  return shown?.channel === channel ? shown.ts : undefined
}
