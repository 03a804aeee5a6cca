import assert from 'node:assert/strict'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import test from 'node:test'
import type { Answer } from '../../src/domain/result/answer.ts'
import type { Count } from '../../src/playground/aws/counters.ts'
import { DEFAULT_REGIONS, OPT_IN_REGIONS } from '../../src/playground/aws/organisation/regions.ts'
import type { Aws } from '../../src/playground/aws/server.ts'
import { scratch } from '../support/here.ts'
import { readCsv } from '../support/rigTruth.ts'
import { aConfig, anAws, ctq, keysOf, MAIN, PAYMENTS, recordsOf, tell, WEB } from './rig.ts'

/** All but the one that the organisation's guard rail denies. */
const READABLE = [...DEFAULT_REGIONS, ...OPT_IN_REGIONS].filter((region) => region !== 'sa-east-1')

const iso = (time: number): string => new Date(time * 1000).toISOString().slice(0, 19)

/** The question about the leaked key, over exactly the time of the attack, so that the clock adds nothing. */
function leak({ story }: Aws) {
  assert.ok(story)
  const since = iso(story.begins)
  const until = iso(story.ends)
  const ask = ['run', 'key-activity', `accessKeyId=${story.leakedKey}`, `--since=${since}Z`, '--until', `${until}Z`]
  const records = { key: 'AccessKeyId', value: story.leakedKey, start: `${since}Z`, end: `${until}Z` }
  return { ask, records }
}

const idsOf = (texts: readonly string[]): readonly string[] => texts.map((text) => JSON.parse(text).eventID)

async function lookups(aws: Aws): Promise<number> {
  const counts = (await (await fetch(`${aws.url}/_playground/counters`)).json()) as readonly Count[]
  return counts.filter(({ operation }) => operation === 'LookupEvents').reduce((sum, { served }) => sum + served, 0)
}

test('ndjson is every matched record, to the byte, newest first', async (t) => {
  const aws = await anAws(t)
  const { ask, records } = leak(aws)
  const expected = await recordsOf(aws, READABLE, records)
  assert.ok(expected.length > 20)
  const { code, out, err } = await ctq([...ask, '--format', 'ndjson'], { env: keysOf(aws) })
  const given = out.split('\n')
  assert.equal(given.pop(), '')
  assert.deepEqual(idsOf(given), idsOf(expected))
  assert.ok(given.every((line, index) => line === expected[index]))
  assert.match(err, /^key-activity · AKIA….{4} · COMPLETE up to /)
  assert.equal(code, 0)
})

test('a record is given as it was written, whatever is in it, and once though it is delivered twice', async (t) => {
  const aws = await anAws(t, { fixture: { kind: 'flat', accounts: 1, regions: [], recordsPerAccountRegion: 0 } })
  const { account } = aws.organisation.users.responder
  const time = new Date(Date.now() - 3_600_000).toISOString().slice(0, 19)
  const text = `{"eventID" : "e-1",  "eventTime":"${time}Z","eventName":"ConsoleLogin","eventSource":"signin.amazonaws.com","n":1.0e2,"userAgent":"caf\u00e9 \\u0000<!channel> =cmd()","a":{"b":[ ]}}`
  await tell(aws, 'records', { account, region: 'eu-west-1', records: [{ text }, { text }] })
  const { out } = await ctq(['run', 'console-logins', 'last', '2h', '--format', 'ndjson'], { env: keysOf(aws) })
  assert.equal(out, `${text}\n`)
})

test('the table says first what it covers, on stdout alone', async (t) => {
  const aws = await anAws(t)
  const { code, out, err } = await ctq(leak(aws).ask, { env: keysOf(aws) })
  assert.match(out, /^key-activity · AKIA….{4} · COMPLETE up to (?:\d+ \w{3} )?[\d:]+Z$/m)
  assert.match(out, /17 of 18 Regions, 1 blind/)
  assert.doesNotMatch(out, /\u001b/)
  assert.equal(err, '')
  assert.equal(code, 0)
})

