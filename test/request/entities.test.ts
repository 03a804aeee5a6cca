import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Entity, entitiesIn } from '../../src/domain/request/entities.ts'
import { offersFor } from '../../src/domain/request/offers.ts'
import { parseCommand } from '../../src/domain/request/parse.ts'
import { readLibrary } from '../../src/library.ts'
import { ALARM, EVENT, FINDING, SECURITY_HUB, TALK } from '../support/alerts.ts'
import { NOW } from '../support/askFacts.ts'

const LIBRARY = await readLibrary('runbooks')
const BERLIN = 'Europe/Berlin'

const words = (entity: Entity): string =>
  entity.kind === 'time'
    ? `time ${new Date(entity.at * 1000).toISOString().slice(0, 19)}`
    : `${entity.kind} ${entity.value}`
const found = (text: string, zone = BERLIN): readonly string[] => entitiesIn(text, NOW, zone).map(words)

const MESSAGES: readonly (readonly [string, string, readonly string[]])[] = [
  [
    "GuardDuty's finding in Slack",
    FINDING,
    [
      'accessKeyId AKIAIOSFODNN7EXAMPLE',
      'user ci-deploy',
      'address 203.0.113.66',
      'address 10.1.2.3',
      'account 111122223333',
      'resource arn:aws:guardduty:eu-west-1:111122223333:detector/12abc/finding/34def',
      'time 2026-11-20T12:41:03',
      'time 2026-11-20T13:52:07',
    ],
  ],
  [
    "CloudTrail's record as EventBridge passes it on",
    EVENT,
    [
      'accessKeyId ASIAIOSFODNN7EXAMPLE',
      'eventId 0f3c0f57-31d4-4cbb-8f0b-8f3f9a2a1101',
      'session arn:aws:sts::111122223333:assumed-role/data-maintenance/=2+5,@channel_-_oncall_',
      'user backup',
      'address 203.0.113.67',
      'account 111122223333',
      'time 2026-11-20T13:06:12',
      'time 2026-11-20T13:06:10',
    ],
  ],
  [
    "a CloudWatch alarm's mail",
    ALARM,
    [
      'account 111122223333',
      'resource arn:aws:cloudwatch:eu-west-1:111122223333:alarm:RootUsage',
      'resource arn:aws:sns:eu-west-1:111122223333:alerts',
      'time 2026-11-20T13:57:00',
      'time 2026-11-20T14:02:33',
    ],
  ],
  [
    "Security Hub's finding, JSON in a JSON text",
    SECURITY_HUB,
    [
      'instance arn:aws:ec2:eu-west-1:111122223333:instance/i-0a1b2c3d4e5f60718',
      'bucket arn:aws:s3:::customer-exports',
      'account 111122223333',
      'resource arn:aws:securityhub:eu-west-1:111122223333:subscription/x/v/1.0/S3.8/finding/0f3c0f57-31d4-4cbb-8f0b-8f3f9a2a1199',
      'time 2026-11-20T10:00:00',
    ],
  ],
  [
    'what people write',
    TALK,
    [
      'role arn:aws:iam::111122223333:role/deploy',
      'user alice',
      'address 2001:db8::66',
      'instance i-0a1b2c3d4e5f60718',
      'securityGroup sg-0a1b2c3d4e5f60718',
      'bucket customer-exports',
      'time 2026-11-20T13:05:00',
    ],
  ],
]
for (const [what, text, expected] of MESSAGES)
  test(`${what}: what it speaks of is found, each once, the most useful first`, () => {
    assert.deepEqual(found(text), expected)
  })

