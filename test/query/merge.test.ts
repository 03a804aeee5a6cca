import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type MergePage, merge, type Stream } from '../../src/domain/query/merge.ts'

type Event = { readonly eventTime: number; readonly eventId: string; readonly matched: boolean }

function streamOf(pages: readonly (readonly Event[])[]): Stream<MergePage> {
  let at = 0
  return {
    next: async () => {
      const page = pages[at++]
      return page === undefined ? undefined : { index: page.map((event) => ({ ...event, start: 0, length: 0 })) }
    },
  }
}

async function merged(streams: readonly Stream<MergePage>[]): Promise<readonly string[]> {
  const found: string[] = []
  for await (const { entry } of merge(streams)) found.push(`${entry.eventTime} ${entry.eventId}`)
  return found
}

/** What a merge must give, said the short way: newest first, then by id, each once, only what matched. */
function expected(events: readonly Event[]): readonly string[] {
  const sorted = events
    .filter(({ matched }) => matched)
    .toSorted((a, b) => b.eventTime - a.eventTime || (a.eventId < b.eventId ? -1 : a.eventId > b.eventId ? 1 : 0))
  return [...new Set(sorted.map(({ eventTime, eventId }) => `${eventTime} ${eventId}`))]
}

/** Few moments, so that many events share one. An id tells its time: no event happened twice. */
const anEvent: fc.Arbitrary<Event> = fc
  .record({ eventTime: fc.integer({ min: 0, max: 12 }), id: fc.integer({ min: 0, max: 8 }), matched: fc.boolean() })
  .map(({ eventTime, id }) => ({ eventTime, eventId: `e-${eventTime}-${id}`, matched: (eventTime + id) % 3 !== 0 }))

/** A chain: newest first, some records twice, cut anywhere into pages, each in any order within itself. */
const aChain = fc
  .tuple(
    fc.array(anEvent, { maxLength: 30 }),
    fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 12 }),
    fc.infiniteStream(fc.nat()),
  )
  .map(([events, cuts, dice]) => {
    const left = events.toSorted((a, b) => b.eventTime - a.eventTime)
    const pages = [...cuts.map((size) => left.splice(0, size)), left]
    return pages.map((page) => {
      const tickets = new Map(page.map((event) => [event, dice.next().value ?? 0]))
      return page.toSorted((a, b) => (tickets.get(a) ?? 0) - (tickets.get(b) ?? 0))
    })
  })

test('a merge does not depend on how records were cut into pages and chains, doubled, or ordered within a page', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(aChain, { maxLength: 9 }), async (chains) => {
      const events = chains.flat(2)
      assert.deepEqual(await merged(chains.map(streamOf)), expected(events))
      assert.deepEqual(await merged(chains.toReversed().map(streamOf)), expected(events))
    }),
    { numRuns: 300 },
  )
})

test('pages that came out of order merge right as streams of their own', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(anEvent), { maxLength: 9 }), async (pages) => {
      assert.deepEqual(await merged(pages.map((page) => streamOf([page]))), expected(pages.flat()))
    }),
    { numRuns: 200 },
  )
})

test('one page of a stream is asked for at a time, and none after the reader stops', async () => {
  let asked = 0
  const endless: Stream<MergePage> = {
    next: async () => {
      asked += 1
      return { index: [{ eventTime: -asked, eventId: `e-${asked}`, start: 0, length: 0, matched: true }] }
    },
  }
  const found: string[] = []
  for await (const { entry } of merge([endless])) {
    found.push(entry.eventId)
    if (found.length === 5) break
  }
  assert.deepEqual(found, ['e-1', 'e-2', 'e-3', 'e-4', 'e-5'])
  assert.ok(asked <= 6, `${asked} pages were asked for`)
})

test('nothing in, nothing out', async () => {
  assert.deepEqual(await merged([]), [])
  assert.deepEqual(await merged([streamOf([]), streamOf([[], []])]), [])
})
