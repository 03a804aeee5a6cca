import type { Deed } from './blame.ts'
import { callerName } from './homes.ts'
import type { Apart } from './report.ts'

export type Given = {
  readonly isKnown: (address: string) => boolean
  /** Of an address that nobody named: it was learned from what was read that several call from there all day. */
  readonly isHome: (address: string) => boolean
  readonly isUsual: (deed: Deed) => boolean
}

/** Why a deed is no finding whatever else happened. */
export type Excuse = Exclude<Apart, 'looked' | 'unconnected'>

type Plain = Given & { readonly isOwn: (deed: Deed) => boolean }

/** From here on a change is grave enough to begin with, when nothing else was given: a new way in, every right, no logs. */
export const GRAVE = 4
/** Every right, or no logs: that is told of people at their desks as well. */
const GRAVEST = 6
/** So many kinds of grave things are no slip of whoever is at home somewhere. */
const SEVERAL = 2

/** Tells for each deed what excuses it, if anything does. */
export function excuser(deeds: readonly Deed[], given: Given): (deed: Deed) => Excuse | undefined {
  const own = ownAddresses(deeds, (address) => given.isKnown(address) || given.isHome(address))
  const plain: Plain = { ...given, isOwn: (deed) => isOwn(deed, own) }
  const suspects = suspectsAmong(deeds, plain)
  return (deed) => {
    const excuse = plainExcuseOf(deed, plain)
    if (excuse !== undefined) return excuse
    const least = isOfPortal(deed) ? GRAVEST : GRAVE
    const isAtHome = deed.weight < least && given.isHome(deed.row.telling.address)
    return isAtHome && !suspects.has(callerName(deed.row)) ? 'home' : undefined
  }
}

/** Grave enough to begin with, and done. */
export function isGrave({ context, weight, row }: Deed): boolean {
  return !context && weight >= GRAVE && row.outcome === 'done'
}

function plainExcuseOf(deed: Deed, { isKnown, isUsual, isOwn: isOwnAddress }: Plain): Excuse | undefined {
  if (deed.service) return 'service'
  if (isKnown(deed.row.telling.address) || isOwnAddress(deed)) return 'known'
  return isUsual(deed) ? 'usual' : undefined
}

/** A person of Identity Center: their session's keys were given out today, to whoever signed in. A source identity may be anybody's word. */
function isOfPortal({ row }: Deed): boolean {
  return row.telling.person !== undefined && row.telling.who.startsWith('AWSReservedSSO_')
}

/** Callers that did several kinds of grave things where several are at home, none of them excused, by their `callerName`. */
function suspectsAmong(deeds: readonly Deed[], known: Plain): ReadonlySet<string> {
  const odd = deeds.filter((deed) => known.isHome(deed.row.telling.address) && plainExcuseOf(deed, known) === undefined)
  return graveAmong(odd, ({ row }) => callerName(row))
}

/** The names of those who did several kinds of grave things. */
export function graveAmong(deeds: readonly Deed[], nameOf: (deed: Deed) => string): ReadonlySet<string> {
  const kinds = new Map<string, Set<string>>()
  for (const deed of deeds.filter(isGrave)) {
    const name = nameOf(deed)
    kinds.set(name, (kinds.get(name) ?? new Set()).add(deed.row.eventName))
  }
  return new Set([...kinds].filter(([, names]) => names.size >= SEVERAL).map(([name]) => name))
}

/**
 * Where somebody works whose address nobody listed: a person of Identity Center whose session was also used from a known address. The sessions are
 * counted by address: with one alone, it may be the session that was taken.
 */
function ownAddresses(deeds: readonly Deed[], isKnown: Given['isKnown']): ReadonlyMap<string, ReadonlySet<string>> {
  const byPerson = deeds.filter(({ row, accessKeyId }) => row.telling.person !== undefined && accessKeyId !== '')
  const atHome = new Set(byPerson.filter(({ row }) => isKnown(row.telling.address)).map((deed) => deed.accessKeyId))
  const found = new Map<string, Set<string>>()
  for (const deed of byPerson.filter(({ accessKeyId }) => atHome.has(accessKeyId))) {
    const sessions = found.get(ownKey(deed)) ?? new Set()
    found.set(ownKey(deed), sessions.add(deed.accessKeyId))
  }
  return found
}

function isOwn(deed: Deed, own: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  const sessions = deed.row.telling.person === undefined ? 0 : (own.get(ownKey(deed))?.size ?? 0)
  return sessions > 1 || (sessions === 1 && deed.weight < GRAVE)
}

function ownKey({ row }: Deed): string {
  return JSON.stringify([row.telling.person, row.telling.address])
}
