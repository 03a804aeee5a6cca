import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { emptyForm, type Filled, filledFrom, filledFromWords, readForm } from '../../src/domain/request/form.ts'
import { parseCommand } from '../../src/domain/request/parse.ts'
import { INVENTORY, NOW } from '../support/askFacts.ts'
import { SHIPPED } from '../support/stories.ts'

const CONTEXT = { now: NOW, timeZone: 'UTC', inventory: INVENTORY }
const TYPED = { ...CONTEXT, origin: 'terminal' } as const
const KEY = 'AKIAIOSFODNN7EXAMPLE'
const AT = NOW.getTime() / 1000

function form(changes: Partial<Filled> = {}): Filled {
  return { ...emptyForm('key-activity'), parameters: { accessKeyId: KEY }, ...changes }
}

function errors(changes: Partial<Filled>): readonly string[] {
  const read = readForm(form(changes), SHIPPED, CONTEXT)
  return read.ok ? [] : read.errors.map(({ field, why }) => `${field}: ${why}`)
}

const QUESTIONS = [
  `key-activity accessKeyId=${KEY}`,
  `key-activity accessKeyId=${KEY} since 2026-11-19 08:00Z until 2026-11-19 09:00Z account=111122223333,@prod region=eu-west-1,us-east-1 reason="a b"`,
  'denied-calls since 2026-11-20 08:00Z account=all region=all',
]
for (const words of QUESTIONS)
  test(`a form reads as the words it stands for: ${words}`, () => {
    const command = parseCommand(words, SHIPPED, TYPED)
    assert.ok(command.ok && command.value.kind === 'run')
    const read = readForm(filledFrom(command.value.request), SHIPPED, CONTEXT)
    assert.deepEqual(read, { ok: true, request: command.value.request, words, notes: [] })
  })

test('what was typed is kept when something needed is missing', () => {
  const filled = filledFromWords('key-activity since 2026-11-20 08:00Z account=prod-web reason=why', SHIPPED, TYPED)
  assert.deepEqual(filled, {
    runbook: 'key-activity',
    parameters: {},
    since: Date.parse('2026-11-20T08:00:00Z') / 1000,
    accounts: ['prod-web'],
    regions: [],
    reason: 'why',
  })
})

test('what is no question, or wrong in another way, gives no form', () => {
  for (const words of ['help', '', `key-activity accessKeyId=${KEY} since nonsense`])
    assert.equal(filledFromWords(words, SHIPPED, TYPED), undefined, words)
})

const WRONG: readonly (readonly [string, Partial<Filled>, RegExp])[] = [
  ['no runbook', { runbook: '' }, /^runbook: /],
  ['a needed parameter left empty', { parameters: { accessKeyId: ' ' } }, /^parameter:accessKeyId: Needed: /],
  ['a value that is none', { parameters: { accessKeyId: 'x' } }, /^parameter:accessKeyId: "x" is not a value/],
  [
    'a key that lost a character',
    { parameters: { accessKeyId: 'AKIARTX3GSDSXPLMMUB' } },
    /^parameter:accessKeyId: "AKIARTX3GSDSXPLMMUB" looks like an access key id with 19 of 20 characters/,
  ],
  ['a beginning in the future', { since: AT + 60 }, /^since: This is not over yet/],
  ['an end before the beginning', { since: AT - 60, until: AT - 120 }, /^until: The end must come after/],
  ['a window older than the history', { since: AT - 91 * 86_400, until: AT - 90.5 * 86_400 }, /^since: CloudTrail/],
  ['a reason that is too long', { reason: 'x'.repeat(501) }, /^reason: /],
]
for (const [what, changes, said] of WRONG)
  test(`${what} is said beside its field`, () => {
    assert.match(errors(changes).join(), said)
  })

test('a window that is too long for the runbook is said beside it', () => {
  const denied = SHIPPED.find('denied-calls')
  assert.ok(denied)
  const short = { ...denied, window: { default: 3600, max: 86_400 } }
  const long = { ...emptyForm('denied-calls'), since: AT - 2 * 86_400 }
  const read = readForm(long, { all: [short], find: () => short }, CONTEXT)
  assert.match(read.ok ? '' : read.errors.map(({ field, why }) => `${field} ${why}`).join(), /^since .*too long/)
})

test('an end alone reaches back as far as the runbook does by itself', () => {
  const read = readForm({ ...emptyForm('denied-calls'), until: AT - 3600 }, SHIPPED, CONTEXT)
  const usual = SHIPPED.find('denied-calls')?.window.default
  assert.equal(read.ok && read.request.span && (read.request.span.until ?? 0) - read.request.span.since, usual)
})

test('no value of any field throws, nor becomes another field', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.array(fc.string(), { maxLength: 3 }), (value, reason, regions) => {
      const filled = { ...emptyForm('principal-writes'), parameters: { principal: value }, reason, regions }
      const read = readForm(filled, SHIPPED, CONTEXT)
      if (!read.ok) return
      assert.equal(read.request.runbook, 'principal-writes')
      assert.deepEqual(read.request.accounts, [])
    }),
    { numRuns: 500 },
  )
})
