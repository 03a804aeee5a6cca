import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import type { StageFinding } from '../../src/domain/stage/finding.ts'
import { aCall, type Call, cutOf, found, foundIn, someCalls, stagesOf } from './rig.ts'

const STAGES = {
  count: '{ by: [who], atLeast: 4, within: 10m }',
  'count at any time': '{ by: [who, eventName], atLeast: 2, outcome: [denied] }',
  distinct: '{ of: eventName, by: [who], atLeast: 3, within: 5m }',
  'distinct at any time': '{ of: sourceIPAddress, by: [who], atLeast: 2 }',
  sequence:
    '{ by: [sourceIPAddress], within: 10m, first: { says: refused, outcome: [denied], atLeast: 2 }, next: { says: done, outcome: [done] } }',
  firstSeen: '{ of: [sourceIPAddress], by: [who], after: 1h }',
  policy: '{ action: "*" }',
  elsewhere: '{ by: [who] }',
} as const

const form = (name: string, body: string): string =>
  `[{ name: some-stage, finds: Something, ${name.split(' ')[0]}: ${body} }]`

/** Every fourth call carries a policy, in one of the ways that services write it. */
function withPolicies(calls: readonly Call[]): readonly Call[] {
  const policy = JSON.stringify({ Statement: { Effect: 'Allow', Action: '*', Resource: '*' } })
  return calls.map((call, index) =>
    index % 4 === 0
      ? { ...call, more: { requestParameters: { policyDocument: index % 8 ? policy : encodeURIComponent(policy) } } }
      : call,
  )
}

for (const [name, body] of Object.entries(STAGES)) {
  const runbook = stagesOf(form(name, body))
  test(`${name}: what is found does not depend on pages, parts, chains and duplicates`, async () => {
    const cut = someCalls
      .map(withPolicies)
      .chain((calls) => fc.record({ calls: fc.constant(calls), cut: cutOf(calls) }))
    await fc.assert(
      fc.asyncProperty(cut, async ({ calls, cut: chains }) => {
        assert.deepEqual(await found(runbook, chains), await foundIn(runbook, calls))
      }),
      { numRuns: 60 },
    )
  })
}

test('the samples of the properties find something', async () => {
  for (const [name, body] of Object.entries(STAGES)) {
    const runbook = stagesOf(form(name, body))
    const samples = fc.sample(someCalls.map(withPolicies), { numRuns: 30, seed: 7 })
    const answers = await Promise.all(samples.map((calls) => foundIn(runbook, calls)))
    assert.ok(
      answers.some(([stage]) => (stage?.findings.length ?? 0) > 0),
      name,
    )
  }
})

const byWho = (calls: readonly Call[]): Map<string, readonly Call[]> =>
  new Map(['alice', 'bob'].map((who) => [who, calls.filter((call) => call.who === who)]))

const who = ({ by }: StageFinding): string => by[0] ?? ''

test('distinct: the most is the most of all windows, and who never has so many is no finding', async () => {
  const runbook = stagesOf(form('distinct', STAGES.distinct))
  await fc.assert(
    fc.asyncProperty(someCalls, async (calls) => {
      const [stage] = await foundIn(runbook, calls)
      const most = [...byWho(calls)].map(([name, own]) => {
        const windows = own.map(({ at }) => own.filter((one) => one.at >= at && one.at <= at + 300))
        return [name, Math.max(0, ...windows.map((window) => new Set(window.map((one) => one.name)).size))] as const
      })
      assert.deepEqual(
        new Map(stage?.findings.map((finding) => [who(finding), 'most' in finding.tells ? finding.tells.most : 0])),
        new Map(most.filter(([, number]) => number >= 3).toSorted((a, b) => b[1] - a[1])),
      )
    }),
  )
})

test('count: bursts hold exactly the calls of the windows that have enough, overlapping ones together', async () => {
  const runbook = stagesOf(form('count', STAGES.count))
  await fc.assert(
    fc.asyncProperty(someCalls, async (calls) => {
      const [stage] = await foundIn(runbook, calls)
      for (const [name, own] of byWho(calls)) {
        const finding = stage?.findings.find((one) => who(one) === name)
        const full = own
          .map(({ at }) => own.filter((one) => one.at >= at && one.at <= at + 600))
          .filter((w) => w.length >= 4)
        assert.equal(finding !== undefined, full.length > 0)
        if (finding === undefined || finding.tells.kind !== 'count' || finding.tells.bursts > 1) continue
        assert.equal(finding.calls, new Set(full.flat()).size)
        assert.equal(finding.tells.most, Math.max(...full.map((window) => window.length)))
      }
    }),
  )
})

test('sequence: as many next calls are found as have enough first ones before them', async () => {
  const runbook = stagesOf(form('sequence', STAGES.sequence))
  await fc.assert(
    fc.asyncProperty(someCalls, async (calls) => {
      const [stage] = await foundIn(runbook, calls)
      const expected = new Map<string, { times: number; most: number }>()
      for (const next of calls.filter((call) => call.denied !== true)) {
        const before = calls.filter(
          (call) => call.denied && call.from === next.from && call.at <= next.at && call.at >= next.at - 600,
        ).length
        if (before < 2) continue
        const { times, most } = expected.get(next.from ?? '') ?? { times: 0, most: 0 }
        expected.set(next.from ?? '', { times: times + 1, most: Math.max(most, before) })
      }
      const got = stage?.findings.map((finding) => {
        const { tells } = finding
        return [who(finding), tells.kind === 'sequence' ? { times: tells.times, most: tells.before } : {}] as const
      })
      assert.deepEqual(new Map(got?.toSorted()), new Map([...expected].toSorted()))
    }),
  )
})

test('a record that comes twice counts once', async () => {
  const runbook = stagesOf(form('count', '{ by: [who], atLeast: 2 }'))
  const call = aCall({ at: 0 })
  const [stage] = await found(runbook, [[[call]], [[call], [call]]])
  assert.deepEqual(stage?.findings, [])
})
