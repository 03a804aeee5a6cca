import type { Grant } from '../domain/policy/grant.ts'
import type { Entry } from '../domain/query/page.ts'
import { type Objects, soFarFolder, soFarKey } from '../domain/result/objects.ts'
import type { Phrase } from '../domain/result/phrase.ts'
import { type RowReader, rowOf } from '../domain/result/row.ts'
import { rowReader } from '../domain/result/rowReader.ts'
import { type SoFar, soFar, type Told, toldTogether } from '../domain/result/soFar.ts'
import type { Allowed } from './allowed.ts'
import type { FinishDeps } from './finishRun.ts'
import { parseRecord } from './readChain.ts'

export type SoFarDeps = {
  readonly objects: Pick<Objects, 'create'>
  readonly allowed: (grant: Grant) => Promise<Allowed | undefined>
  readonly accountName: (id: string) => string | undefined
  readonly addressLabel: FinishDeps['addressLabel']
  readonly own?: FinishDeps['own']
  readonly now: () => Date
  /** Of this process: it writes under a name of its own. */
  readonly worker: string
}

/** Who keeps what was met of a run, and where it was met. */
export type NoteSoFar = (
  found: readonly Entry[],
  from: { readonly grant: Grant; readonly account: string; readonly region: string },
) => Promise<void>

/** Written at most so often, as messages are edited no more often. */
const WRITTEN_EVERY_MS = 3_000
const KEPT = 8
/** Runs of one process at a time. */
const RUNS_KEPT = 64
/** Of each page: changes are looked at first, others only to have something to show. */
const CHANGES_LOOKED_AT = 25
const OTHERS_LOOKED_AT = 3

type Meeting = { readonly met: SoFar; readonly reader: RowReader; seq: number; writtenAt: number; new: boolean }

/**
 * Keeps the most telling calls that this process met of each run in the store, for whoever shows progress: a record never goes through
 * Redis. What a killed process had met and not written is met by nobody again, and comes with the answer.
 */
export function notesSoFar(deps: SoFarDeps): NoteSoFar {
  const meetings = new Map<string, Meeting>()
  return async (found, { grant, account, region }) => {
    if (found.length === 0 && !meetings.get(grant.run)?.new) return
    const meeting = meetings.get(grant.run) ?? (await begin(grant, meetings, deps))
    if (meeting === undefined) return
    for (const entry of worthALook(found)) {
      const record = parseRecord(entry)
      meeting.met.add(rowOf({ ...entry, record, account, region }, meeting.reader))
      meeting.new = true
    }
    const at = deps.now().getTime()
    if (!meeting.new || at - meeting.writtenAt < WRITTEN_EVERY_MS) return
    Object.assign(meeting, { new: false, writtenAt: at, seq: meeting.seq + 1 })
    const told = meeting.met.best(KEPT, deps.now().toISOString())
    await deps.objects.create(soFarKey(grant.run, deps.worker, meeting.seq), JSON.stringify(told))
  }
}

async function begin(grant: Grant, meetings: Map<string, Meeting>, deps: SoFarDeps): Promise<Meeting | undefined> {
  const allowed = await deps.allowed(grant)
  if (allowed === undefined) return undefined
  const reader = rowReader(allowed.runbook, deps.accountName, await deps.own?.())
  const meeting = { met: soFar(allowed.runbook, deps.addressLabel), reader, seq: 0, writtenAt: 0, new: false }
  meetings.set(grant.run, meeting)
  for (const oldest of meetings.keys()) {
    if (meetings.size <= RUNS_KEPT) break
    meetings.delete(oldest)
  }
  return meeting
}

/** Told by the text, so that few records are read a second time: CloudTrail writes its JSON without spaces. */
function worthALook(found: readonly Entry[]): readonly Entry[] {
  const isChange = ({ text }: Entry): boolean => text.includes('"readOnly":false')
  const changes = found.filter(isChange)
  const done = changes.filter(({ text }) => !text.includes('"errorCode":"'))
  const tried = changes.filter(({ text }) => text.includes('"errorCode":"'))
  const others = found.filter((entry) => !isChange(entry))
  return [...[...done, ...tried].slice(0, CHANGES_LOOKED_AT), ...others.slice(0, OTHERS_LOOKED_AT)]
}

/** The most telling calls that were met of a run until now, by all workers together. */
export async function readSoFar(
  run: string,
  most: number,
  objects: Pick<Objects, 'list' | 'read'>,
): Promise<readonly Phrase[]> {
  const latest = new Map((await objects.list(soFarFolder(run))).map((name) => [name.split('.')[0] ?? '', name]))
  const read = await Promise.all([...latest.values()].map((name) => objects.read(`${soFarFolder(run)}/${name}`)))
  const many = read.flatMap((bytes) => (bytes === undefined ? [] : [JSON.parse(bytes.toString('utf8')) as Told[]]))
  return toldTogether(many, most)
}
