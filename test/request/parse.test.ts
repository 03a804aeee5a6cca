import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Request } from '../../src/domain/request/command.ts'
import { echo } from '../../src/domain/request/echo.ts'
import { parseCommand } from '../../src/domain/request/parse.ts'
import { LIBRARY } from '../support/askRunbooks.ts'

/** A Friday: 14:08 in London, 15:08 in Berlin. */
const NOW = new Date('2026-11-20T14:08:30.500Z')
const KEY = 'AKIA2E0A8F3B244C9986'

function parse(text: string, timeZone = 'Europe/Berlin', now = NOW) {
  return parseCommand(text, LIBRARY, { now, timeZone })
}

function requestOf(text: string, timeZone?: string, now?: Date): Request {
  const parsed = parse(text, timeZone, now)
  assert.ok(parsed.ok, JSON.stringify(parsed))
  assert.equal(parsed.value.kind, 'run')
  return parsed.value.kind === 'run' ? parsed.value.request : assert.fail()
}

function failureOf(text: string) {
  const parsed = parse(text)
  assert.ok(!parsed.ok, JSON.stringify(parsed))
  return parsed.error
}

const COMMANDS: readonly (readonly [string, unknown])[] = [
  ['', { kind: 'menu' }],
  ['   ', { kind: 'menu' }],
  ['help', { kind: 'help' }],
  ['?', { kind: 'help' }],
  ['--help', { kind: 'help' }],
  ['help key', { kind: 'help', topic: 'key-activity' }],
  ['help STATUS', { kind: 'help' }],
  ['help help', { kind: 'help' }],
  ['key-activity help', { kind: 'help', topic: 'key-activity' }],
  ['key-activity --help', { kind: 'help', topic: 'key-activity' }],
  ['LIST', { kind: 'list' }],
  ['find stolen key', { kind: 'find', words: ['stolen', 'key'] }],
  ['status', { kind: 'status' }],
  ['status #1F0C9a2e', { kind: 'status', run: '1f0c9a2e' }],
  ['cancel 1f0c9a2e', { kind: 'cancel', run: '1f0c9a2e' }],
  ['whoami', { kind: 'whoami' }],
]
test("a time of day that is still to come is yesterday's, and a note says so and how to write it in UTC", () => {
  const notesOf = (text: string, zone: string) => {
    const parsed = parse(text, zone)
    assert.ok(parsed.ok && parsed.value.kind === 'run', JSON.stringify(parsed))
    return parsed.value.notes
  }
  assert.deepEqual(notesOf('logins around 13:15', 'America/New_York'), [
    "13:15 is still to come today in America/New_York: yesterday's was taken. For UTC write 13:15Z.",
  ])
  assert.deepEqual(notesOf('logins around 23:15', 'UTC'), [
    "23:15 is still to come today in UTC: yesterday's was taken.",
  ])
  for (const text of ['logins around 13:15Z', 'logins around 08:15', 'logins around yesterday 13:15'])
    assert.deepEqual(notesOf(text, 'America/New_York'), [])
})

for (const [text, command] of COMMANDS)
  test(`"${text}" is understood as ${JSON.stringify(command)}`, () => {
    assert.deepEqual(parse(text), { ok: true, value: command })
  })

