import type { Json } from '../json.ts'
import type { Execution } from '../types.ts'
import { newId } from '../workspace.ts'
import { ActError, type Play } from './act.ts'

/** A workflow that comes to one of the app's steps with these inputs. */
export type StepRun = { readonly callback_id: string; readonly inputs?: Json }

/** Runs an app's step as Workflow Builder does: the app hears `function_executed` and must complete it, once. */
export function runStep({ ws }: Play, { callback_id, inputs = {} }: StepRun): Execution {
  const step = ws.settings.functions.find((each) => each.callback_id === callback_id)
  if (!step) throw new ActError(`the app has no step ${callback_id}`)
  const missing = step.required.find((name) => inputs[name] === undefined || inputs[name] === '')
  if (missing !== undefined) throw new ActError(`the step needs ${missing}`)
  if (!ws.settings.events.includes('function_executed')) throw new ActError('the app does not hear function_executed')
  const execution: Execution = {
    id: newId(ws, 'Fx'),
    callback_id,
    inputs,
    outputs: step.outputs,
    state: 'running',
    given: undefined,
    error: undefined,
  }
  ws.executions.set(execution.id, execution)
  ws.onEvent({
    type: 'function_executed',
    function: { id: 'Fn0CTQ0001', callback_id, title: step.title, type: 'app', app_id: ws.app.id },
    inputs,
    function_execution_id: execution.id,
    workflow_execution_id: newId(ws, 'Wx'),
    event_ts: (ws.now() / 1000).toFixed(6),
    bot_access_token: 'xwfp-playground',
  })
  return execution
}
