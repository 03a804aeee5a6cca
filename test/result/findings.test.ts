import assert from 'node:assert/strict'
import test from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import type { CloudTrailRecord } from '../../src/domain/record.ts'
import type { Answer } from '../../src/domain/result/answer.ts'
import { type FacetRoom, facetLines } from '../../src/domain/result/facetWords.ts'
import { findingsCollector } from '../../src/domain/result/findings.ts'
import { plainText } from '../../src/domain/result/phrase.ts'
import { timelineText } from '../../src/domain/result/timelineText.ts'
import { aCoverage, anAnswer, hostileAnswer } from '../support/answers.ts'
import { golden } from '../support/golden.ts'
import { aCall, LEAKED_KEY, LEAKED_KEY_RECORDS, NINETY_DAYS } from '../support/leakedKey.ts'
import { aResultRow, aTelling } from '../support/rows.ts'
import { answerFrom, LABELS, STORIES, shipped } from '../support/stories.ts'

const KEY = shipped('key-activity')

/** What is left on the heap after this is held by somebody. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  assert.ok(typeof collect === 'function')
  collect()
}

const ROOM = { items: 8, calls: 6, denied: 6 }

function ask(records: readonly CloudTrailRecord[], changes: Partial<Answer> = {}): Answer {
  return answerFrom(KEY, records, { parameters: { accessKeyId: LEAKED_KEY }, coverage: NINETY_DAYS, ...changes })
}

function lines(answer: Answer): readonly string[] {
  return facetLines(answer, ROOM).map(({ phrase }) => plainText(phrase))
}

/** Calls at the same minute of so many days, one each `every` days, the last of them on 20 November. */
function onDays(days: number, every: number, address: string): readonly CloudTrailRecord[] {
  const last = Date.parse('2026-11-20T06:00:00Z')
  return Array.from({ length: days }, (_, at) =>
    aCall(`${new Date(last - at * every * 86_400_000).toISOString().slice(0, 19)}Z`, 'ecr:GetAuthorizationToken', {
      sourceIPAddress: address,
    }),
  )
}

test('an address that was not there before is told, with how much was read before it', () => {
  assert.match(
    lines(ask(LEAKED_KEY_RECORDS))[0] ?? '',
    /^203\.0\.113\.9: .* not seen with this key in the 89 days before$/,
  )
})

const NOT_NEW: readonly (readonly [string, Answer])[] = [
  ['the answer is not whole', ask(LEAKED_KEY_RECORDS, { coverage: { ...NINETY_DAYS, verdict: 'partial' } })],
  ['older calls were cut off', ask(LEAKED_KEY_RECORDS, { cut: true })],
  [
    'nothing came from elsewhere before',
    ask([aCall('12:00:00', 's3:ListBuckets'), aCall('12:40:00', 's3:ListBuckets')]),
  ],
  [
    'it came a day or two after the first calls of all, and has been there every day since',
    ask([...onDays(88, 1, '192.0.2.1'), ...onDays(86, 1, '192.0.2.2')]),
  ],
  [
    'it has been there for longer than was known before it',
    ask([...onDays(80, 1, '192.0.2.1'), ...onDays(25, 2, '192.0.2.2')]),
  ],
  [
    'little was known before it, for how long it stayed',
    ask([...onDays(8, 1, '192.0.2.1'), ...onDays(2, 4, '192.0.2.2')]),
  ],
  [
    'the first call of all was less than a day before, however much was read',
    ask([aCall('06:00:00', 's3:ListBuckets', { sourceIPAddress: '192.0.2.1' }), aCall('12:40:00', 's3:ListBuckets')]),
  ],
  [
    'less than a day was read before it',
    ask(LEAKED_KEY_RECORDS, {
      coverage: aCoverage({ window: { since: '2026-11-20T01:00:00Z', until: '2026-11-20T14:08:00Z' } }),
    }),
  ],
]
for (const [why, answer] of NOT_NEW) {
  test(`no address is called new when ${why}`, () => assert.doesNotMatch(lines(answer).join('\n'), /not seen/))
}

