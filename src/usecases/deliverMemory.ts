import { deliveryKey, type Objects, runKey } from '../domain/result/objects.ts'
import type { DeliveryState } from '../domain/result/runStatus.ts'
import type { Sent, Where } from './deliverTypes.ts'

/** A try at something that Slack shows: written before the call. */
export type Intent = Where & { readonly at: string; readonly file?: string }
/** How a try ended, when it did not go well. `unsent`: surely nothing is there. `unknown`: it may be. */
export type Ended = { readonly at: string; readonly outcome: 'unsent' | 'unknown'; readonly reason: string }
/** What is surely there. */
export type Done = Sent & { readonly at: string; readonly file?: string }
/** A step whose outcome nobody can find out. */
export type Unknown = { readonly at: string; readonly reason: string }
/** From then on the run's answer goes by direct message. `tell`: the place may have the run's id. */
export type Moved = {
  readonly at: string
  readonly cause: 'place' | 'slack'
  readonly why: string
  readonly tell: boolean
}

export type Attempt = { readonly n: number; readonly intent: Intent; readonly ended?: Ended }

/** Delivery's memory of one run: immutable objects in the result store, read once and then kept beside. */
export type Memory = {
  readonly has: (name: string) => boolean
  readonly names: () => readonly string[]
  readonly get: <T>(name: string) => Promise<T | undefined>
  /** False: somebody else has written it, and theirs counts. */
  readonly put: (name: string, value: object) => Promise<boolean>
  /** The tries at a step, oldest first. */
  readonly attempts: (step: string) => Promise<readonly Attempt[]>
}

type Store = Pick<Objects, 'create' | 'read' | 'list'>

/** Opens a run's memory. */
export async function openMemory(objects: Store, run: string): Promise<Memory> {
  const names = new Set((await objects.list(`${runKey(run)}/delivery`)).map((name) => name.replace(/\.json$/, '')))
  const values = new Map<string, unknown>()
  const get = async <T>(name: string): Promise<T | undefined> => {
    if (!names.has(name)) return undefined
    if (!values.has(name)) values.set(name, JSON.parse(String(await objects.read(deliveryKey(run, name)))))
    return values.get(name) as T
  }
  return {
    has: (name) => names.has(name),
    names: () => [...names],
    get,
    put: async (name, value) => {
      const created = await objects.create(deliveryKey(run, name), JSON.stringify(value))
      names.add(name)
      if (created) values.set(name, value)
      else values.delete(name)
      return created
    },
    attempts: async (step) => {
      const attempts: Attempt[] = []
      for (let n = 1; names.has(`${step}.${n}.intent`); n += 1) {
        const intent = await get<Intent>(`${step}.${n}.intent`)
        const ended = (await get<Ended>(`${step}.${n}.settled`)) ?? (await get<Ended>(`${step}.${n}.ended`))
        if (intent) attempts.push({ n, intent, ...(ended ? { ended } : {}) })
      }
      return attempts
    },
  }
}

/** Reads how a run's delivery stands. */
export async function deliveryState(
  objects: Store,
  run: string,
  now: Date,
): Promise<DeliveryState & { readonly moved?: Moved }> {
  const memory = await openMemory(objects, run)
  const moved = await memory.get<Moved>('moved')
  const leg = moved ? '-direct' : ''
  const message = await stateOf(memory, [`final${leg}`, `status${leg}`], now)
  const csv = memory.has(`csv-note${leg}.done`) ? 'missing' : await stateOf(memory, [`csv${leg}`], now)
  return { message, csv, ...(moved ? { moved } : {}) }
}

/** A try that has not ended after so long was that of a process which is gone: nothing waits for Slack longer. */
const LONGEST_TRY_MS = 120_000

async function stateOf(memory: Memory, steps: readonly string[], now: Date): Promise<DeliveryState['message']> {
  for (const step of steps) {
    if (memory.has(`${step}.done`)) return 'sent'
    const last = (await memory.attempts(step)).at(-1)
    const begun = last?.ended === undefined ? last : undefined
    if (begun && now.getTime() - new Date(begun.intent.at).getTime() < LONGEST_TRY_MS) return 'sending'
    if (memory.has(`${step}.unknown`) || (last && last.ended?.outcome !== 'unsent')) return 'unsure'
  }
  return 'none'
}
