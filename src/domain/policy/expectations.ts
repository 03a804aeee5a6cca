import { z } from 'zod'
import { explain } from '../failure.ts'
import type { Problem } from '../runbook/runbook.ts'
import { reportIssues } from '../runbook/shape.ts'
import { type Path, type Report, readYaml, reporter } from '../runbook/yaml.ts'
import { type Decision, decide } from './decide.ts'
import { type PersonFacts, type PlaceFacts, TIERS } from './person.ts'
import { ALLOW_REASONS, APPROVE_REASONS, REFUSE_REASONS } from './reasons.ts'
import { type Trial, wouldAsk } from './wouldAsk.ts'

/** What a policy is expected to decide: somebody, somewhere, asks something. */
export type Expectation = {
  readonly says: string
  readonly person: PersonFacts
  readonly place: PlaceFacts
  readonly ask: string
  readonly expected: Expected
  readonly line: number
  readonly column: number
}

/** Only what is said is compared. */
export type Expected = {
  readonly outcome: Decision['outcome']
  readonly reason?: Decision['reason'] | undefined
  readonly role?: string | undefined
  readonly tier?: string | undefined
  /** All approvers that are named by the seats. */
  readonly by?: readonly string[] | undefined
  readonly answer?: 'here' | 'direct' | undefined
}

const LONGEST_TEXT = 512 * 1024
/** Memberships of a table's people are that old, unless they are said to be new. */
const OLD_S = 365 * 86_400

const person = z.strictObject({
  person: z.string().regex(/^T[A-Z0-9]{2,20}\/[UW][A-Z0-9]{2,20}$/, 'a person is team/user by Slack ids'),
  groups: z.array(z.string()).default([]),
  newGroups: z.array(z.string()).default([]).describe('groups they came into today'),
  onCall: z.array(z.string()).default([]).describe('schedules that have them on call'),
  unread: z.array(z.string()).default([]).describe('schedules that cannot be read'),
  email: z.string().exactOptional(),
  kind: z.enum(['member', 'guest', 'bot', 'stranger', 'deactivated']).default('member'),
  timeZone: z.string().default('UTC'),
})

const place = z.strictObject({
  channel: z.string().regex(/^[CGD][A-Z0-9]{5,20}$/, "a channel is Slack's id"),
  kind: z.enum(['direct', 'private', 'public']).default('private'),
  shared: z.boolean().default(false),
  guests: z.boolean().default(false),
  archived: z.boolean().default(false),
  member: z.boolean().default(true).describe('whether ctq is in it'),
})

const expectation = z.strictObject({
  says: z.string().min(1).max(300),
  who: z.string(),
  in: z.string(),
  ask: z.string().min(1).max(4000),
  outcome: z.enum(['allow', 'approve', 'refuse']),
  reason: z.enum([...ALLOW_REASONS, ...APPROVE_REASONS, ...REFUSE_REASONS]).exactOptional(),
  role: z.string().exactOptional(),
  tier: z.enum(TIERS as readonly [string, ...string[]]).exactOptional(),
  by: z.array(z.string()).exactOptional(),
  answer: z.enum(['here', 'direct']).exactOptional(),
})

const table = z.strictObject({
  version: z.literal(1),
  people: z.record(z.string(), person),
  places: z.record(z.string(), place),
  expect: z.array(expectation).min(1).max(2000),
})

function knownKeys([section]: Path): readonly string[] {
  const shapes = { people: person, places: place, expect: expectation }
  return Object.keys((Object.entries(shapes).find(([name]) => name === section)?.[1] ?? table).shape)
}

/** Reads a table of expectations. `now`: when its people are taken to ask. Never throws. */
export function parseExpectations(
  text: string,
  file: string,
  now: Date,
): { readonly expectations: readonly Expectation[]; readonly problems: readonly Problem[] } {
  const source = readYaml(text, file, LONGEST_TEXT)
  if (source.problems.length > 0) return { expectations: [], problems: source.problems }
  const { report, problems } = reporter(source, file)
  const shaped = table.safeParse(source.value, { reportInput: true })
  if (!shaped.success) {
    reportIssues(shaped.error.issues, report, knownKeys)
    return { expectations: [], problems }
  }
  const { people, places, expect } = shaped.data
  const expectations = expect.flatMap((one, index) => {
    const who = known(people, one.who, ['expect', index, 'who'], 'people', report)
    const where = known(places, one.in, ['expect', index, 'in'], 'places', report)
    if (who === undefined || where === undefined) return []
    const facts = personOf(one.who, who, now)
    const { says, ask, who: _, in: __, ...expected } = one
    const at = source.locate(['expect', index])
    return [{ says, ask, person: facts, place: placeOf(where, facts), expected, ...at }]
  })
  return { expectations, problems }
}

function known<T>(
  of: { readonly [name: string]: T },
  name: string,
  path: Path,
  section: string,
  report: Report,
): T | undefined {
  if (Object.hasOwn(of, name)) return of[name]
  report(path, `${name} is none of the ${section} of this table.`)
  return undefined
}

function personOf(name: string, raw: z.output<typeof person>, now: Date): PersonFacts {
  const [team = '', user = ''] = raw.person.split('/')
  const readAt = Math.floor(now.getTime() / 1000)
  const since = (groups: readonly string[], age: number) => groups.map((group) => [group, readAt - age] as const)
  return {
    person: { team, user },
    name,
    timeZone: raw.timeZone,
    bot: raw.kind === 'bot',
    deactivated: raw.kind === 'deactivated',
    guest: raw.kind === 'guest',
    stranger: raw.kind === 'stranger',
    groups: [...raw.groups, ...raw.newGroups],
    ...(raw.email === undefined ? {} : { email: raw.email }),
    readAt,
    groupsSince: Object.fromEntries([...since(raw.groups, OLD_S), ...since(raw.newGroups, 0)]),
    onCall: { now: raw.onCall, unread: raw.unread },
  }
}

function placeOf(raw: z.output<typeof place>, { person: { team } }: PersonFacts): PlaceFacts {
  const { channel, kind, shared, guests, archived, member } = raw
  return { team, channel, kind, externallyShared: shared, holdsGuests: guests, archived, botIsMember: member }
}

/** What differs from an expectation, in one line; undefined when it is met. */
export function unmet({ ask, person, place, expected }: Expectation, trial: Trial): string | undefined {
  const asked = wouldAsk(ask, person, place, trial)
  if (!asked.ok) return `the question cannot be asked: ${explain(asked.error)}`
  const found = foundIn(decide(asked.value, trial.policy))
  const different = (Object.keys(expected) as (keyof Expected)[]).filter(
    (key) => JSON.stringify(expected[key]) !== JSON.stringify(found[key]),
  )
  if (different.length === 0) return undefined
  const wanted = different.map((key) => `${key} ${words(expected[key])}`).join(', ')
  return `expected ${wanted}, but it is ${Object.entries(found)
    .map(([key, value]) => `${key} ${words(value)}`)
    .join(', ')}`
}

function words(value: string | readonly string[] | undefined): string {
  if (value === undefined) return 'none'
  return typeof value === 'string' ? value : value.join(' ')
}

function foundIn(decision: Decision): Expected {
  const { outcome, reason } = decision
  if (decision.outcome === 'refuse') return { outcome, reason }
  const { role, tier, answerTo } = decision.outcome === 'allow' ? decision : decision.wanted
  const base = { outcome, reason, role, tier, answer: answerTo }
  if (decision.outcome === 'allow') return base
  return { ...base, by: [...new Set(decision.needs.seats.flatMap((seat) => seat.by))] }
}
