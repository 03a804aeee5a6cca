import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { findRunbooks } from '../../src/domain/runbook/find.ts'
import { readLibrary } from '../../src/library.ts'

const LIBRARY = await readLibrary('runbooks')
const found = (words: string) => findRunbooks(LIBRARY, words.split(' ')).map(({ name }) => name)

for (const [words, first] of [
  ['stolen key', 'key-activity'],
  ['leaked keys', 'key-activity'],
  ['what did the stolen key do', 'key-activity'],
  ['stollen kye', 'key-activity'],
  ['minted', 'key-owner'],
  ['chain', 'credential-chain'],
  ['where did it go', 'credential-chain'],
  ['persist', 'iam-persistence'],
  ['back door', 'iam-persistence'],
  ['sign in mfa', 'console-logins'],
  ['login', 'console-logins'],
  ['who deleted the trail', 'logging-tamper'],
  ['stoplogging', 'logging-tamper'],
  ['StopLogging', 'logging-tamper'],
  ['ip', 'ip-activity'],
  ['address changes', 'ip-changes'],
  ['bucket', 'bucket-exposure'],
  ['security group opened', 'network-opened'],
  ['acess denied', 'denied-calls'],
  ['account changed', 'account-changes'],
  ['event id', 'event'],
] as const)
  test(`"${words}" finds ${first} first`, () => assert.equal(found(words)[0], first, found(words).join(', ')))

test('a key that is not ours alone any more finds what it did, who made it, where it went, and the first ten minutes', () => {
  for (const words of ['stolen key', 'leaked', 'compromised key', 'leaked access key', 'exposed key']) {
    const names = found(words)
    for (const name of ['key-activity', 'key-owner', 'credential-chain', 'triage'])
      assert.ok(names.includes(name), `${words}: ${names.join(', ')}`)
    assert.ok(names.length < 10, words)
  }
})

test('every word is looked for: what has more of them leaves out what has fewer', () => {
  assert.ok(found('key').length > found('stolen key').length)
})

test('a word that is nowhere, nor nearly, is passed over when another is found', () => {
  assert.deepEqual(found('stolen key zebra'), found('stolen key'))
  assert.deepEqual(found('zebra'), [])
  assert.deepEqual(findRunbooks(LIBRARY, []), [])
})

test('a word that says nothing by itself finds nothing by chance when there is a better one', () => {
  assert.deepEqual(found('who is the stolen key'), found('stolen key'))
})

test('every runbook is found by its name, its title and each alias, before any other', () => {
  for (const { name, aliases, title } of LIBRARY.all)
    for (const words of [name, title, ...aliases]) assert.equal(found(words)[0], name, words)
})

test('no words throw, many do not either, and what is found is in the library', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 30 })), (words) => {
      for (const runbook of findRunbooks(LIBRARY, words)) assert.ok(LIBRARY.all.includes(runbook))
    }),
    { numRuns: 200 },
  )
  const many = Array.from({ length: 2000 }, (_, at) => `zz${at}`)
  assert.deepEqual(findRunbooks(LIBRARY, many), [])
})