test('addresses that are new come first, and none of those that are there every day is among them', () => {
  const told = lines(
    ask([
      ...onDays(88, 1, '192.0.2.1'),
      ...onDays(86, 1, '192.0.2.2'),
      ...onDays(1, 1, '198.51.100.99'),
      ...onDays(1, 1, '203.0.113.66'),
    ]),
  )
  assert.deepEqual(
    told.slice(0, 4).map((line) => [line.split(':')[0], /not seen/.test(line), /daily/.test(line)]),
    [
      ['198.51.100.99', true, false],
      ['203.0.113.66', true, false],
      ['192.0.2.1', false, true],
      ['192.0.2.2', false, true],
    ],
  )
})

test('an address is daily when calls came from it on most days, and not because there were many', () => {
  const [often, seldom] = [onDays(60, 1, '192.0.2.1'), onDays(20, 4, '192.0.2.2')]
  const told = lines(ask([...often, ...seldom, ...onDays(1, 1, '192.0.2.3')]))
  assert.match(told.find((line) => line.startsWith('192.0.2.1')) ?? '', /: 60 calls, aws-cli, daily/)
  assert.doesNotMatch(told.find((line) => line.startsWith('192.0.2.2')) ?? '', /daily/)
})

test('what people call an address stands beside it', () => {
  assert.ok(lines(ask(LEAKED_KEY_RECORDS)).includes('198.51.100.4 (known: CI egress): 161 calls, aws-sdk-go-v2, daily'))
})

test('the most telling changes come first, shown in the order of their times, the rest counted', () => {
  const [, , changes] = facetLines(ask(LEAKED_KEY_RECORDS), { items: 4, calls: 2, denied: 2 }).map(({ phrase }) =>
    plainText(phrase),
  )
  assert.equal(
    changes,
    'Changes done: 12:58Z CreateAccessKey → AKIA…7ZTM (user backup) · 13:06Z PutUserPolicy user ci-deploy: allows * on * · +7 in the CSV',
  )
})

const attached = (time: string, userName: string, policy: string, changes: CloudTrailRecord = {}): CloudTrailRecord =>
  aCall(time, `iam:Attach${changes['userAgent'] === undefined ? 'User' : 'Role'}Policy`, {
    requestParameters: { userName, policyArn: `arn:aws:iam::aws:policy/${policy}` },
    ...changes,
  })

function changesOf(records: readonly CloudTrailRecord[], calls: number, grave?: FacetRoom['grave']): string {
  const room = { items: 4, calls, denied: 2, ...(grave && { grave }) }
  return (
    facetLines(ask(records), room)
      .map(({ phrase }) => plainText(phrase))
      .find((line) => line.startsWith('Changes')) ?? ''
  )
}

test('what gives every right is shown before a newer policy of every deployment', () => {
  const told = changesOf(
    [
      attached('12:00:00', 'backup', 'AdministratorAccess'),
      aCall('12:30:00', 'iam:CreateAccessKey', { requestParameters: { userName: 'backup' } }),
      attached('13:00:00', 'web-api', 'service-role/AWSLambdaBasicExecutionRole', { userAgent: 'terraform' }),
    ],
    2,
  )
  assert.equal(
    told,
    'Changes done: 12:00Z AttachUserPolicy user backup: AdministratorAccess · 12:30Z CreateAccessKey user backup · +1 in the CSV',
  )
})

test('a harmless policy put after the one that gives every right does not take its place', () => {
  const put = (time: string, policyDocument: string): CloudTrailRecord =>
    aCall(time, 'iam:PutUserPolicy', { requestParameters: { userName: 'ci-deploy', policyName: 'x', policyDocument } })
  const [anything, little] = ['*', 's3:ListBucket'].map((Action) =>
    JSON.stringify({ Statement: [{ Effect: 'Allow', Action, Resource: '*' }] }),
  )
  assert.match(
    changesOf([put('12:00:00', anything ?? ''), put('12:01:00', little ?? '')], 1),
    /^Changes done: 12:00Z PutUserPolicy user ci-deploy: allows \* on \* · \+1/,
  )
})

