import assert from 'node:assert/strict'
import test from 'node:test'
import type { Progress } from '../../src/domain/result/answer.ts'
import { plainText } from '../../src/domain/result/phrase.ts'
import { progressPhrase } from '../../src/domain/result/progressWords.ts'

const AT: Progress = { pages: 624, records: 5, matched: 0, parts: { done: 12, total: 204 } }

const SAID: readonly (readonly [string, Partial<Progress>, string])[] = [
  [
    'what is done of what is known, and that nobody knows how long',
    { knownPages: 848 },
    '12 of 204 accounts and Regions read · 624 of at least 848 pages · nothing found yet · how long it takes is not known yet',
  ],
  [
    'the time left at the pace, and what it waits for',
    { knownPages: 848, matched: 1, secondsLeft: 130, waiting: 'pace' },
    '12 of 204 accounts and Regions read · 624 of at least 848 pages · 1 call found so far · about 2 min left · waiting its turn at the rate AWS allows',
  ],
  [
    'that all is read and the answer is on its way',
    { parts: { done: 204, total: 204 }, knownPages: 624, matched: 3 },
    '204 of 204 accounts and Regions read · 624 pages · 3 calls found so far · putting the answer together',
  ],
  [
    'nothing of places while it is not known how many there are',
    { pages: 0, parts: { done: 0, total: 0 }, waiting: 'queue' },
    '0 pages · nothing found yet · waiting for a free worker',
  ],
]

for (const [name, changes, words] of SAID)
  test(`a run that goes on says ${name}`, () => {
    assert.equal(plainText(progressPhrase({ ...AT, ...changes })), words)
  })
