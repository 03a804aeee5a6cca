import { randomUUID } from 'node:crypto'
import type { FormHeld, FormWanted, Handlers } from '../adapters/slack/entry.ts'
import type { Message } from '../adapters/slack/messages/message.ts'
import { formView } from '../adapters/slack/views/form.ts'
import { homeView } from '../adapters/slack/views/home.ts'
import type { FieldError } from '../domain/request/form.ts'
import type { Health } from '../domain/result/home.ts'
import { waitingFor } from '../usecases/answerApproval.ts'
import { changeForm, findAccounts, openForm } from '../usecases/openForm.ts'
import type { PressDeps } from '../usecases/pressNext.ts'
import { reviewsFor } from '../usecases/reviews.ts'
import { showHome } from '../usecases/showHome.ts'
import { submitForm } from '../usecases/submitForm.ts'
import { within } from '../watch.ts'
import { approvalDeps } from './deps.ts'
import type { Bot } from './parts.ts'
import { readersOf } from './readers.ts'
import { reviewDeps } from './reviews.ts'
import { tell } from './tell.ts'

type FormHandlers = Pick<Handlers, 'onForm' | 'onFormChange' | 'onFormSent' | 'onAccounts' | 'onHome'>

/** What is done about forms and the Home tab. `connections`: how many to Slack are up now. */
export function formHandlers(bot: Bot, deps: PressDeps<Message>, connections: () => number): FormHandlers {
  const approving = { ...approvalDeps(bot), ...readersOf(bot), objects: bot.objects }
  const reviewing = reviewDeps(bot)
  return {
    onForm: async (wanted: FormWanted) => formView(await openForm(wanted, deps)),
    onFormChange: async (held) => formView(await changeForm(held, deps)),
    onFormSent: (held) => sent(held, bot, deps),
    onAccounts: ({ person, memory }, typed) => findAccounts(person, memory, typed, deps),
    onHome: async (person) =>
      homeView(
        await showHome(person, {
          ...deps,
          health: () => healthOf(bot, connections()),
          waitingFor: (who) => waitingFor(who, approving),
          reviewsFor: (who) => reviewsFor(who, reviewing),
        }),
      ),
  }
}

async function sent(held: FormHeld, bot: Bot, deps: PressDeps<Message>): Promise<readonly FieldError[]> {
  const submitted = await submitForm(held, deps)
  if (submitted.kind === 'errors') return submitted.errors
  const { run, message, channel, thread } = submitted
  const ask = { run, person: held.person, channel, ...(thread === undefined ? {} : { thread }) }
  // Slack waits for the form's answer, not for this: the question is in the queue.
  tell(ask, message, { ...bot, log: bot.host.log }).catch((error: unknown) => {
    const reference = randomUUID().slice(0, 8)
    const words = error instanceof Error ? error.message : 'unknown'
    bot.host.log.error({ reference, run, message: words }, 'a question from a form could not be repeated to its asker')
  })
  return []
}

/** Counts of what waits; a queue that does not say in time counts as away. */
async function healthOf({ quickQueues }: Bot, connections: number): Promise<Health> {
  const counts = Promise.all([quickQueues.waiting('run'), quickQueues.active('run')]).catch(() => undefined)
  const read = await within<readonly [number, number] | undefined>(counts, undefined)
  if (read === undefined) return { queue: 'away', connections }
  return { queue: 'reached', waiting: read[0], reading: read[1], connections }
}
