import type { MergePage, Stream } from '../domain/query/merge.ts'
import { type Indexed, openPage, textOf } from '../domain/query/page.ts'
import type { Plan } from '../domain/query/plan.ts'
import { type Objects, pageKey } from '../domain/result/objects.ts'
import { inTurns } from './inTurns.ts'

/** A page during a merge: its index is held, and its records too while there is room; else each is fetched when it is needed. */
export type StoredPage = MergePage & {
  readonly key: string
  readonly account: string
  readonly region: string
  /** Where its records begin in the object. */
  readonly bodyAt: number
  body: Buffer | undefined
  /** Matched records that were not asked for yet. */
  left: number
}

/** Bytes of records held at a time. A page's are let go with its last one, so that only many chains side by side need so much. */
const HELD_BYTES = 24 * 1024 * 1024

/** Opens pages for a merge and fetches exact texts of their records, each page read once while memory allows. */
export type PageReader = {
  readonly open: (key: string, account: string, region: string) => Promise<StoredPage>
  readonly textOf: (page: StoredPage, entry: Indexed) => Promise<string>
}

/** Chains looked at side by side. */
const OPENED_AT_ONCE = 32

/**
 * One stream a chain of every part; a chain whose pages came out of order gives one stream a page, so that the merge can order them.
 * `pages`: how many each chain has, by part and chain.
 */
export async function chainStreams(
  plan: Plan,
  pages: readonly (readonly number[])[],
  objects: Objects,
  reader: PageReader,
): Promise<readonly Stream<StoredPage>[]> {
  const chains = plan.parts.flatMap(({ account, region }, part) =>
    plan.chains.map((_, chain) => ({ account, region, chain, count: pages[part]?.[chain] ?? 0 })),
  )
  const streams = await inTurns(chains, OPENED_AT_ONCE, async ({ account, region, chain, count }) => {
    const keys = Array.from({ length: count }, (_, seq) => pageKey(plan.run, account, region, chain, seq))
    const newest = keys.at(-1)
    if (newest === undefined) return []
    const load = (key: string): Promise<StoredPage> => reader.open(key, account, region)
    return (await isDisordered(newest, count, objects))
      ? keys.map((key) => streamOf([key], load))
      : [streamOf(keys, load)]
  })
  return streams.flat()
}

function streamOf(keys: readonly string[], load: (key: string) => Promise<StoredPage>): Stream<StoredPage> {
  let at = 0
  return {
    next: async () => {
      const key = keys[at++]
      return key === undefined ? undefined : await load(key)
    },
  }
}

async function isDisordered(key: string, pages: number, objects: Objects): Promise<boolean> {
  return pages > 1 && openPage(await whole(key, objects)).head.disorder
}

async function whole(key: string, objects: Objects): Promise<Buffer> {
  const bytes = await objects.read(key)
  if (bytes === undefined) throw new Error(`${key} is missing from the store`)
  return bytes
}

/** A reader over one store, for one merge. */
export function pageReader(objects: Objects): PageReader {
  let held = 0
  return {
    open: async (key, account, region) => {
      const bytes = await whole(key, objects)
      const { index, body } = openPage(bytes)
      const left = index.filter(({ matched }) => matched).length
      const room = left > 0 && held + body.length <= HELD_BYTES
      if (room) held += body.length
      return { key, account, region, index, bodyAt: bytes.length - body.length, body: room ? body : undefined, left }
    },
    textOf: async (page, entry) => {
      const { body } = page
      if (body === undefined)
        return (await objects.readRange(page.key, page.bodyAt + entry.start, entry.length)).toString('utf8')
      page.left -= 1
      if (page.left === 0) {
        page.body = undefined
        held -= body.length
      }
      return textOf({ body }, entry)
    },
  }
}
