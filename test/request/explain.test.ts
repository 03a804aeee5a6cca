import assert from 'node:assert/strict'
import { test } from 'node:test'
import { explain } from '../../src/domain/failure.ts'
import { FAILURES } from '../support/failures.ts'
import { golden } from '../support/golden.ts'

const ALL = Object.values(FAILURES).flat()

test('every refusal reads like this', () => {
  golden('failures.txt', ALL.map((failure) => `${failure.code}\n  ${explain(failure)}`).join('\n'))
})

test('a refusal is a few plain sentences without mark-up', () => {
  for (const failure of ALL) {
    const words = explain(failure)
    assert.ok(words.length <= 500, failure.code)
    assert.doesNotMatch(words, /[*_~`<>]|undefined/, failure.code)
    assert.match(words, /^(?:[A-Z"]|ctq |[a-z-]+[A-Za-z]* )/, failure.code)
  }
})
