import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import type { PlaybookAnswer, PlaybookFinding } from '../../src/domain/playbook/report.ts'
import type { Answer } from '../../src/domain/result/answer.ts'
import { ROLE, ROLE_SESSION } from '../../src/playground/aws/organisation/incident/cast.ts'
import type { Step, Story } from '../../src/playground/aws/organisation/incident/story.ts'
import type { Aws } from '../../src/playground/aws/server.ts'
import { scratch } from '../support/here.ts'
import { anAws, ctq, keysOf } from './rig.ts'

/** The playground's three production accounts. */
const UNNAMED = `version: 1
inventory:
  accounts:
    - { id: '111122223333', name: prod-payments, groups: [prod] }
    - { id: '444455556666', name: prod-web, groups: [prod] }
    - { id: '555566667777', name: prod-data, groups: [prod] }
aws: { paceMs: 1 }
`
/** With the addresses that its people know. */
const NAMED = `${UNNAMED}addresses:
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

type Start = { readonly what: string; readonly given: (story: Story) => string | undefined }
const PROD = '@prod'
const STARTS: readonly Start[] = [
  { what: 'the leaked key', given: ({ leakedKey }) => `accessKeyId=${leakedKey}` },
  { what: 'nothing but accounts', given: () => undefined },
  { what: 'the second key', given: ({ secondKey }) => `accessKeyId=${secondKey}` },
  { what: "the role's session key", given: ({ roleKey }) => `accessKeyId=${roleKey}` },
  { what: 'the user', given: ({ leakedUser }) => `principal=${leakedUser}` },
  { what: 'the session', given: () => `principal=arn:aws:sts::555566667777:assumed-role/${ROLE}/${ROLE_SESSION}` },
  { what: 'an address', given: ({ addresses }) => `sourceIPAddress=${addresses.at(-1)}` },
  { what: 'the bucket', given: ({ bucket }) => `resourceName=${bucket}` },
]

type Triaged = {
  readonly answer: Answer
  readonly playbook: PlaybookAnswer
  readonly story: Story
  /** Of the incident's calls in the window, which event history has: those that a finding is of, and those that none is. */
  readonly found: readonly Step[]
  readonly missed: readonly Step[]
  readonly blamed: readonly PlaybookFinding[]
}

/** Whether a call of the incident is one that a finding is of. */
function isOf(
  { account, region, eventName, sourceIPAddress, time, errorCode }: Step,
  finding: PlaybookFinding,
): boolean {
  return (
    finding.account === account &&
    finding.region === region &&
    finding.eventName === eventName &&
    finding.address === sourceIPAddress &&
    // A sign-in fails without an error code.
    (errorCode === undefined || finding.outcome !== 'done') &&
    Date.parse(finding.first) <= time * 1000 &&
    time * 1000 <= Date.parse(finding.last)
  )
}

/**
 * Now and then one of the playground's people makes a key at home, where nobody else calls from, in the only session of the day. Nobody can tell that
 * from a session that was taken: it is told, but tied to nothing.
 */
function isToBeLookedAt({ caller, connection, weight }: PlaybookFinding): boolean {
  return caller.person !== undefined && connection === undefined && weight >= 4
}

type Where = { readonly accounts?: string; readonly config?: string }

async function asked(
  t: TestContext,
  aws: Aws,
  words: readonly string[],
  { accounts = PROD, config: text = NAMED }: Where = {},
): Promise<Answer> {
  const { story } = aws
  assert.ok(story)
  const config = join(await scratch(t), 'ctq.yml')
  await writeFile(config, text)
  const iso = (time: number): string => `${new Date(time * 1000).toISOString().slice(0, 19)}Z`
  const window = ['--since', iso(story.ends - 86_400), '--until', iso(story.ends)]
  const args = ['run', ...words, ...window, '--account', accounts, '--config', config, '--format', 'json']
  const { out, err } = await ctq(args, { env: keysOf(aws, 'worker') })
  assert.ok(out.startsWith('{'), err)
  return JSON.parse(out) as Answer
}

async function triaged(t: TestContext, aws: Aws, { given }: Start, where: Where = {}): Promise<Triaged> {
  assert.ok(aws.story)
  return told(aws.story, await asked(t, aws, ['triage', ...[given(aws.story) ?? []].flat()], where))
}

function told(story: Story, answer: Answer): Triaged {
  const { playbook } = answer
  assert.ok(playbook)
  const inWindow = story.steps.filter(({ time }) => time > story.ends - 86_400 && time <= story.ends)
  const found = inWindow.filter((step) => playbook.findings.some((finding) => isOf(step, finding)))
  const missed = inWindow.filter((step) => !found.includes(step))
  const blamed = playbook.findings.filter(
    (finding) => !story.steps.some((step) => isOf(step, finding)) && !isToBeLookedAt(finding),
  )
  return { answer, playbook, story, found, missed, blamed }
}

const saysOf = (findings: readonly PlaybookFinding[]): readonly string[] =>
  findings.map(({ eventName, caller, address }) => `${eventName} ${caller.who} ${address}`)

/** What of the incident is not told by a finding. */
function mainMissed({ playbook }: Triaged): readonly string[] {
  const isFound = (event: string, target: string): boolean =>
    playbook.findings.some((one) => one.eventName === event && one.outcome === 'done' && one.target.includes(target))
  return MAIN.filter(([, event, target]) => !isFound(event, target)).map(([what]) => what)
}

for (const [named, config, noisePerDay, others] of [
  ['their addresses have names', NAMED, 30, 'known'],
  ['nobody named their addresses', UNNAMED, 4, 'home'],
] as const)
  test(`triage tells the playground's incident and blames no bystander, wherever it begins, where ${named}`, async (t) => {
    const aws = await anAws(t, { noisePerDay })
    for (const start of STARTS)
      await t.test(`from ${start.what}`, async (sub) => {
        const one = await triaged(sub, aws, start, { config })
        const { answer, playbook, found, missed, blamed } = one
        sub.diagnostic(`${found.length} calls told, ${missed.length} not; ${answer.requests} requests`)
        assert.deepEqual(mainMissed(one), [])
        assert.deepEqual(saysOf(blamed), [])
        assert.ok(playbook.findings.every((finding) => finding.connection !== undefined || isToBeLookedAt(finding)))
        assert.ok(playbook.findings.some(({ detail }) => detail === 'allows * on *'))
        const apart = playbook.apart.map(({ why }) => why)
        assert.ok(apart.includes(others) && apart.includes('usual'), apart.join(' '))
        assert.ok(playbook.members.every(({ coverage }) => ['full', 'not asked'].includes(coverage.kind)))
        assert.equal(answer.counts.matched, answer.csv.rows)
        assert.ok(playbook.ofStart > 0 || start.given(one.story) === undefined)
      })
  })

