import { type ApprovalRequest, askedSets, timetable } from '../domain/policy/approval.ts'
import { approversNow, type Everybody } from '../domain/policy/approversNow.ts'
import { isSame } from '../domain/policy/membership.ts'
import { unreadWords } from '../domain/policy/onCall.ts'
import type { Person } from '../domain/policy/person.ts'
import type { Policy } from '../domain/policy/policy.ts'
import type { Memory } from './deliverMemory.ts'

export type AskingDeps = {
  readonly policy: Policy
  /** Whom the groups and schedules hold now. Throws when Slack does not say. */
  readonly everybody: () => Promise<Everybody>
  /** Whether a card may be read where it would be posted. */
  readonly mayShowIn: (channel: string, asker: Person) => Promise<boolean>
}

/** Whom one level of a request asks: found once, so that a restart asks the same people. `notes`: schedules that could not be read. */
export type Level = { readonly persons: readonly Person[]; readonly notes: readonly string[] }

/** Who is asked so far, level by level, and where. */
export type AskedSoFar = {
  readonly levels: readonly Level[]
  readonly channels: readonly string[]
  readonly direct: boolean
}

/** How many times a request has been taken to the next set by then, in seconds since 1970. */
export function escalations(request: ApprovalRequest, at: number): number {
  return timetable(request).filter((due) => due.what === 'escalate' && due.at <= at).length
}

/** Whom each level asks that none before it asked. */
export function newAtEachLevel({ levels }: AskedSoFar): readonly (readonly Person[])[] {
  return levels.map(({ persons }, level) => {
    const before = levels.slice(0, level).flatMap((one) => one.persons)
    return persons.filter((person) => !before.some((other) => isSame(other, person)))
  })
}

/** Everybody asked so far. */
export function personsOf(soFar: AskedSoFar): readonly Person[] {
  return newAtEachLevel(soFar).flat()
}

/** Finds whom a request asks by now, and remembers it. `grow` false: what is remembered alone, as at its end. */
export async function askedSoFar(
  request: ApprovalRequest,
  memory: Memory,
  at: number,
  grow: boolean,
  deps: AskingDeps,
): Promise<AskedSoFar> {
  const levels: Level[] = []
  for (let level = 0; level <= escalations(request, at); level += 1) {
    const name = `asked-${level}`
    if (grow && !memory.has(name)) await memory.put(name, await levelOf(request, level, deps))
    const found = await memory.get<Level>(name)
    if (found !== undefined) levels.push(found)
  }
  if (grow && !memory.has('places')) await memory.put('places', { channels: await channelsOf(request, deps) })
  const channels = (await memory.get<{ channels: readonly string[] }>('places'))?.channels ?? []
  const taken = channels.filter((channel) => !memory.has(`refused-${channel}`))
  const wanted = request.places.filter((place) => place !== DIRECT)
  return { levels, channels: taken, direct: request.places.includes(DIRECT) || taken.length < wanted.length }
}

/** Stands among places for direct messages to each. */
export const DIRECT = 'direct'

async function levelOf(request: ApprovalRequest, level: number, deps: AskingDeps): Promise<Level> {
  const sets = askedSets(request, request.askedAt + level * request.escalate)
  const { persons, notes } = await holdersOf(sets, deps)
  return { persons: persons.filter((person) => request.self || !isSame(person, request.person)), notes }
}

/** Who is in some sets of approvers now, and which of their schedules could not be read. */
export async function holdersOf(
  sets: readonly string[],
  { policy, everybody }: Pick<AskingDeps, 'policy' | 'everybody'>,
): Promise<Level> {
  const known = await everybody()
  const persons = approversNow(policy, known)
    .filter((candidate) => candidate.sets.some((set) => sets.includes(set)))
    .map(({ person }) => person)
  const schedules = policy.approvers.filter(({ name }) => sets.includes(name)).flatMap(({ onCall }) => onCall)
  return { persons, notes: unreadWords([...new Set(schedules)], known.states) }
}

/** A place that may not have the card is passed over: the approvers are asked one by one instead. */
export async function channelsOf(
  { places, person }: Pick<ApprovalRequest, 'places' | 'person'>,
  deps: Pick<AskingDeps, 'mayShowIn'>,
): Promise<readonly string[]> {
  const channels = places.filter((place) => place !== DIRECT)
  const may = await Promise.all(channels.map((channel) => deps.mayShowIn(channel, person)))
  return channels.filter((_, index) => may[index])
}