const SMALL: readonly (readonly [string, readonly string[]])[] = [
  ['', []],
  ['*AKIAIOSFODNN7EXAMPLE*', ['accessKeyId AKIAIOSFODNN7EXAMPLE']],
  ['xAKIAIOSFODNN7EXAMPLE AKIAIOSFODNN7EXAMPLEx', []],
  ['ASIAPACIFICHEADQUARTERS', []],
  ['arn:aws:s3:::a-bucket,arn:aws:s3:::b-bucket.', ['bucket arn:aws:s3:::a-bucket', 'bucket arn:aws:s3:::b-bucket']],
  ['_arn:aws:iam::111122223333:role/a_', ['role arn:aws:iam::111122223333:role/a']],
  ['"arn:aws:iam::111122223333:role/a_"', ['role arn:aws:iam::111122223333:role/a_']],
  ['arn%3Aaws%3Aiam%3A%3A111122223333%3Auser%2Falice', ['user arn:aws:iam::111122223333:user/alice']],
  ['arn:aws:iam::*:role/x arn:aws:iam::1234:user/y', []],
  [
    'arn:aws:iam::111122223333:user/a arn:aws:iam::222233334444:user/a userName: a',
    ['user arn:aws:iam::111122223333:user/a', 'user arn:aws:iam::222233334444:user/a'],
  ],
  ['s3://exports/2026/a.csv and exports.s3.eu-west-1.amazonaws.com', ['bucket exports']],
  ['https://exports.s3.amazonaws.com/a?b=c', ['bucket exports']],
  ['<https://x.example/s3/buckets/exports?region=eu|bucket>', ['bucket exports']],
  ['vpc-0a1b2c3d, eni-0a1b2c3d4e5f60718', ['resource vpc-0a1b2c3d', 'resource eni-0a1b2c3d4e5f60718']],
  ['vpc-0a1b2c3d arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-0a1b2c3d', ['resource vpc-0a1b2c3d']],
  ['203.0.113.9/32 203.0.113.9 203.0.113.0/24', ['address 203.0.113.9', 'address 203.0.113.0/24']],
  ['http://203.0.113.9/x 198.51.100.7:443', ['address 203.0.113.9', 'address 198.51.100.7']],
  ['203[.]0[.]113[.]9 and 203(.)0(.)113(.)10', ['address 203.0.113.9', 'address 203.0.113.10']],
  ['0.0.0.0/0 ::/0 127.0.0.1 169.254.169.254 255.255.255.255 999.1.1.1 240.0.0.1 ::1', []],
  ['Chrome/120.0.0.0 version 1: "version": "1.2.3.4"', []],
  ['10.0.0.1 then 203.0.113.9', ['address 203.0.113.9', 'address 10.0.0.1']],
  ['aa:bb:cc:dd:ee:ff std::vector', []],
  ['<@U111122223333> <#C111122223333|general> <!subteam^S1|ops>', []],
  ['AccountId:111122223333', ['account 111122223333']],
  ['1111-2222-3333', ['account 111122223333']],
  ['https://111122223333.signin.aws.amazon.com/console', ['account 111122223333']],
  ['000000000000 1111222233334 202611201405', []],
  ['account: 202611201405', ['account 202611201405']],
  ['eventID: 0f3c0f57-31d4-4cbb-8f0b-8f3f9a2a1101', ['eventId 0f3c0f57-31d4-4cbb-8f0b-8f3f9a2a1101']],
  ['see 0f3c0f57-31d4-4cbb-8f0b-8f3f9a2a1101', ['eventId 0f3c0f57-31d4-4cbb-8f0b-8f3f9a2a1101']],
  ['requestID=0f3c0f57-31d4-4cbb-8f0b-8f3f9a2a1101 "id": "0f3c0f57-31d4-4cbb-8f0b-8f3f9a2a1102"', []],
  ['sharedEventID: 0f3c0f57-31d4-4cbb-8f0b-8f3f9a2a1101', []],
  ['*User name*\nalice\n*Role:* `deploy`', ['user alice', 'role deploy']],
  ['roleSessionName: alice@example.com', ['session session/alice@example.com']],
  ['user: please look', []],
  ['userName: null, role: "none"', []],
  ['User: Admin/alice-session', ['session Admin/alice-session']],
  ['https://console.aws.amazon.com/iam/home#/roles/deploy', ['role deploy']],
]
for (const [text, expected] of SMALL)
  test(`${JSON.stringify(text)} speaks of ${expected.length === 0 ? 'nothing' : expected.join(', ')}`, () => {
    assert.deepEqual(found(text), expected)
  })