test('more changes are shown when they are grave and the line stays short', () => {
  const grave = Array.from({ length: 8 }, (_, at) => attached(`12:0${at}:00`, `u${at}`, 'AdministratorAccess'))
  const plain = Array.from({ length: 8 }, (_, at) => attached(`12:1${at}:00`, `p${at}`, 'AmazonS3ReadOnlyAccess'))
  const shown = (line: string): number => line.split(' · ').filter((part) => part.includes('Attach')).length
  assert.equal(shown(changesOf([...grave, ...plain], 3, { calls: 6, characters: 340 })), 6)
  assert.equal(shown(changesOf([...grave, ...plain], 3, { calls: 6, characters: 230 })), 4)
  assert.equal(shown(changesOf(plain, 3, { calls: 6, characters: 340 })), 3)
  assert.match(changesOf([...grave, ...plain], 3, { calls: 6, characters: 340 }), /\+10 in the CSV$/)
})

test('one new user is told among any number of harmless writes, whatever came last', () => {
  const summary = findingsCollector(KEY, {}, LABELS)
  for (let index = 0; index < 20_000; index += 1)
    summary.add(
      aResultRow({
        eventName: 'CreateLogStream',
        eventSource: 'logs.amazonaws.com',
        eventTime: 1_800_000_000 - index,
        telling: aTelling({ about: () => ({ target: `stream-${index}`, detail: '' }) }),
      }),
    )
  summary.add(aResultRow({ eventTime: 1_799_000_000 }))
  const { changes } = summary.finish({ window: NINETY_DAYS.window, whole: true }).facets
  assert.equal(changes.rows[0]?.eventName, 'CreateUser')
  assert.equal(changes.calls, 20_001)
  assert.ok(changes.uncounted > 0 && changes.rows.length + changes.more + changes.uncounted <= 20_001)
})

test('calls alike are counted together, and said so', () => {
  const puts = Array.from({ length: 6 }, (_, at) =>
    aCall(`13:51:3${at}`, 'ecr:PutImage', { requestParameters: { repositoryName: 'payments' } }),
  )
  assert.deepEqual(
    lines(ask(puts)).filter((line) => line.startsWith('Changes')),
    ['Changes done: 13:51Z PutImage payments ×6'],
  )
})

test('noise that is folded away is in no finding', () => {
  const own = aResultRow({ noise: 'ctq' })
  const summary = findingsCollector(KEY, {}, LABELS)
  summary.add(own)
  const { facets, timeline } = summary.finish({ window: NINETY_DAYS.window, whole: true })
  assert.deepEqual([facets.addresses.calls, facets.changes.calls, timeline.rows.length], [0, 0, 0])
})

test('a subject that is a column of its own is counted by its values', () => {
  const runbook = { ...KEY, headline: { ...KEY.headline, subject: 'service' } }
  const { subjects } = answerFrom(runbook, LEAKED_KEY_RECORDS).facets
  assert.deepEqual(subjects.rows.slice(0, 2), [
    { value: 'ecr', count: 167 },
    { value: 'secretsmanager', count: 17 },
  ])
})

test('findings do not depend on the order in which records were delivered', () => {
  const whole = ask(LEAKED_KEY_RECORDS)
  const { facets, leads, timeline } = whole
  fc.assert(
    fc.property(fc.shuffledSubarray([...LEAKED_KEY_RECORDS], { minLength: LEAKED_KEY_RECORDS.length }), (shuffled) => {
      const again = ask(shuffled)
      assert.deepEqual(
        { facets: again.facets, leads: again.leads, timeline: again.timeline },
        { facets, leads, timeline },
      )
    }),
    { numRuns: 10 },
  )
})

test('counts agree: addresses, callers and Regions each add up to all the calls', () => {
  for (const answer of Object.values(STORIES)) {
    const { addresses, principals, regions, changes, denied } = answer.facets
    const shown = answer.counts.matched
    assert.deepEqual([addresses.calls, principals.calls, regions.calls], [shown, shown, shown])
    assert.equal(changes.calls, answer.counts.changes)
    assert.equal(denied.calls, answer.counts.denied)
  }
})

