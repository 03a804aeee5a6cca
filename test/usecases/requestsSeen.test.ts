import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { fileObjects } from '../../src/adapters/resultStore/file.ts'
import { ok } from '../../src/domain/outcome.ts'
import type { QuestionRequest } from '../../src/domain/policy/approval.ts'
import type { Person } from '../../src/domain/policy/person.ts'
import { approvalKey, approvalOnKey } from '../../src/domain/result/objects.ts'
import { requestsSeen } from '../../src/usecases/requestsSeen.ts'
import { aSet } from '../policy/rows.ts'
import { ASKED, ASKER, aRequest, FIRST, SECOND } from '../support/approvals.ts'
import { aPerson, aPolicy } from '../support/askFacts.ts'
import { scratch } from '../support/here.ts'

const RUNS = [1, 2, 3, 4].map((digit) => `${String(digit).repeat(8)}-0000-4000-8000-000000000000`)
const POLICY = aPolicy({ approvers: [aSet('on-call', { persons: [FIRST] }), aSet('security', { persons: [ASKER] })] })

/** Requests in a store: Alice's open one, Bob's open one, Alice's withdrawn one, Alice's whose time is over. Bob and Alice may approve. */
async function aStore(t: TestContext) {
  const objects = fileObjects(await scratch(t))
  const put = async (run: string | undefined, changes: Partial<QuestionRequest>, ...more: readonly object[]) => {
    const request = aRequest({ run: run ?? '', seats: [{ by: ['on-call', 'security'], count: 2 }], ...changes })
    const entries = [{ kind: 'requested', token: JSON.stringify(request) }, ...more]
    await objects.create(approvalOnKey(new Date(request.askedAt * 1000), request.run), '')
    for (const [index, entry] of entries.entries())
      await objects.create(approvalKey(request.run, index + 1), JSON.stringify(entry))
  }
  await put(RUNS[0], {})
  await put(RUNS[1], { person: FIRST, askedAt: ASKED - 60 })
  await put(RUNS[2], {}, { kind: 'withdrawn', person: ASKER, at: ASKED + 1 })
  await put(RUNS[3], { askedAt: ASKED - 3_600, expiresAt: ASKED - 1_800 })
  const deps = {
    objects,
    policy: POLICY,
    now: () => new Date((ASKED + 300) * 1000),
    verifyRequest: async (token: string) => ok(JSON.parse(token)),
    verifyClick: async (token: string) => ok(JSON.parse(token)),
    mayCancel: () => false,
    leftOut: (id: string) => assert.fail(id),
  }
  return async (person: Person, typed?: string, changes: Partial<typeof deps> = {}): Promise<readonly string[]> =>
    (await requestsSeen(aPerson({ person }), typed, { ...deps, ...changes })).map(
      ({ approval, own, answerable }) =>
        `${approval.request.run.slice(0, 1)} ${approval.status}${own ? ' own' : ''}${answerable ? ' answerable' : ''}`,
    )
}

test('what waits is seen by whoever asked it and by whoever may answer it, oldest first; what is over is not', async (t) => {
  const seen = await aStore(t)
  assert.deepEqual(await seen(ASKER), ['2 requested answerable', '1 requested own'])
  assert.deepEqual(await seen(FIRST), ['2 requested own', '1 requested answerable'])
  assert.deepEqual(await seen(SECOND), [])
})

test('an id that is typed tells its asker, its approvers and whoever may cancel it what became of it, and nobody else that it is there', async (t) => {
  const seen = await aStore(t)
  assert.deepEqual(await seen(ASKER, '33333333'), ['3 withdrawn own'])
  assert.deepEqual(await seen(FIRST, '33333333'), ['3 withdrawn'])
  assert.deepEqual(await seen(ASKER, '44444444'), ['4 expired own'])
  assert.deepEqual(await seen(SECOND, '11111111'), [])
  assert.deepEqual(await seen(SECOND, '99999999'), [])
  assert.deepEqual(await seen(SECOND, '11111111', { mayCancel: () => true }), ['1 requested'])
})

test('whoever was taken out of the approvers sees no more than what they asked', async (t) => {
  const seen = await aStore(t)
  const policy = aPolicy({ approvers: [aSet('on-call', { persons: [ASKER] }), aSet('security')] })
  assert.deepEqual(await seen(FIRST, undefined, { policy }), ['2 requested own'])
  assert.deepEqual(await seen(FIRST, '11111111', { policy }), [])
})
