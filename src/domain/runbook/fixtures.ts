import { z } from 'zod'
import { iso } from '../query/plan.ts'
import type { CloudTrailRecord, Noise } from '../record.ts'
import type { Problem } from './runbook.ts'
import { reportIssues } from './shape.ts'
import { member, objectOf } from './values.ts'
import { type Path, type Report, readYaml, reporter } from './yaml.ts'

/** One record of a runbook's fixtures, with what must come of it and where it is written. */
export type Fixture = {
  readonly name: string
  readonly record: CloudTrailRecord
  readonly parameters: { readonly [name: string]: string }
  /** Expected cells, by column. */
  readonly row: { readonly [column: string]: string }
  /** Expected noise; `none` when it must count as none. */
  readonly noise?: Noise | 'none'
  /** Why a near miss is one. Only near misses have it. */
  readonly because?: string
  readonly line: number
  readonly column: number
}

/** What proves a runbook: records it must match, with rows, and near misses that it must not. */
export type Fixtures = {
  readonly file: string
  /** The accounts that `$organisation` stands for. */
  readonly organisation: readonly string[]
  readonly matches: readonly Fixture[]
  readonly misses: readonly Fixture[]
  /** What the runbook's stages must find in records together. */
  readonly stories: readonly Story[]
}

/** Records that tell something together, and all that must be found in them. */
export type Story = {
  readonly name: string
  readonly records: readonly CloudTrailRecord[]
  readonly parameters: { readonly [name: string]: string }
  /** What ctq.yml calls addresses. */
  readonly addresses: { readonly [address: string]: string }
  /** By stage, in the order of an answer; `says`: words of the finding. */
  readonly find: readonly { readonly stage: string; readonly says: string }[]
  readonly line: number
  readonly column: number
}

/** Fixtures hold whole CloudTrail records, so they may be longer than runbooks. */
const LONGEST_TEXT = 256 * 1024

const cell = z.string().max(2100)
const parameters = z.record(z.string(), z.string())
const entry = z.strictObject({
  name: z.string().min(1).max(120).exactOptional(),
  record: z.record(z.string(), z.unknown()).exactOptional(),
  like: z.string().exactOptional(),
  set: z.record(z.string(), z.unknown()).exactOptional(),
  unset: z.array(z.string()).exactOptional(),
  parameters: parameters.exactOptional(),
})
const matching = entry.extend({
  row: z.record(z.string(), cell).default({}),
  noise: z.enum(['ctq', 'service', 'none']).exactOptional(),
})
const missing = entry.extend({ because: z.string().min(1).max(200) })
const repeated = entry.extend({
  times: z.int().min(1).max(2000).default(1),
  every: z
    .string()
    .regex(/^[1-9]\d{0,4}[smhd]$/)
    .default('1s'),
  after: z
    .string()
    .regex(/^[1-9]\d{0,4}[smhd]$/)
    .exactOptional(),
  vary: z.record(z.string(), z.array(z.unknown()).min(1)).default({}),
})
const story = z.strictObject({
  name: z.string().min(1).max(120),
  records: z.array(repeated).min(1).max(50),
  parameters: parameters.exactOptional(),
  addresses: z.record(z.string(), z.string()).default({}),
  find: z.array(z.strictObject({ stage: z.string(), says: z.string().min(1).max(400) })).default([]),
})
const rawFixtures = z.strictObject({
  parameters: parameters.default({}),
  organisation: z.array(z.string().regex(/^\d{12}$/)).default([]),
  matches: z.array(matching).min(1).max(200),
  misses: z.array(missing).min(1).max(200),
  findings: z.array(story).max(50).default([]),
})

function knownKeys([top, , inner]: Path): readonly string[] {
  if (top === 'findings') return Object.keys((inner === 'records' ? repeated : story).shape)
  return Object.keys((top === 'matches' ? matching : top === 'misses' ? missing : rawFixtures).shape)
}

type Raw = z.output<typeof rawFixtures>
type Entry = z.output<typeof entry>

/**
 * Reads the fixtures of a runbook. A record is written out once (`record`) and others are written as changes to it (`like`, `set`, `unset`, by
 * paths whose numbers are places in a list): a near miss is the smallest change that must not match. Never throws.
 */
