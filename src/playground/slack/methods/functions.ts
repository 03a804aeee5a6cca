import { isObject, type Json } from '../json.ts'
import { SlackError } from '../slackError.ts'
import type { Execution } from '../types.ts'
import { changed, type Workspace } from '../workspace.ts'
import { type Args, json, required } from './args.ts'
import { type Methods, TIER } from './method.ts'

export const functions: Methods = {
  'functions.completeSuccess': { token: 'bot', scopes: [], perMinute: TIER.three, run: completeSuccess },
  'functions.completeError': { token: 'bot', scopes: [], perMinute: TIER.three, run: completeError },
}

/** A step ends once; afterwards it takes nothing more. */
function running(ws: Workspace, args: Args): Execution {
  const execution = ws.executions.get(required(args, 'function_execution_id'))
  if (!execution) throw new SlackError('invalid_arguments')
  if (execution.state !== 'running') throw new SlackError('execution_not_in_running_state')
  return execution
}

function completeSuccess(ws: Workspace, args: Args): Json {
  const execution = running(ws, args)
  const outputs = json(args, 'outputs', 'invalid_arguments')
  if (!isObject(outputs)) throw new SlackError('parameter_validation_failed')
  const known = execution.outputs
  if (Object.keys(outputs).some((name) => !known.includes(name))) throw new SlackError('parameter_validation_failed')
  Object.assign(execution, { state: 'completed', given: outputs })
  changed(ws, { type: 'delivery' })
  return {}
}

function completeError(ws: Workspace, args: Args): Json {
  const execution = running(ws, args)
  Object.assign(execution, { state: 'failed', error: required(args, 'error') })
  changed(ws, { type: 'delivery' })
  return {}
}
