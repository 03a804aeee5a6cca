import {
  digestMessage,
  grantMessage,
  grantsMessage,
  revokedMessage,
  takenBackMessage,
} from '../adapters/slack/messages/investigation.ts'
import type { Message } from '../adapters/slack/messages/message.ts'
import { stoppedMessage } from '../adapters/slack/messages/review.ts'
import { withholds } from '../domain/policy/answers.ts'
import { digestFile } from '../domain/policy/digestText.ts'
import type { Investigation } from '../domain/policy/investigation.ts'
import type { Person } from '../domain/policy/person.ts'
import { placeAllows } from '../domain/policy/place.ts'
import type { AskInvestigationDeps } from '../usecases/askInvestigation.ts'
import { closeInvestigations } from '../usecases/closeInvestigation.ts'
import type { InvestigationDeps } from '../usecases/investigations.ts'
import type { TypedBy } from '../usecases/takeAsk.ts'
import { takeBack } from '../usecases/takeBack.ts'
import { type GrantCommand, takeGrant } from '../usecases/takeGrant.ts'
import { approvalDeps, requestDeps } from './deps.ts'
import { failureMessage } from './messages.ts'
import type { Bot } from './parts.ts'
import { reviewDeps } from './reviews.ts'
import { stopDeps } from './stop.ts'
import { whileMine } from './whileMine.ts'

/** How often ends are looked for: what ran under one that ended while its bot died is stopped within this. */
const LOOK_EVERY_MS = 10_000

/** What asking for an investigation needs. */
export function askInvestigationDeps(bot: Bot): AskInvestigationDeps {
  return {
    ...requestDeps(bot),
    approvals: approvalDeps(bot),
    personFacts: (person) => bot.directory.personFacts(person, { fresh: true }),
    advance: (id) => bot.queues.addApproval(id),
  }
}

function investigationDeps(bot: Bot): InvestigationDeps {
  const { config, directory } = bot
  return {
    ...stopDeps(bot),
    policy: config.settings.policy,
    inventory: bot.inventory.current,
    personFacts: (person) => directory.personFacts(person, { fresh: true }),
    withholds: (grant) => withholds(grant, config.settings.policy),
  }
}

/** Does what somebody typed about open investigations. */
export function onGrant(bot: Bot): (command: GrantCommand, ask: Parameters<typeof takeGrant>[1]) => Promise<Message> {
  const may = bot.config.settings.policy.investigations !== undefined
  const messages = {
    failure: failureMessage,
    grants: (open: readonly Investigation[]) => grantsMessage(open, may),
    grant: grantMessage,
    revoked: revokedMessage,
    stopped: stoppedMessage,
    takenBack: takenBackMessage,
  }
  const deps = {
    ...investigationDeps(bot),
    ...reviewDeps(bot),
    placeFacts: (place: { channel: string; thread?: string }, person: Person) =>
      bot.directory.placeFacts(place, person, { fresh: true }),
    messages,
    takeBack: (typed: string, by: TypedBy) =>
      takeBack(typed, by, { ...approvalDeps(bot), ...investigationDeps(bot), advance: bot.quickQueues.addApprovalNow }),
  }
  return (command, ask) => takeGrant(command, ask, deps)
}

/** Looks after investigations that have ended: stops what runs under them, posts their digests. Gives a function that stops it. */
export function keepInvestigations(bot: Bot): () => void {
  const { board, posting, directory, config, host } = bot
  const deps = {
    ...investigationDeps(bot),
    turn: board.turn,
    slack: posting,
    digestMessages: { digest: digestMessage, file: digestFile },
    mayShowIn: async (channel: string, asker: Parameters<typeof directory.personFacts>[0]) => {
      const place = await directory.placeFacts({ channel }, asker, { fresh: true })
      return placeAllows(place, config.settings.policy).outcome === 'here'
    },
  }
  let busy = false
  const turn = async (): Promise<void> => {
    if (busy) return
    busy = true
    try {
      await board.alone('investigations', `${process.pid}`, (mine) =>
        closeInvestigations({ ...deps, slack: whileMine(posting, mine) }),
      )
    } catch (error) {
      host.log.warn(
        { message: error instanceof Error ? error.message : 'unknown' },
        'could not look for investigations that have ended',
      )
    } finally {
      busy = false
    }
  }
  const timer = setInterval(() => void turn(), LOOK_EVERY_MS).unref()
  return () => clearInterval(timer)
}
