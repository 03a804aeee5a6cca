import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { packageRoot } from '../../src/commands/root.ts'
import { addressLabels } from '../../src/domain/result/addressLabels.ts'
import { ATTACK_ADDRESS, SCANNER_ADDRESS, SECOND_ADDRESS } from '../../src/playground/aws/organisation/incident/cast.ts'
import { OFFICE, RUNNERS } from '../../src/playground/aws/organisation/noise/actors.ts'

const settings = parse(await readFile(join(packageRoot(), 'src/playground/ctq.yml'), 'utf8')) as {
  readonly addresses: Readonly<Record<string, string>>
}

test('the playground calls its own addresses by their names, and nobody else’s', () => {
  const labelOf = addressLabels(Object.entries(settings.addresses).map(([range, label]) => ({ range, label })))
  assert.deepEqual(new Set(RUNNERS.map(labelOf)), new Set(['CI egress']))
  assert.deepEqual(new Set(OFFICE.map(labelOf)), new Set(['office']))
  assert.deepEqual([SCANNER_ADDRESS, ATTACK_ADDRESS, SECOND_ADDRESS].map(labelOf), [undefined, undefined, undefined])
})
