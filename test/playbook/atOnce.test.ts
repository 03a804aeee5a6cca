import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test from 'node:test'
import fc from 'fast-check'
import { memberTests } from '../../src/domain/playbook/memberTests.ts'
import type { CloudTrailRecord } from '../../src/domain/record.ts'
import { bind } from '../../src/domain/runbook/bind.ts'
import { parseFixtures } from '../../src/domain/runbook/fixtures.ts'
import { member } from '../../src/domain/runbook/values.ts'
import { readLibrary } from '../../src/library.ts'
import { plainMatch } from '../support/plainMatch.ts'

const library = await readLibrary('runbooks')
const runbooks = library.all.filter(({ playbook }) => playbook === undefined)

const fixtures = runbooks.flatMap((runbook) => {
  const file = `${runbook.name}.fixtures.yaml`
  const { fixtures: own } = parseFixtures(readFileSync(`runbooks/${file}`, 'utf8'), file)
  assert.ok(own, file)
  return [...own.matches, ...own.misses].map((fixture) => ({ ...fixture, runbook, organisation: own.organisation }))
})

/** All runbooks, asked with what one of the fixtures asks where it says, with examples where something is needed. */
function matchesFor(asked: { readonly [name: string]: string }, organisation: readonly string[]) {
  return runbooks.map((runbook) => {
    const given = Object.entries(runbook.parameters).flatMap(([name, { optional, example }]) => {
      const value = asked[name] ?? (optional ? undefined : example)
      return value === undefined ? [] : [[name, value]]
    })
    return bind(runbook, Object.fromEntries(given), organisation).match
  })
}

const paths = ['eventName', 'eventSource', 'readOnly', 'eventID', 'userIdentity.accessKeyId', 'userIdentity.invokedBy']
const aPath = fc.constantFrom(
  ...[...paths, 'userIdentity.arn', 'userIdentity', 'requestParameters', 'errorCode', 'sourceIPAddress'].map((path) =>
    path.split('.'),
  ),
)
const aRecord = fc.constantFrom(...fixtures.map(({ record }) => record))

/** A value of some other record there, alone or in a list; or what no record of AWS has. */
const aChange = fc
  .record({ path: aPath, others: fc.array(aRecord, { maxLength: 2 }), strange: fc.jsonValue({ maxDepth: 2 }) })
  .map(({ path, others, strange }) => {
    const values = others.map((other) => path.reduce<unknown>(member, other))
    return { path, value: (values.length === 0 ? strange : values.length === 1 ? values[0] : values) ?? null }
  })

function changed(value: unknown, [name, ...rest]: readonly string[], to: unknown): unknown {
  if (name === undefined) return to
  const own = value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {}
  return { ...own, [name]: changed(member(own, name), rest, to) }
}

const anyRecord = fc
  .tuple(aRecord, fc.array(aChange, { maxLength: 3 }))
  .map(([record, changes]) =>
    changes.reduce<unknown>((before, { path, value }) => changed(before, path, value), record),
  )

test('all runbooks at once take what each takes plainly, of any record', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...fixtures),
      fc.array(anyRecord, { minLength: 1, maxLength: 8 }),
      ({ parameters, organisation, record: own }, records) => {
        const matches = matchesFor(parameters, organisation)
        const together = memberTests(matches)
        for (const record of [own, ...records] as readonly CloudTrailRecord[])
          assert.deepEqual(
            together(record),
            [...matches.keys()].filter((at) => matches[at] !== undefined && plainMatch(matches[at], record)),
          )
      },
    ),
    { numRuns: 150 },
  )
})

test('each fixture is found by its own runbook among all', () => {
  for (const { runbook, parameters, organisation, record, because } of fixtures)
    assert.equal(
      memberTests(matchesFor(parameters, organisation))(record).includes(runbooks.indexOf(runbook)),
      because === undefined,
      runbook.name,
    )
})

test('kinds of events that were forgotten again are told apart as before', () => {
  const together = memberTests([
    { field: 'eventName', equals: 'a' },
    { field: 'eventSource', equals: 'sa' },
    { not: { field: 'eventName', prefix: 'e' } },
  ])
  const kinds = [...Array(2_500).keys()].map((at) => ({ eventSource: 's', eventName: `e${at}`, readOnly: true }))
  for (const kind of [...kinds, ...kinds]) assert.deepEqual(together(kind), [])
  // Source and name that are the same when they are written one after the other.
  assert.deepEqual(together({ eventSource: 's', eventName: 'a', readOnly: true }), [0, 2])
  assert.deepEqual(together({ eventSource: 'sa', eventName: '', readOnly: true }), [1, 2])
})
