import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  assumedSessions,
  callerSessions,
  type Reading,
  type Sessions,
  sessionPolicy,
  sourceIdentity,
} from '../../src/adapters/aws/sessions.ts'
import { isAwsFault } from '../../src/domain/fault.ts'
import { PROD_PAYMENTS, PROD_WEB, SANDBOX } from '../../src/playground/aws/organisation/accounts.ts'
import { ALICE, sharedAws } from './awsRig.ts'

const { aws, shared, tell, counted } = sharedAws()

const READING: Reading = {
  account: PROD_PAYMENTS,
  person: ALICE,
  regions: ['eu-west-1'],
  action: 'cloudtrail:LookupEvents',
}

function sessions(now: () => Date = () => new Date()): Sessions {
  const roleArn = (account: string): string => `arn:aws:iam::${account}:role/ctq-reader`
  return assumedSessions({ roleArn, region: 'us-east-1', transport: shared, now })
}

/** Sessions made by what a test does. */
async function assumed(work: () => Promise<unknown>): Promise<number> {
  const before = await counted('AssumeRole')
  await work()
  const sum = (counts: typeof before) => counts.reduce((total, { served }) => total + served, 0)
  return sum(await counted('AssumeRole')) - sum(before)
}

test('a session is named after the person, pinned to one action and its Regions, and lives fifteen minutes', async () => {
  const asked = Math.floor(Date.now() / 1000) * 1000
  const credentials = await sessions()(READING)
  assert.match(credentials.accessKeyId, /^ASIA/)
  const lives = (credentials.expiration?.getTime() ?? 0) - asked
  assert.ok(lives >= 900_000 && lives < 930_000, `${lives} ms`)
  const truth = await (
    await fetch(
      `${aws().url}/_playground/truth?account=${PROD_PAYMENTS}&region=us-east-1&key=EventName&value=AssumeRole`,
    )
  ).text()
  const record = JSON.parse(truth.split('\n').find((line) => line.includes(credentials.accessKeyId)) ?? '{}')
  assert.equal(record.requestParameters.roleSessionName, 'T1.UALICE')
  assert.equal(record.requestParameters.sourceIdentity, 'T1.UALICE')
  assert.equal(record.requestParameters.durationSeconds, 900)
  assert.deepEqual(JSON.parse(record.requestParameters.policy), {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: 'cloudtrail:LookupEvents',
        Resource: '*',
        Condition: { StringEquals: { 'aws:RequestedRegion': ['eu-west-1'] } },
      },
    ],
  })
  assert.match(record.userAgent, /app\/ctq/)
})

test('a session is made once for a reading, also when many ask at once, and anew for any other', async () => {
  const of = sessions()
  assert.equal(await assumed(() => Promise.all([of(READING), of(READING), of(READING)])), 1)
  assert.equal(await assumed(() => of(READING)), 0)
  const others: readonly Partial<Reading>[] = [
    { account: PROD_WEB },
    { person: { team: 'T1', user: 'UBOB' } },
    { regions: ['us-east-1'] },
    { action: 'account:ListRegions' },
  ]
  for (const other of others) assert.equal(await assumed(() => of({ ...READING, ...other })), 1, JSON.stringify(other))
})

test('a session is renewed two minutes before its end, or when it is asked for', async () => {
  const clock = { now: Date.now() }
  const of = sessions(() => new Date(clock.now))
  const first = await of(READING)
  const end = first.expiration?.getTime() ?? 0
  clock.now = end - 121_000
  assert.equal((await of(READING)).accessKeyId, first.accessKeyId)
  clock.now = end - 120_000
  const second = await of(READING)
  assert.notEqual(second.accessKeyId, first.accessKeyId)
  clock.now = Date.now()
  assert.notEqual((await of(READING, true)).accessKeyId, second.accessKeyId)
})

test('a role that may not be assumed is said with its name, and tried again the next time', async () => {
  const of = sessions()
  const reading = { ...READING, account: SANDBOX }
  for (const _ of [1, 2])
    await assert.rejects(of(reading), (error) => {
      assert.ok(isAwsFault(error))
      assert.deepEqual(
        [error.code, error.action, error.role],
        ['assume_role_denied', 'sts:AssumeRole', `arn:aws:iam::${SANDBOX}:role/ctq-reader`],
      )
      return true
    })
  await tell('faults', { operation: 'AssumeRole', code: 'ServiceUnavailable' })
  const shaky = sessions()
  await assert.rejects(shaky(READING), { code: 'transient' })
  assert.match((await shaky(READING)).accessKeyId, /^ASIA/, 'the failure is not remembered')
})

test('STS is asked once: trying again is for whoever knows the pace', async () => {
  await tell('counters', {}, 'DELETE')
  await tell('faults', { operation: 'AssumeRole', code: 'InternalFailure', times: 1 })
  await assert.rejects(sessions()(READING), { code: 'transient' })
  const [count] = await counted('AssumeRole')
  assert.deepEqual([count?.served, count?.failed], [0, { InternalFailure: 1 }])
})

test('the caller’s own credentials reach the caller’s own account and no other', async () => {
  const provider = async () => ({ accessKeyId: 'AKIA1', secretAccessKey: 's' })
  const of = callerSessions({ account: PROD_PAYMENTS, provider })
  assert.deepEqual(await of(READING), { accessKeyId: 'AKIA1', secretAccessKey: 's' })
  await assert.rejects(of({ ...READING, account: PROD_WEB }), (error) => {
    assert.ok(isAwsFault(error))
    assert.equal(error.code, 'access_denied')
    assert.match(error.detail, new RegExp(`your credentials are for account ${PROD_PAYMENTS}`))
    return true
  })
})

test('any team and user make a source identity that STS takes', () => {
  assert.equal(sourceIdentity(ALICE), 'T1.UALICE')
  assert.equal(sourceIdentity({ team: 'local', user: 'Ünï côde/<x>' }), 'local.-n--c-de--x-')
  assert.equal(sourceIdentity({ team: 'T', user: 'x'.repeat(100) }).length, 64)
})

test('a session policy for all Regions of a partition fits what STS allows', () => {
  const regions = Array.from({ length: 40 }, (_, at) => `ap-southeast-${at}`)
  assert.ok(sessionPolicy('cloudtrail:LookupEvents', regions).length < 2048)
  assert.equal(sessionPolicy('account:ListRegions', []).includes('Condition'), false)
})
