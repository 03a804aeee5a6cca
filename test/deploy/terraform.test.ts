import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const ROOT = 'deploy/terraform'
const MODULES = readdirSync(ROOT)

type Policy = {
  readonly Statement: readonly {
    readonly Action: string | readonly string[]
    readonly Resource?: string
    readonly Principal?: { readonly AWS: string }
    readonly Condition?: { readonly StringLike: { readonly [key: string]: string } }
  }[]
}

const policy = (name: string): Policy => JSON.parse(readFileSync(`deploy/policies/${name}.json`, 'utf8')) as Policy
const actions = (name: string): readonly string[] =>
  policy(name)
    .Statement.flatMap(({ Action }) => Action)
    .toSorted()

function sources(folder: string): string {
  return readdirSync(folder)
    .filter((file) => /\.(?:tf|ts)$/.test(file))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n')
}

const hasTerraform = spawnSync('terraform', ['version']).status === 0

test('terraform would not format anything differently', { skip: hasTerraform ? false : 'no terraform here' }, () => {
  const { status, stdout } = spawnSync('terraform', ['fmt', '-check', '-recursive', ROOT], { encoding: 'utf8' })
  assert.equal(status, 0, `terraform fmt would change ${stdout}`)
})

test('the roles may do what the code does, and nothing else', () => {
  const called = [...sources('src/adapters/aws').matchAll(/'((?:account|cloudtrail|organizations|sts):[A-Za-z]+)'/g)]
  // GetCallerIdentity needs no permission (AWS: STS API reference); SetSourceIdentity is AssumeRole's; of the three calls that list an
  // organisation the code names the one that it reports
  const unlisted = ['sts:GetCallerIdentity']
  const granted = ['reader', 'worker', 'bot', 'inventory'].flatMap(actions)
  for (const [, action = ''] of called) assert.ok(granted.includes(action) || unlisted.includes(action), action)
  assert.deepEqual(actions('reader'), ['account:ListRegions', 'cloudtrail:LookupEvents'])
  assert.deepEqual(actions('worker'), ['sts:AssumeRole', 'sts:SetSourceIdentity'])
  assert.deepEqual(actions('bot'), ['sts:GetAccessKeyInfo'])
})

test('the calls that list an organisation are those whose paginators the code uses', () => {
  const used = [...readFileSync('src/adapters/aws/accounts.ts', 'utf8').matchAll(/paginate(List\w+)\(/g)]
  const calls = [...new Set(used.map(([, name]) => name))].filter((name) => name !== 'ListRegions')
  assert.deepEqual(actions('inventory'), calls.map((name) => `organizations:${name}`).toSorted())
})

test('only the worker becomes a reader, and only in the name of a person', () => {
  const [statement, ...more] = policy('reader-trust').Statement
  assert.deepEqual(more, [])
  assert.match(statement?.Principal?.AWS ?? '', /:role\/ctq-worker$/)
  assert.deepEqual(statement?.Condition, { StringLike: { 'sts:SourceIdentity': 'T*.*' } })
  assert.deepEqual(actions('reader-trust'), actions('worker'))
})

for (const name of MODULES) {
  const text = sources(join(ROOT, name))

  test(`the policies that the ${name} module reads exist`, () => {
    const files = [...text.matchAll(/file\("\$\{local\.policies\}\/([\w-]+\.json)"\)/g)].map(([, file = '']) => file)
    assert.ok(files.length > 0)
    for (const file of files) assert.ok(existsSync(`deploy/policies/${file}`), file)
    assert.ok(existsSync(join(ROOT, name, '../../policies')))
  })

  test(`what the ${name} module replaces in a policy is in it`, () => {
    const policies = readdirSync('deploy/policies').map((file) => readFileSync(`deploy/policies/${file}`, 'utf8'))
    const wanted = ['role/ctq-reader', 'arn:aws:', 'arn:aws:iam::111122223333:role/ctq-worker', 'T*.*']
    for (const piece of wanted.filter((one) => text.includes(`"${one}"`)))
      assert.ok(
        policies.some((one) => one.includes(piece)),
        piece,
      )
  })

  test(`every variable of the ${name} module has a type and says what it is`, () => {
    for (const [, variable = '', body = ''] of text.matchAll(/^variable "(\w+)" \{\n([\s\S]*?)^\}/gm)) {
      assert.match(body, /^ {2}type +=/m, variable)
      assert.match(body, /^ {2}description = ".{10,}"$/m, variable)
      assert.ok(text.includes(`var.${variable}`), `${variable} is used nowhere`)
    }
  })
}
