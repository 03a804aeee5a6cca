import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Execution } from '../../src/playground/slack/types.ts'
import { aClient, aSlack, control, fails } from './slackRig.ts'

const STEP = { callback_id: 'ask_step', title: 'Ask', required: ['question'], outputs: ['verdict'] }

test('a step is told to the app and ends once, with the outputs that its manifest names', async (t) => {
  const slack = await aSlack(t)
  const client = await aClient(slack)
  await control(slack, 'settings', { functions: [STEP], events: ['function_executed'] })
  const run = async (): Promise<Execution> =>
    (await control(slack, 'step', { callback_id: 'ask_step', inputs: { question: 'why' } })) as Execution
  const { id } = await run()
  const end = (outputs: Record<string, string>) =>
    client.functions.completeSuccess({ function_execution_id: id, outputs })
  await fails(end({ other: 'x' }), 'parameter_validation_failed')
  await end({ verdict: 'complete' })
  assert.deepEqual(
    [slack.workspace.executions.get(id)?.state, slack.workspace.executions.get(id)?.given],
    ['completed', { verdict: 'complete' }],
  )
  await fails(end({ verdict: 'complete' }), 'execution_not_in_running_state')
  const failed = await run()
  await client.functions.completeError({ function_execution_id: failed.id, error: 'no' })
  assert.equal(slack.workspace.executions.get(failed.id)?.error, 'no')
})

test('a step that the app does not have, or one that lacks something it needs, is refused', async (t) => {
  const slack = await aSlack(t)
  await control(slack, 'settings', { functions: [STEP] })
  const refused = async (input: object) => ((await control(slack, 'step', input)) as { readonly error?: string }).error
  assert.match((await refused({ callback_id: 'other' })) ?? '', /no step other/)
  assert.match((await refused({ callback_id: 'ask_step' })) ?? '', /needs question/)
  assert.match(
    (await refused({ callback_id: 'ask_step', inputs: { question: 'why' } })) ?? '',
    /does not hear function_executed/,
  )
})
