import { randomUUID } from 'node:crypto'
import { accountOfKeyByAws } from '../adapters/aws/accounts.ts'
import { transport } from '../adapters/aws/sessions.ts'
import { localKeys } from '../adapters/jose/tokens.ts'
import type { Message } from '../adapters/slack/messages/message.ts'
import { mayHold, withholds } from '../domain/policy/answers.ts'
import { approversNow } from '../domain/policy/approversNow.ts'
import type { Investigation } from '../domain/policy/investigation.ts'
import type { Person } from '../domain/policy/person.ts'
import { mayCancel } from '../domain/policy/roles.ts'
import { deliveryKey } from '../domain/result/objects.ts'
import { APPROVAL_TOKEN, ASK_TOKEN, BROKEN_TOKEN, CLICK_TOKEN, grantVerifier, RUN_TOKEN } from '../tokens.ts'
import { ALONE } from '../usecases/advanceApproval.ts'
import { allowedRunbooks } from '../usecases/allowed.ts'
import { type ApprovalDeps, requestApproval } from '../usecases/approvals.ts'
import { basisChecker } from '../usecases/basis.ts'
import { breakGlass, type GlassDeps, glassBasis, glassOf, partiesOf } from '../usecases/breakGlass.ts'
import { openInvestigations } from '../usecases/investigationLog.ts'
import type { PressDeps } from '../usecases/pressNext.ts'
import type { RenewDeps } from '../usecases/renewGrant.ts'
import type { RequestDeps } from '../usecases/requestRun.ts'
import { requestsSeen } from '../usecases/requestsSeen.ts'
import { revokeRun } from '../usecases/revokeRun.ts'
import { statusOf } from '../usecases/runStatus.ts'
import type { TakeDeps } from '../usecases/takeAsk.ts'
import { askMessagesUnder, pressMessages } from './messages.ts'
import type { Bot } from './parts.ts'
import { readersOf } from './readers.ts'
import { stopper } from './stop.ts'

/** An ask waits in the queue at most so long; later its answer would surprise. */
export const ASK_GOOD_FOR_S = 15 * 60
const RECENT_SHOWN = 10

/** What understanding and queueing what somebody typed or pressed needs. */
export function takeDeps(
  bot: Bot,
  { answerApproval, onGrant, onReview }: Pick<TakeDeps<Message>, 'answerApproval' | 'onGrant' | 'onReview'>,
): PressDeps<Message> {
  const { board, quickBoard, host, now, library, objects, directory } = bot
  const { policy } = bot.config.settings
  const verifyExpired = grantVerifier(localKeys(bot.keys), 'ignore', 'look up', { audit: async () => undefined, now })
  const may = (by: Parameters<TakeDeps<Message>['mayCancel']>[0], asker: Person): boolean =>
    mayCancel(by, asker, policy)
  const seeing = { policy, objects, now, mayCancel: may, ...readersOf(bot) }
  const recent = (of: Person): Promise<readonly string[]> => quickBoard.recent(`${of.team}.${of.user}`, RECENT_SHOWN)
  return {
    library,
    policy,
    objects,
    now,
    verifyExpired,
    inventory: bot.inventory.current,
    messages: askMessagesUnder(policy),
    pressMessages: pressMessages(policy),
    directChannel: directory.directChannel,
    permalink: bot.posting.permalink,
    audit: host.audit,
    mayCancel: may,
    personFacts: (person) => directory.personFacts(person),
    placeFacts: (place, person) => directory.placeFacts(place, person),
    knownZone: bot.knownZone,
    newId: randomUUID,
    answerApproval,
    onGrant,
    onReview,
    mayHold: (person) => mayHold(person, policy),
    recent,
    allowed: allowedRunbooks(objects, () => bot.inventory.current().accounts.map(({ id }) => id)),
    accountName: (id) => bot.inventory.current().accounts.find((account) => account.id === id)?.name,
    queueAsk: async (ask) => {
      const iat = Math.floor(now().getTime() / 1000)
      const times = { iat, nbf: iat, exp: iat + ASK_GOOD_FOR_S }
      const who = {
        iss: 'ctq',
        aud: ASK_TOKEN.audience,
        sub: `${ask.person.team}.${ask.person.user}`,
        jti: randomUUID(),
      }
      const token = await bot.sign(ASK_TOKEN, { ...who, ...times, ...ask })
      await bot.quickQueues.addAsk(ask.run, token)
      bot.pending.set(ask.run, { token, at: now().getTime() })
    },
    cancel: stopper(bot),
    withholds: (grant) => withholds(grant, policy),
    statusOf: (person, typed) =>
      statusOf(person, typed, {
        objects,
        now,
        verifyExpired,
        mayCancel: may,
        recent,
        progress: (run) => board.progress(run),
        cancelled: (run) => board.cancelled(run),
        runFor: bot.times.run,
      }),
    requestsSeen: (person, typed) => requestsSeen(person, typed, seeing),
  }
}