const TIMES: readonly (readonly [string, readonly string[]])[] = [
  ['2026-11-20T12:41:03Z', ['2026-11-20T12:41:03']],
  ['2026-11-20T12:41:03.250+01:00', ['2026-11-20T11:41:03']],
  ['2026-11-20T12:41:03.250+0000', ['2026-11-20T12:41:03']],
  ['2026-11-20 12:41 UTC', ['2026-11-20T12:41:00']],
  ['2026-11-20 12:41:03', ['2026-11-20T11:41:03']],
  ['2026/11/20 12:41:03 UTC', ['2026-11-20T12:41:03']],
  ['111122223333_CloudTrail_eu-west-1_20261120T1240Z_x.json.gz', ['2026-11-20T12:40:00']],
  ['Fri, 20 Nov 2026 12:41:03 GMT', ['2026-11-20T12:41:03']],
  ['Nov 20, 2026 2:05 PM UTC', ['2026-11-20T14:05:00']],
  ['November 20, 2026, 12:41 (UTC)', ['2026-11-20T12:41:00']],
  ['"StartTime": 1795178463', ['2026-11-20T12:41:03']],
  ['timestamp=1795178463123', ['2026-11-20T12:41:03']],
  ['"size": 1795178463', []],
  ['<!date^1795178463^{date} at {time}|yesterday>', ['2026-11-20T12:41:03']],
  ['at 14:05 or 12:41Z', ['2026-11-20T13:05:00', '2026-11-20T12:41:00']],
  ['at 2:05 p.m.', ['2026-11-20T13:05:00']],
  ['2026-11-20T12:41:03Z, took 00:05:12', ['2026-11-20T12:41:03']],
  ['2026-11-20T14:12:00Z is a little ahead', ['2026-11-20T14:12:00']],
  ['2026-11-21T12:41:03Z is to come, 2026-01-01T00:00:00Z is too long ago', []],
  ['2026-13-45T25:61:00Z', []],
  ['host:8080 10:300 1:2:3', []],
]
for (const [text, expected] of TIMES)
  test(`${JSON.stringify(text)} speaks of ${expected.length === 0 ? 'no time' : expected.join(', ')}`, () => {
    const times = entitiesIn(text, NOW, BERLIN).filter(({ kind }) => kind === 'time')
    assert.deepEqual(
      times.map(words),
      expected.map((time) => `time ${time}`),
    )
  })

const offered = (text: string, now = NOW): readonly string[] =>
  offersFor(entitiesIn(text, now, 'UTC'), LIBRARY, now).map((offer) => offer.text)

test('a message offers what each thing in it is asked first, then the rest, filled in', () => {
  assert.deepEqual(offered('AKIAIOSFODNN7EXAMPLE from 203.0.113.9').slice(0, 6), [
    'key-activity accessKeyId=AKIAIOSFODNN7EXAMPLE',
    'ip-activity sourceIPAddress=203.0.113.9',
    'credential-chain accessKeyId=AKIAIOSFODNN7EXAMPLE',
    'ip-changes sourceIPAddress=203.0.113.9',
    'key-origins accessKeyId=AKIAIOSFODNN7EXAMPLE',
    'console-logins sourceIPAddress=203.0.113.9',
  ])
})

test('the window is a day before the time in the message and six hours after', () => {
  assert.deepEqual(
    offered('user name: alice 2026-11-18T12:41:03Z')[0],
    ['principal-writes principal=alice since 2026-11-17 12:41Z until 2026-11-18 18:41Z'][0],
  )
})

test('a window that would end in the future ends when the run starts', () => {
  assert.equal(offered('user name: alice 12:41Z')[0], 'principal-writes principal=alice since 2026-11-19 12:41Z')
})

