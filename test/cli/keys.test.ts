import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { scratch } from '../support/here.ts'
import { ctq } from './rig.ts'

test('keys of a file that is not there: what makes it', async (t) => {
  const file = join(await scratch(t), 'none.json')
  for (const what of ['list', 'rotate']) {
    const { code, out, err } = await ctq(['keys', what, '--file', file])
    assert.deepEqual(
      [code, out, err],
      [2, '', `There is no file ${file}: "ctq keys new" makes it, --file names another.\n`],
    )
  }
})
