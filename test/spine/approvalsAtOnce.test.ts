import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileObjects } from '../../src/adapters/resultStore/file.ts'
import { approvalKey } from '../../src/domain/result/objects.ts'
import { until } from '../support/rig.ts'
import { anApprovalRig, BOB, buttonsOf, CAROL } from '../support/rigApprovals.ts'

const TIMES = 500

test('two approvers press in the same moment, 500 times, with two bots: each request is approved once, by one of them', async (t) => {
  const rig = await anApprovalRig()
  t.after(() => rig.close())
  await Promise.all([rig.bot(), rig.bot()])
  const first = await rig.wanted()
  const cards = await Promise.all([BOB, CAROL].map((user) => rig.about(first, rig.direct(user), /approve_request/)))
  const buttons = cards.map((card) => buttonsOf(card)[0])
  const carried = JSON.parse(buttons[0]?.value ?? '{}') as { readonly hash: string }
  assert.match(carried.hash, /^[0-9a-f]{64}$/)
  const runs: string[] = []
  for (let turn = 0; turn < TIMES; turn += 1) {
    const { run, hash } = await rig.asked(1, { seats: [{ by: ['leads'], count: 1 }], places: ['direct'] })
    for (const button of buttons) Object.assign(button ?? {}, { value: JSON.stringify({ run, hash }) })
    await Promise.all(cards.map((card, index) => rig.press([BOB, CAROL][index] ?? '', card, 'approve_request')))
    runs.push(run)
  }
  const votes = await until(
    async () => {
      const voted = (await rig.audit()).filter(({ step }) => step === 'approval_voted')
      return voted.length >= 2 * TIMES ? voted : undefined
    },
    'every press is decided',
    30_000,
  )
  const objects = fileObjects(rig.results)
  for (const run of runs) {
    const outcomes = votes.filter((step) => step.run === run).map(({ outcome }) => outcome)
    assert.deepEqual(outcomes.toSorted(), ['allow', 'deny'], run)
    assert.notEqual(await objects.size(approvalKey(run, 2)), undefined)
    assert.equal(await objects.size(approvalKey(run, 3)), undefined, `${run} changed twice`)
  }
})