const QUESTIONS: readonly (readonly [string, string])[] = [
  [`key-activity accessKeyId=${KEY} last 24h`, `key-activity accessKeyId=${KEY} last 24h`],
  [`KEY ${KEY}`, `key-activity accessKeyId=${KEY}`],
  [`run key ${KEY}`, `key-activity accessKeyId=${KEY}`],
  [`key last 24h key=${KEY}`, `key-activity accessKeyId=${KEY} last 24h`],
  [`key \`${KEY}\` last=7d`, `key-activity accessKeyId=${KEY} last 7d`],
  [`key ACCESSKEYID=“${KEY}” last 90 minutes`, `key-activity accessKeyId=${KEY} last 90m`],
  [`key ${KEY} —last 24h —account prod`, `key-activity accessKeyId=${KEY} last 24h account=prod`],
  [`key\u00a0${KEY}\u200b last\u00a024h`, `key-activity accessKeyId=${KEY} last 24h`],
  ['logins', 'console-logins'],
  ['logins alice', 'console-logins userName=alice'],
  ['logins user=<mailto:alice@example.com|alice@example.com>', 'console-logins userName=alice@example.com'],
  ['logins who=alice account=111122223333,@prod', 'console-logins userName=alice account=111122223333,@prod'],
  ['logins account=all region=ALL', 'console-logins account=all region=all'],
  ['logins account="Prod EU",dev', 'console-logins account="Prod EU",dev'],
  ['logins account=a account=b', 'console-logins account=a,b'],
  ['logins account=ou-ab12-cdef3456', 'console-logins account=ou:ou-ab12-cdef3456'],
  ['logins account=Workloads/Prod', 'console-logins account=ou:Workloads/Prod'],
  ['logins account=1111-2222-3333', 'console-logins account=111122223333'],
  ['logins region=us-east-1,eu-west-1,us-east-1', 'console-logins region=eu-west-1,us-east-1'],
  ['logins account=prod reason="he said \\"stop\\""', 'console-logins account=prod reason="he said \\"stop\\""'],
  ["resource-history O'Brien", 'resource-history resourceName="O\'Brien"'],
  ['resource-history a&amp;b', 'resource-history resourceName=a&b'],
  ['resource-history "last"', 'resource-history resourceName=last'],
  ['logins since 13:00', 'console-logins since 2026-11-20 12:00Z'],
  ['logins since 13:00Z', 'console-logins since 2026-11-20 13:00Z'],
  ['logins since 13:00 UTC until 13:30 UTC', 'console-logins since 2026-11-20 13:00Z until 2026-11-20 13:30Z'],
  ['logins since 23:00', 'console-logins since 2026-11-19 22:00Z'],
  ['logins since yesterday', 'console-logins since 2026-11-18 23:00Z'],
  ['logins since yesterday 14:05', 'console-logins since 2026-11-19 13:05Z'],
  ['logins since yesterday 14:05 until 15:05', 'console-logins since 2026-11-19 13:05Z until 2026-11-19 14:05Z'],
  ['logins since friday', 'console-logins since 2026-11-12 23:00Z'],
  ['logins since mon 2pm', 'console-logins since 2026-11-16 13:00Z'],
  ['logins since 2026-11-18 until 2026-11-18', 'console-logins since 2026-11-17 23:00Z until 2026-11-18 22:59:59Z'],
  ['logins since 2026-11-18T10:00:00Z', 'console-logins since 2026-11-18 10:00Z'],
  ['logins since 2026-11-18T10:00:30.250+02:00', 'console-logins since 2026-11-18 08:00:30Z'],
  ['logins since 2026-11-18 10:00 America/New_York', 'console-logins since 2026-11-18 15:00Z'],
  ['logins since 2h', 'console-logins since 2026-11-20 12:08:30Z'],
  ['logins since 2 hours ago until 1 hour ago', 'console-logins since 2026-11-20 12:08:30Z until 2026-11-20 13:08:30Z'],
  ['logins from 13:00 to 14:00', 'console-logins since 2026-11-20 12:00Z until 2026-11-20 13:00Z'],
  ['logins since 13:00 until now', 'console-logins since 2026-11-20 12:00Z'],
  ['logins around 13:00', 'console-logins since 2026-11-20 11:00Z until 2026-11-20 13:00Z'],
  ['logins around 13:00 30m', 'console-logins since 2026-11-20 11:30Z until 2026-11-20 12:30Z'],
  ['logins around 15:00', 'console-logins since 2026-11-20 13:00Z'],
  ['logins before 13:00', 'console-logins since 2026-11-19 12:00Z until 2026-11-20 12:00Z'],
  ['logins before 2026-11-18', 'console-logins since 2026-11-16 23:00Z until 2026-11-17 23:00Z'],
  ['logins until 13:00', 'console-logins since 2026-11-19 12:00Z until 2026-11-20 12:00Z'],
  ['logins last week', 'console-logins last 1w'],
]
for (const [text, echoed] of QUESTIONS)
  test(`"${text}" is understood as: ${echoed}`, () => {
    assert.equal(echo(requestOf(text)), echoed)
  })

test('what is echoed parses back to the same request', () => {
  for (const [text] of QUESTIONS) {
    const request = requestOf(text)
    const again = parseCommand(echo(request), LIBRARY, { now: NOW, timeZone: 'Asia/Tokyo', origin: 'terminal' })
    assert.ok(again.ok && again.value.kind === 'run')
    assert.deepEqual(again.value.request, request)
  }
})

