import type { Indexed } from './page.ts'

/** What merge needs of a page: the order of its matched records, and a way to get at one. */
export type MergePage = { readonly index: readonly Indexed[] }

/** One sequence of pages whose times only fall from page to page. `next` gives undefined at its end. */
export type Stream<P extends MergePage> = { readonly next: () => Promise<P | undefined> }

export type Merged<P extends MergePage> = { readonly page: P; readonly entry: Indexed }

type Head<P extends MergePage> = { readonly stream: Stream<P>; page: P; entries: readonly Indexed[]; at: number }

/** Streams opened side by side: each may be a file or a request. */
const OPENED_AT_ONCE = 32

/**
 * Merges streams by (eventTime descending, eventID ascending) and drops duplicates, which are neighbours in that order. The order is the
 * same however records were cut into pages, chains and parts. Memory: one page's index a stream, and the entries of one second.
 */
export async function* merge<P extends MergePage>(streams: readonly Stream<P>[]): AsyncGenerator<Merged<P>> {
  const heap: Head<P>[] = []
  for (let at = 0; at < streams.length; at += OPENED_AT_ONCE)
    for (const head of await Promise.all(streams.slice(at, at + OPENED_AT_ONCE).map((stream) => open(stream))))
      if (head !== undefined) push(heap, head)
  while (heap.length > 0) yield* distinct(await takeSecond(heap))
}

/** Takes every entry of the newest second there is off the heap. */
async function takeSecond<P extends MergePage>(heap: Head<P>[]): Promise<Merged<P>[]> {
  const second = timeOf(heap[0])
  const taken: Merged<P>[] = []
  while (heap.length > 0 && timeOf(heap[0]) === second) {
    const head = pop(heap)
    if (head === undefined) break
    const entry = head.entries[head.at]
    if (entry !== undefined) taken.push({ page: head.page, entry })
    const following = await advance(head)
    if (following !== undefined) push(heap, following)
  }
  return taken
}

function* distinct<P extends MergePage>(taken: Merged<P>[]): Generator<Merged<P>> {
  taken.sort((a, b) => (a.entry.eventId < b.entry.eventId ? -1 : a.entry.eventId > b.entry.eventId ? 1 : 0))
  let previous: string | undefined
  for (const merged of taken) {
    if (merged.entry.eventId !== previous) yield merged
    previous = merged.entry.eventId
  }
}

async function open<P extends MergePage>(stream: Stream<P>): Promise<Head<P> | undefined> {
  for (;;) {
    const page = await stream.next()
    if (page === undefined) return undefined
    const entries = page.index.filter((entry) => entry.matched).toSorted((a, b) => b.eventTime - a.eventTime)
    if (entries.length > 0) return { stream, page, entries, at: 0 }
  }
}

async function advance<P extends MergePage>(head: Head<P>): Promise<Head<P> | undefined> {
  head.at += 1
  return head.at < head.entries.length ? head : await open(head.stream)
}

function timeOf<P extends MergePage>(head: Head<P> | undefined): number {
  return head?.entries[head.at]?.eventTime ?? Number.NEGATIVE_INFINITY
}

function push<P extends MergePage>(heap: Head<P>[], head: Head<P>): void {
  heap.push(head)
  let at = heap.length - 1
  while (at > 0) {
    const parent = (at - 1) >> 1
    if (timeOf(heap[parent]) >= timeOf(heap[at])) return
    swap(heap, at, parent)
    at = parent
  }
}

function pop<P extends MergePage>(heap: Head<P>[]): Head<P> | undefined {
  const top = heap[0]
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return top
  heap[0] = last
  for (let at = 0; ; ) {
    const left = 2 * at + 1
    const larger = timeOf(heap[left + 1]) > timeOf(heap[left]) ? left + 1 : left
    if (larger >= heap.length || timeOf(heap[at]) >= timeOf(heap[larger])) return top
    swap(heap, at, larger)
    at = larger
  }
}

function swap<T>(items: T[], a: number, b: number): void {
  const first = items[a]
  const second = items[b]
  if (first === undefined || second === undefined) return
  items[a] = second
  items[b] = first
}
