import assert from 'node:assert/strict'
import test from 'node:test'
import { reportCollector } from '../../src/domain/playbook/collectReport.ts'
import type { BoundMember } from '../../src/domain/playbook/playbook.ts'
import type { CloudTrailRecord } from '../../src/domain/record.ts'
import { bind } from '../../src/domain/runbook/bind.ts'
import { runbookOf } from '../runbook/builders.ts'
import { aCall, BYSTANDERS, LEAKED_KEY, LEAKED_KEY_RECORDS, NEW_KEY } from '../support/leakedKey.ts'
import { LABELS, rowsOf } from '../support/stories.ts'

const RUNBOOK = runbookOf({ match: '{ field: eventSource, exists: true }' })
const bound = bind(RUNBOOK, {}, [])
const MEMBER: BoundMember = {
  ...{
    name: 'all',
    runbook: RUNBOOK,
    context: false,
    changesAlone: false,
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

/** A call of a pipeline's session, or of a user with its key, from somewhere that nobody named. */
const fromCi = (who: string, at: number, call = 'ecr:PutImage', changes: CloudTrailRecord = {}): CloudTrailRecord =>
  aCall(new Date(Date.parse('2026-11-20T00:10:00Z') + at * 3_600_000).toISOString().replace('.000Z', 'Z'), call, {
    eventID: `ci-${who}-${at}-${call}`,
    sourceIPAddress: `192.0.2.${130 + (at % 3)}`,
    userIdentity: { type: 'IAMUser', userName: who, accountId: '111122223333', accessKeyId: keyOfUser(who) },
    ...changes,
  })
const keyOfUser = (who: string): string =>
  who === 'ci-deploy' ? LEAKED_KEY : `AKIARTX3GSDSYEE${who.toUpperCase().padEnd(5, 'X')}`
const HOURS = [0, 1, 3, 5, 7, 9, 10, 12]
/** What each does is no habit: another call each time. */
const CALLS = ['ecr:PutImage', 'ecs:UpdateService', 'ecs:RegisterTaskDefinition', 'lambda:PublishVersion']
const allDay = (who: string): readonly CloudTrailRecord[] =>
  HOURS.map((at, index) => fromCi(who, at, CALLS[index % CALLS.length]))
const blamedOf = (report: ReturnType<typeof reportOf>): readonly string[] =>
  report.findings
    .filter(({ address }) => address.startsWith('192.0.2.'))
    .map(({ caller, eventName }) => `${caller.who} ${eventName}`)
const START = { ...MEMBER, ofStart: true }

test('where several call from all day though nobody named it, the owner of a leaked key is not blamed for daily work', () => {
  const report = reportOf([...TODAY, ...allDay('ci-deploy'), ...allDay('deploy')], START)
  assert.deepEqual(blamedOf(report), [])
  assert.equal(report.apart.find(({ why }) => why === 'home')?.calls, 16)
  assert.ok(report.findings.length > 5 && report.findings.every(({ address }) => address === '203.0.113.9'))
})

test('one caller alone is at home nowhere, nor one with what the other made for it, nor for a few hours', () => {
  const made = fromCi('ci-deploy', 0, 'iam:CreateUser', { requestParameters: { userName: 'deploy' } })
  const cases = [
    allDay('ci-deploy'),
    [...allDay('ci-deploy'), ...allDay('deploy'), made],
    [...allDay('ci-deploy').slice(4), ...allDay('deploy').slice(4)],
  ]
  for (const records of cases) assert.ok(blamedOf(reportOf([...TODAY, ...records], START)).length > 3)
})

test('what is grave is a finding from there as well, and a key that it made is followed, but no role that is taken all day', () => {
  const NEW = 'AKIARTX3GSDSYEEXNEW2'
  const ROLE = 'ASIARTX3GSDSYEEXROL2'
  const makes = fromCi('ci-deploy', 8, 'iam:CreateAccessKey', {
    requestParameters: { userName: 'kim' },
    responseElements: { accessKey: { accessKeyId: NEW, userName: 'kim' } },
  })
  const takes = fromCi('ci-deploy', 9, 'sts:AssumeRole', { responseElements: { credentials: { accessKeyId: ROLE } } })
  const report = reportOf([...TODAY, ...allDay('ci-deploy'), ...allDay('deploy'), makes, takes])
  assert.deepEqual(blamedOf(report), ['ci-deploy CreateAccessKey'])
  const keys = report.credentials.map(({ key }) => key)
  assert.deepEqual([keys.includes(NEW), keys.includes(ROLE)], [true, false])
})

test('whoever does several kinds of grave things from there is excused for nothing, and nobody beside them is blamed', () => {
  const grave = [fromCi('deploy', 8, 'iam:CreateUser'), fromCi('deploy', 9, 'iam:UpdateAssumeRolePolicy')]
  const all = [...allDay('ci-deploy'), ...allDay('deploy')]
  const blamed = blamedOf(reportOf([...TODAY, ...all, ...grave]))
  assert.ok(blamed.includes('deploy PutImage'))
  assert.deepEqual(
    blamed.filter((said) => said.startsWith('ci-deploy')),
    [],
  )
})

test('what changed something comes before what only looked around, where both were refused', () => {
  const denied = (call: string, address = '203.0.113.9'): CloudTrailRecord =>
    aCall('13:20:00', call, { eventID: `denied-${call}`, errorCode: 'AccessDenied', sourceIPAddress: address })
  const says = saysOf(reportOf([...TODAY, denied('organizations:DescribeOrganization'), denied('ec2:CreateTags')]))
  const at = (name: string): number => says.indexOf(`${name} denied address`)
  assert.ok(at('CreateTags') > says.indexOf('PutImage done address'))
  assert.ok(at('GetSecretValue') > at('CreateTags') - 5 && at('DescribeOrganization') > at('CreateTags'))
  assert.ok(at('DescribeOrganization') > at('GetSecretValue'))
})

test('from a key that was made for somebody, whoever made it and did more is found, but not whoever only made it', () => {
  const used = elsewhere('13:40:00', 'ec2:RunInstances', NEW_KEY)
  const from = (records: readonly CloudTrailRecord[]) => {
    const collector = reportCollector(LABELS, { root: NEW_KEY, found: new Set(), whyNot: () => 'account' })
    const byId = new Map(records.map((record) => [String(record['eventID']), record]))
    for (const row of rowsOf(RUNBOOK, records)) {
      const record = byId.get(row.eventId) ?? {}
      collector.add(row, record, [row.eventId === used['eventID'] ? START : MEMBER])
    }
    return saysOf(collector.finish({ window: WINDOW, whole: true }))
  }
  const told = from([...TODAY, used])
  assert.ok(told.includes('RunInstances done credential') && told.includes('PutUserPolicy done address'))
  const made = TODAY.filter(({ eventName }) => eventName === 'CreateAccessKey')
  const other = aCall('13:50:00', 'ecr:PutImage')
  assert.deepEqual(from([...made, other, used]), ['RunInstances done start', 'CreateAccessKey done undefined'])
})

test('a person of Identity Center who makes a key where several are at home is told apart, but not one who gives every right', () => {
  const kim = {
    type: 'AssumedRole',
    arn: 'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/kim@harbour.example',
    accountId: '111122223333',
    accessKeyId: 'ASIARTX3GSDSYEEXKIM1',
  }
  const document = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
  const makes = fromCi('kim', 8, 'iam:CreateAccessKey', { userIdentity: kim })
  const gives = fromCi('kim', 8, 'iam:PutRolePolicy', {
    userIdentity: kim,
    requestParameters: { roleName: 'x', policyName: 'x', policyDocument: document },
  })
  const all = [...TODAY, ...allDay('ci-deploy'), ...allDay('deploy')]
  assert.deepEqual(blamedOf(reportOf([...all, makes])), [])
  assert.equal(blamedOf(reportOf([...all, gives])).length, 1)
  assert.equal(blamedOf(reportOf([...TODAY, makes])).length, 1)
})
