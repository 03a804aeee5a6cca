import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { runbooksDocument } from '../../src/domain/runbook/document.ts'
import { readLibrary } from '../../src/library.ts'

test('docs/runbooks.md is what the runbooks say; `ctq runbooks docs` writes it', async () => {
  assert.equal(readFileSync('docs/runbooks.md', 'utf8'), runbooksDocument((await readLibrary('runbooks')).all))
})
