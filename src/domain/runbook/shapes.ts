import type { CloudTrailRecord } from '../record.ts'
import { withoutDate } from './catalogue.ts'
import type { Fixtures } from './fixtures.ts'
import { textAt } from './values.ts'

/** An event with every path that a record of it was seen to have, list positions left out. */
export type EventShape = { readonly source: string; readonly name: string; readonly paths: ReadonlySet<string> }
export type EventShapes = readonly EventShape[]

/** Deeper values are not looked into: no runbook asks there. */
const DEEPEST = 12

/** What the events of these fixtures look like, near misses included: they too are CloudTrail's. */
export function shapesOf(all: readonly Fixtures[]): EventShapes {
  const found = new Map<string, { source: string; name: string; paths: Set<string> }>()
  for (const { matches, misses } of all)
    for (const { record } of [...matches, ...misses]) {
      const [source, name] = [textAt(record, 'eventSource') ?? '', textAt(record, 'eventName') ?? '']
      const key = `${source} ${withoutDate(name)}`
      const shape = found.get(key) ?? { source, name, paths: new Set<string>() }
      addPaths(record, '', shape.paths, 0)
      found.set(key, shape)
    }
  return [...found.values()]
}

/** Whether a record has something at a path, in any element of the lists on the way. */
export function pathsOf(record: CloudTrailRecord): ReadonlySet<string> {
  const paths = new Set<string>()
  addPaths(record, '', paths, 0)
  return paths
}

function addPaths(value: unknown, path: string, into: Set<string>, depth: number): void {
  if (path !== '') into.add(path)
  if (value === null || typeof value !== 'object' || depth > DEEPEST) return
  if (Array.isArray(value)) for (const element of value) addPaths(element, path, into, depth + 1)
  else
    for (const [name, inner] of Object.entries(value))
      addPaths(inner, path === '' ? name : `${path}.${name}`, into, depth + 1)
}
