import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { checkBlocks } from '../../src/playground/slack/blocks/blocks.ts'
import { GOLDEN } from '../support/golden.ts'

const folder = join(GOLDEN, 'slack')
for (const name of readdirSync(folder)) {
  test(`the simulated Slack takes ${name}`, () => {
    const { blocks } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { blocks: unknown }
    assert.deepEqual(checkBlocks(blocks, 'message', { table: true, dataTable: true }), [])
  })
}
