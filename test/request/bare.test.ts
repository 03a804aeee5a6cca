import assert from 'node:assert/strict'
import { test } from 'node:test'
import { explain } from '../../src/domain/failure.ts'
import { echo } from '../../src/domain/request/echo.ts'
import { parseCommand } from '../../src/domain/request/parse.ts'
import { readLibrary } from '../../src/library.ts'
import { INVENTORY, NOW } from '../support/askFacts.ts'

const LIBRARY = await readLibrary('runbooks')
const CONTEXT = { now: NOW, timeZone: 'Europe/Berlin', inventory: INVENTORY }
const KEY = 'AKIAIOSFODNN7EXAMPLE'

const ASKED: readonly (readonly [string, string])[] = [
  [KEY, `key-activity accessKeyId=${KEY}`],
  [`${KEY} last 7d`, `key-activity accessKeyId=${KEY} last 7d`],
  [`run ${KEY}`, `key-activity accessKeyId=${KEY}`],
  [`\`${KEY}\``, `key-activity accessKeyId=${KEY}`],
  [`${KEY} denied last 2h`, `denied-calls accessKeyId=${KEY} last 2h`],
  ['alice', 'principal-writes principal=alice'],
  ['alice logins', 'console-logins principal=alice'],
  ['alice around 14:05', 'principal-writes principal=alice since 2026-11-20 12:05Z until 2026-11-20 14:05Z'],
  [
    'alice last 2h account=prod-web region=eu-west-1 reason="seen"',
    'principal-writes principal=alice last 2h account=prod-web region=eu-west-1 reason=seen',
  ],
  ['<mailto:alice@example.com|alice@example.com>', 'principal-writes principal=alice@example.com'],
  ['user=<http://logs.example.com|logs.example.com>', 'principal-writes principal=logs.example.com'],
  [
    'https://console.aws.amazon.com/s3/buckets/customer-exports?region=eu-west-1',
    'resource-history resourceName=customer-exports',
  ],
  ['https://console.aws.amazon.com/iam/home#/users/details/alice', 'principal-writes principal=user/alice'],
  ['eks-node-role', 'principal-writes principal=eks-node-role'],
  ['customer-exports history', 'resource-history resourceName=customer-exports'],
  ['bucket=customer-exports last 2h', 'resource-history resourceName=customer-exports last 2h'],
  [`owner ${KEY}`, `key-owner accessKeyId=${KEY}`],
  [`${KEY} owner`, `key-owner accessKeyId=${KEY}`],
  ['bucket=logs.example.com', 'resource-history resourceName=logs.example.com'],
  ['user=ken', 'principal-writes principal=ken'],
  ['"ken"', 'principal-writes principal=ken'],
  ['"a name with spaces"', 'resource-history resourceName="a name with spaces"'],
  ['ken logins', 'console-logins principal=ken'],
  ['prod-payments', 'account-changes account=prod-payments'],
  [
    'prod-payments eventSource=rds last 30m',
    'account-changes eventSource=rds.amazonaws.com last 30m account=prod-payments',
  ],
  ['prod-payments account=prod-web', 'account-changes account=prod-payments,prod-web'],
  ['222233334444', 'account-changes account=222233334444'],
  ['account=prod-web', 'account-changes account=prod-web'],
  ['Workloads/Prod', 'account-changes account=ou:Workloads/Prod'],
  ['ip=203.0.113.9 last 2h', 'ip-activity sourceIPAddress=203.0.113.9 last 2h'],
  ['event=0f3c0f57-31d4-4cbb-8f0b-8f3f9a2a1101', 'event eventId=0f3c0f57-31d4-4cbb-8f0b-8f3f9a2a1101'],
  ['event=DeleteTrail', 'calls eventName=DeleteTrail'],
  [
    'arn:aws:ec2:eu-west-1:111122223333:security-group/sg-0a1b2c3d network',
    'network-opened groupId=sg-0a1b2c3d account=111122223333 region=eu-west-1',
  ],
  [
    'arn:aws:ec2:eu-west-1:111122223333:security-group/sg-0a1b2c3d network region=all account=all',
    'network-opened groupId=sg-0a1b2c3d account=all region=all',
  ],
]
for (const [text, echoed] of ASKED)
  test(`"${text}" asks: ${echoed}`, () => {
    const parsed = parseCommand(text, LIBRARY, CONTEXT)
    assert.ok(parsed.ok && parsed.value.kind === 'run', JSON.stringify(parsed))
    assert.equal(echo(parsed.value.request), echoed)
    // Whoever does not know the accounts reads the echo the same.
    const again = parseCommand(echoed, LIBRARY, { now: NOW, timeZone: 'Asia/Tokyo', origin: 'terminal' })
    assert.deepEqual(again.ok && again.value.kind === 'run' && again.value.request, parsed.value.request)
  })

