import { sha256 } from '../canonical.ts'
import type { Chain } from './plan.ts'

/** A record in a page: where it starts in the page's body, how long it is, and whether the runbook's match took it. */
export type Indexed = {
  readonly eventTime: number
  readonly eventId: string
  readonly start: number
  readonly length: number
  readonly matched: boolean
}

/** A record on its way into a page. */
export type Entry = {
  readonly eventTime: number
  readonly eventId: string
  readonly text: string
  readonly matched: boolean
}

/** Everything about a page but its records. Totals count from the chain's first page to this one. */
export type PageHead = {
  readonly version: 1
  readonly run: string
  readonly account: string
  readonly region: string
  readonly chain: number
  readonly seq: number
  /** SHA-256 of the page before; absent on the first. */
  readonly previous?: string
  /** What was asked of AWS for this page: NextToken is good only with exactly these. */
  readonly asked: Chain
  readonly nextToken?: string
  /** No page follows. `limit`: older matches may exist, the row limit stopped the chain. */
  readonly end?: 'read' | 'limit'
  /** Oldest eventTime read so far, seconds since 1970. */
  readonly watermark: number
  /** This page holds a record newer than the oldest of the page before: AWS did not keep its order. */
  readonly disorder: boolean
  /** This page or one before it is out of order in itself. The merge sorts a page; what is not yet read may still be newer. */
  readonly ragged?: true
  readonly records: number
  readonly matched: number
  readonly fetchedAt: string
  readonly requestId?: string
}

export type Page = {
  readonly head: PageHead
  readonly index: readonly Indexed[]
  readonly body: Buffer
  readonly hash: string
}

/** A page's bytes: a line of JSON (head and index), then each record's exact text on a line of its own. */
export function encodePage(head: PageHead, entries: readonly Entry[]): Buffer {
  const index = entries.map(({ eventTime, eventId, text, matched }) => {
    return [eventTime, eventId, Buffer.byteLength(text), matched ? 1 : 0] as const
  })
  const first = `${JSON.stringify({ ...head, index })}\n`
  const body = index.reduce((sum, [, , length]) => sum + length + 1, 0)
  const bytes = Buffer.allocUnsafe(Buffer.byteLength(first) + body)
  let at = bytes.write(first)
  for (const { text } of entries) {
    at += bytes.write(text, at)
    at += bytes.write('\n', at)
  }
  return bytes
}

/** Reads a page's bytes back. Throws when they are not a page: the store is damaged, and nothing may be concluded from it. */
export function decodePage(bytes: Buffer): Page {
  return { ...openPage(bytes), hash: sha256(bytes) }
}

/** The same without its hash, for who reads many pages and chains none. */
export function openPage(bytes: Buffer): Omit<Page, 'hash'> {
  const cut = bytes.indexOf(0x0a)
  if (cut < 0) throw new Error('not a page: no head')
  const { index, ...head } = JSON.parse(bytes.toString('utf8', 0, cut)) as PageHead & {
    index: readonly (readonly [number, string, number, number])[]
  }
  let start = 0
  const entries = index.map(([eventTime, eventId, length, matched]): Indexed => {
    const entry = { eventTime, eventId, start, length, matched: matched === 1 }
    start += length + 1
    return entry
  })
  const body = bytes.subarray(cut + 1)
  if (body.length !== start) throw new Error(`not a page: ${body.length} bytes of records, ${start} expected`)
  return { head, index: entries, body }
}

/** The exact text of one record of a page. */
export function textOf(page: Pick<Page, 'body'>, entry: Indexed): string {
  return page.body.toString('utf8', entry.start, entry.start + entry.length)
}
