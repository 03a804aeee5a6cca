import type { Row } from '../result/row.ts'
import type { Mint } from '../stage/mint.ts'
import type { Apart, Connection } from './report.ts'

/** One thing that somebody did or tried, as often as it was. */
export type Deed = {
  /** The newest of its rows. */
  readonly row: Row
  readonly accessKeyId: string
  /** Acts for a service, or through one. */
  readonly service: boolean
  /** Told of somebody asked about, or from where: what the playbook was given to begin with. */
  readonly ofStart: boolean
  /** What was given is what it acted on, not who acts or from where: many look at a thing in good faith. */
  readonly ofThing: boolean
  /** Only questions look for it whose matches are no findings by themselves. */
  readonly context: boolean
  /** Some of these are about everybody. */
  readonly ofAll: boolean
  readonly weight: number
  /** The user that it gave a password or a key. */
  readonly gives: string
}

/** `time`: seconds since 1970. */
export type Minted = { readonly mint: Mint; readonly address: string; readonly eventId: string; readonly time: number }

export type Given = {
  readonly isKnown: (address: string) => boolean
  readonly isUsual: (deed: Deed) => boolean
}

type Known = Given & { readonly isOwn: (deed: Deed) => boolean }

export type Blamer = {
  /** Why a deed is no finding; undefined when it is one. */
  readonly apartOf: (deed: Deed) => Apart | undefined
  readonly connectionOf: (deed: Deed) => Connection | undefined
  /** The credentials that came out of what happened, each once, newest first. */
  readonly credentials: readonly Minted[]
}

/** From here on a change is grave enough to begin with, when nothing else was given: a new way in, every right, no logs. */
const GRAVE = 4

/**
 * Who is behind what happened: whoever did what was asked about, or else what is gravest, from no known place; then every credential that came out of
 * theirs, and every address that these were used from.
 */
export function blamer(deeds: readonly Deed[], mints: readonly Minted[], given: Given): Blamer {
  const own = ownAddresses(deeds, given.isKnown)
  const known: Known = { ...given, isOwn: (deed) => isOwn(deed, own) }
  const open = (deed: Deed): boolean => excuseOf(deed, known) === undefined
  const begun = deeds.some(({ ofStart }) => ofStart)
  const seeds = deeds.filter((deed) => open(deed) && (begun ? isStart(deed) : isGrave(deed)))
  const keys = new Set<string>()
  const users = new Set<string>()
  const addresses = new Set(seeds.map(({ row }) => row.telling.address).filter((address) => address !== ''))
  const theirs = new Set(seeds.map(({ accessKeyId }) => accessKeyId).filter((key) => key !== ''))
  const isTheirs = (deed: Deed): boolean =>
    keys.has(deed.accessKeyId) ||
    (deed.row.telling.address !== '' && addresses.has(deed.row.telling.address)) ||
    (open(deed) && (theirs.has(deed.accessKeyId) || users.has(userOf(deed))))
  for (let before = -1; before !== keys.size + users.size + addresses.size; ) {
    before = keys.size + users.size + addresses.size
    for (const { mint, address } of mints) {
      const by = mint.by
      const came =
        addresses.has(address) || (by !== undefined && (keys.has(by) || (theirs.has(by) && !known.isKnown(address))))
      if (came) keys.add(mint.key)
    }
    for (const deed of deeds.filter(isTheirs)) {
      const { address } = deed.row.telling
      if (deed.gives !== '' && deed.row.outcome === 'done') users.add(`${deed.row.account} ${deed.gives}`)
      if (address !== '' && !deed.service && !known.isKnown(address)) addresses.add(address)
    }
  }
  const connectionOf = (deed: Deed): Connection | undefined => {
    if (keys.has(deed.accessKeyId) || users.has(userOf(deed))) return 'credential'
    if (begun && deed.ofStart) return 'start'
    return isTheirs(deed) ? 'address' : undefined
  }
  return {
    connectionOf,
    credentials: eachOnce(mints.filter(({ mint }) => keys.has(mint.key))),
    apartOf: (deed) => {
      if (isTheirs(deed)) return tellsOfThem(deed) ? undefined : 'looked'
      const excuse = excuseOf(deed, known)
      if (excuse !== undefined) return excuse
      // Beside something that hangs together, what is neither tied to it nor grave would only bury it.
      return deed.context || (seeds.length > 0 && deed.weight < GRAVE) ? 'unconnected' : undefined
    },
  }
}

/** Of a call's copies in two accounts the one that names the caller's key says more. */
function eachOnce(mints: readonly Minted[]): readonly Minted[] {
  const found = new Map<string, Minted>()
  for (const one of mints) {
    const known = found.get(one.mint.key)
    if (known === undefined || (known.mint.by === undefined && one.mint.by !== undefined)) found.set(one.mint.key, one)
  }
  return [...found.values()]
}

/** What they only looked at is in the counts and the timeline of whoever asks for it; it would bury what they did. */
function tellsOfThem({ row, context, ofAll }: Deed): boolean {
  return !context || ofAll || row.telling.change || row.telling.credential !== ''
}

function excuseOf(
  deed: Deed,
  { isKnown, isUsual, isOwn: isOwnAddress }: Known,
): Exclude<Apart, 'looked' | 'unconnected'> | undefined {
  if (deed.service) return 'service'
  if (isKnown(deed.row.telling.address) || isOwnAddress(deed)) return 'known'
  return isUsual(deed) ? 'usual' : undefined
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

function isStart({ ofStart, ofThing, row }: Deed): boolean {
  return ofStart && (!ofThing || row.telling.change)
}

function isGrave({ context, weight, row }: Deed): boolean {
  return !context && weight >= GRAVE && row.outcome === 'done'
}

function userOf({ row }: Deed): string {
  return `${row.account} ${row.telling.who}`
}
