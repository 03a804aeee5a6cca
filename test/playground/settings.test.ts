import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { packageRoot } from '../../src/commands/root.ts'
import { addressLabels } from '../../src/domain/result/addressLabels.ts'
import { ATTACK_ADDRESS, SCANNER_ADDRESS, SECOND_ADDRESS } from '../../src/playground/aws/organisation/incident/cast.ts'
import { OFFICE, RUNNERS } from '../../src/playground/aws/organisation/noise/actors.ts'
import { ON_CALL } from '../../src/playground/incidentChannel.ts'
import { startPagerDuty } from '../../src/playground/pagerduty/server.ts'
import { DEFAULT_SEED } from '../../src/playground/slack/seed.ts'

const settings = parse(await readFile(join(packageRoot(), 'src/playground/ctq.yml'), 'utf8')) as {
  readonly addresses: Readonly<Record<string, string>>
  readonly onCall: {
    readonly payments: { readonly pagerduty: readonly string[]; readonly people: Readonly<Record<string, string>> }
  }
}

test('whoever the playground’s pager has on call is somebody of its Slack, by the settings', () => {
  const { pagerduty, people } = settings.onCall.payments
  for (const { user, schedule } of ON_CALL) {
    assert.ok(pagerduty.includes(schedule))
    const [team, id] = (people[user] ?? '').split('/')
    assert.ok(team === DEFAULT_SEED.team.id && DEFAULT_SEED.users.some((one) => one.id === id), user)
  }
})

test('the pager’s control API says who is on call, and what goes wrong', async (t) => {
  const pager = await startPagerDuty({ oncalls: ON_CALL })
  t.after(() => pager.close())
  const control = (method: string, path: string, body?: unknown): Promise<Response> =>
    fetch(`${pager.url}/_playground/${path}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
  const asked = async (): Promise<number> =>
    (await fetch(`${pager.url}/oncalls`, { headers: { authorization: `Token token=${pager.token}` } })).status
  assert.deepEqual(await (await control('GET', 'oncalls')).json(), ON_CALL)
  assert.equal((await control('POST', 'oncalls', { oncalls: [{ user: 'PBOB0001', schedule: 'PPAYMNT' }] })).status, 200)
  assert.deepEqual(await (await control('GET', 'oncalls')).json(), [{ user: 'PBOB0001', schedule: 'PPAYMNT' }])
  assert.equal((await control('POST', 'faults', { status: 503, times: 2 })).status, 200)
  assert.equal(await asked(), 503)
  assert.equal((await control('DELETE', 'faults')).status, 200)
  assert.equal(await asked(), 200)
  for (const [path, body] of [
    ['oncalls', { oncalls: 'PBOB0001' }],
    ['oncalls', { oncalls: [{ user: 1 }] }],
    ['faults', { stauts: 503 }],
    ['faults', { times: 3 }],
    ['faults', 'no object'],
  ] as const)
    assert.equal((await control('POST', path, body)).status, 400, JSON.stringify(body))
  assert.equal((await control('GET', 'nothing')).status, 404)
})

test('the playground calls its own addresses by their names, and nobody else’s', () => {
  const labelOf = addressLabels(Object.entries(settings.addresses).map(([range, label]) => ({ range, label })))
  assert.deepEqual(new Set(RUNNERS.map(labelOf)), new Set(['CI egress']))
  assert.deepEqual(new Set(OFFICE.map(labelOf)), new Set(['office']))
  assert.deepEqual([SCANNER_ADDRESS, ATTACK_ADDRESS, SECOND_ADDRESS].map(labelOf), [undefined, undefined, undefined])
})
