import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { packageRoot } from '../../src/commands/root.ts'
import { ON_CALL } from '../../src/playground/incidentChannel.ts'
import { startPagerDuty } from '../../src/playground/pagerduty/server.ts'
import { startSlack } from '../../src/playground/slack/server.ts'
import { blocks } from '../docs/blocks.ts'
import { golden } from '../support/golden.ts'
import { scratch } from '../support/here.ts'
import { ctq, type Ended } from './rig.ts'

const EXAMPLE = join(packageRoot(), 'ctq.example.yml')
const EXPECTED = join(packageRoot(), 'ctq.expectations.example.yml')
const ERIN = ['T0EXAMPLE/U0ERIN', '--groups', 'S0ONCALL1']

const explain = (...words: readonly string[]): Promise<Ended> =>
  ctq(['policy', 'explain', '--config', EXAMPLE, ...words])

test('the example policy decides what its table expects, and the lint finds nothing in it, and says what it could not look at', async () => {
  const tried = await ctq(['policy', 'test', '--config', EXAMPLE, EXPECTED])
  assert.deepEqual(tried, { code: 0, out: '13 expectations met, 0 not\n', err: '' })
  const { code, out, err } = await ctq(['policy', 'lint', '--config', EXAMPLE])
  assert.deepEqual([code, err], [0, ''])
  golden('policy/lint-file-alone.txt', out)
})

/** The playground's policy, with a Slack and a pager as it starts with them. */
async function aPlayground(t: TestContext) {
  const [slack, pager] = await Promise.all([startSlack(), startPagerDuty({ oncalls: ON_CALL })])
  t.after(() => Promise.all([slack.close(), pager.close()]))
  const env = {
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_API_URL: slack.apiUrl,
    PAGERDUTY_TOKEN: pager.token,
    PAGERDUTY_API_URL: pager.url,
  }
  const config = join(packageRoot(), 'src/playground/ctq.yml')
  const lint = (more: Readonly<Record<string, string>> = {}): Promise<Ended> =>
    ctq(['policy', 'lint', '--config', config], { env: { ...env, ...more } })
  return { slack, pager, lint }
}

test('with the bot’s tokens the lint looks who is in the groups and on call', async (t) => {
  const { slack, pager, lint } = await aPlayground(t)
  const fine = await lint()
  assert.deepEqual([fine.code, fine.err], [0, ''])
  golden('policy/lint-live.txt', fine.out)
  slack.workspace.usergroups.get('S0SECURIT')?.users.splice(0)
  pager.set([{ user: 'PMALLORY', schedule: 'PPAYMNT' }])
  const wrong = await lint()
  assert.equal(wrong.code, 1)
  golden('policy/lint-live-wrong.txt', wrong.out)
  const [shown] = blocks(['docs/policy.md']).filter(({ info }) => info === 'text lint')
  assert.equal(`${shown?.text}\n`.replace(/\n+$/, '\n'), wrong.out)
  assert.deepEqual(
    slack.workspace.calls.filter(({ method }) => !['usergroups.list', 'users.info'].includes(method)),
    [],
    'nothing else is asked of Slack, and nothing changed there',
  )
})

test('what cannot be looked at is said, without the secret: a wrong token, a pager that is away, an address that is none', async (t) => {
  const { pager, lint } = await aPlayground(t)
  pager.fail({ status: 503 }, 10)
  const away = await lint({ SLACK_BOT_TOKEN: 'xoxb-hunter2' })
  assert.equal(away.code, 1)
  assert.match(away.out, /error: schedule payments: It cannot be read now\./)
  assert.match(away.out, /Not checked: who is in the user groups \(Slack usergroups\.list: invalid_auth\)/)
  const none = await lint({ SLACK_API_URL: 'http://slack.example/api', PAGERDUTY_TOKEN: '' })
  assert.match(
    none.out,
    /Not checked: who is in the user groups \(SLACK_API_URL is http: on another machine; use https\)/,
  )
  assert.match(none.out, /Not checked: who is on call for payments \(PAGERDUTY_TOKEN is not set\)/)
  assert.ok(!`${away.out}${away.err}${none.out}${none.err}`.includes('hunter2'))
})

test('the table that docs/policy.md shows is met too', async (t) => {
  const [shown] = blocks(['docs/policy.md']).filter(({ info }) => info === 'yaml expectations')
  const file = join(await scratch(t), 'table.yml')
  await writeFile(file, shown?.text ?? '')
  const { code, out } = await ctq(['policy', 'test', '--config', EXAMPLE, file])
  assert.deepEqual([code, out], [0, '1 expectation met, 0 not\n'])
})

