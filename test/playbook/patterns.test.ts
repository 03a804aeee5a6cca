import assert from 'node:assert/strict'
import test from 'node:test'
import { bindQuestion } from '../../src/domain/playbook/asRunbook.ts'
import type { FollowedSoFar } from '../../src/domain/playbook/collectReport.ts'
import type { CloudTrailRecord } from '../../src/domain/record.ts'
import { playbookCollector } from '../../src/usecases/collectPlaybook.ts'
import { aCall, BYSTANDERS } from '../support/leakedKey.ts'
import { LABELS, rowsOf, shipped } from '../support/stories.ts'

const TRIAGE = shipped('triage')
const ORGANISATION = ['111122223333']
const WINDOW = { since: '2026-11-19T14:08:00Z', until: '2026-11-20T14:08:00Z' }

function triaged(records: readonly CloudTrailRecord[]) {
  const { members = [], matches } = bindQuestion(TRIAGE, {}, ORGANISATION)
  const followed: FollowedSoFar = { found: new Set(), whyNot: () => 'account' }
  const names = { accountName: () => undefined, addressLabel: LABELS }
  const collector = playbookCollector(TRIAGE, members, ORGANISATION, {}, followed, names)
  const byId = new Map(records.map((record) => [String(record['eventID']), record]))
  for (const row of rowsOf(TRIAGE, records.filter(matches))) collector.add(row, byId.get(row.eventId) ?? {})
  return collector.finish({ window: WINDOW, whole: true }, () => ({ kind: 'full' })).playbook
}

const read = (at: number, changes: CloudTrailRecord = {}): CloudTrailRecord =>
  aCall(`12:${String(10 + at)}:00`, 'secretsmanager:GetSecretValue', {
    eventID: `secret-${at}`,
    requestParameters: { secretId: `prod/secret-${at}` },
    ...changes,
  })
const many = (count: number, changes: CloudTrailRecord = {}): readonly CloudTrailRecord[] =>
  Array.from({ length: count }, (_, at) => read(at, changes))

test('many secrets that were read within minutes are findings with nothing else beside them, a few are not', () => {
  const { findings } = triaged([...BYSTANDERS, ...many(9)])
  assert.deepEqual(
    [...new Set(findings.map(({ eventName, caller }) => `${eventName} ${caller.who}`))],
    ['GetSecretValue ci-deploy'],
  )
  assert.equal(findings.length, 9)
  assert.deepEqual(triaged([...BYSTANDERS, ...many(5)]).findings, [])
})

test('those who only tried, and those who did it from where everybody knows, are not blamed', () => {
  assert.deepEqual(triaged(many(9, { errorCode: 'AccessDenied', errorMessage: 'no' })).findings, [])
  const known = triaged(many(9, { sourceIPAddress: '198.51.100.4' }))
  assert.deepEqual([known.findings, known.apart.map(({ why }) => why)], [[], ['known']])
})

test('a shell on an instance, a model that was agreed to, an account that leaves and a link to the console are findings by themselves', () => {
  for (const call of ['ssm:StartSession', 'bedrock:PutFoundationModelEntitlement', 'sts:GetFederationToken'])
    assert.equal(triaged([aCall('12:30:00', call, { readOnly: false })]).findings.length, 1, call)
  const leaves = aCall('12:30:00', 'organizations:LeaveOrganization', {
    readOnly: false,
    awsRegion: 'us-east-1',
    errorCode: 'AccessDenied',
  })
  assert.deepEqual(
    triaged([leaves]).findings.map(({ eventName, outcome }) => `${eventName} ${outcome}`),
    ['LeaveOrganization denied'],
  )
})
