import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openAudit } from '../../src/adapters/pino/log.ts'
import type { AuditStep } from '../../src/domain/audit/step.ts'

test('each audit step is one line of JSON, written when the call returns, with nothing but the step and its mark', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'ctq-audit-'))
  t.after(() => rm(folder, { recursive: true }))
  const file = join(folder, 'deep', 'audit.jsonl')
  const steps: readonly AuditStep[] = [
    {
      step: 'decided',
      outcome: 'deny',
      at: '2026-11-20T14:08:00Z',
      run: 'r1',
      checks: [{ check: 'bot', passed: false }],
    },
    {
      step: 'minted',
      outcome: 'allow',
      at: '2026-11-20T14:08:01Z',
      checks: [],
      detail: { note: 'two\nlines "quoted"' },
    },
  ]
  const { audit, close } = openAudit(file)
  for (const [index, step] of steps.entries()) {
    await audit(step)
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
    assert.equal(lines.length, index + 1)
    assert.deepEqual(JSON.parse(lines[index] ?? ''), { audit: 1, ...step })
  }
  close()
})