test("a runbook's own window is kept where it holds the day before and the hours after", () => {
  assert.equal(offered('AKIAIOSFODNN7EXAMPLE 12:41Z')[0], 'key-activity accessKeyId=AKIAIOSFODNN7EXAMPLE')
  assert.equal(offered('sg-0a1b2c3d 2026-11-16T12:00:00Z')[0], 'resource-history resourceName=sg-0a1b2c3d')
  assert.equal(
    offered('sg-0a1b2c3d 2026-11-10T12:00:00Z')[0],
    'resource-history resourceName=sg-0a1b2c3d since 2026-11-09 12:00Z until 2026-11-10 18:00Z',
  )
})

test('a runbook that reads everything gets twice its own short window, most of it before', () => {
  assert.equal(
    offered('203.0.113.9 at 2026-11-18T12:00:00Z')[0],
    'ip-activity sourceIPAddress=203.0.113.9 since 2026-11-18 10:24Z until 2026-11-18 12:24Z',
  )
})

test('times near each other are all in the window; of times far apart the newest counts', () => {
  assert.equal(
    offered('user name: alice, 2026-11-18T02:00:00Z, 2026-11-18T14:00:00Z')[0],
    'principal-writes principal=alice since 2026-11-17 02:00Z until 2026-11-18 20:00Z',
  )
  assert.equal(
    offered('user name: alice, 2026-11-08T02:00:00Z, 2026-11-18T14:00:00Z')[0],
    'principal-writes principal=alice since 2026-11-17 14:00Z until 2026-11-18 20:00Z',
  )
})

test('a time at the end of what CloudTrail keeps gives a window that can still be asked in an hour', () => {
  const [offer] = offersFor(entitiesIn('user name: alice 2026-08-22T15:00:00Z', NOW, 'UTC'), LIBRARY, NOW)
  const oldest = NOW.getTime() / 1000 - 90 * 86_400
  assert.ok(offer?.request.span !== undefined && offer.request.span.since >= oldest + 3500)
})

test('what does not say its account is asked about in the one account of the message', () => {
  assert.equal(
    offered('account 111122223333: sg-0a1b2c3d')[0],
    'resource-history resourceName=sg-0a1b2c3d account=111122223333',
  )
  assert.equal(
    offered('arn:aws:iam::111122223333:role/a opened sg-0a1b2c3d').find((text) => text.includes('sg-')),
    'resource-history resourceName=sg-0a1b2c3d account=111122223333',
  )
  assert.equal(offered('111122223333 and 222233334444: sg-0a1b2c3d')[0], 'resource-history resourceName=sg-0a1b2c3d')
})

test('nothing is offered about what only brought the message', () => {
  assert.ok(offered(ALARM).length > 0)
  assert.ok(offered(ALARM).every((text) => !text.includes('arn:')))
})

test('every offer of these messages can be typed, and asks the same', () => {
  for (const [, text] of MESSAGES) {
    const offers = offersFor(entitiesIn(text, NOW, BERLIN), LIBRARY, NOW)
    assert.ok(offers.length > 0 && offers.length <= 20)
    for (const { text: line, request } of offers) {
      const parsed = parseCommand(line, LIBRARY, { now: NOW, timeZone: 'Asia/Tokyo', origin: 'terminal' })
      assert.deepEqual(parsed, { ok: true, value: { kind: 'run', request, notes: [] } }, line)
    }
  }
})

test('of a key nobody is offered what happened to it as a resource', () => {
  const lines = offersFor(entitiesIn('Key AKIAIOSFODNN7EXAMPLE', NOW, 'UTC'), LIBRARY, NOW).map(({ text }) => text)
  assert.equal(lines[0], 'key-activity accessKeyId=AKIAIOSFODNN7EXAMPLE')
  assert.deepEqual(
    lines.filter((line) => line.includes('resourceName')),
    [],
  )
})

test('a message of nothing that is known offers nothing', () => {
  assert.deepEqual(offered('good morning at 12:41Z'), [])
  assert.deepEqual(offersFor([], LIBRARY, NOW), [])
})