/** What deciding about a question and starting its run needs. */
export function requestDeps(bot: Bot): RequestDeps {
  const { board, queues, config, directory, now, library, objects } = bot
  const accountOfKey = accountOfKeyByAws(config.settings.aws.homeRegion, transport())
  const readers = readersOf(bot)
  const investigations = (): Promise<readonly Investigation[]> => openInvestigations({ ...readers, objects, now })
  return {
    library,
    objects,
    now,
    policy: config.settings.policy,
    inventory: bot.inventory.current,
    rows: config.settings.limits.rows,
    sign: (grant) => bot.sign(RUN_TOKEN, grant),
    newId: randomUUID,
    audit: bot.host.audit,
    times: bot.times,
    personFacts: (person) => directory.personFacts(person),
    placeFacts: (place, person) => directory.placeFacts(place, person),
    accountOfKey: async (key) => (await accountOfKey(key)) ?? null,
    join: (question, run) => board.join(question, run),
    leave: (question, run) => board.leave(question, run),
    approvers: async () => approversNow(config.settings.policy, await bot.everybody()),
    askApproval: async (asking, alone) => {
      const asked = await requestApproval(asking, approvalDeps(bot))
      if (!asked.ok) return asked
      if (alone !== undefined) await objects.create(deliveryKey(asking.run, ALONE), JSON.stringify({ words: alone }))
      await queues.addApproval(asking.run)
      return asked
    },
    enqueue: (run, token) => queues.addRun(run, token, 'interactive'),
    status: (run, token) => queues.addProgress(run, token),
    showEstimate: (run, token) => queues.addDelivery(run, token, 'status'),
    paceMs: config.settings.aws.paceMs,
    investigations,
    glass: (person, reason) => glassOf(person, reason, { ...readers, objects, now }),
    breakGlass: async (breaking) => {
      const parties = partiesOf(breaking.person, await investigations())
      // LookupEvents costs nothing (AWS: CloudTrail pricing, event history).
      const review = await breakGlass({ ...breaking, parties, cost: { usd: 0 } }, glassDeps(bot))
      await queues.addApproval(breaking.run)
      return glassBasis(review)
    },
    remember: (person, run) => board.remember(`${person.team}.${person.user}`, run),
  }
}

/** What asking for approval, and answering it, needs: facts as they are at that moment. */
export function approvalDeps(bot: Bot): ApprovalDeps {
  return {
    ...recordDeps(bot),
    signRequest: (claims) => bot.sign(APPROVAL_TOKEN, claims),
    signClick: (claims) => bot.sign(CLICK_TOKEN, claims),
    personFacts: (person) => bot.directory.personFacts(person, { fresh: true }),
  }
}

/** What writing down a use of break-glass needs. */
function glassDeps(bot: Bot): GlassDeps {
  return { ...recordDeps(bot), signBroken: (claims) => bot.sign(BROKEN_TOKEN, claims) }
}

/** What signing anything that is kept of a request needs, under the policy as it is. */
function recordDeps(
  bot: Bot,
): Omit<GlassDeps & ApprovalDeps, 'signBroken' | 'signRequest' | 'signClick' | 'personFacts'> {
  const { config, objects, now, host } = bot
  return {
    ...readersOf(bot),
    objects,
    now,
    policy: config.settings.policy,
    newId: randomUUID,
    audit: host.audit,
  }
}

/** What deciding a run anew needs: people and places as Slack has them now. */
export function renewDeps(bot: Bot): RenewDeps {
  const { now, objects, host } = bot
  const readers = readersOf(bot)
  return {
    ...requestDeps(bot),
    ...readers,
    basisFault: basisChecker({ objects, ...readers, now }),
    personFacts: (person) => bot.directory.personFacts(person, { fresh: true }),
    placeFacts: (place, person) => bot.directory.placeFacts(place, person, { fresh: true }),
    verifyExpired: grantVerifier(localKeys(bot.keys), 'ignore', 'renewal', { audit: host.audit, now }),
    revoke: (grant, token, by) =>
      revokeRun(grant.run, token, by, { objects, cancel: stopper(bot), audit: host.audit, now }),
    allowed: allowedRunbooks(objects, () => bot.inventory.current().accounts.map(({ id }) => id)),
  }
}
