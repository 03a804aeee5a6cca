import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import type { Answer } from '../../src/domain/result/answer.ts'
import type { Aws } from '../../src/playground/aws/server.ts'
import { scratch } from '../support/here.ts'
import { anAws, ctq, keysOf } from './rig.ts'

/** The playground's three production accounts, and the addresses that its people know. */
const CONFIG = `version: 1
inventory:
  accounts:
    - { id: '111122223333', name: prod-payments, groups: [prod] }
    - { id: '444455556666', name: prod-web, groups: [prod] }
    - { id: '555566667777', name: prod-data, groups: [prod] }
aws: { paceMs: 1 }
addresses:
  192.0.2.8/29: office
  192.0.2.130: CI egress
  192.0.2.131: CI egress
  192.0.2.147: CI egress
  192.0.2.160: CI egress
  192.0.2.201: CI egress
`

/** What the incident must be told by, as it is worded. Of a try, the call was refused. */
const MAIN: readonly (readonly [what: string, event: string, target: string])[] = [
  ['a key for backup', 'CreateAccessKey', 'backup'],
  ['every right for the leaked user', 'PutUserPolicy', 'ci-deploy'],
  ['administrator rights for backup', 'AttachUserPolicy', 'backup'],
  ['a console password for backup', 'CreateLoginProfile', 'backup'],
  ['a sign-in as backup', 'ConsoleLogin', ''],
  ['a planted user', 'CreateUser', 'svc-metrcis'],
  ['an outside account let into a role', 'UpdateAssumeRolePolicy', 'payments-api'],
  ['the trail thinned', 'PutEventSelectors', 'data-trail'],
  ['the trail stopped, by a role in another account', 'StopLogging', 'data-trail'],
  ['the trail deleted', 'DeleteTrail', 'data-trail'],
  ['the bucket opened', 'PutBucketPolicy', 'harbour-payments-exports'],
  ['its block taken off', 'PutBucketPublicAccessBlock', 'harbour-payments-exports'],
  ['ports open to the world', 'AuthorizeSecurityGroupIngress', 'sg-0a91c27e55d3f8b40'],
  ['a snapshot shared', 'ModifySnapshotAttribute', 'snap-04d9e1c7f2b83a650'],
  ['a database snapshot shared', 'ModifyDBSnapshotAttribute', 'ledger-final'],
  ['a function planted', 'CreateFunction20150331', 'cache-warmer'],
  ['machines started', 'RunInstances', 'i-'],
  ['the database password read', 'GetSecretValue', 'payments/db-master'],
]

async function triaged(t: TestContext, start: (aws: Aws) => readonly string[]) {
  const aws = await anAws(t, { noisePerDay: 30 })
  const { story } = aws
  assert.ok(story)
  const config = join(await scratch(t), 'ctq.yml')
  await writeFile(config, CONFIG)
  const iso = (time: number): string => `${new Date(time * 1000).toISOString().slice(0, 19)}Z`
  const window = ['--since', iso(story.ends - 86_400), '--until', iso(story.ends)]
  const args = ['run', 'triage', ...start(aws), ...window, '--account', '@prod', '--config', config, '--format', 'json']
  const { out, err } = await ctq(args, { env: keysOf(aws, 'worker') })
  assert.ok(out.startsWith('{'), err)
  const answer = JSON.parse(out) as Answer
  const { playbook } = answer
  assert.ok(playbook)
  const hostile = new Set(story.steps.map(({ eventId }) => eventId))
  const isFound = (event: string, target: string): boolean =>
    playbook.findings.some((one) => one.eventName === event && one.outcome === 'done' && one.target.includes(target))
  const missed = MAIN.filter(([, event, target]) => !isFound(event, target)).map(([what]) => what)
  const blamed = playbook.findings.filter(({ eventId }) => !hostile.has(eventId))
  t.diagnostic(`found ${MAIN.length - missed.length} of ${MAIN.length}; missed: ${missed.join(', ') || 'none'}`)
  t.diagnostic(`findings ${playbook.findings.length}; wrongly blamed ${blamed.length}; requests ${answer.requests}`)
  return { answer, playbook, missed, blamed }
}

for (const [what, start] of [
  ['the leaked key', (aws: Aws) => [`accessKeyId=${aws.story?.leakedKey}`]],
  ['nothing but accounts', () => []],
] as const)
  test(`triage from ${what} tells the playground's incident and blames no bystander`, async (t) => {
    const { answer, playbook, missed, blamed } = await triaged(t, start)
    assert.deepEqual(missed, [])
    assert.deepEqual(
      blamed.map(({ eventName, caller }) => `${eventName} ${caller.who}`),
      [],
    )
    assert.ok(playbook.findings.every(({ connection }) => connection !== undefined))
    assert.ok(playbook.findings.some(({ detail }) => detail === 'allows * on *'))
    assert.deepEqual(
      playbook.apart.map(({ why }) => why).filter((why) => why === 'known' || why === 'usual'),
      ['known', 'usual'],
    )
    assert.ok(playbook.members.every(({ coverage }) => ['full', 'not asked'].includes(coverage.kind)))
    assert.equal(answer.counts.matched, answer.csv.rows)
  })
