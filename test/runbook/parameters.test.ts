import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { checkParameter } from '../../src/domain/runbook/parameters.ts'
import { PARAMETER_TYPES } from '../../src/domain/runbook/runbook.ts'

const normal = (type: (typeof PARAMETER_TYPES)[number], input: string) => {
  const checked = checkParameter(type, 'x', 'example', input)
  return checked.ok ? checked.value : undefined
}

for (const [type, input, expected] of [
  ['accessKeyId', ' akiaiosfodnn7example ', 'AKIAIOSFODNN7EXAMPLE'],
  ['accessKeyId', 'ASIAIOSFODNN7EXAMPLE', 'ASIAIOSFODNN7EXAMPLE'],
  ['accessKeyId', 'AIDACKCEVSQ6C2EXAMPLE', undefined],
  ['accessKeyId', 'AKIA1234', undefined],
  ['accessKeyId', 'AKIARTX3GSDSXPLMMUB', undefined],
  ['accessKeyId', 'AKIAIOSFODNN7EXAMPLEX', undefined],
  ['accessKeyId', `AKIA${'A'.repeat(28)}`, `AKIA${'A'.repeat(28)}`],
  ['accessKeyId', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', undefined],
  ['eventId', '0F3C0F57-31d4-4cbb-8f0b-8f3f9a2a1101', '0f3c0f57-31d4-4cbb-8f0b-8f3f9a2a1101'],
  ['eventId', '0f3c0f57-31d4-4cbb-8f0b-8f3f9a2a110', undefined],
  ['principal', '@alice', undefined],
  ['userName', '@alice', undefined],
  ['principal', 'user/@alice', 'user/@alice'],
  ['principal', 'alice@example.com', 'alice@example.com'],
  ['principal', 'arn:aws:sts::111122223333:assumed-role/Admin/x', 'arn:aws:sts::111122223333:assumed-role/Admin/x'],
  ['principal', 'arn:aws:s3:::bucket', undefined],
  ['principal', 'two words', undefined],
  ['userName', 'Alice+test', 'Alice+test'],
  ['userName', 'a/b', undefined],
  ['resource', 'arn:aws:s3:::bucket', 'arn:aws:s3:::bucket'],
  ['resource', '/aws/lambda/cart', '/aws/lambda/cart'],
  ['eventName', 'CreateFunction20150331', 'CreateFunction20150331'],
  ['eventName', 'Create User', undefined],
  ['eventSource', 'IAM', 'iam.amazonaws.com'],
  ['eventSource', 's3.amazonaws.com', 's3.amazonaws.com'],
  ['eventSource', 's3 .', undefined],
  ['address', '203.0.113.7', '203.0.113.7'],
  ['address', '2001:DB8::0:1', '2001:db8::1'],
  ['address', '203.0.113.0/24', '203.0.113.0/24'],
  ['address', '203.0.113.0/33', undefined],
  ['address', '10.1', undefined],
  ['instance', 'I-0a1b2c3d4e5f60718', 'i-0a1b2c3d4e5f60718'],
  ['instance', 'i-xyz', undefined],
  ['securityGroup', 'sg-0a1b2c3d', 'sg-0a1b2c3d'],
  ['securityGroup', 'sg-1', undefined],
  ['account', '0123-4567-8901', '012345678901'],
  ['account', '12345678901', undefined],
  ['text', ' anything at all ', 'anything at all'],
  ['text', '', undefined],
  ['text', 'two\nlines', undefined],
  ['text', 'a'.repeat(2000), 'a'.repeat(2000)],
  ['text', 'a'.repeat(2001), undefined],
  ['resource', '_'.repeat(1001), undefined],
] as const)
  test(`${type} ${JSON.stringify(input.slice(0, 40))} ${expected === undefined ? 'is refused' : `becomes ${expected.slice(0, 40)}`}`, () =>
    assert.equal(normal(type, input), expected))

test('a refusal says what was expected, with an example, and repeats no more than a little of what was typed', () => {
  const checked = checkParameter('accessKeyId', 'accessKeyId', 'AKIAIOSFODNN7EXAMPLE', 'x'.repeat(3000))
  assert.ok(!checked.ok && checked.error.code === 'bad_parameter')
  assert.equal(checked.error.parameter, 'accessKeyId')
  assert.equal(checked.error.example, 'AKIAIOSFODNN7EXAMPLE')
  assert.equal(checked.error.input.length, 200)
  assert.match(checked.error.expected, /at most 2000 characters/)
})

test('no input makes a check throw, and a normal form is its own normal form', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...PARAMETER_TYPES),
      fc.oneof(fc.string(), fc.ipV4(), fc.ipV6(), fc.ipV4Extended()),
      (type, input) => {
        const once = normal(type, input)
        if (once !== undefined) assert.equal(normal(type, once), once)
      },
    ),
    { numRuns: 2000 },
  )
})
