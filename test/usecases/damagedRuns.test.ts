import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileObjects } from '../../src/adapters/resultStore/file.ts'
import { err, ok } from '../../src/domain/outcome.ts'
import { answerKey, askedKey, investigationRunKey, terminalKey } from '../../src/domain/result/objects.ts'
import { digestOf } from '../../src/usecases/closeInvestigation.ts'
import { type InvestigationDeps, stopOutside } from '../../src/usecases/investigations.ts'
import { anInvestigation } from '../policy/opened.ts'
import { ALICE } from '../policy/rows.ts'
import { scratch } from '../support/here.ts'

const id = (first: string): string => `${first.repeat(8)}-5d4b-4a53-9d5e-0c7a2b1d3e4f`
const DAMAGED = id('a')
const FORGED = id('b')
const CUT = id('c')
const GOES_ON = id('d')
const HELD = id('e')

test('a run that cannot be read keeps no other of its investigation from being stopped or told, and is named', async (t) => {
  const objects = fileObjects(await scratch(t), { outlastsPowerLoss: false })
  const investigation = { ...anInvestigation(), ended: { by: ALICE, at: 1 } }
  const cancelled: string[] = []
  const leftOut: string[] = []
  for (const run of [DAMAGED, FORGED, CUT, GOES_ON, HELD])
    await objects.create(investigationRunKey(investigation.id, run), '')
  await objects.create(askedKey(DAMAGED), '')
  for (const run of [FORGED, CUT, GOES_ON])
    await objects.create(askedKey(run), JSON.stringify({ token: run, echo: 'key' }))
  await objects.create(terminalKey(CUT), '{"outcome":"done"}')
  await objects.create(answerKey(CUT), '{"cover')
  const deps = {
    objects,
    now: () => new Date(),
    audit: async () => undefined,
    withholds: () => false,
    cancel: async (run: string) => void cancelled.push(run),
    leftOut: (run: string) => void leftOut.push(run),
    verifyExpired: async (run: string) =>
      run === FORGED
        ? err({ code: 'invalid', why: 'signature' })
        : ok({ run, person: ALICE, askedAt: 1, to: { kind: 'sink' } }),
  } as unknown as InvestigationDeps
  assert.deepEqual(await stopOutside(investigation, ALICE, deps), [GOES_ON])
  assert.deepEqual(cancelled, [GOES_ON])
  const { asked, unread } = await digestOf(investigation, deps)
  assert.deepEqual(
    asked.map(({ run, outcome }) => [run, outcome]),
    [[GOES_ON, 'running']],
  )
  assert.deepEqual(unread.toSorted(), [DAMAGED, FORGED, CUT], 'one that has not begun is not missing')
  assert.deepEqual(leftOut.toSorted(), [DAMAGED, DAMAGED, CUT])
})
