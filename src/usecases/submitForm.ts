import type { Person } from '../domain/policy/person.ts'
import { type FieldError, type Filled, type FormMemory, readForm } from '../domain/request/form.ts'
import { queueWords, type TakeDeps } from './takeAsk.ts'

/** A form as somebody sent it. `place`: the channel they chose, if they did. */
export type FormSent = {
  readonly person: Person
  readonly filled: Filled
  readonly memory: FormMemory
  readonly place?: string
}

export type Submitted<M> =
  | { readonly kind: 'errors'; readonly errors: readonly FieldError[] }
  /** `message` repeats the question; it is told to the asker in `channel`, under `thread`. */
  | {
      readonly kind: 'queued'
      readonly run: string
      readonly message: M
      readonly channel: string
      readonly thread?: string
    }

/**
 * A form is a typed question: it is read as one, signed and queued as one, and what it stands for is said in words that can be typed. Nothing is
 * asked of Slack or AWS before that, so that Slack has its answer in time.
 */
export async function submitForm<M>(sent: FormSent, deps: TakeDeps<M>): Promise<Submitted<M>> {
  const { person, filled, memory, place } = sent
  const context = { now: deps.now(), timeZone: deps.knownZone(person) ?? 'UTC', inventory: deps.inventory() }
  const read = readForm(filled, deps.library, context)
  if (!read.ok) return { kind: 'errors', errors: read.errors }
  const where =
    place === undefined || place === memory.channel
      ? { channel: memory.channel, ...(memory.thread === undefined ? {} : { thread: memory.thread }) }
      : { channel: place }
  const taken = await queueWords({ text: read.words, person, ...where, entry: 'form' }, async () => read, deps)
  if (taken.kind === 'queued') return { ...taken, ...where }
  const why = 'The queue cannot be reached, so nothing was started. Try again in a minute.'
  return { kind: 'errors', errors: [{ field: 'runbook', why }] }
}
