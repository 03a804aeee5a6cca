import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Request } from '../../src/domain/request/command.ts'
import type { Scope } from '../../src/domain/request/scope.ts'
import { toQuery, windowLength } from '../../src/domain/request/toQuery.ts'
import type { Runbook } from '../../src/domain/runbook/runbook.ts'
import { DAY, NOW, PAYMENTS } from '../support/askFacts.ts'
import { CONSOLE_LOGINS, KEY_ACTIVITY } from '../support/askRunbooks.ts'

const SCOPE: Scope = {
  kind: 'scope',
  accounts: [PAYMENTS],
  regions: ['eu-west-1'],
  words: { accounts: 'as asked', regions: 'as asked' },
}
const NOW_S = Math.floor(NOW.getTime() / 1000)

function ask(parts: Partial<Request> = {}): Request {
  return { runbook: 'console-logins', parameters: {}, accounts: [], ...parts }
}

test('a question without a window has the runbook’s, up to the moment the run starts', () => {
  const query = toQuery(ask(), SCOPE, CONSOLE_LOGINS, 1000, NOW)
  assert.deepEqual(query, {
    ok: true,
    value: {
      runbook: { name: 'console-logins', digest: CONSOLE_LOGINS.digest },
      parameters: {},
      accounts: [PAYMENTS],
      regions: ['eu-west-1'],
      engines: ['lookup'],
      limit: 1000,
      window: { since: '2026-11-19T14:08:30Z', until: { atStart: true, notAfter: '2026-11-20T15:08:30Z' } },
    },
  })
})

test('a window with an end is absolute, and its length is what was asked', () => {
  const span = { since: NOW_S - 7200, until: NOW_S - 3600, words: '' }
  const query = toQuery(ask({ span }), SCOPE, CONSOLE_LOGINS, 1000, NOW)
  assert.ok(query.ok)
  assert.deepEqual(query.value.window, { since: '2026-11-20T12:08:30Z', until: '2026-11-20T13:08:30Z' })
  assert.equal(windowLength(query.value), 3600)
})

test('an open window is as long as it was asked, however late it is looked at', () => {
  const query = toQuery(ask({ span: { since: NOW_S - 7 * DAY, words: '' } }), SCOPE, CONSOLE_LOGINS, 1000, NOW)
  assert.ok(query.ok)
  assert.equal(windowLength(query.value), 7 * DAY)
})

test('what the event history never has is refused, and what it has in part is asked', () => {
  const asking = (records: Runbook['records']) => toQuery(ask(), SCOPE, { ...KEY_ACTIVITY, records }, 1000, NOW)
  assert.deepEqual(asking(['data']), {
    ok: false,
    error: { code: 'needs_trail', runbook: KEY_ACTIVITY.name, kinds: ['data'] },
  })
  assert.ok(asking(['management', 'data']).ok)
})

test('exactly 90 days are allowed, a second more is too old', () => {
  const oldest = { since: NOW_S - 90 * DAY, words: '' }
  assert.ok(toQuery(ask({ span: oldest }), SCOPE, KEY_ACTIVITY, 1000, NOW).ok)
  const older = { since: NOW_S - 90 * DAY - 1, until: NOW_S - 89 * DAY, words: '' }
  assert.deepEqual(toQuery(ask({ span: older }), SCOPE, KEY_ACTIVITY, 1000, NOW), {
    ok: false,
    error: { code: 'window_too_old', oldest: '2026-08-22 15:00Z' },
  })
})

test('a window longer than the runbook’s is refused with its limit', () => {
  const span = { since: NOW_S - 31 * DAY, words: '' }
  assert.deepEqual(toQuery(ask({ span }), SCOPE, CONSOLE_LOGINS, 1000, NOW), {
    ok: false,
    error: { code: 'window_too_long', asked: '31d', limit: '30d', runbook: 'console-logins' },
  })
})