export function parseFixtures(
  text: string,
  file: string,
): { readonly fixtures?: Fixtures; readonly problems: readonly Problem[] } {
  const source = readYaml(text, file, LONGEST_TEXT)
  if (source.problems.length > 0) return { problems: source.problems }
  const { report, problems } = reporter(source, file)
  const shaped = rawFixtures.safeParse(source.value, { reportInput: true })
  if (!shaped.success) {
    reportIssues(shaped.error.issues, report, knownKeys)
    return { problems }
  }
  const raw = shaped.data
  const known = new Map<string, CloudTrailRecord>()
  const build = (one: Entry, at: Path): Omit<Fixture, 'row'> => {
    const record = recordOf(one, at, known, report)
    if (one.name !== undefined) known.set(one.name, record)
    checkRecord(record, at, report)
    const name = one.name ?? `${at[0]} ${Number(at[1]) + 1}`
    return { name, record, parameters: one.parameters ?? raw.parameters, ...source.locate(at) }
  }
  const matches = raw.matches.map((one, index) => ({ ...build(one, ['matches', index]), ...expected(one) }))
  const misses = raw.misses.map((one, index) => ({ ...build(one, ['misses', index]), row: {}, because: one.because }))
  const stories = raw.findings.map((told, index) => ({
    ...told,
    parameters: told.parameters ?? raw.parameters,
    records: told.records.flatMap((one, at) =>
      repeat(one, recordOf(one, ['findings', index, 'records', at], known, report), `${index}-${at}`),
    ),
    ...source.locate(['findings', index]),
  }))
  if (problems.length > 0) return { problems }
  return { fixtures: { file, organisation: raw.organisation, matches, misses, stories }, problems }
}

const SECONDS: { readonly [unit: string]: number } = { s: 1, m: 60, h: 3600, d: 86_400 }

function lengthOf(text: string): number {
  return Number(text.slice(0, -1)) * (SECONDS[text.slice(-1)] ?? 0)
}

/** So many copies of a record, each a while after the last, each an event of its own; what varies goes round its values. */
function repeat(one: z.output<typeof repeated>, record: CloudTrailRecord, id: string): readonly CloudTrailRecord[] {
  const start =
    Math.floor(Date.parse(String(record['eventTime'])) / 1000) + (one.after === undefined ? 0 : lengthOf(one.after))
  return Array.from({ length: one.times }, (_, index) => {
    const eventTime = iso(start + index * lengthOf(one.every))
    let copy: unknown = { ...record, eventTime, eventID: `${id}-${index}` }
    for (const [path, values] of Object.entries(one.vary))
      copy = changed(copy, path.split('.'), () => values[index % values.length])
    return objectOf(copy)
  })
}

function expected(one: Raw['matches'][number]): Pick<Fixture, 'row' | 'noise'> {
  return one.noise === undefined ? { row: one.row } : { row: one.row, noise: one.noise }
}

function recordOf(
  one: Entry,
  at: Path,
  known: ReadonlyMap<string, CloudTrailRecord>,
  report: Report,
): CloudTrailRecord {
  if (one.record !== undefined) {
    if (one.like !== undefined) report(at, 'A record is either written out or like another.')
    return one.record
  }
  const base = one.like === undefined ? undefined : known.get(one.like)
  if (base === undefined)
    report(
      [...at, 'like'],
      one.like === undefined ? 'There is no record here.' : `No record above is named ${one.like}.`,
    )
  let record: unknown = structuredClone(base ?? {})
  for (const [path, value] of Object.entries(one.set ?? {})) record = changed(record, path.split('.'), () => value)
  for (const path of one.unset ?? []) {
    if (!reaches(record, path.split('.'))) report([...at, 'unset'], `The record has no ${path}.`)
    record = changed(record, path.split('.'), () => undefined)
  }
  return objectOf(record)
}

/** A copy with the value at a path replaced, or the member left out when it becomes undefined. */
function changed(value: unknown, path: readonly string[], change: () => unknown): unknown {
  const [name, ...rest] = path
  if (name === undefined) return change()
  if (Array.isArray(value))
    return value.map((element, index) => (String(index) === name ? changed(element, rest, change) : element))
  const inner = changed(member(value, name), rest, change)
  return Object.fromEntries([
    ...Object.entries(objectOf(value)).filter(([key]) => key !== name),
    ...(inner === undefined ? [] : [[name, inner] as const]),
  ])
}

function reaches(value: unknown, path: readonly string[]): boolean {
  const [name, ...rest] = path
  if (name === undefined) return value !== undefined
  return reaches(Array.isArray(value) ? value[Number(name)] : member(value, name), rest)
}

/** What every management record has, so that fixtures stay true to CloudTrail (AWS: CloudTrail record contents). */
const ALWAYS: readonly string[] = [
  ...[
    'eventVersion',
    'userIdentity',
    'eventTime',
    'eventSource',
    'eventName',
    'awsRegion',
    'sourceIPAddress',
    'eventID',
  ],
  ...['eventType', 'recipientAccountId', 'readOnly', 'managementEvent', 'eventCategory'],
]

function checkRecord(record: CloudTrailRecord, at: Path, report: Report): void {
  const absent = ALWAYS.filter((name) => record[name] === undefined)
  if (absent.length > 0) report(at, `CloudTrail records always have ${absent.join(', ')}.`)
  const time = record['eventTime']
  if (typeof time === 'string' && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(time))
    report(at, `${time} is no eventTime.`)
}
