import assert from 'node:assert/strict'
import test from 'node:test'
import { reportCollector } from '../../src/domain/playbook/collectReport.ts'
import type { BoundMember } from '../../src/domain/playbook/playbook.ts'
import type { CloudTrailRecord } from '../../src/domain/record.ts'
import { bind } from '../../src/domain/runbook/bind.ts'
import { runbookOf } from '../runbook/builders.ts'
import { aCall, BYSTANDERS, LEAKED_KEY_RECORDS, NEW_KEY } from '../support/leakedKey.ts'
import { LABELS, rowsOf } from '../support/stories.ts'

const RUNBOOK = runbookOf({ match: '{ field: eventSource, exists: true }' })
const bound = bind(RUNBOOK, {}, [])
const MEMBER: BoundMember = {
  ...{
    name: 'all',
    runbook: RUNBOOK,
    context: false,
    ofKeys: false,
    ofStart: false,
    ofThing: false,
    bound,
    match: bound.match,
  },
}
const WINDOW = { since: '2026-11-19T14:08:00Z', until: '2026-11-20T14:08:00Z' }

function reportOf(records: readonly CloudTrailRecord[], member = MEMBER) {
  const collector = reportCollector(LABELS, { found: new Set(), whyNot: () => 'account' })
  const byId = new Map(records.map((record) => [String(record['eventID']), record]))
  for (const row of rowsOf(RUNBOOK, records)) collector.add(row, byId.get(row.eventId) ?? {}, [member])
  return collector.finish({ window: WINDOW, whole: true })
}

const saysOf = (report: ReturnType<typeof reportOf>): readonly string[] =>
  report.findings.map(({ eventName, outcome, connection }) => `${eventName} ${outcome} ${connection}`)
const apartOf = (report: ReturnType<typeof reportOf>): object =>
  Object.fromEntries(report.apart.map(({ why, calls }) => [why, calls]))

test('a service, an address of ours and what is done all day are told apart, and nobody else is', () => {
  const report = reportOf(BYSTANDERS)
  assert.deepEqual(saysOf(report), [])
  assert.deepEqual(apartOf(report), { service: 1, known: 1, usual: 12 })
})

const TODAY = LEAKED_KEY_RECORDS.filter(({ eventTime }) => String(eventTime) >= '2026-11-20T12')

test('with nothing to begin with, what is gravest begins, and what came from there belongs to it', () => {
  const report = reportOf([...TODAY, ...BYSTANDERS])
  assert.ok(report.findings.every(({ address }) => address === '203.0.113.9'))
  const says = saysOf(report)
  assert.deepEqual(says.slice(0, 2), ['PutUserPolicy done address', 'CreateAccessKey done address'])
  assert.ok(says.includes('AssumeRole done address'))
  assert.ok(
    says.indexOf('GetSecretValue denied address') > says.indexOf('AssumeRole done address'),
    'done before tried',
  )
})

const elsewhere = (time: string, call: string, key: string, changes: CloudTrailRecord = {}): CloudTrailRecord =>
  aCall(time, call, {
    eventID: `${time}-${call}-${key}`,
    userIdentity: { type: 'IAMUser', userName: 'backup', accountId: '111122223333', accessKeyId: key },
    sourceIPAddress: '203.0.113.200',
    ...changes,
  })

test('a credential that came out of it is followed wherever it is used, from an address of ours too', () => {
  const used = elsewhere('13:30:00', 'ec2:CreateTags', NEW_KEY)
  const fromHome = elsewhere('13:31:00', 'ec2:CreateTags', NEW_KEY, { sourceIPAddress: '198.51.100.7' })
  const loose = elsewhere('13:32:00', 'ec2:CreateTags', 'AKIARTX3GSDSYEEXOTHR', {
    sourceIPAddress: '192.0.2.99',
    userIdentity: { type: 'IAMUser', userName: 'kim', accountId: '111122223333', accessKeyId: 'AKIARTX3GSDSYEEXOTHR' },
  })
  const report = reportOf([...TODAY, used, fromHome, loose])
  const tags = report.findings.filter(({ eventName }) => eventName === 'CreateTags')
  assert.deepEqual(tags.map(({ connection, address }) => `${connection} ${address}`).toSorted(), [
    'credential 198.51.100.7',
    'credential 203.0.113.200',
  ])
  assert.deepEqual(apartOf(report), { unconnected: 1 })
})

