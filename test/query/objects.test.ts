import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import * as keys from '../../src/domain/result/objects.ts'

const RUN = '1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d'

test('the layout of the result store is one that two versions of ctq can share', () => {
  assert.deepEqual(
    [
      keys.askedKey(RUN),
      keys.planKey(RUN),
      keys.partKey(RUN, '111122223333', 'eu-west-1'),
      keys.partEndKey(RUN, '111122223333', 'eu-west-1'),
      keys.chainKey(RUN, '111122223333', 'eu-west-1', 7),
      keys.pageKey(RUN, '111122223333', 'eu-west-1', 7, 123),
      keys.answerKey(RUN),
      keys.csvKey(RUN),
      keys.terminalKey(RUN),
      keys.deliveryKey(RUN, 'csv.intent'),
      keys.runbookKey('d'.repeat(64)),
    ],
    [
      `runs/${RUN}/asked.json`,
      `runs/${RUN}/plan.json`,
      `runs/${RUN}/parts/111122223333.eu-west-1`,
      `runs/${RUN}/parts/111122223333.eu-west-1/end.json`,
      `runs/${RUN}/parts/111122223333.eu-west-1/0007`,
      `runs/${RUN}/parts/111122223333.eu-west-1/0007/000123.page`,
      `runs/${RUN}/answer.json`,
      `runs/${RUN}/answer.csv`,
      `runs/${RUN}/terminal.json`,
      `runs/${RUN}/delivery/csv.intent.json`,
      `runbooks/${'d'.repeat(64)}.yaml`,
    ],
  )
})

test('names of pages sort as they were read', () => {
  const names = [0, 1, 9, 10, 99, 100, 1000, 99_999].map((seq) => keys.pageKey(RUN, '1', 'r', 0, seq))
  assert.deepEqual(names.toSorted(), names)
})

for (const bad of ['', '.', '..', '../x', 'a/b', 'a\\b', 'a\u0000', '.hidden', 'a..b', 'é', 'a b', 'x'.repeat(129)])
  test(`${JSON.stringify(bad.slice(0, 20))} is not usable in a key`, () => {
    assert.throws(() => keys.runKey(bad), TypeError)
    assert.throws(() => keys.partKey(RUN, bad, 'r'), TypeError)
    assert.throws(() => keys.partKey(RUN, '1', bad), TypeError)
    assert.throws(() => keys.deliveryKey(RUN, bad), TypeError)
    assert.throws(() => keys.runbookKey(bad), TypeError)
  })

test('whatever is put in, a key leaves no folder', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('.', '/', '\\', 'a', '-', '\u0000', '%') }), (text) => {
      try {
        assert.equal(keys.askedKey(text).split('/').length, 3)
      } catch (error) {
        assert.ok(error instanceof TypeError)
      }
    }),
  )
})
