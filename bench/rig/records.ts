import { type Entry, merge, type Source } from '../../src/playground/aws/history/entry.ts'
import { noiseSource } from '../../src/playground/aws/history/noise.ts'
import { shelf } from '../../src/playground/aws/history/shelf.ts'
import { incident } from '../../src/playground/aws/organisation/incident/incident.ts'
import type { Story } from '../../src/playground/aws/organisation/incident/story.ts'
import { everydayLife } from '../../src/playground/aws/organisation/noise/life.ts'
import { harbour } from '../../src/playground/aws/organisation/organisation.ts'
import { DEFAULT_REGIONS } from '../../src/playground/aws/organisation/regions.ts'
import type { LookedUp } from '../../src/usecases/readChain.ts'

/** The playground's organisation as LookupEvents would give it: everyday life and the incident, and what the incident is. */
export type Life = { readonly story: Story; readonly accounts: readonly string[]; readonly events: Iterable<LookedUp> }

/** Everything that happened until `end` in every account and Region, newest first, as far back as it is taken. Made while it is taken: nothing is kept. */
export function lifeUntil(end: Date): Life {
  const now = Math.floor(end.getTime() / 1000)
  const { records, story } = incident(now)
  const kept = shelf()
  for (const record of records) kept.keep(record)
  const past: readonly Source[] = [kept.source, noiseSource({ activities: everydayLife(), seed: 1, scale: 1 })]
  const accounts = harbour().accounts.map(({ id }) => id)
  const places = accounts.flatMap((account) =>
    DEFAULT_REGIONS.map(
      (region): Source =>
        (query) =>
          merge(past, { ...query, account, region }),
    ),
  )
  const query = { account: '', region: '', start: 0, end: now, now: now * 1000 }
  return { story, accounts, events: { [Symbol.iterator]: () => lookedUp(merge(places, query)) } }
}

function* lookedUp(entries: Iterable<Entry>): Generator<LookedUp, undefined> {
  for (const { order, time, text } of entries) yield { eventId: String(order), eventTime: time, text: text() }
}
