import assert from 'node:assert/strict'
import test from 'node:test'
import { AssumeRoleCommand } from '@aws-sdk/client-sts'
import { sourceIdentity } from '../../src/adapters/aws/sessions.ts'
import { botPolicy, readerPolicy, readerTrust, workerPolicy } from '../../src/domain/iam.ts'
import { evaluate } from '../../src/playground/aws/policy.ts'
import { stsOf } from '../playground/awsSupport.ts'
import { aConfig, anAws, ctq, WEB } from './rig.ts'

const WORKER = 'arn:aws:iam::777788889999:role/ctq-worker'
const ROLE = `arn:aws:iam::${WEB}:role/ctq-reader`

test('each policy is printed as JSON, and all of them together', async () => {
  const all = await ctq(['iam', '--worker-role', WORKER])
  assert.deepEqual(JSON.parse(all.out), {
    reader: readerPolicy(),
    trust: readerTrust({ worker: WORKER }),
    worker: workerPolicy({ readerRole: 'ctq-reader', partition: 'aws', organizations: true }),
    bot: botPolicy({ organizations: true }),
  })
  assert.equal(all.err, '')
  const one = await ctq(['iam', 'reader'])
  assert.deepEqual(JSON.parse(one.out), readerPolicy())
})

test('the reader role, and whether the organisation is listed, come from ctq.yml', async (t) => {
  const config = await aConfig(t)
  const { out } = await ctq(['iam', 'worker'], { env: { CTQ_CONFIG: config, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' } })
  const expected = workerPolicy({ readerRole: 'ctq-reader', partition: 'aws', organizations: false })
  assert.deepEqual(JSON.parse(out), expected)
  assert.doesNotMatch(out, /organizations:/)
})

test('a trust policy without the worker says what to put in, and AWS would not take it as it is', async () => {
  const { code, out, err } = await ctq(['iam', 'trust'])
  assert.match(err, /WORKER_ACCOUNT_ID/)
  assert.doesNotMatch(JSON.parse(out).Statement[0].Principal.AWS, /^arn:aws:iam::\d{12}:/)
  assert.equal(code, 0)
  const wrong = await ctq(['iam', 'trust', '--worker-role', 'ctq-worker'])
  assert.equal(wrong.code, 2)
  const unknown = await ctq(['iam', 'nobody'])
  assert.match(unknown.err, /^usage: ctq iam/)
  assert.equal(unknown.code, 2)
})

test('the trust lets the worker in on behalf of a person of Slack, and nobody without a name', () => {
  const trust = readerTrust({ worker: WORKER })
  const asked = (name: string | undefined, principal = WORKER) =>
    evaluate(trust, {
      action: 'sts:AssumeRole',
      resource: ROLE,
      principals: [principal],
      context: { 'sts:SourceIdentity': name },
    })
  assert.equal(asked(sourceIdentity({ team: 'T0EXAMPLE', user: 'U0ALICE' })), 'allow')
  assert.equal(asked(undefined), 'silent')
  assert.equal(asked('terminal.alice'), 'silent')
  assert.equal(asked('T0EXAMPLE.U0ALICE', 'arn:aws:iam::777788889999:role/other'), 'silent')
})

test('a worker with this policy becomes the reader by name, and the bot cannot read a record', async (t) => {
  const worker = workerPolicy({ readerRole: 'ctq-reader', partition: 'aws', organizations: false })
  for (const action of ['sts:AssumeRole', 'sts:SetSourceIdentity'])
    assert.equal(evaluate(worker, { action, resource: ROLE, context: {} }), 'allow')
  const other = { action: 'sts:AssumeRole', resource: `arn:aws:iam::${WEB}:role/admin`, context: {} }
  assert.equal(evaluate(worker, other), 'silent')
  for (const policy of [worker, botPolicy({ organizations: true })])
    assert.equal(evaluate(policy, { action: 'cloudtrail:LookupEvents', resource: '*', context: {} }), 'silent')
  const aws = await anAws(t)
  const name = 'T0EXAMPLE.U0ALICE'
  const assume = new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: name, SourceIdentity: name })
  assert.ok((await stsOf(t, aws, aws.organisation.users.worker).send(assume)).Credentials)
})

test("people at a terminal get a statement of their own: the worker's would refuse the name that they come in", async () => {
  const who = 'arn:aws:iam::111122223333:role/responders'
  const { code, out } = await ctq(['iam', 'trust', '--terminal', '--worker-role', who])
  assert.equal(code, 0)
  const [statement] = (JSON.parse(out) as { Statement: { Principal: object; Condition: object }[] }).Statement
  assert.deepEqual(statement?.Principal, { AWS: who })
  assert.deepEqual(statement?.Condition, { StringLike: { 'sts:SourceIdentity': 'terminal.*' } })
  assert.equal((await ctq(['iam', 'trust', '--terminal'])).code, 2)
})
