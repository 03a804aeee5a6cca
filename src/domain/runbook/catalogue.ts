import { z } from 'zod'

/** Which events there are, as far as is known: what a runbook looks for by name can be held against it. */
export type Catalogue = {
  /** Event sources that record an event of this name. */
  readonly sourcesOf: (name: string) => readonly string[]
  readonly namesOf: (source: string) => readonly string[]
  readonly hasSource: (source: string) => boolean
  readonly sources: readonly string[]
  /** Operations that are recorded with a date behind their name. */
  readonly isDated: (source: string, name: string) => boolean
  /** The name an operation is recorded under, where it is not its own. */
  readonly recordedAs: (source: string, name: string) => string | undefined
  /** Data events: the event history never has them. */
  readonly isData: (source: string, name: string) => boolean
}

const names = z.record(z.string(), z.string())
const file = z.object({
  dated: names,
  renamed: z.record(z.string(), names),
  data: names,
  events: names,
})

/** Reads the text of data/event-names.json. Throws when it is none. */
export function readCatalogue(text: string): Catalogue {
  const { dated, renamed, data, events } = file.parse(JSON.parse(text))
  const bySource = setsOf(events)
  const byName = new Map<string, string[]>()
  for (const [source, known] of bySource)
    for (const name of known) {
      const sources = byName.get(name)
      if (sources === undefined) byName.set(name, [source])
      else sources.push(source)
    }
  const [withDate, ofData] = [setsOf(dated), setsOf(data)]
  return {
    sourcesOf: (name) => byName.get(name) ?? [],
    namesOf: (source) => [...(bySource.get(source) ?? [])],
    hasSource: (source) => bySource.has(source),
    sources: [...bySource.keys()],
    isDated: (source, name) => withDate.get(source)?.has(name) === true,
    recordedAs: (source, name) => {
      const of = renamed[source]
      return of !== undefined && Object.hasOwn(of, name) ? of[name] : undefined
    },
    isData: (source, name) => ofData.get(source)?.has(name) === true,
  }
}

function setsOf(lists: { readonly [source: string]: string }): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(Object.entries(lists).map(([source, list]) => [source, new Set(list.split(' '))]))
}

/** The name without the date of an API that Lambda's and CloudFront's events carry behind it. */
export function withoutDate(name: string): string {
  return /^(\w+?)(?:20\d{6}(?:v\d+)?|20\d\d_\d\d_\d\d)$/.exec(name)?.[1] ?? name
}