test('the owner of a key goes on using it from where it was always used, and is not blamed', () => {
  const own = aCall('13:40:00', 'ecr:PutImage', { sourceIPAddress: '198.51.100.4', eventID: 'own' })
  const report = reportOf([...TODAY, own], { ...MEMBER, context: true, ofStart: true })
  assert.ok(report.findings.every(({ address }) => address === '203.0.113.9'))
  assert.ok(report.findings.some(({ connection }) => connection === 'start'))
  assert.equal(report.apart.find(({ why }) => why === 'known')?.calls, 1)
  assert.equal(report.apart.find(({ why }) => why === 'looked')?.calls, 41)
})

test('somebody at home is not blamed for it when their session was in the office as well', () => {
  const sofia = (time: string, address: string, key: string): CloudTrailRecord =>
    aCall(time, 'ec2:CreateTags', {
      eventID: `${time}-${address}`,
      sourceIPAddress: address,
      userIdentity: {
        type: 'AssumedRole',
        arn: 'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/sofia@harbour.example',
        accountId: '111122223333',
        accessKeyId: key,
      },
    })
  const office = sofia('09:00:00', '198.51.100.7', 'ASIARTX3GSDSYEEXSOF1')
  const home = sofia('18:00:00', '192.0.2.50', 'ASIARTX3GSDSYEEXSOF1')
  assert.deepEqual(saysOf(reportOf([office, home])), [])
  const stranger = sofia('18:00:00', '192.0.2.51', 'ASIARTX3GSDSYEEXSOF2')
  assert.deepEqual(saysOf(reportOf([office, stranger])), ['CreateTags done undefined'])
})

test('who looked at the thing that was asked about is not behind what happened to it, who changed it is', () => {
  const about = (call: string, address: string): CloudTrailRecord =>
    aCall('13:40:00', call, {
      eventID: `${call}-${address}`,
      sourceIPAddress: address,
      userIdentity: { type: 'IAMUser', userName: address, accountId: '111122223333', accessKeyId: address },
    })
  const looked = about('s3:GetBucketPolicy', '192.0.2.60')
  const changed = about('s3:PutBucketPolicy', '203.0.113.200')
  const start = { ...MEMBER, context: true, ofStart: true }
  assert.deepEqual(saysOf(reportOf([looked, changed], { ...start, ofThing: true })), ['PutBucketPolicy done start'])
  assert.equal(reportOf([looked, changed], { ...start, ofThing: true }).ofStart, 2)
  assert.deepEqual(reportOf([looked], { ...start, ofThing: true }).rows, [])
  assert.deepEqual(apartOf(reportOf([looked], start)), { looked: 1 })
  assert.deepEqual(apartOf(reportOf([looked], { ...start, ofThing: true })), { unconnected: 1 })
})

test('one port that is opened is not another', () => {
  const opened = (time: string, port: number): CloudTrailRecord =>
    elsewhere(time, 'ec2:AuthorizeSecurityGroupIngress', NEW_KEY, {
      requestParameters: {
        groupId: 'sg-0a1b2c3d4e5f60718',
        ipPermissions: {
          items: [{ ipProtocol: 'tcp', fromPort: port, toPort: port, ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] } }],
        },
      },
    })
  const { findings } = reportOf([...TODAY, opened('13:40:00', 22), opened('13:40:10', 5432)])
  const details = findings
    .filter(({ eventName, address }) => eventName === 'AuthorizeSecurityGroupIngress' && address === '203.0.113.200')
    .map(({ detail, calls }) => `${detail} ×${calls}`)
  assert.deepEqual(details.toSorted(), ['0.0.0.0/0 tcp 22 ×1', '0.0.0.0/0 tcp 5432 ×1'])
})
