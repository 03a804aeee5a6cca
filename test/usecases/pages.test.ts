import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { merge } from '../../src/domain/query/merge.ts'
import { iso, type Plan } from '../../src/domain/query/plan.ts'
import type { Objects } from '../../src/domain/result/objects.ts'
import { chainStreams, pageReader } from '../../src/usecases/pages.ts'
import { type ChainDeps, type LookedUp, readChain } from '../../src/usecases/readChain.ts'
import { RUN } from '../support/answers.ts'
import { aPlace, aStore, chainDeps, pagesOf } from './chains.ts'
import { anEvent, NOON } from './history.ts'

const ASK = { since: iso(NOON), until: iso(NOON + 60) }

function aPlan(chains: number): Plan {
  return {
    version: 1,
    run: RUN,
    queryHash: 'q'.repeat(64),
    window: ASK,
    chains: Array.from({ length: chains }, () => ASK),
    parts: [{ account: '111122223333', region: 'eu-west-1' }],
    closed: [],
    filters: { aws: [], local: [] },
    startedAt: iso(NOON + 3600),
  }
}

/** A history that comes in exactly these pages. */
function paged(pages: readonly (readonly LookedUp[])[]): ChainDeps['lookup'] {
  return async (_, token) => {
    const at = Number(token ?? 0)
    const events = pages[at] ?? []
    return at + 1 < pages.length ? { events, nextToken: String(at + 1) } : { events }
  }
}

async function store(
  objects: Objects,
  chains: readonly (readonly (readonly LookedUp[])[])[],
): Promise<readonly number[]> {
  for (const [chain, pages] of chains.entries())
    await readChain(aPlace({ chain }), chainDeps(objects, { lookup: paged(pages) }))
  return await Promise.all(chains.map(async (_, chain) => (await pagesOf(aPlace({ chain }), objects)).length))
}

async function mergedTexts(plan: Plan, pages: readonly number[], objects: Objects): Promise<readonly string[]> {
  const reader = pageReader(objects)
  const texts: string[] = []
  for await (const { page, entry } of merge(await chainStreams(plan, [pages], objects, reader)))
    texts.push(await reader.textOf(page, entry))
  return texts
}

/** Newest first, then by id, each once. */
function expected(events: readonly LookedUp[]): readonly string[] {
  const sorted = events.toSorted((a, b) => b.eventTime - a.eventTime || (a.eventId < b.eventId ? -1 : 1))
  return [...new Map(sorted.map(({ eventId, text }) => [eventId, text])).values()]
}

const anEventOf = fc
  .tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 5 }))
  .map(([at, id]) => anEvent(at, `e-${at}-${id}`))

test('stored pages merge to the same records, however AWS cut and ordered them and whatever it gave twice', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.array(anEventOf, { maxLength: 6 }), { maxLength: 5 }), { minLength: 1, maxLength: 4 }),
      async (chains) => {
        const objects = await aStore(t)
        const pages = await store(objects, chains)
        assert.deepEqual(await mergedTexts(aPlan(chains.length), pages, objects), expected(chains.flat(2)))
      },
    ),
    { numRuns: 50 },
  )
})

test('pages beyond those that count are not looked at', async (t) => {
  const objects = await aStore(t)
  await store(objects, [[[anEvent(9, 'e-9')], [anEvent(8, 'e-8')], [anEvent(7, 'e-7')]]])
  assert.deepEqual(await mergedTexts(aPlan(1), [2], objects), expected([anEvent(9, 'e-9'), anEvent(8, 'e-8')]))
  assert.deepEqual(await mergedTexts(aPlan(1), [0], objects), [])
})

test('a page that is missing from the store is no empty page', async (t) => {
  const objects = await aStore(t)
  await store(objects, [[[anEvent(9, 'e-9')]]])
  await assert.rejects(mergedTexts(aPlan(1), [2], objects), /000001\.page is missing from the store/)
})

test('a page is fetched once, for its order and its records, whatever their number', async (t) => {
  const objects = await aStore(t)
  const events = Array.from({ length: 50 }, (_, at) => anEvent(50 - at, `e-${at}`))
  const pages = await store(objects, [[events]])
  let reads = 0
  const read = async (key: string) => {
    reads += 1
    return await objects.read(key)
  }
  const counting = { ...objects, read }
  assert.equal((await mergedTexts(aPlan(1), pages, counting)).length, 50)
  assert.equal(reads, 1)
})

test('bodies of pages are held while there is room: memory does not grow with their number', async (t) => {
  const objects = await aStore(t)
  const big = 'x'.repeat(5 * 1024 * 1024)
  const chains = Array.from({ length: 8 }, (_, chain) => [
    [anEvent(20 - chain, `new-${chain}`, { big })],
    [anEvent(5, `old-${chain}`)],
  ])
  const single = chains.map(([newer, older]) => [[...(newer ?? []), ...(older ?? [])]])
  const pages = await store(objects, single)
  let reads = 0
  const ranges: string[] = []
  const counting = {
    ...objects,
    read: async (key: string) => {
      reads += 1
      return await objects.read(key)
    },
    readRange: async (key: string, start: number, length: number) => {
      ranges.push(key)
      return await objects.readRange(key, start, length)
    },
  }
  assert.deepEqual(await mergedTexts(aPlan(8), pages, counting), expected(chains.flat(2)))
  assert.equal(reads, 8)
  // Four pages of 5 MB fit 24 MB; of the other four each of the two records is fetched by itself.
  assert.equal(ranges.length, 8)
  assert.equal(new Set(ranges).size, 4)
})

test('a page that was used up makes room for the next', async (t) => {
  const objects = await aStore(t)
  const big = 'x'.repeat(5 * 1024 * 1024)
  const chain = Array.from({ length: 8 }, (_, at) => [anEvent(20 - at, `e-${at}`, { big })])
  const pages = await store(objects, [chain])
  const readRange = () => assert.fail('there was room for every page')
  assert.equal((await mergedTexts(aPlan(1), pages, { ...objects, readRange })).length, 8)
})
