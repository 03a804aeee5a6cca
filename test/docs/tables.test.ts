import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { BOT_EVENTS, BOT_SCOPES, OPTIONAL_SCOPES } from '../../src/adapters/slack/scopes.ts'
import { rawSettings } from '../../src/config/schema.ts'
import { botPolicy, readerPolicy, workerPolicy } from '../../src/domain/iam.ts'
import { ALLOW_REASONS, APPROVE_REASONS, REFUSE_REASONS } from '../../src/domain/policy/reasons.ts'
import * as keys from '../../src/domain/result/objects.ts'
import { blocks, DOCUMENTS, read, table } from './blocks.ts'

const codes = (cells: readonly string[]): readonly string[] =>
  cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code))
const first = (file: string, heading: string): readonly string[] =>
  codes(table(file, heading).map(([cell = '']) => cell))

function sources(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.startsWith('playground'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n')
}

test('the table of the environment names every variable that the code reads, and no other', () => {
  const named = sources('src').matchAll(/'((?:SLACK|CTQ|PAGERDUTY|REDIS|RESULTS|LOG)_[A-Z_]+|PORT)'/g)
  const used = [...new Set([...named].map(([, name = '']) => name))].toSorted()
  assert.deepEqual(first('docs/run-it.md', 'variable').toSorted(), used)
})

test('the table says for which process each variable is', () => {
  const bot = sources('src/config').match(/slackOf|signingKeysOf/g)
  assert.ok(bot)
  for (const [name = '', process = ''] of table('docs/run-it.md', 'variable')) {
    if (name.includes('SLACK_') || name.includes('SIGNING')) assert.equal(process, 'bot', name)
    if (name.includes('VERIFYING')) assert.equal(process, 'worker', name)
  }
})

test('every section of ctq.yml is explained', () => {
  assert.deepEqual(first('docs/run-it.md', 'section'), Object.keys(rawSettings.shape))
})

test('the metrics that are explained, and those in alerts, are counted by the code', () => {
  const metrics = read('src/adapters/metrics/metrics.ts')
  const counted = first('docs/run-it.md', 'metric')
  assert.ok(counted.length > 0)
  for (const name of counted) assert.ok(metrics.includes(`'${name}'`), name)
  // a counter that nothing increments would be explained in vain
  const calls = {
    ctq_lookup_pages_total: 'page',
    ctq_lookup_throttled_total: 'throttled',
    ctq_job_faults_total: 'fault',
    ctq_runs_total: 'ended',
    ctq_jobs_waiting: 'watch',
    ctq_jobs_active: 'watch',
  }
  for (const name of counted) {
    const call = calls[name as keyof typeof calls]
    assert.match(sources('src'), new RegExp(`\\bmetrics\\.${call}\\(`), name)
  }
  const [alerts] = blocks(['docs/run-it.md']).filter(({ info }) => info === 'yaml alerts')
  for (const [name] of (alerts?.text ?? '').matchAll(/\bctq_\w+/g)) assert.ok(counted.includes(name), name)
})

test('the paths that are explained are served', () => {
  const served = read('src/adapters/http/ops.ts')
  for (const path of first('docs/run-it.md', 'path')) assert.ok(served.includes(`'${path}'`), path)
})

test('README says why for every dependency, and for nothing else', () => {
  const { dependencies } = JSON.parse(read('package.json')) as { readonly dependencies: object }
  assert.deepEqual(
    table('README.md', 'package').map(([name]) => name),
    Object.keys(dependencies).toSorted(),
  )
})

test('every scope of the Slack app is explained', () => {
  const explained = first('docs/slack-app.md', 'scope').toSorted()
  assert.deepEqual(explained, [...BOT_SCOPES, ...OPTIONAL_SCOPES].toSorted())
  for (const event of BOT_EVENTS) assert.ok(read('docs/slack-app.md').includes(`\`${event}\``), event)
})

test('the actions of each role are those of its policy', () => {
  const listing = { organizations: false }
  const policies = [
    readerPolicy(),
    workerPolicy({ ...listing, readerRole: 'ctq-reader', partition: 'aws' }),
    botPolicy(listing),
  ]
  const explained = table('docs/aws.md', 'role').map(([, , may = '']) => codes([may]).toSorted())
  assert.deepEqual(
    explained,
    policies.map(({ Statement }) => Statement.flatMap(({ Action }) => Action).toSorted()),
  )
  const whole = botPolicy({ organizations: true }).Statement.flatMap(({ Action }) => Action)
  for (const action of whole) assert.ok(read('docs/aws.md').includes(`\`${action}\``), action)
})

test('the Terraform modules are those that exist, with variables that exist', () => {
  assert.deepEqual(first('docs/aws.md', 'module').toSorted(), readdirSync('deploy/terraform').toSorted())
  const [hcl] = blocks(['docs/aws.md']).filter(({ info }) => info === 'hcl')
  for (const [, name = '', body = ''] of (hcl?.text ?? '').matchAll(/source\s+= "\.\/(.+)"\n([\s\S]*?)^}/gm))
    for (const [, variable = ''] of body.matchAll(/^ {2}(\w+)\s+=/gm))
      assert.ok(read(join(name, 'variables.tf')).includes(`variable "${variable}"`), variable)
})