test('memory does not grow with the number of rows, whatever they tell', () => {
  const summary = findingsCollector(KEY, {}, () => undefined)
  const long = 'x'.repeat(2_000)
  const add = (from: number, count: number): void => {
    for (let index = from; index < from + count; index += 1) {
      const text = `${index}${long}`
      const leads = KEY.next.map(() => ({ accessKeyId: text.slice(0, 400) }))
      const telling = aTelling({
        who: text,
        address: text,
        agent: text,
        credential: text,
        leads,
        about: () => ({ target: text, detail: text }),
      })
      summary.add(
        aResultRow({
          eventName: text,
          eventTime: 1_800_000_000 - index,
          telling,
          outcome: index % 3 === 0 ? 'denied' : 'done',
        }),
      )
    }
  }
  add(0, 15_000)
  collectGarbage()
  const before = process.memoryUsage().heapUsed
  add(15_000, 30_000)
  collectGarbage()
  const grown = (process.memoryUsage().heapUsed - before) / 1024 / 1024
  assert.ok(grown < 24, `${grown.toFixed(1)} MB more`)
  assert.equal(summary.finish({ window: NINETY_DAYS.window, whole: true }).facets.addresses.calls, 45_000)
})

test('the timeline reads as before', () => {
  golden('timeline/leaked-key.txt', timelineText(ask(LEAKED_KEY_RECORDS), 'https://example.slack.com/archives/C1/p1'))
})

test('a timeline holds at most 200 calls: the most telling, oldest first, what is left out counted where it was', () => {
  const summary = findingsCollector(KEY, {}, () => undefined)
  for (let index = 0; index < 500; index += 1) {
    const done = index % 5 !== 0
    const telling = aTelling({ change: index % 10 === 1 })
    summary.add(
      aResultRow({
        eventTime: 1_800_000_000 - index,
        outcome: done ? 'done' : 'denied',
        telling,
        eventId: `e-${index}`,
      }),
    )
  }
  const { rows, more } = summary.finish({ window: NINETY_DAYS.window, whole: true }).timeline
  assert.equal(rows.length, 200)
  assert.equal(more, 300)
  assert.equal(rows.filter(({ outcome }) => outcome === 'denied').length, 100)
  assert.deepEqual(
    rows.map(({ time }) => time),
    rows.map(({ time }) => time).toSorted(),
  )
  const text = timelineText(anAnswer({ timeline: { rows, more } }), undefined, 50)
  const told = text.split('\n').filter((line) => line.includes(' | '))
  const times = told.reduce((sum, line) => sum + Number(/(\d+) times/.exec(line)?.[1] ?? 1), 0)
  assert.equal(told.length, 50)
  assert.equal(times + Number(/^\+(\d+) more calls in the CSV$/m.exec(text)?.[1]), 500)
  const between = [...text.matchAll(/^… (\d+) more calls? …$/gm)].reduce((sum, [, count]) => sum + Number(count), 0)
  assert.equal(times + between, 500)
})

test('a long timeline to paste tells the attacker among months of routine, in the order of the calls, first and last call too', () => {
  const summary = findingsCollector(KEY, {}, () => undefined)
  const routine = (hour: number): void => {
    const telling = aTelling({ address: '198.51.100.4', change: hour % 3 === 0 })
    const call = { eventSource: 'ecr.amazonaws.com', eventName: `Routine${hour % 50}`, telling, eventId: `ci-${hour}` }
    summary.add(aResultRow({ eventTime: 1_800_000_000 - hour * 3_600, ...call }))
  }
  const attack = (at: number, eventName: string, change: boolean, outcome: 'done' | 'denied' = 'done'): void => {
    const telling = aTelling({ address: '203.0.113.9', change })
    summary.add(
      aResultRow({ eventTime: 1_800_000_000 - 36_000 - at, eventName, outcome, telling, eventId: `evil-${at}` }),
    )
  }
  for (let hour = 0; hour < 10; hour += 1) routine(hour)
  attack(60, 'CreateAccessKey', true)
  attack(120, 'GetSecretValue', false, 'denied')
  attack(180, 'ListBuckets', false)
  for (let hour = 11; hour < 900; hour += 1) routine(hour)
  const { timeline } = summary.finish({ window: NINETY_DAYS.window, whole: true })
  const text = timelineText(anAnswer({ timeline }), undefined, 60)
  const ids = [...text.matchAll(/(?:evil|ci)-\d+/g)].map(([id]) => id)
  for (const id of ['ci-899', 'evil-180', 'evil-120', 'evil-60', 'ci-0']) assert.ok(ids.includes(id), `${id} in ${ids}`)
  assert.deepEqual([ids[0], ids.at(-1)], ['ci-899', 'ci-0'])
  assert.ok(ids.length <= 10, 'routine stays out')
  assert.match(text, /^… \d+ more calls …$/m)
})

