import assert from 'node:assert/strict'
import test from 'node:test'
import { asRunbook, bindQuestion, questionAt } from '../../src/domain/playbook/asRunbook.ts'
import { parsePlaybook } from '../../src/domain/playbook/parsePlaybook.ts'
import { chainsForMembers } from '../../src/domain/playbook/planMembers.ts'
import { tierOf } from '../../src/domain/policy/tier.ts'
import { chainIn } from '../../src/domain/query/plan.ts'
import type { Query } from '../../src/domain/query/query.ts'
import { compileMatch } from '../../src/domain/runbook/evaluate.ts'
import type { Runbook } from '../../src/domain/runbook/runbook.ts'
import { readLibrary } from '../../src/library.ts'
import { runbookOf } from '../runbook/builders.ts'

const LIBRARY = await readLibrary('runbooks')
const WINDOW = { since: '2026-11-19T14:00:00Z', until: '2026-11-20T14:00:00Z' }
const KEY = 'AKIARTX3GSDSYEEX3F6J'

function triage(): Runbook {
  const found = LIBRARY.find('triage')
  if (found?.playbook === undefined) throw new Error('no playbook triage')
  return found
}

function planned(parameters: { readonly [name: string]: string }) {
  const { members = [] } = bindQuestion(triage(), parameters, ['111122223333'])
  const plan = chainsForMembers(members, WINDOW, 600)
  const { playbook } = plan
  if (playbook === undefined) throw new Error('no playbook in the plan')
  return { ...plan, playbook, members }
}

const wordsOf = ({ playbook }: ReturnType<typeof planned>): readonly string[] =>
  playbook.readings.map(({ attribute }) => `${attribute?.key} ${attribute?.value}`)

test('triage asks what is tagged triage, each once', () => {
  const tagged = LIBRARY.all.filter(({ tags, playbook }) => tags.includes('triage') && playbook === undefined)
  const members = triage().playbook?.members.map(({ runbook }) => runbook.name) ?? []
  assert.deepEqual(
    tagged.filter(({ name }) => !members.includes(name)).map(({ name }) => name),
    [],
  )
  assert.equal(new Set(members).size, members.length)
})

test('triage reads a key once for all that ask about it, then the changes of the window once for the rest', () => {
  const plan = planned({ accessKeyId: KEY })
  const words = wordsOf(plan)
  assert.equal(words.filter((word) => word === `AccessKeyId ${KEY}`).length, 1)
  const [changes] = plan.playbook.readings.filter(({ attribute }) => attribute?.key === 'ReadOnly')
  assert.ok(changes !== undefined && changes.members.length >= 10, String(changes?.members))
  assert.ok(words.indexOf(`AccessKeyId ${KEY}`) < words.indexOf('ReadOnly false'))
  assert.ok(words.indexOf('EventName ConsoleLogin') < words.indexOf('EventName GetSecretValue'))
  assert.ok(words.length <= 24, words.join('\n'))
})

test('a member that changes alone are read for costs no reading of its own, and takes the rest from what is read anyway', () => {
  const all = triage()
  const { playbook: members } = all
  assert.ok(members)
  const alone = members.members.filter(({ changesAlone }) => changesAlone).map(({ runbook }) => runbook.name)
  assert.deepEqual(alone, ['console-pivot', 'instance-access', 'bedrock-abuse'])
  const plan = planned({ accessKeyId: KEY })
  for (const name of alone) {
    const own = plan.playbook.readings.filter((reading) => reading.members.includes(name))
    assert.deepEqual(
      own.map(({ attribute }) => `${attribute?.key} ${attribute?.value}`),
      ['ReadOnly false'],
    )
  }
  const access = plan.members.find(({ name }) => name === 'instance-access')
  assert.ok(access !== undefined && 'match' in access)
  const read = { eventSource: 'ec2.amazonaws.com', eventName: 'GetPasswordData', readOnly: true }
  assert.equal(compileMatch(access.match)(read), true)
})