/** What nobody else can say what it is, and what it may be, each as the question that it would be. */
const OPEN: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
  [
    'customer-exports last 2h account=prod-web',
    [
      ['a user, role or session', 'principal-writes principal=customer-exports last 2h account=prod-web'],
      ['a bucket', 'resource-history resourceName=customer-exports last 2h account=prod-web'],
    ],
  ],
  [
    'logs.example.com',
    [
      ['a user, role or session', 'principal-writes principal=logs.example.com'],
      ['a bucket', 'resource-history resourceName=logs.example.com'],
    ],
  ],
  [
    'app/db',
    [
      ['a session', 'principal-writes principal=app/db'],
      ['a resource', 'resource-history resourceName=app/db'],
    ],
  ],
  [
    'service-role/jobs/Nightly',
    [
      ['a role', 'principal-writes principal=role/service-role/jobs/Nightly'],
      ['a user', 'principal-writes principal=user/service-role/jobs/Nightly'],
      ['a resource', 'resource-history resourceName=service-role/jobs/Nightly'],
    ],
  ],
]
for (const [text, readings] of OPEN)
  test(`"${text}" is asked back: ${readings.map(([what]) => what).join(', or ')}; each answer is a question`, () => {
    const parsed = parseCommand(text, LIBRARY, CONTEXT)
    assert.ok(!parsed.ok && parsed.error.code === 'ambiguous_value', JSON.stringify(parsed))
    assert.deepEqual(
      parsed.error.readings.map(({ what, asks }) => [what, asks]),
      readings,
    )
    for (const { asks } of parsed.error.readings) {
      const again = parseCommand(asks, LIBRARY, { ...CONTEXT, origin: 'terminal' })
      assert.equal(again.ok && again.value.kind === 'run' && echo(again.value.request), asks)
    }
  })

const REFUSED: readonly (readonly [string, object])[] = [
  [`key-activty ${KEY}`, { code: 'unknown_runbook', input: 'key-activty', nearest: 'key-activity' }],
  [`key-activty accessKeyId=${KEY}`, { code: 'unknown_runbook', input: 'key-activty', nearest: 'key-activity' }],
  ['princpl-wrtes alice', { code: 'unknown_runbook', input: 'princpl-wrtes', nearest: 'principal-writes' }],
  ['key-activty', { code: 'unknown_runbook', input: 'key-activty', nearest: 'key-activity', asks: 'user=key-activty' }],
  ['ken last 2h', { code: 'unknown_runbook', input: 'ken', nearest: 'key', asks: 'user=ken' }],
  ['hlep', { code: 'unknown_runbook', input: 'hlep', nearest: 'help', asks: 'user=hlep' }],
  [
    'prod-paymnts',
    { code: 'unknown_runbook', input: 'prod-paymnts', nearest: 'prod-payments', asks: 'user=prod-paymnts' },
  ],
  [`wat ${KEY} did`, { code: 'unknown_runbook', input: 'wat', nearest: `key-activity ${KEY}` }],
  ['what did alice do', { code: 'unknown_runbook', input: 'what' }],
  ['was anything opened?', { code: 'unknown_runbook', input: 'was', nearest: 'find was anything opened?' }],
  ['last 24h', { code: 'unknown_runbook', input: 'last', nearest: 'list' }],
  ['since 14:05', { code: 'unknown_runbook', input: 'since' }],
  ['--alice', { code: 'unknown_runbook', input: '--alice' }],
  ['14:05', { code: 'unknown_runbook', input: '14:05' }],
  ['constructor=x', { code: 'unknown_runbook', input: 'constructor=x' }],
  ['alice user=bob', { code: 'duplicate_parameter', parameter: 'principal' }],
  ['alice last 24', { code: 'bad_time', input: '24', example: 'last 24h' }],
  [`${KEY} 203.0.113.9`, { code: 'unexpected_word', input: '203.0.113.9' }],
]
for (const [text, failure] of REFUSED)
  test(`"${text}" is refused: ${JSON.stringify(failure)}`, () => {
    const parsed = parseCommand(text, LIBRARY, CONTEXT)
    assert.deepEqual(parsed, { ok: false, error: failure })
  })

