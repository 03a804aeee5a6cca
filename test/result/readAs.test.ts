import assert from 'node:assert/strict'
import test from 'node:test'
import { plainText } from '../../src/domain/result/phrase.ts'
import { readAsPhrase } from '../../src/domain/result/readAs.ts'
import type { ParameterType } from '../../src/domain/runbook/runbook.ts'

const read = (type: ParameterType, text: string): string =>
  plainText(readAsPhrase([{ name: 'x', type, optional: false }], { parameters: { x: text } }))

const READ: readonly (readonly [ParameterType, string, string])[] = [
  [
    'principal',
    'customer-exports',
    'Read as the name of a user, role or session; as a bucket: bucket=customer-exports.',
  ],
  ['principal', 'AdminRole', 'Read as the name of a user, role or session; as a resource: resource=AdminRole.'],
  [
    'principal',
    'role/jobs/Nightly',
    'Read as the name of a role; as a user, role or session: user=Nightly; as a resource: resource=Nightly.',
  ],
  ['principal', 'arn:aws:iam::111122223333:user/alice', ''],
  ['principal', 'AROACKCEVSQ6C2EXAMPLE:deploy', ''],
  ['role', 'Admin', "Read as a role's name; as a user, role or session: user=Admin; as a resource: resource=Admin."],
  ['resource', 'ci-deploy', 'Read as the name or id of a resource; as a user, role or session: user=ci-deploy.'],
  ['resource', 'sg-0a1b2c3d', ''],
  [
    'eventId',
    '0f3c0f57-31d4-4cbb-8f0b-8f3f9a2a1101',
    "Read as an event's id; as a resource: resource=0f3c0f57-31d4-4cbb-8f0b-8f3f9a2a1101.",
  ],
  ['accessKeyId', 'AKIAIOSFODNN7EXAMPLE', ''],
]
for (const [type, text, words] of READ)
  test(`nothing about the ${type} "${text}" ${words === '' ? 'needs no word on how it was read' : `says: ${words}`}`, () =>
    assert.equal(read(type, text), words))
