import type { FollowedKey } from '../query/plan.ts'
import { accountOfKey } from '../request/key.ts'
import { kept } from '../result/kept.ts'
import { isoOf } from '../result/time.ts'
import { KEY } from '../stage/mint.ts'
import type { Deed, Minted } from './blame.ts'
import type { NotFollowed, PlaybookCredential } from './report.ts'

const VALUE_MAX = 200

type Done = Pick<Deed, 'row' | 'accessKeyId' | 'service'> & { readonly calls: number }

/** A credential that came out of what happened, with what was done with it in what was read. */
export function credentialOf(
  { mint, eventId, time }: Minted,
  deeds: readonly Done[],
  why: NotFollowed | undefined,
): PlaybookCredential {
  const own = deeds.filter(({ accessKeyId }) => accessKeyId === mint.key)
  const sum = (some: readonly Done[]): number => some.reduce((total, { calls }) => total + calls, 0)
  return {
    key: mint.key,
    of: kept(mint.of, VALUE_MAX),
    ...(mint.account === undefined ? {} : { account: mint.account }),
    time: isoOf(time),
    eventId: kept(eventId, VALUE_MAX),
    calls: sum(own),
    changes: sum(own.filter(({ row }) => row.outcome === 'done' && row.telling.change)),
    denied: sum(own.filter(({ row }) => row.outcome === 'denied')),
    failed: sum(own.filter(({ row }) => row.outcome === 'failed')),
    ...(why === undefined ? {} : { notFollowed: why }),
  }
}

/**
 * The keys to go on with, each with the record that it comes from: those that something was found of, as it is told, then those that came out of it
 * and were not seen yet.
 */
export function openKeys(found: readonly Done[], credentials: readonly Minted[]): readonly FollowedKey[] {
  const keys = new Map<string, FollowedKey>()
  const minted = new Map(credentials.map((one) => [one.mint.key, one]))
  const add = (key: string, eventId: string, account: string | undefined): void => {
    if (!keys.has(key)) keys.set(key, { key, eventId, ...(account === undefined ? {} : { account }) })
  }
  for (const { accessKeyId, row, service } of found) {
    if (service || !KEY.test(accessKeyId)) continue
    const from = minted.get(accessKeyId)
    add(accessKeyId, from?.eventId ?? row.eventId, from?.mint.account ?? accountOfKey(accessKeyId) ?? row.account)
  }
  for (const { mint, eventId } of credentials) add(mint.key, eventId, mint.account)
  return [...keys.values()]
}