test('the layout of the result store is the one that the code writes', () => {
  const [layout] = blocks(['docs/how-it-works.md']).filter(({ info }) => info === 'text layout')
  const shown = (layout?.text ?? '')
    .trim()
    .split('\n')
    .map((line) => line.split(/\s{2,}/)[0])
  const {
    runbookKey,
    askedOnKey,
    askedHereKey,
    askedHereOnKey,
    askedKey,
    joinedKey,
    cancelledKey,
    revokedKey,
    planKey,
    pageKey,
    partEndKey,
    soFarKey,
    sourcesKey,
    csvKey,
    answerKey,
    handedKey,
    lateKey,
    expiresOnKey,
    heldKey,
    expiryKey,
    holdKey,
    deletedKey,
    terminalKey,
    deliveryKey,
    approvalKey,
    approvalOnKey,
    investigationKey,
    investigationRunKey,
    investigationOnKey,
    reviewKey,
    reviewOfKey,
    reviewOnKey,
    membershipsKey,
    policyInForceKey,
    policyRulesKey,
  } = keys
  const DAY = new Date('2026-11-20T14:08:00Z')
  const made = [
    runbookKey('DIGEST'),
    askedOnKey(DAY, 'RUN'),
    askedHereOnKey(DAY.toISOString(), 'RUN'),
    expiresOnKey(DAY, 'RUN'),
    heldKey('RUN'),
    askedKey('RUN'),
    askedHereKey('RUN'),
    joinedKey('RUN'),
    cancelledKey('RUN'),
    revokedKey('RUN'),
    planKey('RUN'),
    pageKey('RUN', 'ACCOUNT', 'REGION', 0, 0),
    partEndKey('RUN', 'ACCOUNT', 'REGION'),
    soFarKey('RUN', 'WORKER', 0),
    sourcesKey('RUN'),
    csvKey('RUN'),
    answerKey('RUN'),
    lateKey('RUN'),
    handedKey('RUN~1').replace('/1/', '/<round>/'),
    expiryKey('RUN'),
    holdKey('RUN', 0),
    deletedKey('RUN'),
    terminalKey('RUN'),
    deliveryKey('RUN', 'STEP'),
    approvalKey('RUN', 0),
    approvalOnKey(DAY, 'RUN'),
    investigationKey('ID', 0),
    investigationRunKey('ID', 'RUN'),
    investigationOnKey(DAY, 'ID'),
    reviewKey('RUN', 0),
    reviewOfKey({ team: 'TEAM', user: 'USER' }, 'RUN'),
    reviewOnKey(DAY, 'RUN'),
    membershipsKey(0),
    policyInForceKey(0),
    policyRulesKey('DIGEST'),
  ]
  // runKey, partKey and chainKey are folders of these
  assert.equal(Object.keys(keys).filter((name) => name.endsWith('Key')).length, made.length + 3)
  const wanted = made.map((key) =>
    key
      .replace('0000/000000', '<chain>/<page>')
      .replace('WORKER.000000', '<worker>.<seq>')
      .replace('hold/0000', 'hold/<n>')
      .replace('2026-11-20', '<day>')
      .replace('00000000', '<number>')
      .replace('0000.json', '<number>.json')
      .replace(/[A-Z]{2,}/g, (word) => `<${word.toLowerCase()}>`),
  )
  assert.deepEqual(shown, wanted)
})

for (const file of DOCUMENTS)
  test(`${file}: every link leads somewhere`, () => {
    const links = [...read(file).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, link = '']) => link)
    for (const link of links.filter((one) => !/^https?:/.test(one)))
      assert.ok(existsSync(join(dirname(file), link)), link)
  })

test('README links every page', () => {
  for (const name of readdirSync('docs').filter((one) => one.endsWith('.md')))
    assert.ok(read('README.md').includes(`(docs/${name})`), name)
})

test('every reason of a decision is explained', () => {
  assert.deepEqual(first('docs/policy.md', 'reason'), [...ALLOW_REASONS, ...APPROVE_REASONS, ...REFUSE_REASONS])
})
