import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { type MemberFindings, membersCollector } from '../../src/domain/playbook/collectMembers.ts'
import type { BoundMember } from '../../src/domain/playbook/playbook.ts'
import { merge, type Stream } from '../../src/domain/query/merge.ts'
import { bind } from '../../src/domain/runbook/bind.ts'
import type { Runbook } from '../../src/domain/runbook/runbook.ts'
import { runbookOf } from '../runbook/builders.ts'
import { aCall, type Call, cutOf, foundIn, OURS, type Recorded, someCalls, WHOLE } from '../stage/rig.ts'

const then = '[{ name: burst, finds: Bursts, count: { by: [who], atLeast: 3, within: 10m } }]'
const columns = '[eventTime, who, eventName, target, outcome, sourceIPAddress]'
const CHANGES = runbookOf({ name: 'changes', match: '{ field: eventName, equals: CreateUser }', columns })
const BURSTS = runbookOf({ name: 'bursts', match: '{ field: eventName, prefix: List }', columns, then })
const NEEDS = runbookOf({ name: 'needs' })

const asked = (runbook: Runbook): BoundMember => {
  const bound = bind(runbook, {}, [OURS])
  return {
    name: runbook.name,
    runbook,
    context: false,
    changesAlone: false,
    ofKeys: false,
    ofStart: false,
    ofThing: false,
    bound,
    match: bound.match,
  }
}
const MEMBERS: readonly BoundMember[] = [
  asked(CHANGES),
  { name: 'needs', runbook: NEEDS, context: false, changesAlone: false, ofKeys: false, notAsked: 'it needs key' },
  asked(BURSTS),
]

type Page = {
  readonly index: readonly { eventId: string; eventTime: number; start: number; length: number; matched: boolean }[]
  readonly records: readonly Recorded[]
}

function streamOf(pages: readonly (readonly Recorded[])[]): Stream<Page> {
  let at = 0
  return {
    next: async () => {
      const records = pages[at++]
      const index = records?.map(({ eventId, eventTime }, start) => ({
        eventId,
        eventTime,
        start,
        length: 1,
        matched: true,
      }))
      return records === undefined || index === undefined ? undefined : { index, records }
    },
  }
}

async function collected(chains: readonly (readonly (readonly Recorded[])[])[]): Promise<readonly MemberFindings[]> {
  const members = membersCollector(MEMBERS, {
    labelOf: () => undefined,
    organisation: [OURS],
    accountName: () => undefined,
  })
  for await (const { page, entry } of merge(chains.map(streamOf))) {
    const record = page.records[entry.start]?.record ?? {}
    members.add({
      text: '',
      record,
      eventId: entry.eventId,
      eventTime: entry.eventTime,
      account: OURS,
      region: 'us-east-1',
    })
  }
  return members.finish(() => WHOLE)
}

test('each member finds in the shared reading what it would find alone', async () => {
  await fc.assert(
    fc.asyncProperty(someCalls, async (calls) => {
      const [changes, bursts] = await collected([[calls.map(aCall)]])
      const lists = calls.filter(({ name = '' }) => name.startsWith('List'))
      assert.equal(bursts?.counts.matched, lists.length)
      assert.deepEqual(bursts?.stages, await foundIn(BURSTS, lists))
      const created = calls.filter(({ name }) => name === 'CreateUser')
      assert.deepEqual(
        [changes?.counts.matched, changes?.counts.denied],
        [created.length, created.filter(({ denied }) => denied).length],
      )
    }),
    { numRuns: 60 },
  )
})

test('what members find does not depend on pages, parts, chains and duplicates', async () => {
  const cut = someCalls.chain((calls) => fc.record({ calls: fc.constant(calls), chains: cutOf(calls) }))
  await fc.assert(
    fc.asyncProperty(cut, async ({ calls, chains }) => {
      assert.deepEqual(await collected(chains), await collected([[calls.map(aCall)]]))
    }),
    { numRuns: 60 },
  )
})

test('a member without stages tells who did what, and one that is not asked tells nothing', async () => {
  const calls: readonly Call[] = [
    { at: 0, name: 'CreateUser' },
    { at: 9, name: 'CreateUser', denied: true },
  ]
  const [changes, ...others] = await collected([[calls.map(aCall)]])
  assert.deepEqual(
    others.map(({ name }) => name),
    ['bursts'],
  )
  assert.deepEqual(changes?.counts, { matched: 2, noise: 0, changes: 1, denied: 1, failed: 0 })
  const [stage] = changes?.stages ?? []
  assert.deepEqual(
    [stage?.finds, stage?.findings.map(({ by, calls: count }) => [...by, count])],
    ['What happened?', [['alice', 'CreateUser', '', 2]]],
  )
})

test('a record that is for none is for none', () => {
  const members = membersCollector(MEMBERS, {
    labelOf: () => undefined,
    organisation: [],
    accountName: () => undefined,
  })
  const found = aCall({ at: 0, name: 'DeleteUser' })
  assert.deepEqual(members.add({ ...found, text: '', account: OURS, region: 'us-east-1' }), [])
})
