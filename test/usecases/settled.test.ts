import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { fileObjects } from '../../src/adapters/resultStore/file.ts'
import { ok } from '../../src/domain/outcome.ts'
import { approvalKey } from '../../src/domain/result/objects.ts'
import { type AdvanceDeps, advanceApproval } from '../../src/usecases/advanceApproval.ts'
import { approvalPolicy, aSet } from '../policy/rows.ts'
import { ASKED, aRequest, FIRST } from '../support/approvals.ts'
import { scratch } from '../support/here.ts'

const request = aRequest({ places: ['C0SECRESP'] })
const { run } = request

/** A request for approval that is looked after. `dies`: the bot is killed when Slack has just taken what it posts. */
async function aRequestShown(t: TestContext) {
  const objects = fileObjects(await scratch(t), { outlastsPowerLoss: false })
  await objects.create(approvalKey(run, 1), '{"kind":"requested","token":"r"}')
  const state = { at: ASKED + 1, dies: '' }
  const posted: string[] = []
  const shown: string[] = []
  const slack = {
    post: async ({ channel }: { channel: string }, { step }: { step: string }, build: (level: 'plain') => string) => {
      posted.push(`${channel} ${step} ${build('plain')}`)
      if (state.dies === step) throw new Error('killed')
      return { channel, ts: String(posted.length) }
    },
    update: async ({ channel, ts }: { channel: string; ts: string }, build: (level: 'plain') => string) =>
      void shown.push(`${channel} ${ts} ${build('plain')}`),
    findMessage: async ({ channel }: { channel: string }, { step }: { step: string }) => {
      const at = posted.findIndex((one) => one.startsWith(`${channel} ${step} `))
      return at < 0 ? undefined : { channel, ts: String(at + 1) }
    },
    openDirect: async (user: string) => `D${user}`,
  }
  const deps = {
    objects,
    slack,
    policy: approvalPolicy({ approvers: [aSet('on-call', { persons: [FIRST] })] }),
    now: () => new Date(state.at * 1000),
    audit: async () => undefined,
    turn: async () => 0,
    everybody: async () => ({ team: 'T0CTQ0001', members: new Map(), memory: new Map(), states: new Map(), at: 0 }),
    mayShowIn: async () => true,
    verifyRequest: async () => ok(request as never),
    verifyClick: async () => {
      const { hash } = request
      const vote = { verdict: 'deny', run, hash, person: FIRST, sets: ['on-call'], at: ASKED + 3, reason: 'not now' }
      return ok(vote as never)
    },
    startClock: async () => undefined,
    release: async () => undefined,
    approvalMessages: {
      card: ({ approval }: { approval: { status: string } }) => `card ${approval.status}`,
      waiting: ({ approval }: { approval: { status: string } }) => `waiting ${approval.status}`,
      ended: () => 'ended',
      file: () => undefined,
    },
  } as unknown as AdvanceDeps<string>
  const deny = () => objects.create(approvalKey(run, 2), '{"kind":"voted","token":"v"}')
  return { deps, state, posted, shown, deny }
}

for (const [step, where, words] of [
  ['card-C0SECRESP', 'C0SECRESP 2', 'card denied'],
  ['waiting', 'C0INCPAY1 1', 'waiting denied'],
] as const)
  test(`a bot is killed when ${step} has just been posted, and it is answered before another looks: it is found and edited all the same`, async (t) => {
    const { deps, state, shown, deny, posted } = await aRequestShown(t)
    state.dies = step
    await assert.rejects(advanceApproval(run, deps), /killed/)
    state.dies = ''
    await deny()
    state.at = ASKED + 4
    assert.equal((await advanceApproval(run, deps)).kind, 'wait', 'the call of the bot that was killed may still go on')
    state.at = ASKED + 20
    assert.equal((await advanceApproval(run, deps)).kind, 'done')
    assert.ok(shown.includes(`${where} ${words}`), shown.join('; '))
    assert.equal(posted.filter((one) => one.includes(` ${step} `)).length, 1, 'once')
    assert.equal((await advanceApproval(run, deps)).kind, 'done')
  })