test('at a terminal without a ctq.yml triage of the own account tells what was done in it and blames no bystander', async (t) => {
  const aws = await anAws(t)
  assert.ok(aws.story)
  const iso = (time: number): string => `${new Date(time * 1000).toISOString().slice(0, 19)}Z`
  const window = ['--since', iso(aws.story.ends - 86_400), '--until', iso(aws.story.ends)]
  const env = keysOf(aws)
  const { out, err } = await ctq(['run', 'triage', 'account=111122223333', ...window, '--format', 'json'], { env })
  assert.ok(out.startsWith('{'), err)
  const one = told(aws.story, JSON.parse(out) as Answer)
  assert.deepEqual(saysOf(one.blamed), [])
  assert.ok(one.found.length >= 40, String(one.found.length))
  const elsewhere = [
    'PutEventSelectors',
    'StopLogging',
    'DeleteTrail',
    'ModifySnapshotAttribute',
    'ModifyDBSnapshotAttribute',
  ]
  const here = MAIN.filter(([, event]) => !elsewhere.includes(event)).map(([what]) => what)
  assert.deepEqual(
    mainMissed(one).filter((what) => here.includes(what)),
    [],
  )
  const role = one.playbook.credentials.find(({ key }) => key === one.story.roleKey)
  assert.deepEqual([role?.notFollowed, role?.account], ['account', '555566667777'])
})

