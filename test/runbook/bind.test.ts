import assert from 'node:assert/strict'
import test from 'node:test'
import { bind } from '../../src/domain/runbook/bind.ts'
import type { Match, Runbook } from '../../src/domain/runbook/runbook.ts'
import { parameter, runbookWith } from './builders.ts'

const parameters = {
  user: parameter('userName', true),
  key: parameter('accessKeyId', true),
  range: parameter('address', true),
}
const bound = (match: Match, given: { readonly [name: string]: string } = {}, organisation: readonly string[] = []) =>
  bind(runbookWith({ match, parameters }), given, organisation).match

const user: Match = { field: 'userIdentity.userName', equals: '$user' }
const key: Match = { field: 'userIdentity.accessKeyId', equals: '$key' }
const write: Match = { field: 'readOnly', equals: false }

test('a given parameter takes the place of its name', () => {
  assert.deepEqual(bound(user, { user: 'alice' }), { field: 'userIdentity.userName', equals: 'alice' })
  assert.deepEqual(bound({ principal: '$user' }, { user: 'alice' }), { principal: 'alice' })
  assert.deepEqual(bound({ resource: '$user' }, { user: 'alice' }), { resource: 'alice' })
  for (const operator of ['prefix', 'suffix', 'contains', 'greater', 'less'] as const) {
    const test = { field: 'eventName', ignoreCase: true, [operator]: '$user' } as Match
    assert.deepEqual(bound(test, { user: 'a' }), { field: 'eventName', ignoreCase: true, [operator]: 'a' })
  }
  assert.deepEqual(bound({ field: 'sourceIPAddress', cidr: '$range' }, { range: '10.0.0.0/8' }), {
    field: 'sourceIPAddress',
    cidr: ['10.0.0.0/8'],
  })
})

test('a value that looks like a placeholder is not looked up again', () => {
  assert.deepEqual(bound(user, { user: '$key', key: 'AKIAIOSFODNN7EXAMPLE' }), {
    field: 'userIdentity.userName',
    equals: '$key',
  })
})

test('a clause whose optional parameter is not given is left out, and a group with nothing left too', () => {
  assert.deepEqual(bound({ all: [write, user] }), { all: [write] })
  assert.deepEqual(bound({ all: [write, { any: [user, key] }] }), { all: [write] })
  assert.deepEqual(bound({ all: [write, { not: user }] }), { all: [write] })
  assert.deepEqual(bound({ any: [{ all: [user] }, write] }), { any: [write] })
  assert.deepEqual(bound({ any: [user, key] }, { key: 'K' }), {
    any: [{ field: 'userIdentity.accessKeyId', equals: 'K' }],
  })
})

test('a match with nothing left is every record', () => assert.deepEqual(bound(user), { all: [] }))

test('in a list, what is not given is left out of the list', () => {
  const test: Match = { field: 'eventName', in: ['$user', 'B'] }
  assert.deepEqual(bound(test), { field: 'eventName', in: ['B'] })
  assert.deepEqual(bound({ field: 'eventName', in: ['$user'] }), { all: [] })
})

test('$organisation is the list of accounts, even when it is empty', () => {
  const ours: Match = { field: 'recipientAccountId', equals: '$organisation' }
  assert.deepEqual(bound(ours, {}, ['111122223333']), { field: 'recipientAccountId', in: ['111122223333'] })
  assert.deepEqual(bound(ours), { field: 'recipientAccountId', in: [] })
  assert.deepEqual(bound({ field: 'recipientAccountId', in: ['$organisation', 'anonymous'] }, {}, ['111122223333']), {
    field: 'recipientAccountId',
    in: ['111122223333', 'anonymous'],
  })
})

test('two dollar signs write one', () => {
  assert.deepEqual(bound({ field: 'eventName', equals: '$$user' }), { field: 'eventName', equals: '$user' })
})

test('a missing required parameter, or an unknown one, is never bound: the question would be wider than was allowed', () => {
  const strict: Runbook = runbookWith({ match: user, parameters: { user: parameter('userName', false) } })
  assert.throws(() => bind(strict, {}, []), /parameter user is missing/)
  assert.throws(() => bind(strict, { user: 'a', usr: 'b' }, []), /parameter usr is not known/)
  assert.throws(() => bind(strict, JSON.parse('{"__proto__": {"user": "a"}}'), []), /missing/)
})
