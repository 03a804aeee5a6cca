import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { merge } from '../../src/domain/query/merge.ts'
import { type Chain, chainsFor, iso, type Plan, seconds } from '../../src/domain/query/plan.ts'
import type { Objects } from '../../src/domain/result/objects.ts'
import { chainKey } from '../../src/domain/result/objects.ts'
import { compileMatch } from '../../src/domain/runbook/evaluate.ts'
import type { Match } from '../../src/domain/runbook/runbook.ts'
import { chainStreams, pageReader } from '../../src/usecases/pages.ts'
import { type ChainDeps, countPages, readChain } from '../../src/usecases/readChain.ts'
import { aMatch, aRecord, type Indexed } from '../query/records.ts'
import { RUN } from '../support/answers.ts'
import { aPlace, chainDeps } from './chains.ts'
import { aFault, NOON } from './history.ts'

/** A result store that is gone with its test. */
function inMemory(): Objects {
  const kept = new Map<string, Buffer>()
  const read = (key: string): Buffer => kept.get(key) ?? Buffer.alloc(0)
  return {
    create: async (key, body) => !kept.has(key) && kept.set(key, Buffer.from(body)).has(key),
    createFrom: async () => false,
    read: async (key) => kept.get(key),
    readRange: async (key, start, length) => read(key).subarray(start, start + length),
    size: async (key) => kept.get(key)?.length,
    list: async (prefix) =>
      [...kept.keys()].flatMap((key) => (key.startsWith(`${prefix}/`) ? [key.slice(prefix.length + 1)] : [])),
    stream: async function* (key) {
      yield read(key)
    },
  }
}

type Event = Indexed & { readonly at: number; readonly id: string }

/** How AWS serves a question: records a page, empty pages before it, records of the page before again, calls whose token has lapsed. */
type Serving = {
  readonly size: number
  readonly empty: boolean
  readonly again: number
  readonly lapsesAt: readonly number[]
}

/** LookupEvents over records with their index: one attribute, inclusive ends, newest first. */
function serving(events: readonly Event[], { size, empty, again, lapsesAt }: Serving): ChainDeps['lookup'] {
  let calls = 0
  return async (ask, token) => {
    calls += 1
    if (token !== undefined && lapsesAt.includes(calls)) throw aFault('invalid_token')
    if (empty && token === undefined) return { events: [], nextToken: '0' }
    const found = events.filter((event) => isAsked(event, ask)).toSorted((a, b) => b.at - a.at)
    const start = Number(token ?? 0)
    const page = found.slice(Math.max(0, start - again), start + size)
    const texts = page.map(({ at, id, record }) => ({ eventId: id, eventTime: at, text: JSON.stringify(record) }))
    return start + size < found.length ? { events: texts, nextToken: String(start + size) } : { events: texts }
  }
}

function isAsked({ at, index }: Event, { since, until, attribute }: Chain): boolean {
  if (at < seconds(since) || at > seconds(until)) return false
  return attribute === undefined || (index[attribute.key] ?? []).includes(attribute.value)
}

async function foundBy(
  match: Match,
  events: readonly Event[],
  length: number,
  how: Serving,
): Promise<readonly string[]> {
  const objects = inMemory()
  const { run, account, region } = aPlace()
  const window = { since: iso(NOON), until: iso(NOON + length) }
  const { chains, filters } = chainsFor(match, window)
  const matches = compileMatch(match)
  for (const [chain, ask] of chains.entries()) {
    const deps = chainDeps(objects, { lookup: serving(events, how), matches })
    assert.equal((await readChain(aPlace({ chain, ask }), deps)).kind, 'read')
  }
  const pages = await Promise.all(chains.map((_, chain) => countPages(chainKey(run, account, region, chain), objects)))
  const startedAt = window.until
  const parts = [{ account, region }]
  const plan: Plan = { version: 1, run: RUN, queryHash: '', window, chains, parts, closed: [], filters, startedAt }
  const ids: string[] = []
  for await (const { entry } of merge(await chainStreams(plan, [pages], objects, pageReader(objects))))
    ids.push(entry.eventId)
  return ids
}

test('what a plan finds is what every record looked at one by one gives, each once, newest first', async () => {
  let found = 0
  await fc.assert(
    fc.asyncProperty(
      aMatch,
      // Windows of one, two and four slices; times crowd around their edges.
      fc.constantFrom(60, 7_200, 100_000),
      fc.array(fc.tuple(aRecord, fc.nat(12), fc.integer({ min: -3, max: 3 })), { minLength: 5, maxLength: 30 }),
      fc.record({
        size: fc.integer({ min: 1, max: 7 }),
        empty: fc.boolean(),
        again: fc.nat(2),
        lapsesAt: fc.array(fc.integer({ min: 2, max: 9 }), { maxLength: 2 }),
      }),
      async (match, length, given, how) => {
        const events = given.map(([indexed, twelfth, off], at): Event => {
          return { ...indexed, id: `r-${at}`, at: NOON + Math.round((length * twelfth) / 12) + off }
        })
        const inside = events.filter(({ at }) => at >= NOON && at <= NOON + length)
        const matches = compileMatch(match)
        const wanted = inside
          .filter(({ record }) => matches(record))
          .toSorted((a, b) => b.at - a.at || (a.id < b.id ? -1 : 1))
          .map(({ id }) => id)
        found += wanted.length
        assert.deepEqual(await foundBy(match, events, length, how), wanted)
      },
    ),
    { numRuns: 1_500 },
  )
  assert.ok(found > 3_000, `only ${found} records were found: the property proves little`)
})