test('a file takes its format from its name, is for its owner alone and is not overwritten', async (t) => {
  const aws = await anAws(t)
  const cwd = await scratch(t)
  const { ask, records } = leak(aws)
  const first = await ctq([...ask, '--out', 'leak.csv'], { env: keysOf(aws), cwd })
  assert.equal(first.code, 0)
  assert.equal(first.out, '')
  assert.match(first.err, /^key-activity · \S+ · COMPLETE[\s\S]*Written to leak\.csv\n$/)
  const text = await readFile(join(cwd, 'leak.csv'), 'utf8')
  const expected = idsOf(await recordsOf(aws, READABLE, records))
  assert.deepEqual(
    readCsv(text).map((row) => row['eventID']),
    expected,
  )
  assert.equal((await stat(join(cwd, 'leak.csv'))).mode & 0o777, 0o600)
  const again = await ctq([...ask, '--out', 'leak.csv'], { env: keysOf(aws), cwd })
  assert.equal(again.code, 2)
  assert.match(again.err, /leak\.csv is there already and is not overwritten/)
  assert.equal(await readFile(join(cwd, 'leak.csv'), 'utf8'), text)
})

test('json is the answer with its coverage, and what is kept is the run', async (t) => {
  const aws = await anAws(t)
  const cwd = await scratch(t)
  const temporary = await scratch(t)
  const env = { ...keysOf(aws), TMPDIR: temporary }
  const { code, out, err } = await ctq([...leak(aws).ask, '--format=json', '--keep', 'kept'], { env, cwd })
  const answer = JSON.parse(out) as Answer
  assert.equal(answer.coverage.verdict, 'complete')
  assert.deepEqual(answer.accounts, [{ id: PAYMENTS }])
  assert.equal(code, 0)
  const folder = join(cwd, 'kept/runs', answer.run)
  assert.ok(err.endsWith(`Kept in ${folder}\n`), err)
  assert.deepEqual((await readdir(folder)).toSorted(), [
    'answer.csv',
    'answer.json',
    'asked-here.json',
    'parts',
    'plan.json',
    'sources.json',
    'terminal.json',
  ])
  assert.deepEqual(await readdir(temporary), [])
})

test('nothing is left in the temporary folder, and an answer without a file leaves none', async (t) => {
  const aws = await anAws(t)
  const temporary = await scratch(t)
  const cwd = await scratch(t)
  const env = { ...keysOf(aws, 'powerless'), TMPDIR: temporary }
  const { code } = await ctq(['run', 'console-logins', '--out', 'x.csv', '--account', WEB], { env, cwd })
  assert.equal(code, 4)
  assert.deepEqual(await readdir(temporary), [])
  assert.deepEqual(await readdir(cwd), [])
})

test('one Region that is denied makes the answer partial: it names account, Region, action and the statement to add', async (t) => {
  const aws = await anAws(t)
  const message = 'User: x is not authorized to perform: cloudtrail:LookupEvents'
  await tell(aws, 'faults', {
    operation: 'LookupEvents',
    region: 'eu-west-1',
    code: 'AccessDeniedException',
    message,
    times: 99,
  })
  const { code, out } = await ctq(leak(aws).ask, { env: keysOf(aws) })
  assert.equal(code, 3)
  assert.match(out, /^key-activity · \S+ · PARTIAL/)
  assert.match(out, /- eu-west-1: access denied, the credentials in use may not cloudtrail:LookupEvents/)
  assert.ok(out.includes('{"Effect":"Allow","Action":"cloudtrail:LookupEvents","Resource":"*"}'))
})

test('an answer that nothing could be read for has failed, and says that it is no all-clear', async (t) => {
  const aws = await anAws(t)
  const { code, out } = await ctq(['run', 'console-logins', '--region', 'eu-west-1,us-east-1'], {
    env: keysOf(aws, 'barred'),
  })
  assert.equal(code, 1)
  assert.match(out, /^FAILED: NOT AN ALL-CLEAR/)
})