test('triage follows a role into an account that was asked, and says so of one that was not', async (t) => {
  const aws = await anAws(t, { noisePerDay: 0 })
  const [start] = STARTS
  assert.ok(start)
  const roleIn = ({ playbook, story }: Triaged) => playbook.credentials.find(({ key }) => key === story.roleKey)
  const wide = roleIn(await triaged(t, aws, start))
  assert.deepEqual([wide?.notFollowed, wide?.account], [undefined, '555566667777'])
  assert.ok((wide?.calls ?? 0) > 0)
  const narrow = roleIn(await triaged(t, aws, start, { accounts: 'prod-payments' }))
  assert.deepEqual([narrow?.notFollowed, narrow?.calls], ['account', 0])
})

test('of a start that nothing is known of is said so, and what everybody did is told', async (t) => {
  const nobody: Start = { what: 'nobody', given: () => 'principal=nobody-at-all' }
  const { playbook } = await triaged(t, await anAws(t, { noisePerDay: 0 }), nobody)
  assert.equal(playbook.ofStart, 0)
  assert.ok(playbook.findings.length > 0)
})

/** Not a test of anything: `CTQ_TRIAGE_TABLE=<file>` has it written what triage found, missed and wrongly blamed, and what it asked. */
const TABLE = process.env['CTQ_TRIAGE_TABLE']
test('what triage finds, misses and wrongly blames, as a table', { skip: TABLE === undefined }, async (t) => {
  const aws = await anAws(t)
  const parts: string[] = []
  for (const [what, config] of [
    ['addresses named in ctq.yml', NAMED],
    ['no address named', UNNAMED],
  ] as const) {
    const all: Asked[] = []
    for (const start of STARTS) {
      const one = await triaged(t, aws, start, { config })
      all.push({ start, one })
    }
    parts.push(
      `## ${what}`,
      ...stepTable(all.map(({ start, one }) => [start.what, one])),
      ...countTable(all),
      ...unsaid(all),
    )
  }
  await writeFile(TABLE ?? '', `${parts.join('\n')}\n`)
})

type Asked = { readonly start: Start; readonly one: Triaged }

function stepTable(all: readonly (readonly [string, Triaged])[]): readonly string[] {
  const row = ([what]: (typeof MAIN)[number]): string =>
    `| ${what} | ${all.map(([, one]) => (mainMissed(one).includes(what) ? 'missed' : 'found')).join(' | ')} |`
  return [
    '',
    `| step | ${all.map(([what]) => what).join(' | ')} |`,
    `|---|${all.map(() => '---|').join('')}`,
    ...MAIN.map(row),
    '',
  ]
}

function countTable(all: readonly Asked[]): readonly string[] {
  const rows = all.map(
    ({ start, one: { found, missed, blamed, answer } }) =>
      `| ${start.what} | ${found.length} | ${missed.length} | ${blamed.length} | ${answer.requests} |`,
  )
  return [
    '| triage from | calls of the incident that a finding tells | not told | wrongly blamed | requests |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ]
}

/** Why a call is in no finding: what was read of a key and only looked is counted apart; of anybody else reads cannot be selected. */
function unsaid(all: readonly Asked[]): readonly string[] {
  return all.flatMap(({ start, one: { missed, blamed, playbook, story } }) => {
    const known = new Set(
      [...playbook.findings, ...playbook.credentials].map((own) => ('key' in own ? own.key : own.accessKeyId)),
    )
    const given = start.given(story) ?? ''
    const byWhy = new Map<string, string[]>()
    for (const { eventName, accessKeyId = '' } of missed) {
      const wasRead = known.has(accessKeyId) || (accessKeyId !== '' && given.includes(accessKeyId))
      const why = wasRead
        ? 'read, and told apart as only looking'
        : 'LookupEvents cannot select it: a read of somebody who was not asked about'
      byWhy.set(why, [...(byWhy.get(why) ?? []), eventName])
    }
    const lines = [...byWhy].map(([why, names]) => `  - ${why} (${names.length}): ${[...new Set(names)].join(', ')}`)
    return [
      `- from ${start.what}, in no finding:`,
      ...lines,
      ...saysOf(blamed).map((said) => `  - wrongly blamed: ${said}`),
    ]
  })
}
