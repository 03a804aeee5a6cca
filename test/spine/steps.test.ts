import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Execution } from '../../src/playground/slack/types.ts'
import { aRig, OPS, PAYMENTS, RESPONDER, type Rig, SETTINGS, until } from '../support/rig.ts'

const BOT = 'U0CTQBOT1'
const QUESTION = `denied-calls last 3h region=us-east-1 account=${PAYMENTS}`
/** What `manifest.yml` says of the step; a test of the manifest compares it with the code. */
const STEP = {
  callback_id: 'ask_cloudtrail_step',
  title: 'Ask CloudTrail',
  required: ['question', 'channel'],
  outputs: ['verdict', 'summary', 'run', 'permalink'],
}
const { groups: _, ...LIKE_RESPONDER } = RESPONDER

describe('a step of a workflow', { concurrency: 1 }, () => {
  let rig: Rig
  before(async () => {
    const workflows = { ...LIKE_RESPONDER, persons: [`T0CTQ0001/${BOT}`], runbooks: ['denied-calls'], tier: 'duty' }
    rig = await aRig({ settings: { roles: { ...SETTINGS.roles, workflows } } })
    await rig.tellSlack('settings', {
      functions: [STEP],
      events: [...rig.slack.workspace.settings.events, 'function_executed'],
    })
    await Promise.all([rig.bot(), rig.worker()])
  })
  after(() => rig.close())

  const run = async (question: string, channel = OPS): Promise<Execution> => {
    const { id } = (await rig.tellSlack('step', {
      callback_id: STEP.callback_id,
      inputs: { question, channel },
    })) as Execution
    return await until(
      () => {
        const execution = rig.slack.workspace.executions.get(id)
        return execution?.state === 'running' ? undefined : execution
      },
      `the end of ${question}`,
      30_000,
    )
  }

  test('the run is asked as ctq itself, answered in the channel, and its verdict goes back to the workflow', async () => {
    const ended = await run(QUESTION)
    assert.equal(ended.state, 'completed', ended.error)
    const { verdict, summary, run: id, permalink } = ended.given as { readonly [name: string]: string }
    assert.equal(verdict, 'complete')
    assert.match(summary ?? '', /^COMPLETE .*denied-calls/)
    const seen = await rig.seen(id ?? '')
    assert.equal(seen.channel, OPS)
    assert.match(permalink ?? '', new RegExp(`/archives/${OPS}/p${seen.message.ts.replace('.', '')}`))
    const [decided] = (await rig.audit(id)).filter(({ step }) => step === 'decided')
    assert.equal(decided?.person?.user, BOT)
  })

  test('Slack being unwell for a moment does not lose the verdict, and it is given once', async () => {
    await rig.tellSlack('faults', { method: 'functions.completeSuccess', kind: 'lost', as: 'drop', times: 1 })
    const ended = await run(`${QUESTION} reason=again`)
    assert.equal(ended.state, 'completed', ended.error)
    const calls = rig.slack.workspace.calls.filter(({ method }) => method === 'functions.completeSuccess')
    assert.ok(calls.length >= 2)
  })

  for (const [what, question, why] of [
    ['no question', 'status', /A workflow asks a question/],
    ['a typing error', 'denied-clals last 3h', /Did you mean "denied-calls"/],
    ['something needed that is missing', 'key-activity', /needs accessKeyId/],
    [
      'a runbook that the role does not have',
      `console-logins last 3h account=${PAYMENTS}`,
      /You may not ask that here/,
    ],
  ] as const)
    test(`${what} fails the step, with the reason`, async () => {
      const ended = await run(question)
      assert.equal(ended.state, 'failed')
      assert.match(ended.error ?? '', why)
    })

  test('where the answer may not be given the workflow gets none of it', async () => {
    const ended = await run(QUESTION, 'C0VENDOR1')
    assert.equal(ended.state, 'failed')
    assert.match(ended.error ?? '', /could not be given in that channel/)
    assert.equal(ended.given, undefined)
  })
})
