import { setTimeout as delay } from 'node:timers/promises'
import { enabledRegions } from './adapters/aws/accounts.ts'
import { lookupEvents } from './adapters/aws/lookup.ts'
import type { Sessions, Transport } from './adapters/aws/sessions.ts'
import { localPacer } from './adapters/memory/pacer.ts'
import type { AwsFault } from './domain/fault.ts'
import { ok, type Result } from './domain/outcome.ts'
import type { Grant } from './domain/policy/grant.ts'
import type { Inventory } from './domain/request/inventory.ts'
import type { Progress } from './domain/result/answer.ts'
import { type Objects, partKey, roundOf } from './domain/result/objects.ts'
import { type Row, type RowReader, rowOf } from './domain/result/row.ts'
import { rowReader } from './domain/result/rowReader.ts'
import { type ChainPace, paceAfter, secondsLeft } from './domain/result/secondsLeft.ts'
import type { OwnCaller } from './domain/runbook/ownCalls.ts'
import type { Runbook } from './domain/runbook/runbook.ts'
import { retried } from './retried.ts'
import { type Allowed, allowedRunbooks, matcherOf } from './usecases/allowed.ts'
import { keptPlans } from './usecases/plans.ts'
import { type AddedPage, type LookedUp, parseRecord } from './usecases/readChain.ts'
import type { ReadPlace } from './usecases/readPart.ts'
import type { HereDeps } from './usecases/runHere.ts'

/** What a run needs of whoever started it. */
export type Desk = {
  readonly run: string
  readonly askedAt: Date
  /** Where its pages, CSV and answer go. */
  readonly objects: Objects
  readonly cancelled: AbortSignal
  readonly progress: (progress: Progress) => void
  /** Told each matching call as its page comes, when anybody wants to know. */
  readonly met?: (row: Row) => void
}

/** What AWS is read with. */
export type Source = {
  readonly sessions: Sessions
  readonly shared: Transport
  readonly region: string
  readonly paceMs: number
  readonly account: (id: string) => Inventory['accounts'][number] | undefined
  readonly addressLabel: (address: string) => string | undefined
  readonly own: OwnCaller
}

/** Everything that reading needs, in one process: pages wait for a pace of their own and stop when `desk.cancelled` is aborted. */
export function readingDeps(grant: Grant, desk: Desk, inventory: Inventory, source: Source): HereDeps {
  const { objects, cancelled } = desk
  const lookup = lookupEvents(source.sessions, source.shared)
  const regions = enabledRegions(source.sessions, source.shared, source.region)
  const pacer = localPacer(source.paceMs, () => performance.now())
  const allowed = allowedRunbooks(objects, () => inventory.accounts.map(({ id }) => id))
  const verified = async (): Promise<Result<Grant, never>> => ok(grant)
  const sleep = (ms: number): Promise<void> => delay(ms, undefined, { signal: cancelled }).catch(() => undefined)
  const counter = counted(desk.progress)
  const accountName = (id: string): string | undefined => source.account(id)?.name || undefined
  const tellMet = metTeller(
    desk.met,
    () => allowed(grant),
    (runbook) => rowReader(runbook, accountName, source.own),
  )
  return {
    objects,
    now: () => new Date(),
    // The caller's own trail records each call; there is no other place to write to.
    audit: async () => undefined,
    verify: verified,
    verifyExpired: verified,
    // The caller's own credentials are the basis.
    basisFault: async () => undefined,
    renew: async () => ({ kind: 'refused' }),
    allowed,
    planOf: keptPlans(objects),
    matcher: matcherOf(allowed),
    enabledRegions: (id, person) => retried(() => regions(id, person), sleep),
    isClosed: (id) => source.account(id)?.closed === true,
    accountName,
    addressLabel: source.addressLabel,
    own: async () => source.own,
    planned: async (_run, { parts, chains }) => counter.planned(parts, chains),
    partEnded: ({ run, round, account, region }) => counter.partEnded(partKey(roundOf(run, round), account, region)),
    progress: async (_run, _token, page) => counter.page(page),
    cancelled: async () => cancelled.aborted,
    stopping: () => false,
    othersWait: async () => false,
    lookup: (place) => async (ask, token) => {
      const page = await unlessCancelled(lookup(place, ask, token), cancelled)
      await tellMet(page.events, place)
      return page
    },
    pace: async (_run, id, region) => {
      await sleep(pacer.reserve(id, region))
      return { kind: 'go' }
    },
    paced: async (id, region, how) => pacer[how](id, region),
    sleep,
    random: Math.random,
  }
}

