import { cut, cutRun, quoted } from './words.ts'

/** Something about a run, or ctq itself, stands against it. */
export type RunFailure =
  | { readonly code: 'unknown_run'; readonly input: string }
  /** What a button under an answer stood for is not offered (any more). */
  | { readonly code: 'unknown_pivot'; readonly run?: string }
  | { readonly code: 'not_yours_to_cancel'; readonly run: string }
  | { readonly code: 'already_finished'; readonly run: string }
  | { readonly code: 'no_answer_yet' }
  | { readonly code: 'too_late_to_start'; readonly run: string }
  | { readonly code: 'not_answered'; readonly run: string }
  | { readonly code: 'not_comparable'; readonly runbooks: readonly [string, string] }
  | { readonly code: 'may_not_hold' }
  | { readonly code: 'already_deleted'; readonly run: string }
  | { readonly code: 'queue_unavailable' }
  | { readonly code: 'slack_unavailable'; readonly what: string }
  | { readonly code: 'aws_unavailable'; readonly what: string; readonly detail: string }
  | { readonly code: 'internal'; readonly reference: string }

/** One of these in plain sentences. */
export function explainRunFailure(failure: RunFailure): string {
  switch (failure.code) {
    case 'unknown_run':
      return `There is no run ${quoted(failure.input)} that you can see. Ask for "status" to see yours.`
    case 'unknown_pivot':
      return `What this button stood for is not offered${failure.run === undefined ? '' : ` under the answer of run ${cut(failure.run)}`} any more. Ask for "list" to see what you may ask.`
    case 'not_yours_to_cancel':
      return `Run ${cutRun(failure.run)} was started by somebody else. Ask them, or somebody on the incident, to cancel it.`
    case 'already_finished':
      return `Run ${cutRun(failure.run)} has already ended. There is nothing to cancel.`
    case 'no_answer_yet':
      return 'You have no answer that ctq still knows of. Ask for "status" to see your runs.'
    case 'too_late_to_start':
      return `Run ${cutRun(failure.run)} was asked too long ago to begin now. Ask again.`
    case 'not_answered':
      return `Run ${cutRun(failure.run)} has no answer (yet). Ask for "status" to see how it stands.`
    case 'not_comparable':
      return `Answers of ${failure.runbooks.join(' and ')} cannot be compared: what is new or gone is told between two answers of one runbook.`
    case 'may_not_hold':
      return 'You may not hold or release runs. Ask whoever your ctq.yml lets do that.'
    case 'already_deleted':
      return `What run ${failure.run.slice(0, 8)} left in Slack is deleted already. The result store may still have its answer.`
    case 'queue_unavailable':
      return 'The queue cannot be reached, so nothing was started. Try again in a minute; if it stays so, tell whoever runs ctq.'
    case 'slack_unavailable':
      return `Slack did not answer (${failure.what}). Nothing was started. Try again in a minute.`
    case 'aws_unavailable':
      return `AWS did not answer (${failure.what}): ${cut(failure.detail)}. Nothing was started. Try again in a minute.`
    case 'internal':
      return `Something went wrong inside ctq. Try again; if it happens again, give whoever runs ctq this reference: ${failure.reference}`
  }
}
