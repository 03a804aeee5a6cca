import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chooseSelection } from '../../src/domain/query/pushdown.ts'
import { localWords, matchWords, selectionWords } from '../../src/domain/query/words.ts'
import type { Match } from '../../src/domain/runbook/runbook.ts'

const KEY: Match = { field: 'userIdentity.accessKeyId', equals: 'AKIA1' }

const SPLIT: readonly (readonly [says: string, match: Match, aws: readonly string[], local: readonly string[]])[] = [
  ['one clause that AWS answers', KEY, ['AccessKeyId = AKIA1'], []],
  [
    'the rest is done here',
    { all: [KEY, { field: 'readOnly', equals: false }] },
    ['AccessKeyId = AKIA1'],
    ['readOnly = false'],
  ],
  [
    'a second, wider test of the same field is done here',
    {
      all: [
        { field: 'eventName', equals: 'A' },
        { field: 'eventName', in: ['A', 'B'] },
      ],
    },
    ['EventName = A'],
    ['eventName in A, B'],
  ],
  [
    'a test that ignores case is done here, though its field was asked',
    {
      all: [
        { field: 'eventName', equals: 'A' },
        { field: 'eventName', equals: 'a', ignoreCase: true },
      ],
    },
    ['EventName = A'],
    ['eventName = a'],
  ],
  [
    'a user is asked by name, and who it really was is judged here',
    { principal: 'user/alice' },
    ['Username = alice'],
    ['principal user/alice'],
  ],
  [
    'a resource is asked of AWS’s index, which is said, and judged here again',
    { resource: 'arn:aws:s3:::b' },
    ["ResourceName in arn:aws:s3:::b, b (by AWS's index)"],
    ['resource arn:aws:s3:::b'],
  ],
  ['nothing asked: all is done here', { not: KEY }, [], ['not (userIdentity.accessKeyId = AKIA1)']],
]

for (const [says, match, aws, local] of SPLIT)
  test(`who filters what: ${says}`, () => {
    const selection = chooseSelection(match)
    assert.deepEqual(selectionWords(selection), aws)
    assert.deepEqual(localWords(match, selection), local)
  })

const WORDS: readonly (readonly [match: Match, words: string])[] = [
  [{ field: 'f', in: ['a', 'b', 'c', 'd', 'e', 'f'] }, 'f in a, b, c, d and 2 more'],
  [{ field: 'f', in: ['a'] }, 'f = a'],
  [{ field: 'f', prefix: 'a' }, 'f starts with a'],
  [{ field: 'f', suffix: 'a' }, 'f ends with a'],
  [{ field: 'f', contains: 'a' }, 'f contains a'],
  [{ field: 'f', matches: 'a+' }, 'f matches a+'],
  [{ field: 'f', matches: 'a+|b+|c+|d+|e+|f+|g+|h+|i+' }, "f by the runbook's pattern"],
  [
    {
      any: [
        { field: 'errorCode', matches: 'access_?denied|^unauthorized' },
        { field: 'errorMessage', matches: 'not authorized to perform' },
      ],
    },
    "errorCode or errorMessage by the runbook's patterns",
  ],
  [{ field: 'f', cidr: '10.0.0.0/8' }, 'f = 10.0.0.0/8'],
  [{ field: 'f', cidr: ['10.0.0.0/8', '::/0'] }, 'f in 10.0.0.0/8, ::/0'],
  [{ field: 'f', exists: true }, 'f present'],
  [{ field: 'f', exists: false }, 'f absent'],
  [{ field: 'f', greater: 3 }, 'f > 3'],
  [{ field: 'f', less: 3 }, 'f < 3'],
  [{ field: 'f', sameAs: 'g' }, 'f = g'],
  [
    { any: [{ field: 'f', equals: 1 }, { all: [{ field: 'g', equals: 2 }, { resource: 'r' }] }] },
    '(f = 1 or g = 2 and resource r)',
  ],
]

for (const [match, words] of WORDS)
  test(`a match in words: ${words}`, () => {
    assert.equal(matchWords(match), words)
  })