type TellMet = (events: readonly LookedUp[], place: ReadPlace) => Promise<void>

/** Tells of the calls of a page that match, as rows of the answer. */
function metTeller(
  met: Desk['met'],
  allowed: () => Promise<Allowed | undefined>,
  readerOf: (runbook: Runbook) => RowReader,
): TellMet {
  if (met === undefined) return async () => undefined
  let reader: RowReader | undefined
  return async (events, { account, region }) => {
    const asked = await allowed()
    if (asked === undefined) return
    reader ??= readerOf(asked.runbook)
    for (const event of events) {
      const record = parseRecord(event)
      if (asked.matches(record)) met(rowOf({ ...event, record, account, region }, reader))
    }
  }
}

function counted(tell: (progress: Progress) => void) {
  const startedAt = performance.now()
  const open = new Map<string, ChainPace>()
  const chains = { all: 0, ended: 0 }
  /** Chains at their end, by the folder of their part. */
  const over = new Map<string, number>()
  let at: Progress = { pages: 0, records: 0, matched: 0, parts: { done: 0, total: 0 } }
  const set = (next: Partial<Progress>): void => {
    const { secondsLeft: _, ...before } = at
    const notBegun = chains.all - chains.ended - open.size
    at = { ...before, ...next, ...secondsLeft([...open.values()], notBegun, performance.now() - startedAt) }
    tell(at)
  }
  return {
    planned: (total: number, all: number) => {
      chains.all = all
      set({ parts: { done: 0, total } })
    },
    // Of a part that was denied, as many chains as every part has are not waited for.
    partEnded: (part: string) => {
      const each = at.parts.total === 0 ? 0 : Math.floor(chains.all / at.parts.total)
      chains.ended += Math.max(0, each - (over.get(part) ?? 0))
      over.delete(part)
      for (const chain of open.keys()) if (chain.startsWith(`${part}/`)) open.delete(chain)
      set({ parts: { ...at.parts, done: at.parts.done + 1 } })
    },
    page: ({ records, matched, chain, share, ended }: AddedPage) => {
      const part = chain.split('/').slice(0, -2).join('/')
      if (ended) chains.ended += 1
      if (ended) over.set(part, (over.get(part) ?? 0) + 1)
      if (ended) open.delete(chain)
      else open.set(chain, paceAfter(open.get(chain), share, performance.now(), startedAt))
      set({ pages: at.pages + 1, records: at.records + records, matched: at.matched + matched })
    },
  }
}

/** Stops waiting for a page when the run is cancelled: the chain then sees that it must stop. The page was not kept, so nothing is lost. */
async function unlessCancelled<T>(page: Promise<T>, cancelled: AbortSignal): Promise<T> {
  const watch = new AbortController()
  const given = { signal: watch.signal, once: true }
  try {
    return await Promise.race([
      page,
      new Promise<never>((_, reject) => {
        const giveUp = (): void => reject(fault('cancelled', 'transient'))
        if (cancelled.aborted) giveUp()
        else cancelled.addEventListener('abort', giveUp, given)
      }),
    ])
  } finally {
    watch.abort()
  }
}

function fault(detail: string, code: AwsFault['code']): AwsFault {
  return Object.assign(new Error(detail), { fault: 'aws' as const, code, detail })
}
