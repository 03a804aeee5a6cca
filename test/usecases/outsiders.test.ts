import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { err } from '../../src/domain/outcome.ts'
import { type AnswerDeps, type ApprovalAnswer, answerApproval } from '../../src/usecases/answerApproval.ts'
import { requestApproval } from '../../src/usecases/approvals.ts'
import { type TakeBackDeps, takeBack } from '../../src/usecases/takeBack.ts'
import { ALICE, BOB, DAVE } from '../policy/rows.ts'
import { aPerson } from '../support/askFacts.ts'
import { aRig, RUN, status } from './approvalRig.ts'

const unproven: string[] = []
const TYPED = RUN.slice(0, 8)
const HERE = 'C0INCIDENT'
const ELSEWHERE = 'C0OTHER'

type Asked = Awaited<ReturnType<typeof aRig>> & { readonly all: AnswerDeps & TakeBackDeps }

/** A request that waits, asked in a channel by Alice; Bob may approve it, Dave has nothing to do with it. */
async function anAsked(t: TestContext): Promise<Asked> {
  const rig = await aRig(t)
  await requestApproval(rig.asking(), rig.deps)
  rig.people.set('UDAVE', aPerson({ person: DAVE }))
  const all: Asked['all'] = {
    ...rig.deps,
    objects: rig.objects,
    advance: async () => undefined,
    onUnproven: (run, why) => void unproven.push(`${run} ${why}`),
    onLate: (_run, error) => assert.fail(String(error)),
    verifyExpired: async () => err({ code: 'invalid', why: 'signature' }),
    cancel: async () => undefined,
  }
  return Object.assign(rig, { all })
}

const ANSWERS: readonly Pick<ApprovalAnswer, 'verdict'>[] = [
  { verdict: 'approve' },
  { verdict: 'deny', reason: 'not now' } as Pick<ApprovalAnswer, 'verdict'>,
  { verdict: 'withdraw' },
]

test('whoever has nothing to do with a request is told the same of its id as of one that does not exist', async (t) => {
  const { all } = await anAsked(t)
  for (const answer of ANSWERS) {
    const given = { ...answer, run: TYPED, person: DAVE, channel: ELSEWHERE } as ApprovalAnswer
    const failure = { code: 'unknown_request', input: TYPED }
    assert.deepEqual(await answerApproval(given, all), err({ kind: 'failure', failure }), answer.verdict)
  }
})

test('where it was asked, or to whom may answer it, what is wrong is said', async (t) => {
  const { all } = await anAsked(t)
  const codeOf = async (answer: Omit<ApprovalAnswer, 'run'>): Promise<string> => {
    const given = await answerApproval({ ...answer, run: TYPED } as ApprovalAnswer, all)
    assert.ok(!given.ok && given.error.kind === 'vote')
    return given.error.refusal.code
  }
  assert.equal(await codeOf({ verdict: 'approve', person: DAVE, channel: HERE }), 'not_an_approver')
  assert.equal(await codeOf({ verdict: 'withdraw', person: DAVE, channel: HERE }), 'not_the_asker')
  assert.equal(await codeOf({ verdict: 'withdraw', person: BOB, channel: ELSEWHERE }), 'not_the_asker')
  assert.equal(await codeOf({ verdict: 'approve', person: ALICE, channel: ELSEWHERE }), 'own_request')
})

test('the approval of a run is taken back by nobody else, and only those who can know of it hear that it is there', async (t) => {
  const rig = await anAsked(t)
  assert.equal((await rig.click(BOB))?.ok, true)
  assert.equal(await takeBack(TYPED, { person: DAVE, channel: ELSEWHERE }, rig.all), undefined)
  assert.deepEqual(
    await takeBack(TYPED, { person: DAVE, channel: HERE }, rig.all),
    err({ code: 'not_yours_to_cancel', run: RUN }),
  )
  assert.ok((await takeBack(TYPED, { person: BOB, channel: ELSEWHERE }, rig.all))?.ok)
})

test('an answer from a bot whose clock is a little behind counts; where it is far behind, who pressed and the log are told', async (t) => {
  const rig = await anAsked(t)
  rig.at -= 60
  const hash = 'f'.repeat(64)
  assert.deepEqual(
    await answerApproval({ run: RUN, hash, verdict: 'approve', person: BOB }, rig.all),
    err({ kind: 'failure', failure: { code: 'request_unproven', run: RUN } }),
  )
  assert.deepEqual(unproven, [`${RUN} issuer, audience, type or time`])
  rig.at += 57
  assert.equal((await rig.click(BOB))?.ok, true)
  assert.equal(await status(rig), 'approved')
})
