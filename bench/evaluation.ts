import { membersCollector } from '../src/domain/playbook/collectMembers.ts'
import { anyMember, memberTests } from '../src/domain/playbook/memberTests.ts'
import type { BoundMember } from '../src/domain/playbook/playbook.ts'
import { bind } from '../src/domain/runbook/bind.ts'
import { compileMatch, type RecordTest } from '../src/domain/runbook/evaluate.ts'
import type { ParameterType, Runbook } from '../src/domain/runbook/runbook.ts'
import { readLibrary } from '../src/library.ts'
import type { Story } from '../src/playground/aws/organisation/incident/story.ts'
import { entryOf, type LookedUp, parseRecord } from '../src/usecases/readChain.ts'
import { SHIPPED } from './rig/files.ts'
import { lifeUntil } from './rig/records.ts'
import { table } from './rig/table.ts'

export type EvaluationOptions = { readonly records: number }

/** Records made, and held, at a time: each way reads the same ones, one way after the other. */
const HELD = 20_000

/** A way to read a record: gives how many of the questions it is for. */
type Way = { readonly who: string; readonly take: (event: LookedUp) => number; seconds: number; hits: number }

/** What a worker does with a record that AWS gave, for each runbook alone and for all of them at once, beside parsing alone. */
export async function evaluation({ records }: EvaluationOptions): Promise<string> {
  const { all } = await readLibrary(SHIPPED)
  const life = lifeUntil(new Date())
  const members = all.map((runbook) => asked(runbook, life.story, life.accounts))
  const floor = wayOf('JSON.parse alone', (event) => (JSON.parse(event.text) === null ? 1 : 0))
  const together = [
    wayOf(`all ${all.length} at once`, reading(anyMember(memberTests(members.map(({ match }) => match))))),
    wayOf(`all ${all.length} at once, rows and findings too`, telling(members, life.accounts)),
  ]
  const alone = members.map(({ name, match }) => wayOf(name, reading(compileMatch(match))))
  const count = measure([floor, ...together, ...alone], life.events, records)
  return `${count} records of the playground's organisation, its incident among them, as their exact text. Every way reads the same records: a record is parsed
and held against the question as the worker does it, a page at a time. Parameters that are needed are the incident's.

${table(
  ['question', 'records/s', 'share of JSON.parse', 'records found'],
  [floor, ...together, ...alone].map(({ who, seconds, hits }) => [
    who,
    String(Math.round(count / seconds)),
    (floor.seconds / seconds).toFixed(2),
    who === floor.who ? '' : String(hits),
  ]),
)}`
}

function wayOf(who: string, take: Way['take']): Way {
  return { who, take, seconds: 0, hits: 0 }
}

function measure(ways: readonly Way[], events: Iterable<LookedUp>, most: number): number {
  let held: LookedUp[] = []
  let count = 0
  for (const event of events) {
    held.push(event)
    count += 1
    if (held.length < HELD && count < most) continue
    // Texts that were just made are being moved about in memory, and code that was never run is slow: neither is what is asked.
    for (const { take } of count === held.length ? ways : ways.slice(0, 1)) for (const one of held) take(one)
    for (const way of ways) {
      const started = performance.now()
      for (const one of held) way.hits += way.take(one)
      way.seconds += (performance.now() - started) / 1000
    }
    held = []
    if (count >= most) break
  }
  return count
}

/** As a page is read. */
function reading(matches: RecordTest): Way['take'] {
  return (event) => (entryOf(event, matches).matched ? 1 : 0)
}

/** As a page is read and the answer put together, without the store between them. */
function telling(members: readonly BoundMember[], organisation: readonly string[]): Way['take'] {
  const collector = membersCollector(members, {
    labelOf: () => undefined,
    organisation,
    accountName: () => undefined,
  })
  return (event) => {
    const record = parseRecord(event)
    return collector.add({ ...event, record, account: '', region: '' }) ? 1 : 0
  }
}

type Asked = Extract<BoundMember, { match: unknown }>

/** A question with what is asked of the incident: its own parameters, where they are needed. */
function asked(runbook: Runbook, story: Story, organisation: readonly string[]): Asked {
  const given = Object.entries(runbook.parameters).flatMap(([name, { type, optional, example }]) =>
    optional ? [] : [[name, paramOf(type, story) ?? example] as const],
  )
  const bound = bind(runbook, Object.fromEntries(given), organisation)
  return { name: runbook.name, runbook, bound, match: bound.match }
}

function paramOf(type: ParameterType, story: Story): string | undefined {
  const values: { readonly [type in ParameterType]?: string | undefined } = {
    accessKeyId: story.leakedKey,
    principal: story.leakedUser,
    address: story.addresses[1],
    bucket: story.bucket,
    resource: story.bucket,
    eventName: 'AssumeRole',
    eventId: story.steps[0]?.eventId,
  }
  return values[type]
}
