import assert from 'node:assert/strict'
import { test } from 'node:test'
import { reasonLength } from '../../src/domain/policy/breakGlass.ts'
import { maskedAsk } from '../../src/domain/request/maskedAsk.ts'
import { parseCommand } from '../../src/domain/request/parse.ts'
import { maskedTyped } from '../../src/domain/result/secrets.ts'
import { aLibrary, KEY_ACTIVITY } from '../support/askRunbooks.ts'

const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
const KEY = 'AKIAIOSFODNN7EXAMPLE'
const NOW = new Date('2026-11-20T14:00:00Z')

const TYPED: readonly string[] = [
  `break-glass key-activity ${KEY} last 30d reason="INC-42: aws_secret_access_key=${SECRET} leaked"`,
  `key-activity ${KEY} reason=“a &lt;b&gt; &amp;amp; secret_access_key=${SECRET}”  last 30d`,
  `investigate INC-42 for 4h with <@U0BOB0001|bob> --Reason='he said \\'password=hunter2\\' in the channel'`,
  `key-activity ${KEY} reason="postgres://app:hunter2@db/x is out" account=<@prod>`,
  `key-activity ${SECRET} last 24h`,
  `${SECRET}`,
  `"${SECRET}"`,
  `key=${SECRET}`,
  `key-activity accessKeyId=${SECRET} reason="seen"`,
  `key-activity ${KEY} password=hunter2`,
  `deny 1f0c9a2e he posted ${SECRET} here`,
]

for (const typed of TYPED)
  test(`what is queued of this has no secret and means the same: ${typed.replaceAll(SECRET, '…')}`, () => {
    const masked = maskedAsk(typed, 'slack')
    assert.ok(!masked.includes(SECRET) && !masked.includes('hunter2'), masked)
    assert.match(masked, /\[masked: /)
    const read = (text: string): unknown => {
      const command = parseCommand(text, aLibrary(KEY_ACTIVITY), { now: NOW, timeZone: 'UTC', origin: 'slack' })
      const known = (value: string): string => maskedTyped(value).replaceAll(SECRET, '[masked: secret key]')
      return JSON.parse(JSON.stringify(command), (name, value) => (name === 'reason' ? known(value) : value))
    }
    assert.deepEqual(read(masked), read(typed))
    assert.equal(maskedAsk(masked, 'slack'), masked, 'twice is once')
  })

test('a secret where a value belongs is refused, in words that do not have it', () => {
  for (const typed of [
    `key-activity ${SECRET}`,
    SECRET,
    `user=alice "${SECRET}"`,
    `run ${SECRET} last 2h`,
    `last ${SECRET}`,
  ]) {
    const read = parseCommand(typed, aLibrary(KEY_ACTIVITY), { now: NOW, timeZone: 'UTC', origin: 'terminal' })
    assert.deepEqual(read, { ok: false, error: { code: 'typed_secret', what: 'secret key' } }, typed)
  }
  const named = `role=${SECRET.replaceAll('/', '0')}`
  assert.equal(maskedAsk(named, 'slack'), named, 'it is said what it is')
})

test('a secret behind a quote that nothing closes, or with a comma, is not queued', () => {
  for (const typed of [
    `key-activity "${SECRET} last 2h`,
    `"${SECRET}`,
    `key-activity ${SECRET}, last 2h`,
    `(${SECRET})`,
  ])
    assert.ok(!maskedAsk(typed, 'slack').includes(SECRET), maskedAsk(typed, 'slack'))
})

test('what holds no secret in a reason stays as it was typed, letter by letter', () => {
  for (const typed of [`key  ${KEY}   reason=“leaked &amp; used”`, 'key "unclosed', `key reason=${'x'.repeat(700)}`])
    assert.equal(maskedAsk(typed, 'slack'), typed)
})

test('what ctq wrote itself is not unescaped', () => {
  const typed = `key ${KEY} reason="a &lt; b, password=hunter2"`
  assert.equal(maskedAsk(typed, 'terminal'), `key ${KEY} reason="a &lt; b, password=[masked: secret]"`)
})

test('the mark of a secret makes a reason no longer', () => {
  assert.equal(reasonLength('[masked: secret]'), 0)
  assert.equal(reasonLength('INC-42: [masked: secret]'), 'INC-42:'.length)
})
