import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AssumeRoleCommand } from '@aws-sdk/client-sts'
import {
  accountOfKeyByAws,
  callerIdentity,
  enabledRegions,
  organisationAccounts,
} from '../../src/adapters/aws/accounts.ts'
import { lookupEvents } from '../../src/adapters/aws/lookup.ts'
import { assumedSessions } from '../../src/adapters/aws/sessions.ts'
import type { CloudTrailRecord } from '../../src/domain/record.ts'
import { noiseOf } from '../../src/domain/runbook/ending.ts'
import { ACCOUNTS, PROD_PAYMENTS, SANDBOX } from '../../src/playground/aws/organisation/accounts.ts'
import { stsOf } from '../playground/awsSupport.ts'
import { ALICE, sharedAws } from './awsRig.ts'

const { aws, shared } = sharedAws()
const HOME = 'us-east-1'
const SINCE = new Date(Date.now() - 60_000).toISOString()

/** What CloudTrail has of the last minute, of every account. */
async function recorded(): Promise<readonly CloudTrailRecord[]> {
  const texts = await Promise.all(
    ACCOUNTS.map(async ({ id }) => {
      const query = new URLSearchParams({ account: id, region: HOME, start: SINCE })
      return await (await fetch(`${aws().url}/_playground/truth?${query}`)).text()
    }),
  )
  return texts.flatMap((text) =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line)),
  )
}

test('every call that ctq makes is marked and known for its own, those that it was refused too', async () => {
  const roleArn = (account: string): string => `arn:aws:iam::${account}:role/ctq-reader`
  const sessions = assumedSessions({ roleArn, region: HOME, transport: shared, now: () => new Date() })
  const { arn } = await callerIdentity(HOME, shared)
  await organisationAccounts(HOME, shared)
  await enabledRegions(sessions, shared, HOME)(PROD_PAYMENTS, ALICE)
  await accountOfKeyByAws(HOME, shared)(aws().organisation.users.worker.accessKeyId)
  const place = { region: HOME, regions: [HOME], person: ALICE }
  const until = new Date().toISOString()
  const ask = { since: SINCE, until } as const
  await lookupEvents(sessions, shared)({ ...place, account: PROD_PAYMENTS }, ask)
  await assert.rejects(lookupEvents(sessions, shared)({ ...place, account: SANDBOX }, ask), {
    code: 'assume_role_denied',
  })

  const own = { arn, readerRole: 'ctq-reader' }
  const marked = (await recorded()).filter(({ userAgent }) => / app\/ctq/.test(String(userAgent)))
  assert.deepEqual([...new Set(marked.map(({ eventName }) => eventName))].sort(), [
    'AssumeRole',
    'GetAccessKeyInfo',
    'GetCallerIdentity',
    'ListAccountsForParent',
    'ListOrganizationalUnitsForParent',
    'ListRegions',
    'ListRoots',
    'LookupEvents',
  ])
  const taken = marked.filter(({ eventName }) => eventName === 'AssumeRole')
  assert.ok(taken.some(({ errorCode }) => errorCode === 'AccessDenied'))
  assert.ok(taken.some(({ userIdentity }) => (userIdentity as CloudTrailRecord)['type'] === 'AWSAccount'))
  for (const record of marked) assert.equal(noiseOf(record, own), 'ctq', JSON.stringify(record))
})

test('whoever else writes ctq’s name on a call, or takes another role under it, is no noise', async (t) => {
  const own = { arn: aws().organisation.users.worker.arn, readerRole: 'ctq-reader' }
  const { responder, worker } = aws().organisation.users
  const asked = async (keys: typeof worker, role: string): Promise<void> => {
    const sts = stsOf(t, aws(), keys)
    sts.middlewareStack.add(
      (next) => async (args) => {
        ;(args.request as { headers: Record<string, string> }).headers['user-agent'] = 'aws-cli/2.31.9 app/ctq'
        return await next(args)
      },
      { step: 'build', priority: 'low' },
    )
    const input = { RoleArn: `arn:aws:iam::${SANDBOX}:role/${role}`, RoleSessionName: 'x1' }
    await assert.rejects(sts.send(new AssumeRoleCommand(input)))
  }
  await asked(responder, 'ctq-reader')
  await asked(worker, 'admin')
  const others = (await recorded()).filter(({ userAgent }) => String(userAgent) === 'aws-cli/2.31.9 app/ctq')
  assert.equal(others.length, 2)
  for (const record of others) assert.equal(noiseOf(record, own), undefined, JSON.stringify(record))
})
