import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Objects } from '../../src/domain/result/objects.ts'
import { type ChainDeps, type LookedUp, readChain } from '../../src/usecases/readChain.ts'
import { aPlace, aStore, chainDeps, pagesOf, recordsOf } from './chains.ts'
import { aFault, anEvent, historyOf } from './history.ts'

class Killed extends Error {}

/** Counts calls of everything a chain touches, and dies at one of them: just before it is done, or just after. */
type Death = { readonly at: number; readonly after: boolean }

function mortal(deps: ChainDeps, death: Death): ChainDeps {
  let calls = 0
  const dying = <A extends readonly unknown[], R>(work: (...args: A) => Promise<R>): ((...args: A) => Promise<R>) => {
    return async (...args) => {
      calls += 1
      if (calls === death.at && !death.after) throw new Killed()
      const result = await work(...args)
      if (calls === death.at) throw new Killed()
      return result
    }
  }
  const { objects } = deps
  return {
    ...deps,
    objects: { ...objects, create: dying(objects.create), read: dying(objects.read), list: dying(objects.list) },
    lookup: dying(deps.lookup),
    pace: dying(deps.pace),
    paced: dying(deps.paced),
    mayGoOn: dying(deps.mayGoOn),
    added: dying(deps.added),
    sleep: dying(deps.sleep),
  }
}

/** Few seconds, so that pages end within one. */
const aHistory = fc
  .array(fc.integer({ min: 0, max: 6 }), { minLength: 4, maxLength: 25 })
  .map((times) => times.map((at, index) => anEvent(at, `e-${index}`)))

/** Reads a chain with deaths on the way, then in peace. Gives how often it died. */
async function readWithDeaths(deps: ChainDeps, deaths: readonly Death[]): Promise<number> {
  let died = 0
  for (const death of deaths)
    try {
      await readChain(aPlace(), mortal(deps, death))
    } catch (error) {
      if (!(error instanceof Killed)) throw error
      died += 1
    }
  assert.equal((await readChain(aPlace(), deps)).kind, 'read')
  return died
}

async function assertWhole(events: readonly LookedUp[], objects: Objects): Promise<void> {
  const pages = await pagesOf(aPlace(), objects)
  const expected = new Map(events.map(({ eventId, text }) => [eventId, text]))
  assert.deepEqual(new Map([...recordsOf(pages)].sort()), new Map([...expected].sort()))
  for (const [seq, page] of pages.entries()) {
    assert.equal(page.head.seq, seq)
    assert.equal(page.head.previous, pages[seq - 1]?.hash)
    assert.equal(page.head.end, seq === pages.length - 1 ? 'read' : undefined)
  }
}

test('a reader killed at any call, again and again, loses no record and doubles none', async (t) => {
  let died = 0
  await fc.assert(
    fc.asyncProperty(
      aHistory,
      fc.array(fc.record({ at: fc.integer({ min: 1, max: 12 }), after: fc.boolean() }), { minLength: 2, maxLength: 6 }),
      async (events, deaths) => {
        const objects = await aStore(t)
        died += await readWithDeaths(chainDeps(objects, { lookup: historyOf(events).lookup }), deaths)
        await assertWhole(events, objects)
        const read = (await pagesOf(aPlace(), objects)).reduce((sum, page) => sum + page.index.length, 0)
        assert.equal(read, events.length, 'without a lapse each record is in one page')
      },
    ),
    { numRuns: 60 },
  )
  assert.ok(died > 50, `only ${died} deaths: the property proves little`)
})

test('nor when its tokens lapse as well', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      aHistory,
      fc.array(fc.record({ at: fc.integer({ min: 1, max: 20 }), after: fc.boolean() }), { maxLength: 4 }),
      fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 9 }),
      async (events, deaths, lapses) => {
        const objects = await aStore(t)
        const history = historyOf(events)
        let calls = 0
        const lookup: ChainDeps['lookup'] = async (ask, token) => {
          if (token !== undefined && lapses[calls++] === 0) throw aFault('invalid_token')
          return await history.lookup(ask, token)
        }
        await readWithDeaths(chainDeps(objects, { lookup }), deaths)
        await assertWhole(events, objects)
      },
    ),
    { numRuns: 60 },
  )
})

test('two readers racing on one chain make one sequence of pages between them', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), aHistory, async (scheduler, events) => {
      const objects = await aStore(t)
      const readers = [0, 1].map(() => {
        const deps = chainDeps(objects, { lookup: scheduler.scheduleFunction(historyOf(events).lookup) })
        return { deps, ended: readChain(aPlace(), deps) }
      })
      const ended = Promise.all(readers.map((reader) => reader.ended))
      await scheduler.waitFor(ended)
      assert.deepEqual(
        (await ended).map(({ kind }) => kind),
        ['read', 'read'],
      )
      await assertWhole(events, objects)
      const pages = await pagesOf(aPlace(), objects)
      assert.equal(readers.flatMap(({ deps }) => deps.heard.added).length, pages.length, 'each page is told once')
    }),
    { numRuns: 40 },
  )
})
