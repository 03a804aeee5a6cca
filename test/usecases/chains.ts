import type { TestContext } from 'node:test'
import { fileObjects } from '../../src/adapters/resultStore/file.ts'
import { decodePage, type Page, textOf } from '../../src/domain/query/page.ts'
import { iso } from '../../src/domain/query/plan.ts'
import { chainKey, type Objects } from '../../src/domain/result/objects.ts'
import type { AddedPage, ChainDeps, ChainPlace } from '../../src/usecases/readChain.ts'
import { RUN } from '../support/answers.ts'
import { scratch } from '../support/here.ts'
import { historyOf, NOON } from './history.ts'

/** A chain over the minute after noon. */
export function aPlace(changes: Partial<ChainPlace> = {}): ChainPlace {
  return {
    run: RUN,
    account: '111122223333',
    region: 'eu-west-1',
    chain: 0,
    ask: { since: iso(NOON), until: iso(NOON + 60) },
    limit: 1_000,
    ...changes,
  }
}

/** A result store on disk for as long as the test runs. */
export async function aStore(t: Pick<TestContext, 'after'>): Promise<Objects> {
  return fileObjects(await scratch(t))
}

export type Chained = ChainDeps & { readonly heard: { paced: string[]; added: AddedPage[]; slept: number[] } }

/** What a chain works with: an empty history and nobody who stops it, unless a test says otherwise. */
export function chainDeps(objects: Objects, changes: Partial<ChainDeps> = {}): Chained {
  const heard: Chained['heard'] = { paced: [], added: [], slept: [] }
  return {
    heard,
    objects,
    lookup: historyOf([]).lookup,
    pace: async () => ({ kind: 'go' }),
    paced: async (how) => {
      heard.paced.push(how)
    },
    mayGoOn: async () => undefined,
    matches: () => true,
    added: async (page) => {
      heard.added.push(page)
    },
    now: () => new Date((NOON + 3600) * 1000),
    sleep: async (ms) => {
      heard.slept.push(ms)
    },
    random: () => 1,
    ...changes,
  }
}

/** Every page of a chain as it lies in the store. */
export async function pagesOf(place: ChainPlace, objects: Objects): Promise<readonly Page[]> {
  const folder = chainKey(place.run, place.account, place.region, place.chain)
  const names = await objects.list(folder)
  const bytes = await Promise.all(names.map((name) => objects.read(`${folder}/${name}`)))
  return bytes.map((body) => decodePage(body ?? Buffer.alloc(0)))
}

/** The distinct records of a chain, by id, with their exact texts. */
export function recordsOf(pages: readonly Page[]): ReadonlyMap<string, string> {
  return new Map(pages.flatMap((page) => page.index.map((entry) => [entry.eventId, textOf(page, entry)] as const)))
}
