import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { botPolicy, type IamPolicy, readerPolicy, readerTrust, workerPolicy } from '../../src/domain/iam.ts'

const ROOT = 'deploy/terraform'
const MODULES = readdirSync(ROOT)

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

/** The policies as `ctq iam` prints them: one source. UPDATE_GOLDEN=1 writes them anew. */
const POLICIES: { readonly [file: string]: IamPolicy } = {
  'reader.json': readerPolicy(),
  'reader-trust.json': readerTrust({ worker: 'arn:aws:iam::111122223333:role/ctq-worker' }),
  'worker.json': workerPolicy({ readerRole: 'ctq-reader', partition: 'aws', organizations: false }),
  'worker-organizations.json': workerPolicy({ readerRole: 'ctq-reader', partition: 'aws', organizations: true }),
  'bot.json': botPolicy({ organizations: false }),
  'bot-organizations.json': botPolicy({ organizations: true }),
}

for (const [file, wanted] of Object.entries(POLICIES))
  test(`deploy/policies/${file} is what ctq iam prints`, () => {
    const path = `deploy/policies/${file}`
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, `${JSON.stringify(wanted, null, 2)}\n`)
    assert.deepEqual(JSON.parse(readFileSync(path, 'utf8')), wanted)
  })

test('there is no other policy', () => {
  assert.deepEqual(readdirSync('deploy/policies').toSorted(), Object.keys(POLICIES).toSorted())
})

test('what the code calls is granted, and what is granted is called', () => {
  const text = sources('src/adapters/aws')
  const named = [...text.matchAll(/'((?:account|cloudtrail|organizations|sts):[A-Za-z]+)'/g)].map(
    ([, name = '']) => name,
  )
  // of the calls that list an organisation the code names the one that it reports; the SDK's paginators name them all
  const paginated = [...text.matchAll(/paginate(List\w+)\(/g)].map(([, name = '']) => name)
  const listing = paginated.filter((name) => name !== 'ListRegions').map((name) => `organizations:${name}`)
  // GetCallerIdentity needs no permission, and SetSourceIdentity is a permission without a call (AWS: STS API reference)
  const called = [...named.filter((name) => name !== 'sts:GetCallerIdentity'), ...listing, 'sts:SetSourceIdentity']
  const granted = Object.values(POLICIES).flatMap(({ Statement }) => Statement.flatMap(({ Action }) => Action))
  assert.deepEqual([...new Set(granted)].toSorted(), [...new Set(called)].toSorted())
})

for (const name of MODULES) {
  const text = sources(join(ROOT, name))

  test(`the policies that the ${name} module reads exist`, () => {
    const files = [...text.matchAll(/"(?:\$\{local\.policies\}\/)?([\w-]+\.json)"/g)].map(([, file = '']) => file)
    assert.ok(files.length > 0)
    for (const file of files) assert.ok(existsSync(`deploy/policies/${file}`), file)
    assert.ok(existsSync(join(ROOT, name, '../../policies')))
  })

  test(`what the ${name} module replaces in a policy is in it`, () => {
    const policies = readdirSync('deploy/policies').map((file) => readFileSync(`deploy/policies/${file}`, 'utf8'))
    const wanted = ['role/ctq-reader', 'arn:aws:', 'arn:aws:iam::111122223333:role/ctq-worker', '"T*.*"']
    const used = wanted.filter((one) => text.includes(JSON.stringify(one)))
    assert.equal(used.length, 2)
    for (const piece of used)
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

test('the reader modules let ctq doctor in, in the name that it gives', () => {
  const [, team, user] = /DOCTOR: Person = \{ team: '(\w+)', user: '([\w-]+)' \}/.exec(sources('src/doctor')) ?? []
  for (const name of ['reader', 'stackset'])
    assert.ok(sources(join(ROOT, name)).includes(`doctor = "${team}.${user}"`), `${team}.${user}`)
})
