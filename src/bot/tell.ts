import type { Logger } from 'pino'
import type { Message } from '../adapters/slack/messages/message.ts'
import type { Posting } from '../adapters/slack/posting.ts'
import type { SignedAsk } from '../domain/policy/ask.ts'
import { isSlackFault } from '../usecases/deliverTypes.ts'

export type TellParts = {
  /** How to reach who asked, while this process knows. */
  readonly responders: Map<string, (message: Message) => Promise<void>>
  readonly posting: Posting
  readonly log: Logger
}

/** Tells the asker alone: where they asked if Slack allows it, else by direct message. */
export async function tell(
  ask: Pick<SignedAsk, 'run' | 'person' | 'channel' | 'thread'>,
  message: Message,
  bot: TellParts,
): Promise<void> {
  const respond = bot.responders.get(ask.run)
  bot.responders.delete(ask.run)
  const where = { channel: ask.channel, ...(ask.thread === undefined ? {} : { thread: ask.thread }) }
  const ways = [
    ...(respond === undefined ? [] : [() => respond(message)]),
    () => bot.posting.ephemeral(where, ask.person.user, message),
    async () => {
      const channel = await bot.posting.openDirect(ask.person.user)
      await bot.posting.post({ channel }, { run: ask.run, step: 'told' }, () => message)
    },
  ]
  for (const way of ways) {
    try {
      return await way()
    } catch (error) {
      if (!isSlackFault(error)) throw error
      if (error.kind === 'unknown_outcome') return
      bot.log.warn({ run: ask.run, reason: error.reason }, 'the asker could not be told this way')
    }
  }
}