for (const [start, word] of [
  [{ principal: 'arn:aws:sts::111122223333:assumed-role/deploy/run-7' }, 'Username run-7'],
  [{ resourceName: 'customer-exports' }, 'ResourceName customer-exports'],
] as const)
  test(`triage that begins with ${Object.keys(start)[0]} looks it up`, () =>
    assert.ok(wordsOf(planned(start)).includes(word), wordsOf(planned(start)).join('\n')))

test('triage with nothing but accounts never reads everything, and says which questions need more', () => {
  const plan = planned({})
  assert.ok(plan.playbook.readings.every(({ attribute }) => attribute !== undefined))
  const { notAsked } = plan.playbook
  assert.match(notAsked['denied-calls'] ?? '', /cannot be selected with LookupEvents/)
  assert.equal(notAsked['key-activity'], 'it needs accessKeyId')
  const read = plan.playbook.readings.flatMap(({ members }) => members)
  for (const { name } of plan.members)
    assert.equal(read.includes(name), !Object.hasOwn(notAsked, name), `${name} is read or said not to be`)
})

test('what is recorded in one Region is read nowhere else, and its places are known', () => {
  const iam = runbookOf({ name: 'iam', regions: 'global', match: '{ field: eventSource, equals: iam.amazonaws.com }' })
  const { members = [] } = bindQuestion(asRunbook(playbookOf([iam])), {}, [])
  const { chains, playbook } = chainsForMembers(members, WINDOW, 60)
  assert.equal(playbook?.requests, 118)
  const parts = ['eu-west-1', 'us-east-1'].map((region) => ({ account: '111122223333', region }))
  assert.deepEqual(
    parts.map((part) => chains.map((chain) => chainIn(chain, part))),
    [chains.map(() => false), chains.map(() => true)],
  )
})

test('where nothing that is asked can be selected, everything is read', () => {
  const refused = runbookOf({ name: 'refused', match: '{ field: errorCode, exists: true }' })
  const { members = [] } = bindQuestion(asRunbook(playbookOf([refused])), {}, [])
  const { chains, playbook } = chainsForMembers(members, WINDOW, 60)
  assert.deepEqual([playbook?.notAsked, playbook?.readings.length], [{}, 1])
  assert.ok(chains.every(({ attribute }) => attribute === undefined))
})

function playbookOf(runbooks: readonly Runbook[]) {
  const text = `language: 1
kind: playbook
name: some
title: What now?
about: Some.
window: { default: 24h, max: 1d }
members:
${runbooks.map(({ name }) => `  - { runbook: ${name} }`).join('\n')}
`
  const known = {
    find: (name: string) => runbooks.find((runbook) => runbook.name === name),
    names: runbooks.map(({ name }) => name),
  }
  const { playbook, problems } = parsePlaybook(text, 'some.yaml', known)
  if (playbook === undefined) throw new Error(JSON.stringify(problems))
  return playbook
}

test('a question in the store is what its digest says, playbook or runbook, and nothing else', () => {
  const asked = triage()
  assert.deepEqual(questionAt(asked.text, asked)?.playbook, asked.playbook)
  const single = LIBRARY.find('key-activity')
  assert.ok(single)
  assert.deepEqual(questionAt(single.text, single), single)
  assert.equal(questionAt(`${asked.text} `, asked), undefined)
  assert.equal(questionAt(asked.text, { ...asked, name: 'other' }), undefined)
  assert.equal(questionAt(undefined, asked), undefined)
})

function tierOver(parameters: Query['parameters'], accounts: readonly string[]): string {
  const { name, digest } = triage()
  const query: Query = {
    ...{
      runbook: { name, digest },
      parameters,
      accounts,
      regions: 'enabled',
      engines: ['lookup'],
      limit: 9,
      window: WINDOW,
    },
  }
  return tierOf(query, triage(), [], { accounts: [], regions: [] }).tier
}

test('triage is as sensitive as what its members read together, a key to begin with or not', () => {
  assert.equal(tierOver({}, ['111122223333']), 'duty')
  assert.equal(tierOver({ accessKeyId: KEY }, ['111122223333']), 'duty')
  assert.equal(tierOver({}, ['111122223333', '444455556666']), 'elevated')
})
