import assert from 'node:assert/strict'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openAudit } from '../../src/adapters/pino/log.ts'
import type { AuditStep } from '../../src/domain/audit/step.ts'
import { scratch } from '../support/here.ts'

const STEP: AuditStep = {
  step: 'cancelled',
  outcome: 'deny',
  at: '2026-11-20T14:08:00.000Z',
  run: '1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d',
  person: { team: 'T0EXAMPLE', user: 'U0ALICE' },
  checks: [{ check: 'may_cancel', passed: false, detail: 'a "quoted"\nreason' }],
}

test('each audit step is one JSON object on a line of its own, written before the call returns', async (t) => {
  const file = join(await scratch(t), 'audit', 'steps.jsonl')
  const { audit, close } = openAudit(file)
  await audit(STEP)
  assert.equal(readFileSync(file, 'utf8').endsWith('\n'), true)
  await audit({ ...STEP, outcome: 'allow' })
  close()
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  assert.deepEqual(
    lines.map((line) => JSON.parse(line) as unknown),
    [
      { audit: 1, ...STEP },
      { audit: 1, ...STEP, outcome: 'allow' },
    ],
  )
})

test('a file that is there already is appended to', async (t) => {
  const file = join(await scratch(t), 'steps.jsonl')
  for (let times = 0; times < 2; times += 1) {
    const { audit, close } = openAudit(file)
    await audit(STEP)
    close()
  }
  assert.equal(readFileSync(file, 'utf8').trimEnd().split('\n').length, 2)
  assert.equal(statSync(file).isFile(), true)
})
