import assert from 'node:assert/strict'
import test from 'node:test'
import { plainText } from '../../src/domain/result/phrase.ts'
import { soFar } from '../../src/domain/result/soFar.ts'
import { BYSTANDERS, LEAKED_KEY_RECORDS } from '../support/leakedKey.ts'
import { LABELS, rowsOf, shipped } from '../support/stories.ts'

const RUNBOOK = shipped('key-activity')
const ROWS = rowsOf(RUNBOOK, LEAKED_KEY_RECORDS)
const NOW = '2026-11-20T14:08:00Z'

function told(rows: typeof ROWS, most: number): readonly string[] {
  const met = soFar(RUNBOOK)
  for (const row of rows) met.add(row)
  return met.told(most, NOW).map(plainText)
}

test('what was done and opens a way in is told before all else, of those alike the newest first', () => {
  assert.deepEqual(told(ROWS, 4), [
    '13:06Z PutUserPolicy user ci-deploy: allows * on * by ci-deploy from 203.0.113.9',
    '12:58Z CreateAccessKey → AKIA…7ZTM (user backup) by ci-deploy from 203.0.113.9',
    '13:15Z AuthorizeSecurityGroupIngress sg-0a1b2c3d4e5f60718: 0.0.0.0/0 tcp 22 by ci-deploy from 203.0.113.9',
    '13:52Z PutImage payments by ci-deploy from 203.0.113.9',
  ])
})

test('what opens a way in is told before a later change of the same service that does not', () => {
  const rows = ROWS.filter(({ eventSource, outcome }) => eventSource === 'iam.amazonaws.com' && outcome === 'done')
  const [way] = rows.filter(({ eventName }) => eventName === 'CreateAccessKey')
  assert.ok(way)
  const later = { ...way, eventId: 'later', eventName: 'UpdateUser', eventTime: way.eventTime + 3_600_000 }
  assert.match(told([later, way], 1)[0] ?? '', /CreateAccessKey/)
})

test('the order in which pages come changes nothing, nor does a call that comes twice', () => {
  const all = told(ROWS, 20)
  assert.deepEqual(told(ROWS.toReversed(), 20), all)
  assert.deepEqual(told([...ROWS, ...ROWS], 20), all)
  assert.equal(all.length, 20)
})

test('what was denied is said to be, and noise is left out', () => {
  const denied = ROWS.filter(({ outcome }) => outcome === 'denied')
  assert.match(told(denied, 1)[0] ?? '', /^12:53Z CreateUser .* \(denied\)$/)
  assert.deepEqual(
    told(
      ROWS.map((row) => ({ ...row, noise: 'ctq' as const })),
      9,
    ),
    [],
  )
})

test('of a playbook what services do and what comes from a known address is left out, of any other question it is not', () => {
  const rows = rowsOf(RUNBOOK, BYSTANDERS)
  const toldOf = (runbook: typeof RUNBOOK): readonly string[] => {
    const met = soFar(runbook, LABELS)
    for (const row of rows) met.add(row)
    return met.told(20, NOW).map((phrase) => plainText(phrase).split(' ')[1] ?? '')
  }
  assert.deepEqual([...new Set(toldOf(shipped('triage')))], ['GetSecretValue'])
  const fold = shipped('triage').fold
  assert.deepEqual(
    [...new Set(toldOf({ ...RUNBOOK, fold: fold.filter((noise) => noise !== 'service') }))],
    ['CreateAccessKey', 'RunInstances', 'GetSecretValue'],
  )
})