test('nothing in a timeline can command a terminal or end its line', () => {
  const text = timelineText(hostileAnswer('\u001b[31m\r\n\u202e|\u0000', 5))
  assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/)
})

test('whoever did something comes before the services that did more by themselves', () => {
  const told = findingsCollector(shipped('account-changes'), {}, () => undefined)
  const did = (who: string, kind: string, times: number) => {
    for (let at = 0; at < times; at += 1)
      told.add(
        aResultRow({ eventTime: 9_000 - at, eventId: `${who}-${at}`, telling: aTelling({ who, kind, change: true }) }),
      )
  }
  did('AWSServiceRoleForAutoScaling/AutoScaling', 'service role', 9)
  did('cloudtrail.amazonaws.com', 'service', 5)
  did('ci-deploy', 'user', 1)
  const { facets } = told.finish({ window: NINETY_DAYS.window, whole: true })
  assert.deepEqual(
    facets.principals.rows.map(({ kind }) => kind),
    ['user', 'service role', 'service'],
  )
})

test('a change, a credential given and a secret read come before what was denied, which is told apart by rarity', () => {
  const told = findingsCollector(KEY, {}, () => undefined)
  const call = (at: number, eventSource: string, eventName: string, outcome: 'done' | 'denied', more = {}): void => {
    const telling = aTelling({ address: '203.0.113.9', change: false, ...more })
    const eventId = `${eventName}-${at}`
    told.add(aResultRow({ eventTime: 1_800_000_000 - at, eventSource, eventName, outcome, telling, eventId }))
  }
  call(0, 'sts.amazonaws.com', 'GetCallerIdentity', 'done')
  for (let at = 1; at < 60; at += 2) {
    call(at, 'ec2.amazonaws.com', 'DescribeInstances', 'denied')
    call(at + 1, 'ec2.amazonaws.com', 'DescribeVpcs', 'done')
  }
  call(70, 'secretsmanager.amazonaws.com', 'GetSecretValue', 'done')
  call(71, 'sts.amazonaws.com', 'AssumeRole', 'done', { credential: 'ASIAI44QH8DHBEXAMPLE' })
  call(72, 'ec2.amazonaws.com', 'RunInstances', 'done', { change: true })
  call(73, 's3.amazonaws.com', 'ListBuckets', 'denied')
  call(74, 'sts.amazonaws.com', 'GetCallerIdentity', 'done')
  const { timeline } = told.finish({ window: NINETY_DAYS.window, whole: true })
  const text = timelineText(anAnswer({ timeline }), undefined, 6)
  const names = [...text.matchAll(/(\w+)-\d+$/gm)].map(([, name]) => name)
  assert.deepEqual(names, [
    'GetCallerIdentity',
    'ListBuckets',
    'RunInstances',
    'AssumeRole',
    'GetSecretValue',
    'GetCallerIdentity',
  ])
})

test('an address is not called new with a key that was made among the same calls', () => {
  const before = ask(LEAKED_KEY_RECORDS)
  assert.match(lines(before).join('\n'), /not seen with this key/)
  const [change] = before.timeline.rows
  assert.ok(change)
  const credential = before.parameters['accessKeyId'] ?? ''
  const made = { ...before, timeline: { ...before.timeline, rows: [{ ...change, credential }] } }
  assert.doesNotMatch(lines(made).join('\n'), /not seen with this key/)
})
