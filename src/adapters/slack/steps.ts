import type { SlackClient } from './client.ts'
import { refusedAs } from './errors.ts'

/** Gives a workflow what one of its steps came to. Each throws a SlackFault; that the step is over already is none. */
export type Steps = {
  readonly complete: (execution: string, outputs: { readonly [name: string]: string }) => Promise<void>
  readonly fail: (execution: string, why: string) => Promise<void>
}

/** Slack shows an error in the workflow's log. */
const ERROR_MAX = 1_000

/** Steps of workflows, ended with the bot's own token: that of the step itself is gone when a long run ends. */
export function slackSteps(client: SlackClient): Steps {
  const end = async (method: string, args: { readonly [name: string]: unknown }): Promise<void> => {
    try {
      await client.write(method, args)
    } catch (error) {
      if (!refusedAs(error, 'execution_not_in_running_state')) throw error
    }
  }
  return {
    complete: (execution, outputs) => end('functions.completeSuccess', { function_execution_id: execution, outputs }),
    fail: (execution, why) =>
      end('functions.completeError', { function_execution_id: execution, error: why.slice(0, ERROR_MAX) }),
  }
}
