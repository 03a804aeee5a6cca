import type { Directory } from '../adapters/slack/directory.ts'
import type { Person } from '../domain/policy/person.ts'

/** Remembers the time zones of whoever was looked up, so that reading a question never waits for Slack. */
export function withZones(directory: Directory): {
  readonly directory: Directory
  readonly knownZone: (person: Person) => string | undefined
} {
  const zones = new Map<string, string>()
  return {
    knownZone: ({ team, user }) => zones.get(`${team}.${user}`),
    directory: {
      ...directory,
      personFacts: async (person, options) => {
        const facts = await directory.personFacts(person, options)
        zones.set(`${person.team}.${person.user}`, facts.timeZone)
        return facts
      },
    },
  }
}
