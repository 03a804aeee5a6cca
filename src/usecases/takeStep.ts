import { explain } from '../domain/failure.ts'
import type { Person } from '../domain/policy/person.ts'
import { parseCommand } from '../domain/request/parse.ts'
import { queueWords, type TakeDeps } from './takeAsk.ts'

/** A question that a workflow asks. `execution`: Slack's id of the step, to which the verdict goes back. */
export type WorkflowStep = {
  readonly execution: string
  readonly question: string
  readonly channel: string
  /** Who asks: ctq's own bot user. A workflow's author can fill in anybody, so no person it names is believed. */
  readonly person: Person
}

/** What became of it at once: queued, or why the workflow must fail, as a sentence. */
export type StepTaken =
  | { readonly kind: 'queued'; readonly run: string }
  | { readonly kind: 'failed'; readonly why: string }

/** Takes a workflow's question as if it had been typed: understood, signed, queued. Anything but a question fails the step. */
export async function takeStep<M>(step: WorkflowStep, deps: TakeDeps<M>): Promise<StepTaken> {
  const { execution, question, channel, person } = step
  const context = { now: deps.now(), timeZone: 'UTC', inventory: deps.inventory(), origin: 'terminal' } as const
  const command = parseCommand(question, deps.library, context)
  if (!command.ok) return { kind: 'failed', why: explain(command.error) }
  const { value: understood } = command
  if (understood.kind !== 'run')
    return { kind: 'failed', why: 'A workflow asks a question, such as: denied-calls last 1h' }
  const ask = { text: question, person, channel, entry: 'step', step: execution } as const
  const taken = await queueWords(ask, async () => understood, deps)
  if (taken.kind === 'queued') return { kind: 'queued', run: taken.run }
  return { kind: 'failed', why: explain({ code: 'queue_unavailable' }) }
}