test('whoever may not list the Regions is told to name them, with the statement that would do', async (t) => {
  const aws = await anAws(t)
  const { code, out } = await ctq(['run', 'denied-calls'], { env: keysOf(aws, 'powerless') })
  assert.match(out, /every Region: the account's enabled Regions could not be listed/)
  assert.match(out, /Name the Regions \(region=…\), or allow account:ListRegions/)
  assert.ok(out.includes('"Action":"account:ListRegions"'))
  assert.equal(code, 1)
})

test('every account of an organisation that cannot be listed is not asked for: some would be missing and nobody told', async (t) => {
  const aws = await anAws(t)
  const config = join(await scratch(t), 'ctq.yml')
  const accounts = `[{ id: '${PAYMENTS}', name: prod-payments, groups: [prod], unit: Workloads/Prod }]`
  await writeFile(config, `version: 1\ninventory: { from: organizations, accounts: ${accounts} }\naws: { paceMs: 1 }\n`)
  const env = keysOf(aws, 'powerless')
  const ask = (account: string) =>
    ctq(['run', 'console-logins', 'last', '1h', '--region', 'eu-west-1', '--config', config, '--account', account], {
      env,
    })
  for (const account of ['all', 'ou:Prod']) {
    const { code, out, err } = await ask(account)
    assert.deepEqual([code, out], [1, ''], account)
    assert.match(err, /The organisation's accounts could not be listed/)
    assert.match(err, /would leave accounts out/)
  }
  const named = await ask('@prod')
  assert.match(named.err, /only those in ctq\.yml are known/)
  assert.doesNotMatch(named.err, /would leave accounts out/)
})

test('what these credentials do not reach is refused before anything is read', async (t) => {
  const aws = await anAws(t)
  const foreign = aws.organisation.users.worker.accessKeyId
  const refusals: readonly (readonly [readonly string[], RegExp])[] = [
    [
      ['console-logins', '--account', WEB],
      /Your credentials are for account 111122223333, and there is no role to read 444455556666/,
    ],
    [['key-activity', foreign], new RegExp(`${foreign} belongs to account 777788889999\\. Your credentials are for`)],
    [
      ['console-logins', 'account=all'],
      /^Without a ctq\.yml only the account of your credentials is known, and account=all would leave every other out\. For your own alone: account=111122223333\./,
    ],
    [['console-logins', 'last', '100d'], /event history reaches back 90 days/],
  ]
  for (const [words, why] of refusals) {
    const { code, out, err } = await ctq(['run', ...words], { env: keysOf(aws) })
    assert.match(err, why)
    assert.equal(out, '')
    assert.equal(code, 4, words.join(' '))
  }
  assert.equal(await lookups(aws), 0)
})

test('without a ctq.yml a name of an account is nobody’s, and it is said what gives names', async (t) => {
  const { code, out, err } = await ctq(['run', 'console-logins', 'account=prod-payments'], {
    env: keysOf(await anAws(t)),
  })
  assert.deepEqual([code, out], [2, ''])
  assert.match(err, /^No account is called "prod-payments"\./)
  assert.match(err, /is known, 111122223333; --config FILE gives accounts names\.$/m)
})

test('wrong use is told from everything else, and needs no AWS', async () => {
  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /^usage: ctq run/],
    [['key-activty', 'AKIAIOSFODNN7EXAMPLE'], /Did you mean "key-activity"\?/],
    [['key-activity'], /key-activity needs accessKeyId/],
    [['console-logins', '--format', 'xml'], /--format is one of table, text, csv, json, ndjson/],
    [['console-logins', '--out'], /--out needs a value/],
    [['console-logins', '--config', '/nowhere/ctq.yml'], /^--config: \/nowhere\/ctq\.yml cannot be read \(ENOENT\)$/m],
    [['list', '--runbooks', '/nowhere'], /^The folder of runbooks \/nowhere cannot be read \(ENOENT\)\.$/m],
    [['status'], /No runs are kept here/],
    [['denied-calls', '--verbose'], /^There is no option --verbose\. "ctq run --help" lists them\.$/m],
    [['key-activity', '--frmat', 'csv'], /^There is no option --frmat\. Did you mean --format\?$/m],
    [['--fromat=csv', 'AKIAIOSFODNN7EXAMPLE'], /^There is no option --fromat\. Did you mean --format\?$/m],
    [['denied-calls', '--Regoin', 'eu-west-1'], /^There is no option --Regoin\. Did you mean --region\?$/m],
    [['denied-calls', '--profile', 'prod'], /^There is no option --profile\. .* AWS_PROFILE\.$/m],
  ]
  for (const [words, why] of wrong) {
    const { code, out, err } = await ctq(['run', ...words])
    assert.match(err, why)
    assert.equal(out, '')
    assert.equal(code, 2, words.join(' '))
  }
})

