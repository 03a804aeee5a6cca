import type { Step } from '../adapters/slack/entry.ts'
import type { Message } from '../adapters/slack/messages/message.ts'
import { slackSteps } from '../adapters/slack/steps.ts'
import { withholds } from '../domain/policy/answers.ts'
import type { CompleteDeps } from '../usecases/completeStep.ts'
import type { PressDeps } from '../usecases/pressNext.ts'
import { takeStep } from '../usecases/takeStep.ts'
import type { Bot } from './parts.ts'

/** What a workflow asks: queued, or the step fails with the reason. It asks as ctq's own bot user, who has only the roles that name it. */
export async function onStep(step: Step, bot: Bot, deps: PressDeps<Message>): Promise<void> {
  const person = { team: bot.self.team, user: bot.self.botUser }
  const taken = await takeStep({ ...step, person }, deps)
  if (taken.kind === 'failed') await slackSteps(bot.client).fail(step.execution, taken.why)
}

/** What ending a workflow's step needs. */
export function completeDeps(bot: Bot, verifyExpired: CompleteDeps['verifyExpired']): CompleteDeps {
  const steps = slackSteps(bot.client)
  return {
    objects: bot.objects,
    now: bot.now,
    verifyExpired,
    withholds: (grant) => withholds(grant, bot.config.settings.policy),
    permalink: bot.posting.permalink,
    completeStep: (execution, outputs) => steps.complete(execution, outputs),
    failStep: steps.fail,
  }
}