test('an expectation that is not met is named with its line and what came instead', async (t) => {
  const file = join(await scratch(t), 'table.yml')
  const text = await readFile(EXPECTED, 'utf8')
  await writeFile(file, text.replace('    role: developer', '    role: responder').replace('tier: duty', 'tier: open'))
  const { code, out } = await ctq(['policy', 'test', '--config', EXAMPLE, file])
  assert.equal(code, 1)
  assert.match(
    out,
    /table\.yml:\d+:\d+ A developer looks at staging: expected role responder, but it is outcome allow, reason own_role, role developer, tier duty, answer here\n/,
  )
  assert.match(out, /\n11 expectations met, 2 not\n$/)
})

test('a table that cannot be read says where and what', async (t) => {
  const file = join(await scratch(t), 'table.yml')
  const text = await readFile(EXPECTED, 'utf8')
  await writeFile(file, text.replace('who: erin', 'who: eirn').replace('    outcome: refuse', '    outcom: refuse'))
  const { code, out } = await ctq(['policy', 'test', '--config', EXAMPLE, file])
  assert.equal(code, 1)
  assert.match(out, /table\.yml:\d+:\d+ error: outcom is not known here\. Did you mean outcome\?/)
})

test('a question that nobody can ask is an expectation that is not met', async (t) => {
  const file = join(await scratch(t), 'table.yml')
  const text = await readFile(EXPECTED, 'utf8')
  await writeFile(
    file,
    text.replace('console-logins last 24h account=prod-web', 'console-logins last 24h account=nowhere'),
  )
  const { code, out } = await ctq(['policy', 'test', '--config', EXAMPLE, file])
  assert.equal(code, 1)
  assert.match(out, /the question cannot be asked: No account is called "nowhere"/)
})

const PATHS: { readonly [name: string]: readonly string[] } = {
  approve: [...ERIN, 'iam-persistence', 'last', '30d', 'account=@prod'],
  allow: [
    ...ERIN,
    'key-activity',
    'AKIAIOSFODNN7EXAMPLE',
    'last',
    '90d',
    'account=prod-web',
    '--in',
    'C0TOWNSQ1:public',
  ],
  'on-call': [...ERIN, '--on-call', 'primary', 'iam-persistence', 'last', '30d', 'account=@prod'],
  'too-new': [...ERIN, '--new', 'iam-persistence', 'last', '24h', 'account=@prod'],
  denied: ['T0EXAMPLE/U0DAVE', '--groups', 'S0DEVELOP', 'console-logins', 'last', '24h', 'account=prod-web'],
  'two-roles': [
    ...['T0EXAMPLE/U0ALICE', '--groups', 'S0DEVELOP', '--in', 'direct'],
    ...['console-logins', 'last', '10d', 'account=staging'],
  ],
}

for (const [name, words] of Object.entries(PATHS))
  test(`the path of a decision reads like this: ${name}`, async () => {
    const { code, out, err } = await explain(...words)
    assert.deepEqual([code, err], [0, ''])
    golden(`policy/explain-${name}.txt`, out.replace(/^(Policy +)[0-9a-f]{64}$/m, '$1DIGEST'))
  })

test('what cannot be explained says why', async () => {
  const wrong = [
    { words: ['alice', 'list'], says: /^alice is no person: write team\/user/ },
    { words: [...ERIN, 'keys-activity'], says: /no runbook or command "keys-activity"/ },
    { words: [...ERIN, '--in', 'somewhere', 'logins'], says: /^--in somewhere is no place/ },
    { words: [...ERIN, 'list'], says: /no runbook or command "list"/ },
    { words: ['T0EXAMPLE/U0ERIN'], says: /^usage: ctq policy/ },
  ]
  for (const { words, says } of wrong) {
    const { code, err } = await explain(...words)
    assert.equal(code, 2)
    assert.match(err, says)
  }
  const without = await ctq(['policy', 'lint', '--config', '/nowhere/ctq.yml'])
  assert.equal(without.code, 2)
  assert.match(without.err, /CTQ_CONFIG: \/nowhere\/ctq\.yml cannot be read/)
})

test('a policy that cannot mean what it says is found out', async (t) => {
  const folder = await scratch(t)
  const file = join(folder, 'ctq.yml')
  for (const name of ['console-logins', 'iam-persistence']) {
    const shipped = await readFile(join(packageRoot(), 'runbooks', `${name}.yaml`), 'utf8')
    await writeFile(join(folder, `${name}.yaml`), shipped.replace(/^next:\n(?: .*\n)+/m, ''))
  }
  const text = await readFile(EXAMPLE, 'utf8')
  await writeFile(
    file,
    text
      .replace('    groups: [S0DEVELOP]\n', '')
      .replace('{ groups: [S0SECURIT], persons: [T0EXAMPLE/U0CAROL] }', '{}')
      .replace("    runbooks: ['*']\n", '    runbooks: [console-logins, key-activty]\n'),
  )
  const { code, out, err } = await ctq(['policy', 'lint', '--config', file, '--runbooks', folder])
  assert.deepEqual([code, err], [1, ''])
  golden('policy/lint.txt', out)
})
