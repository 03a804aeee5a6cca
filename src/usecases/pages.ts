import type { MergePage, Stream } from '../domain/query/merge.ts'
import { decodePage, type Indexed, textOf } from '../domain/query/page.ts'
import type { Plan } from '../domain/query/plan.ts'
import { type Objects, pageKey } from '../domain/result/objects.ts'
import { inTurns } from './inTurns.ts'

/** A page during a merge: its index is held, its records are fetched when they are needed. */
export type StoredPage = MergePage & { readonly key: string; readonly account: string; readonly region: string }

/** Chains looked at side by side. */
const OPENED_AT_ONCE = 32

/** Bytes of page bodies kept at a time: enough that a page read in order is read once. */
const CACHE_BYTES = 24 * 1024 * 1024

/**
 * One stream a chain of every part; a chain whose pages came out of order gives one stream a page, so that the merge can order them.
 * `pages`: how many each chain has, by part and chain.
 */
export async function chainStreams(
  plan: Plan,
  pages: readonly (readonly number[])[],
  objects: Objects,
): Promise<readonly Stream<StoredPage>[]> {
  const chains = plan.parts.flatMap(({ account, region }, part) =>
    plan.chains.map((_, chain) => ({ account, region, chain, count: pages[part]?.[chain] ?? 0 })),
  )
  const streams = await inTurns(chains, OPENED_AT_ONCE, async ({ account, region, chain, count }) => {
    const keys = Array.from({ length: count }, (_, seq) => pageKey(plan.run, account, region, chain, seq))
    const newest = keys.at(-1)
    if (newest === undefined) return []
    const load = (key: string): Promise<StoredPage> => indexOf(key, account, region, objects)
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
  return pages > 1 && decodePage(await whole(key, objects)).head.disorder
}

async function indexOf(key: string, account: string, region: string, objects: Objects): Promise<StoredPage> {
  return { key, account, region, index: decodePage(await whole(key, objects)).index }
}

async function whole(key: string, objects: Objects): Promise<Buffer> {
  const bytes = await objects.read(key)
  if (bytes === undefined) throw new Error(`${key} is missing from the store`)
  return bytes
}

/** Fetches exact texts of records, keeping the pages used last in bounded memory. */
export function textReader(objects: Objects): (page: StoredPage, entry: Indexed) => Promise<string> {
  const bodies = new Map<string, Buffer>()
  let held = 0
  return async (page, entry) => {
    let body = bodies.get(page.key)
    if (body === undefined) {
      body = decodePage(await whole(page.key, objects)).body
      held += body.length
    } else bodies.delete(page.key)
    bodies.set(page.key, body)
    for (const [oldest, bytes] of bodies) {
      if (held <= CACHE_BYTES || oldest === page.key) break
      bodies.delete(oldest)
      held -= bytes.length
    }
    return textOf({ body }, entry)
  }
}
