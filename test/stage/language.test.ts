import assert from 'node:assert/strict'
import test from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { parse } from 'yaml'
import { bind } from '../../src/domain/runbook/bind.ts'
import { parseRunbook } from '../../src/domain/runbook/parse.ts'
import { toJsonSchema } from '../../src/domain/runbook/schema.ts'
import { textWith } from '../runbook/builders.ts'

const accepts = new Ajv2020({ strict: false }).compile(toJsonSchema())
const head = 'name: a, finds: A'
const problems = (then: string): readonly string[] =>
  parseRunbook(textWith({ then }), 'x.yaml').problems.map(({ line, column, message, suggestion = '' }) =>
    `${line}:${column} ${message} ${suggestion}`.trim(),
  )

for (const [what, then, expected] of [
  ['a misspelt stage', `[{ ${head}, cont: { by: [who] } }]`, 'cont is not known here. Did you mean count?'],
  [
    'a stage of nothing',
    `[{ ${head} }]`,
    'A stage has a name, what it finds, and one of: count, distinct, sequence, firstSeen, policy, elsewhere, follow.',
  ],
  [
    'a stage of two',
    `[{ ${head}, count: { by: [who] }, elsewhere: { by: [who] } }]`,
    'A stage looks for one thing, not count and elsewhere. Make two stages.',
  ],
  ['a misspelt key of a stage', `[{ ${head}, count: { bye: [who] } }]`, 'bye is not known here. Did you mean by?'],
  [
    'a misspelt key of a step',
    `[{ ${head}, sequence: { by: [who], within: 1h, first: { sayz: x, outcome: [done] }, next: { says: y, outcome: [done] } } }]`,
    'sayz is not known here. Did you mean says?',
  ],
  [
    'a column that is none',
    `[{ ${head}, count: { by: [whom] } }]`,
    'whom is no column of this runbook. Did you mean who?',
  ],
  [
    'a value that is no column',
    `[{ ${head}, distinct: { of: eventNam, by: [who], atLeast: 2 } }]`,
    'eventNam is no column of this runbook. Did you mean eventName?',
  ],
  [
    'a length that is none',
    `[{ ${head}, count: { by: [who], within: 10 minutes } }]`,
    '10 minutes is no length of time. A number and m, h, d or w, such as 10m or 24h.',
  ],
  [
    'a window too long to hold',
    `[{ ${head}, count: { by: [who], within: 2d } }]`,
    '2d is longer than records are held side by side. At most 24h.',
  ],
  [
    'an outcome that is none',
    `[{ ${head}, count: { by: [who], outcome: [refused] } }]`,
    'outcome is not one of its values. One of: done, denied, failed.',
  ],
  [
    'a field that is none',
    `[{ ${head}, count: { by: [who], where: { field: eventname, equals: x } } }]`,
    'CloudTrail records have no field eventname. Did you mean eventName?',
  ],
  [
    'a misspelt operator',
    `[{ ${head}, count: { by: [who], where: { field: eventName, equal: x } } }]`,
    'equal is not known here. Did you mean equals?',
  ],
  [
    'a parameter that is none',
    `[{ ${head}, count: { by: [who], where: { field: eventName, equals: $x } } }]`,
    /\$x is no parameter/,
  ],
  [
    'a step that chooses nothing',
    `[{ ${head}, sequence: { by: [who], within: 1h, first: { says: x }, next: { says: y, outcome: [done] } } }]`,
    'first does not say which calls. Write where: or outcome:.',
  ],
  [
    'a policy that may allow anything',
    `[{ ${head}, policy: { in: [requestParameters.policy] } }]`,
    'The stage does not say what a policy must allow. One of: principal, action, resource.',
  ],
  [
    'a policy where no record has any',
    `[{ ${head}, policy: { in: [requestParameter.policy], action: "*" } }]`,
    /Did you mean requestParameters\?/,
  ],
  [
    'two stages of one name',
    `[{ ${head}, count: { by: [who] } }, { ${head}, count: { by: [who] } }]`,
    'There are two stages named a.',
  ],
  ['more than is counted apart', `[{ ${head}, distinct: { of: who, by: [who], atLeast: 1001 } }]`, /atLeast: too big/],
] as const)
  test(`${what} is reported where it stands`, () => {
    const found = problems(then)
    const fits = (text: string): boolean =>
      typeof expected === 'string' ? text.replace(/^9:\d+ /, '') === expected : expected.test(text)
    assert.ok(found.some(fits), found.join('\n'))
  })

test('a misspelt column is found on its line, at its place', () =>
  assert.deepEqual(
    problems(`[{ ${head}, count: { by: [whom] } }]`).map((text) => text.slice(0, 9)),
    ['9:43 whom'],
  ))

for (const [what, then] of [
  ['a stage of nothing', `[{ ${head} }]`],
  ['a stage of two', `[{ ${head}, count: { by: [who] }, elsewhere: { by: [who] } }]`],
  ['an unknown key', `[{ ${head}, count: { by: [who], sum: x } }]`],
  ['a clause of two inside', `[{ ${head}, count: { by: [who], where: { principal: a, resource: b } } }]`],
] as const)
  test(`an editor marks ${what}`, () => assert.equal(accepts(parse(textWith({ then }))), false))

test('an editor finds nothing wrong with a good one', () => {
  const then = `[{ ${head}, count: { by: [who], where: { principal: a } } }]`
  accepts(parse(textWith({ then })))
  assert.equal(accepts.errors, null)
})

test('a parameter may be used by a stage alone, and a clause whose parameter is not given is left out', () => {
  const then = `[{ ${head}, sequence: { by: [who], within: 1h, first: { says: x, where: { principal: $user } }, next: { says: y, where: { all: [{ principal: $user }, { field: eventSource, in: [$organisation] }] } } } }]`
  const { runbook, problems: none } = parseRunbook(
    textWith({
      parameters: '{ user: { type: principal, optional: true, example: alice, help: who } }',
      then,
    }),
    'x.yaml',
  )
  assert.deepEqual(none, [])
  assert.ok(runbook)
  const wheres = (parameters: { readonly user?: string }): unknown => {
    const [stage] = bind(runbook, parameters, ['111122223333']).stages
    return stage?.kind === 'sequence' && [stage.first.where, stage.next.where]
  }
  const ours = { field: 'eventSource', in: ['111122223333'] }
  assert.deepEqual(wheres({}), [{ all: [] }, { all: [ours] }])
  assert.deepEqual(wheres({ user: 'bob' }), [{ principal: 'bob' }, { all: [{ principal: 'bob' }, ours] }])
})