test('credentials that are missing or wrong are told as such, without a trace of the program', async (t) => {
  const aws = await anAws(t)
  const none = await ctq(['run', 'console-logins'], {
    env: {
      AWS_ENDPOINT_URL: aws.url,
      AWS_REGION: 'us-east-1',
      AWS_EC2_METADATA_DISABLED: 'true',
      HOME: '/nonexistent',
    },
  })
  assert.equal(none.code, 1)
  assert.match(none.err, /^AWS credentials are missing or not valid .*Log in \(aws sso login\), or choose a profile/)
  const wrong = await ctq(['run', 'console-logins'], {
    env: { ...keysOf(aws), AWS_SECRET_ACCESS_KEY: 'Zm9yZ2VkZm9yZ2Vk' },
  })
  assert.equal(wrong.code, 1)
  assert.match(wrong.err, /SignatureDoesNotMatch/)
  for (const { err } of [none, wrong]) {
    assert.doesNotMatch(err, /\n\s+at |Zm9yZ2Vk|NodeVersionSupportWarning/)
    assert.equal(err.trim().split('\n').length, 1)
  }
})

test('with a ctq.yml accounts have names, and others than the own are read by their reader role in the name of whoever asks', async (t) => {
  const aws = await anAws(t)
  const place = { env: keysOf(aws, 'worker') }
  const config = await aConfig(t)
  const asked = ['run', 'console-logins', 'last', '1d', '--region', 'eu-west-1', '--config', config]
  const { code, out } = await ctq([...asked, '--account', '@prod', '--format', 'json'], place)
  assert.equal(code, 0, out)
  assert.deepEqual((JSON.parse(out) as Answer).accounts, [
    { id: PAYMENTS, name: 'prod-payments' },
    { id: WEB, name: 'prod-web' },
  ])
  const written = await fetch(
    `${aws.url}/_playground/truth?account=${WEB}&region=us-east-1&key=EventName&value=AssumeRole`,
  )
  assert.match(await written.text(), /"sourceIdentity":"terminal\.ctq-worker"/)
  const all = await ctq([...asked, 'account=all', '--format=json'], place)
  assert.equal((JSON.parse(all.out) as Answer).accounts.length, 2)
})

test('a value alone is a question, and what it leads to can be pasted with the same ctq.yml', async (t) => {
  const aws = await anAws(t)
  const { ask } = leak(aws)
  const key = aws.story?.leakedKey ?? ''
  const env = keysOf(aws)
  const bare = await ctq(['run', key, ...ask.slice(3)], { env })
  assert.match(bare.out, /^key-activity · AKIA….{4} · COMPLETE/)
  const config = await aConfig(t)
  const named = await ctq(['run', 'prod-payments', 'last', '1h', '--region', 'us-east-1', '--config', config], { env })
  assert.match(named.out, /account=111122223333|account 111122223333|prod-payments \(111122223333/)
  assert.ok(named.out.includes(`\n  node ${relative(process.cwd(), MAIN)} run --config ${config} `), named.out)
  const unnamed = await ctq(['run', 'prod-payments', 'last', '1h', '--region', 'us-east-1'], { env })
  const program = `node ${relative(process.cwd(), MAIN)}`
  assert.deepEqual([unnamed.code, unnamed.out], [2, ''])
  assert.deepEqual(unnamed.err.split('\n'), [
    '"prod-payments" may be a user, role or session, or a bucket: which is meant?',
    'As a user, role or session:',
    `  ${program} run principal-writes principal=prod-payments last 1h region=us-east-1`,
    'As a bucket:',
    `  ${program} run resource-history resourceName=prod-payments last 1h region=us-east-1`,
    '',
  ])
})

test('a throttled call is made again in its turn, and a call that fails in passing too', async (t) => {
  const aws = await anAws(t)
  await tell(aws, 'faults', { operation: 'LookupEvents', region: 'us-east-1', code: 'ThrottlingException' })
  await tell(aws, 'faults', { operation: 'LookupEvents', region: 'eu-west-1', code: 'InternalFailure', status: 500 })
  await tell(aws, 'faults', { operation: 'GetCallerIdentity', code: 'ServiceUnavailable', status: 503 })
  const { code, out } = await ctq(leak(aws).ask, { env: keysOf(aws) })
  assert.match(out, /^key-activity · \S+ · COMPLETE/)
  assert.equal(code, 0)
})