const REFUSED: readonly (readonly [string, object])[] = [
  ['key-activty AKIA', { code: 'unknown_runbook', input: 'key-activty', nearest: 'key-activity' }],
  ['hlep', { code: 'unknown_runbook', input: 'hlep', nearest: 'help' }],
  ['zzzzzz', { code: 'unknown_runbook', input: 'zzzzzz' }],
  ['help nothing-like-it', { code: 'unknown_runbook', input: 'nothing-like-it' }],
  [
    'key-activity last 24h',
    {
      code: 'missing_parameter',
      runbook: 'key-activity',
      parameter: 'accessKeyId',
      help: 'an access key id',
      example: KEY,
    },
  ],
  [
    `key acesskeyid=${KEY}`,
    {
      code: 'unknown_parameter',
      runbook: 'key-activity',
      input: 'acesskeyid',
      nearest: 'accessKeyId',
      known: ['accessKeyId', 'account', 'region', 'reason'],
    },
  ],
  ['console-logins --verbose last 24h', { code: 'unexpected_word', input: '--verbose' }],
  [`key key=${KEY} accessKeyId=${KEY}`, { code: 'duplicate_parameter', parameter: 'accessKeyId' }],
  [`key ${KEY} lst 24h`, { code: 'unexpected_word', input: 'lst', nearest: 'last 24h' }],
  [`key ${KEY} 24h`, { code: 'unexpected_word', input: '24h', nearest: 'last 24h' }],
  [`key ${KEY} acount prod`, { code: 'unexpected_word', input: 'acount', nearest: 'account=prod' }],
  [`key ${KEY} reason="seen`, { code: 'unclosed_quote', input: 'reason="seen' }],
  [`key ${KEY} last`, { code: 'bad_time', input: 'last', example: 'last 24h' }],
  [`key ${KEY} last many`, { code: 'bad_time', input: 'many', example: 'last 24h' }],
  [`key ${KEY} since 25:00`, { code: 'bad_time', input: '25:00', example: 'since yesterday 14:05' }],
  [`key ${KEY} since 2026-02-30`, { code: 'bad_time', input: '2026-02-30', example: 'since yesterday 14:05' }],
  [`key ${KEY} around 14:05 CET`, { code: 'unclear_zone', input: 'CET', time: '14:05' }],
  [`key ${KEY} since yesterday 2pm est until 15:00`, { code: 'unclear_zone', input: 'est', time: 'yesterday 2pm' }],
  [`key ${KEY} last 24h last 2h`, { code: 'duplicate_parameter', parameter: 'last' }],
  [
    `key ${KEY} last 24h since 13:00`,
    { code: 'bad_window', input: 'last … since', why: 'it names more than one window' },
  ],
  [`key ${KEY} since 2027-01-01`, { code: 'bad_window', input: 'since', why: 'it begins in the future' }],
  [
    `key ${KEY} since 2026-11-02 until 2026-11-01`,
    { code: 'bad_window', input: 'since … until', why: 'it ends before it begins' },
  ],
  ['list all', { code: 'unexpected_word', input: 'all' }],
  [`show me key ${KEY}`, { code: 'unknown_runbook', input: 'show', nearest: `key-activity ${KEY}` }],
  [`can you tell me what ${KEY} did`, { code: 'unknown_runbook', input: 'can', nearest: `key-activity ${KEY}` }],
  [`key ${KEY} --lst 24h`, { code: 'unexpected_word', input: '--lst', nearest: 'last 24h' }],
  ['status nothing', { code: 'unknown_run', input: 'nothing' }],
  [
    'cancel',
    { code: 'missing_word', command: 'cancel', what: 'the run, as its message shows it', example: '1f0c9a2e' },
  ],
  ['x'.repeat(4001), { code: 'too_long', what: 'The request', limit: 4000 }],
  [`key ${KEY} reason=${'x'.repeat(501)}`, { code: 'too_long', what: 'The reason', limit: 500 }],
]
for (const [text, failure] of REFUSED)
  test(`"${text.slice(0, 60)}" is refused: ${JSON.stringify(failure)}`, () => {
    assert.deepEqual(failureOf(text), failure)
  })

test('a day by itself is when it begins; in quotes it is a name', () => {
  for (const [text, same] of [
    [`key ${KEY} yesterday`, `key ${KEY} since yesterday`],
    [`${KEY} yesterday 14:05`, `${KEY} since yesterday 14:05`],
    ['console-logins Today', 'console-logins since today'],
  ] as const)
    assert.deepEqual(parse(text), parse(same))
  const quoted = parse('console-logins "yesterday"')
  assert.ok(quoted.ok && quoted.value.kind === 'run' && quoted.value.request.span === undefined)
})

test('a sentence is no slip of a command', () => {
  const { nearest = '' } = failureOf('can you tell me what happened') as { readonly nearest?: string }
  assert.doesNotMatch(nearest, /^cancel/)
})

test('a time that the clocks skipped or showed twice covers both readings, and says so', () => {
  const spring = parse('logins since 2026-03-29 02:30', 'Europe/Berlin', new Date('2026-03-30T00:00:00Z'))
  assert.ok(spring.ok && spring.value.kind === 'run')
  assert.equal(echo(spring.value.request), 'console-logins since 2026-03-29 00:30Z')
  assert.match(spring.value.notes.join(), /2026-03-29 02:30 does not exist in Europe\/Berlin/)
  const autumn = parse('logins since 02:15 until 02:30', 'Europe/Berlin', new Date('2026-10-25T12:00:00Z'))
  assert.ok(autumn.ok && autumn.value.kind === 'run')
  assert.equal(echo(autumn.value.request), 'console-logins since 2026-10-25 00:15Z until 2026-10-25 01:30Z')
  assert.equal(autumn.value.notes.length, 2)
})

test('a time zone that is not known counts as UTC', () => {
  assert.equal(echo(requestOf('logins since 13:00', 'Mars/Olympus')), 'console-logins since 2026-11-20 13:00Z')
})

test('a terminal escapes nothing, so an entity typed there stays as it is', () => {
  const parsed = parseCommand('resource-history a&amp;b', LIBRARY, { now: NOW, timeZone: 'UTC', origin: 'terminal' })
  assert.ok(parsed.ok && parsed.value.kind === 'run')
  assert.equal(parsed.value.request.parameters['resourceName'], 'a&amp;b')
})
