import assert from 'node:assert/strict'
import test from 'node:test'
import { nearest } from '../../src/domain/nearest.ts'
import { libraryOf } from '../../src/domain/runbook/library.ts'
import type { Runbook } from '../../src/domain/runbook/runbook.ts'
import { runbookOf } from './builders.ts'

const key = runbookOf({
  name: 'key-activity',
  aliases: '[key]',
  parameters: '{ accessKeyId: { type: accessKeyId, example: AKIAIOSFODNN7EXAMPLE, help: x } }',
  match: '{ field: userIdentity.accessKeyId, equals: $accessKeyId }',
})

/** What is wrong with a library of these, as `line:column message suggestion`. */
function faults(...runbooks: readonly Runbook[]): readonly string[] {
  const library = libraryOf(runbooks)
  return library.ok ? [] : library.error.map((p) => `${p.line}:${p.column} ${p.message} ${p.suggestion ?? ''}`.trim())
}

test('a runbook is found by its name and its aliases, in any case', () => {
  const library = libraryOf([runbookOf({ name: 'zz' }), key])
  assert.ok(library.ok)
  assert.deepEqual(
    library.value.all.map((runbook) => runbook.name),
    ['key-activity', 'zz'],
  )
  assert.equal(library.value.find('Key-Activity'), key)
  assert.equal(library.value.find('KEY'), key)
  assert.equal(library.value.find('__proto__'), undefined)
})

test('a word that would mean two runbooks is refused where it stands', () => {
  assert.deepEqual(faults(key, runbookOf({ name: 'other', aliases: '[a, key]' })), [
    '9:14 key already means key-activity.',
  ])
  assert.deepEqual(faults(key, key), [
    '2:7 key-activity already means key-activity.',
    '9:11 key already means key-activity.',
  ])
})

test('a shape is answered by one runbook at most', () => {
  const first = runbookOf({ name: 'first', answers: '[account]' })
  assert.deepEqual(faults(first, runbookOf({ name: 'other', answers: '[account]' })), [
    '9:11 account is already answered by first.',
  ])
  assert.deepEqual(faults(first, runbookOf({ name: 'other' })), [])
})

test('a next question must exist and get what it needs', () => {
  const next = (text: string) => runbookOf({ name: 'other', next: text })
  assert.deepEqual(faults(key, next('[{ runbook: key-activty, with: {} }]')), [
    '9:19 There is no runbook key-activty. Did you mean key-activity?',
  ])
  assert.deepEqual(faults(key, next('[{ runbook: key, with: { accesKeyId: userIdentity.accessKeyId } }]')), [
    '9:32 key-activity has no parameter accesKeyId. Did you mean accessKeyId?',
    '9:30 key-activity needs accessKeyId.',
  ])
  assert.deepEqual(faults(key, next('[{ runbook: key, with: { accessKeyId: userIdentity.accessKeyId } }]')), [])
})

test('a wrong word gets the nearest right one, or none when none is near', () => {
  assert.equal(nearest('evnetName', ['eventName', 'eventTime']), 'eventName')
  assert.equal(nearest('EVENTNAME', ['eventName']), 'eventName')
  assert.equal(nearest('banana', ['eventName']), undefined)
  assert.equal(nearest('x', []), undefined)
})