const ALMOST: readonly (readonly [string, string])[] = [
  ['AKIA…3F6J', 'accessKeyId'],
  ['AKIA1234', 'accessKeyId'],
  ['AKIARTX3GSDSXPLMMUB', 'accessKeyId'],
  ['ASIAIOSFODNN7EXAMPLEX', 'accessKeyId'],
  ['sg-0a1b2c3d4e5f6071', 'securityGroup'],
  ['i-0a1b2c3d4e', 'instance'],
  ['300.1.2.3', 'address'],
  ['203.0.113.0/33', 'address'],
  ['11112222333', 'account'],
  ['0f3c0f57-31d4-4cbb-8f0b-8f3f9a2a110', 'eventId'],
  ['arn:aws:iam::1111:user/alice', 'arn'],
]
for (const [text, parameter] of ALMOST)
  test(`"${text}" is refused as a mistyped ${parameter}, not taken for a name; its example can be typed`, () => {
    const parsed = parseCommand(text, LIBRARY, CONTEXT)
    assert.ok(!parsed.ok && parsed.error.code === 'bad_parameter', JSON.stringify(parsed))
    assert.equal(parsed.error.parameter, parameter)
    const example = parseCommand(`${parameter}=${parsed.error.example}`, LIBRARY, CONTEXT)
    assert.ok(example.ok && example.value.kind === 'run')
  })

test('a key that lost characters in copying is told how many it has, bare or named', () => {
  for (const text of ['AKIARTX3GSDSXPLMMUB', 'key-owner AKIARTX3GSDSXPLMMUB', 'key=AKIARTX3GSDSXPLMMUB']) {
    const parsed = parseCommand(text, LIBRARY, CONTEXT)
    assert.ok(!parsed.ok, text)
    assert.match(explain(parsed.error), /"AKIARTX3GSDSXPLMMUB" looks like an access key id with 19 of 20 characters/)
  }
})

test('a window too long for what a value asks is refused with what can be asked over it', () => {
  const parsed = parseCommand('203.0.113.9 last 3d', LIBRARY, CONTEXT)
  assert.ok(!parsed.ok && parsed.error.code === 'window_too_long')
  assert.equal(parsed.error.instead, 'ip-changes sourceIPAddress=203.0.113.9 last 3d')
  assert.match(
    explain(parsed.error),
    /at most 6h.*Over 3d you can ask: ip-changes sourceIPAddress=203\.0\.113\.9 last 3d$/,
  )
  assert.ok(parseCommand(parsed.error.instead, LIBRARY, CONTEXT).ok)
  const longer = parseCommand('key AKIAIOSFODNN7EXAMPLE last 95d', LIBRARY, CONTEXT)
  assert.ok(longer.ok, 'what is typed with its runbook is refused when its query is made')
})

const TAKEN: readonly (readonly [string, readonly string[]])[] = [
  ['backup', ['"backup" is taken for a user, role or session; for a bucket, ask bucket=backup.']],
  ['Alice', []],
  [
    'prod-web',
    [
      '"prod-web" is taken for an account; for a user, role or session, ask user=prod-web; for a bucket, ask bucket=prod-web.',
    ],
  ],
  ['DeleteTrail', ['"DeleteTrail" is taken for an event\'s name; for a user, role or session, ask user=DeleteTrail.']],
  ['Admin/alice', ['"Admin/alice" is taken for a session; for a resource, ask resource=Admin/alice.']],
  ['user=backup', []],
  ['backup logins', []],
  [KEY, []],
  ['i-0a1b2c3d', []],
  ['arn:aws:iam::111122223333:root', []],
]
for (const [text, notes] of TAKEN)
  test(`"${text}" ${notes.length === 0 ? 'needs no word on what it was taken for' : `says: ${notes[0]}`}`, () => {
    const parsed = parseCommand(text, LIBRARY, CONTEXT)
    assert.ok(parsed.ok && parsed.value.kind === 'run')
    assert.deepEqual(parsed.value.notes, notes)
    for (const [typed] of notes.join().matchAll(/\w+=\S+(?=[.;])/g))
      assert.ok(parseCommand(typed, LIBRARY, CONTEXT).ok, typed)
  })

test('a word of courtesy is answered with the menu', () => {
  assert.deepEqual(parseCommand('Thanks', LIBRARY, CONTEXT), { ok: true, value: { kind: 'menu' } })
})

test('a library that answers no shape takes no bare value', () => {
  const { all, find } = LIBRARY
  const silent = { all: all.map((runbook) => ({ ...runbook, answers: [], parameters: {} })), find }
  assert.deepEqual(parseCommand('zzzzzz', silent, CONTEXT), {
    ok: false,
    error: { code: 'unknown_runbook', input: 'zzzzzz' },
  })
})
