import type { Denied, Press } from '../adapters/slack/entry.ts'
import {
  APPROVE,
  answeredMessage,
  answerRefusedMessage,
  readAnswerPress,
  WITHDRAW,
} from '../adapters/slack/messages/approval.ts'
import type { Message } from '../adapters/slack/messages/message.ts'
import { mention } from '../adapters/slack/messages/people.ts'
import { explain } from '../domain/failure.ts'
import { voteRefusalWords } from '../domain/policy/approvalWords.ts'
import { seatsLeft, seatWords } from '../domain/policy/approvers.ts'
import type { Person } from '../domain/policy/person.ts'
import { type AnswerDeps, type ApprovalAnswer, answerApproval } from '../usecases/answerApproval.ts'
import { advanceDeps } from './approvals.ts'
import { failureMessage } from './messages.ts'
import type { Bot } from './parts.ts'

/** What is done about answers to requests for approval, typed or pressed. */
export type Answers = {
  /** Takes an answer, and says what it has come to; undefined when there is no such request. */
  readonly take: (answer: ApprovalAnswer) => Promise<Message | undefined>
  /** A press that approves or withdraws; undefined when it is neither. */
  readonly onPress: (press: Press) => Promise<Message> | undefined
  /** A denial from its dialog: what is wrong with it, in words without markup. */
  readonly onDenied: (denied: Denied) => Promise<string | undefined>
}

/** Answers to requests, with everything they need built once. */
export function openAnswers(bot: Bot): Answers {
  const deps = answerDeps(bot)
  const take: Answers['take'] = async (answer) => {
    const answered = await answerApproval(answer, deps)
    if (answered.ok) {
      const { seats, votes } = answered.value
      return answeredMessage(answered.value, seatWords(seatsLeft(seats, votes), bot.config.settings.policy))
    }
    if (answered.error.kind === 'failure')
      return answered.error.failure.code === 'unknown_request' ? undefined : failureMessage(answered.error.failure)
    return answerRefusedMessage(voteRefusalWords(answered.error.refusal, mention))
  }
  return {
    take,
    onPress: ({ action, value, person }) => {
      const verdict = VERDICTS.get(action)
      return verdict === undefined ? undefined : pressed(value, person, verdict, take)
    },
    onDenied: async (denied) => {
      const answered = await answerApproval({ ...denied, verdict: 'deny' }, deps)
      if (answered.ok) return undefined
      const { error } = answered
      if (error.kind === 'failure') return explain(error.failure)
      const by = error.refusal.code === 'already_handled' ? error.refusal.by : undefined
      // A dialog's errors show no mentions.
      const name = by === undefined ? '' : (await bot.directory.personFacts(by)).name
      return voteRefusalWords(error.refusal, () => name)
    },
  }
}

const VERDICTS: ReadonlyMap<string, 'approve' | 'withdraw'> = new Map([
  [APPROVE, 'approve'],
  [WITHDRAW, 'withdraw'],
])

async function pressed(
  value: string,
  person: Person,
  verdict: 'approve' | 'withdraw',
  take: Answers['take'],
): Promise<Message> {
  const carried = readAnswerPress(value)
  const told = carried && (await take({ ...carried, person, verdict }))
  return told ?? failureMessage({ code: 'unknown_request', input: carried?.run ?? '' })
}

/** The queue is asked without patience: the decision stands in the store already. */
function answerDeps(bot: Bot): AnswerDeps {
  const { log } = bot.host
  return {
    ...advanceDeps(bot),
    advance: (run) => bot.quickQueues.addApprovalNow(run),
    onUnproven: (run, why) =>
      log.error({ run, message: why }, 'a request for approval cannot be verified: whoever answered it was told so'),
    onLate: (run, error) =>
      log.warn({ run, message: error instanceof Error ? error.message : 'unknown' }, 'an approval is acted on later'),
  }
}
