import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Request } from '../../src/domain/request/command.ts'
import { echo } from '../../src/domain/request/echo.ts'
import { parseCommand, TEXT_MAX } from '../../src/domain/request/parse.ts'
import { quote } from '../../src/domain/request/words.ts'
import type { ParameterType, Runbook } from '../../src/domain/runbook/runbook.ts'
import { escapeSlack, INVENTORY, NOW } from '../support/askFacts.ts'
import { SHIPPED } from '../support/stories.ts'

/**
 * Questions as people type them, put together word by word from everything the grammar has, about every runbook that ctq ships. What is
 * echoed of one must ask the same, whatever zone it is read in: the echo is kept, pasted and pressed. `npm run million` tries a million.
 */
const RUNS = Number(process.env['CTQ_PROPERTY_RUNS'] ?? 12_000)
/** fast-check keeps something of each run: a million at once would take gigabytes. */
const AT_ONCE = 50_000

const ZONES = ['UTC', 'Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'Pacific/Apia', 'Asia/Kathmandu']

const odd = fc.oneof(
  fc.constantFrom(
    'it\'s "so"',
    'a\\',
    '\\"',
    'a,b',
    'a=b',
    '`x`',
    'é東京😀',
    'last',
    'all',
    '-x',
    '<b>&amp;',
    '*_~',
    '@prod',
  ),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
)

/** Values by what a parameter takes; the odd ones are mostly refused for types with a form, which is fine. */
const VALUES: { readonly [type in ParameterType]?: readonly string[] } = {
  accessKeyId: ['AKIAIOSFODNN7EXAMPLE', 'asiaiosfodnn7example'],
  principal: [
    'alice',
    'user/alice',
    'role/Admin',
    'Admin/alice@example.com',
    'root',
    'arn:aws:iam::111122223333:user/alice',
  ],
  userName: ['alice', 'bob.smith+x@example.com'],
  resource: ['arn:aws:s3:::customer-exports', 'customer-exports', 'i-0a1b2c3d4e5f60718'],
  instance: ['i-0a1b2c3d4e5f60718'],
  securityGroup: ['sg-0a1b2c3d4e5f60718'],
  address: ['203.0.113.9', '203.0.113.0/24', '2001:db8::/32', '2001:DB8::1'],
  account: ['111122223333'],
  eventName: ['DeleteTrail', 'PutBucketPolicy'],
  eventSource: ['s3', 'iam.amazonaws.com'],
}
const BARE = [
  ...Object.values(VALUES).flat(),
  ...['0f3c0f57-31d4-4cbb-8f0b-8f3f9a2a1101', 's3://customer-exports', 'user=last', 'bucket=backup', 'role=Admin'],
  ...['prod-payments', 'user="it\'s me"', '"a b"', 'ip=203.0.113.9', 'account=prod-web', 'event=ConsoleLogin'],
]

const quoted = (text: string, mark: string): string =>
  mark === '' ? quote(text) : `${mark}${text.replace(new RegExp(`[${mark}\\\\]`, 'g'), '\\$&')}${mark}`
const mark = fc.constantFrom('', '"', "'", '`')

function parameterWords(runbook: Runbook): fc.Arbitrary<string> {
  const words = Object.entries(runbook.parameters).map(([name, { type, optional, example }]) => {
    const fit = fc.constantFrom(example, ...(VALUES[type] ?? []))
    const value = fc.oneof(
      { weight: 3, arbitrary: fit },
      { weight: type === 'resource' || type === 'text' ? 3 : 1, arbitrary: odd },
    )
    const spelled = fc.constantFrom(`${name}=`, `--${name.toLowerCase()} `, `${name.toUpperCase()}=`)
    const word = fc.tuple(spelled, value, mark).map(([begin, text, how]) => begin + quoted(text, how))
    return optional ? fc.option(word, { nil: '' }) : word
  })
  return fc.tuple(...words).map((given) => given.filter((word) => word !== '').join(' '))
}

const clock = fc.constantFrom('14:05', '9:30', '09:00:30', '2:05pm', '00:00', '2:30')
const day = fc.constantFrom(
  '',
  'yesterday ',
  'today ',
  'monday ',
  '2026-11-18 ',
  '2026-10-25 ',
  '2026-11-01 ',
  '18 nov ',
)
const zone = fc.constantFrom(
  '',
  '',
  'Z',
  ' UTC',
  '+01:00',
  '-03:30',
  ' Europe/Berlin',
  ' America/St_Johns',
  ' Australia/Lord_Howe',
)
const moment = fc.oneof(
  fc.tuple(day, clock, zone).map((parts) => parts.join('')),
  fc.constantFrom(
    '2 hours ago',
    '90m ago',
    'yesterday',
    '2026-11-18',
    '2026-11-20T13:00Z',
    '3 days ago',
    '1763600000',
    'now',
  ),
)
const length = fc.tuple(
  fc.integer({ min: 1, max: 120 }),
  fc.constantFrom('m', 'h', 'd', ' minutes', ' hours', ' days', 'w', 'h30m'),
)
const span = fc.oneof(
  length.map(([count, unit]) => `last ${count}${unit}`),
  fc.constantFrom('last week', 'last hour', 'past day', ''),
  moment.map((at) => `since ${at}`),
  moment.map((at) => `before ${at}`),
  fc.tuple(moment, fc.constantFrom('', ' 15m', ' 2h')).map(([at, by]) => `around ${at}${by}`),
  fc.tuple(moment, moment).map(([from, to]) => `since ${from} until ${to}`),
  fc.tuple(moment, moment).map(([from, to]) => `from ${from} to ${to}`),
)
const account = fc.constantFrom(
  '111122223333',
  '1111-2222-3333',
  'prod-web',
  '@prod',
  'ou:Test',
  'Workloads/Prod',
  'ou-ab12-x',
  'all',
  '"all"',
  '"my account"',
  "'it''s'",
)
const scope = fc.oneof(
  fc.constant(''),
  fc.array(account, { minLength: 1, maxLength: 3 }).map((words) => `account=${words.join(',')}`),
  fc.constantFrom('account 111122223333', '--accounts prod-web', 'ACCOUNT=@prod'),
)
const regions = fc.constantFrom(
  '',
  'region=eu-west-1',
  'region=EU-WEST-1,us-east-1',
  'region=all',
  'regions=global',
  '--region eu-west-1',
  'region=enabled',
)
const reason = fc.oneof(
  fc.constant(''),
  fc.tuple(odd, mark).map(([text, how]) => `reason=${quoted(text, how)}`),
)

const named = fc
  .constantFrom(...SHIPPED.all)
  .chain((runbook) =>
    fc.tuple(fc.constantFrom(runbook.name, ...runbook.aliases, runbook.name.toUpperCase()), parameterWords(runbook)),
  )
const bare = fc.tuple(fc.constantFrom(...BARE), fc.constantFrom('', '', 'denied', 'logins', 'key-activity'))
const rest = fc
  .tuple(span, scope, regions, reason)
  .chain((words) => fc.shuffledSubarray([...words], { minLength: 0, maxLength: 4 }))
const typed = fc
  .tuple(fc.oneof(named, bare), rest)
  .map(([head, words]) => [...head, ...words].filter((word) => word !== '').join(' '))

function assertSame(asked: Request, timeZone: string): void {
  const line = echo(asked)
  if (line.length > TEXT_MAX) return
  for (const [text, origin] of [[line, 'terminal'] as const, [escapeSlack(line), 'slack'] as const])
    for (const inventory of [undefined, INVENTORY]) {
      const context = { now: NOW, timeZone, origin, ...(inventory && { inventory }) }
      const again = parseCommand(text, SHIPPED, context)
      assert.deepEqual(again, { ok: true, value: { kind: 'run', request: asked, notes: [] } }, line)
    }
}

test(`of ${RUNS} questions as people type them, what is echoed asks the same, in any zone, from Slack and from a terminal`, (t) => {
  const seen = { asked: 0, refused: 0, withWindow: 0, withAccounts: 0, withReason: 0 }
  for (let left = RUNS; left > 0; left -= AT_ONCE)
    fc.assert(
      fc.property(typed, fc.constantFrom(...ZONES), fc.constantFrom(...ZONES), (text, zoneTyped, zoneRead) => {
        const context = { now: NOW, timeZone: zoneTyped, origin: 'terminal', inventory: INVENTORY } as const
        const parsed = parseCommand(text, SHIPPED, context)
        if (!parsed.ok || parsed.value.kind !== 'run') {
          seen.refused += 1
          return
        }
        const { request } = parsed.value
        seen.asked += 1
        if (request.span !== undefined) seen.withWindow += 1
        if (request.accounts.length > 0) seen.withAccounts += 1
        if (request.reason !== undefined) seen.withReason += 1
        assertSame(request, zoneRead)
      }),
      { numRuns: Math.min(left, AT_ONCE) },
    )
  t.diagnostic(JSON.stringify(seen))
  // Were most refused, little would be tried.
  assert.ok(seen.asked > RUNS / 3, JSON.stringify(seen))
  for (const count of [seen.withWindow, seen.withAccounts, seen.withReason])
    assert.ok(count > RUNS / 20, JSON.stringify(seen))
})
