import type { Row } from '../result/row.ts'
import type { Mint } from '../stage/mint.ts'
import { excuser, type Given, GRAVE, graveAmong, isGrave } from './excuse.ts'
import { callerName } from './homes.ts'
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

export type Blamer = {
  /** Why a deed is no finding; undefined when it is one. */
  readonly apartOf: (deed: Deed) => Apart | undefined
  readonly connectionOf: (deed: Deed) => Connection | undefined
  /** The credentials that came out of what happened, each once, newest first. */
  readonly credentials: readonly Minted[]
}

/**
 * Who is behind what happened: whoever did what was asked about, or else what is gravest, from no known place; then every credential that came out of
 * theirs, and every address that these were used from.
 */
export function blamer(deeds: readonly Deed[], mints: readonly Minted[], given: Given): Blamer {
  const excuseOf = excuser(deeds, given)
  const open = (deed: Deed): boolean => excuseOf(deed) === undefined
  const isAtHome = (address: string): boolean => given.isKnown(address) || given.isHome(address)
  const begun = deeds.some(({ ofStart }) => ofStart)
  const seeds = deeds.filter((deed) => open(deed) && (begun ? isStart(deed) : isGrave(deed)))
  const keys = new Set<string>()
  const users = new Set<string>()
  // A network of ours is not taken for somebody's who did one thing from there.
  const strange = ({ row, service }: Deed): readonly string[] =>
    row.telling.address === '' || service || isAtHome(row.telling.address) ? [] : [row.telling.address]
  const addresses = new Set(seeds.flatMap(strange))
  const theirs = new Set(seeds.map(({ accessKeyId }) => accessKeyId).filter((key) => key !== ''))
  const isTheirs = (deed: Deed): boolean =>
    keys.has(deed.accessKeyId) ||
    (deed.row.telling.address !== '' && addresses.has(deed.row.telling.address)) ||
    (open(deed) && (theirs.has(deed.accessKeyId) || users.has(callerName(deed.row))))
  // Whoever takes roles from there all day does what it does; a key that is to stay is another thing.
  const isStrange = ({ key }: Mint, address: string): boolean =>
    !given.isKnown(address) && (!given.isHome(address) || key.startsWith('AKIA'))
  // Whoever made somebody's key, and did more that is grave, is behind it as well; whoever made a key and nothing else may be its owner.
  const makers = graveAmong(deeds.filter(open), ({ row, accessKeyId }) => makerName(accessKeyId, row.telling.address))
  const size = (): number => keys.size + users.size + addresses.size + theirs.size
  for (let before = -1; before !== size(); ) {
    before = size()
    for (const { mint, address } of mints) {
      const by = mint.by
      const came =
        addresses.has(address) || (by !== undefined && (keys.has(by) || (theirs.has(by) && isStrange(mint, address))))
      if (came) keys.add(mint.key)
    }
    const used = new Set<string>()
    for (const deed of deeds.filter(isTheirs)) {
      used.add(deed.accessKeyId)
      for (const user of givenBy(deed)) users.add(user)
      for (const address of strange(deed)) addresses.add(address)
    }
    for (const { mint, address } of mints)
      if (mint.by !== undefined && used.has(mint.key) && makers.has(makerName(mint.by, address))) theirs.add(mint.by)
  }
  const connectionOf = (deed: Deed): Connection | undefined => {
    if (keys.has(deed.accessKeyId) || users.has(callerName(deed.row))) return 'credential'
    if (begun && deed.ofStart) return 'start'
    return isTheirs(deed) ? 'address' : undefined
  }
  return {
    connectionOf,
    credentials: eachOnce(mints.filter(({ mint }) => keys.has(mint.key))),
    apartOf: (deed) => {
      if (isTheirs(deed)) return tellsOfThem(deed) ? undefined : 'looked'
      const excuse = excuseOf(deed)
      if (excuse !== undefined) return excuse
      // Beside something that hangs together, what is neither tied to it nor grave would only bury it.
      return deed.context || (seeds.length > 0 && deed.weight < GRAVE) ? 'unconnected' : undefined
    },
  }
}

function makerName(key: string, address: string): string {
  return `${key} ${address}`
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

function isStart({ ofStart, ofThing, row }: Deed): boolean {
  return ofStart && (!ofThing || row.telling.change)
}

/** The user, by `callerName`, that a deed let in. */
export function givenBy({ gives, row }: Pick<Deed, 'gives' | 'row'>): readonly string[] {
  return gives !== '' && row.outcome === 'done' ? [`${row.account} ${gives}`] : []
}
