import { asRunbook, bindQuestion } from '../src/domain/playbook/asRunbook.ts'
import { parsePlaybook } from '../src/domain/playbook/parsePlaybook.ts'
import type { Parameters } from '../src/domain/query/query.ts'
import { rowOf } from '../src/domain/result/row.ts'
import { rowReader } from '../src/domain/result/rowReader.ts'
import type { RecordTest } from '../src/domain/runbook/evaluate.ts'
import type { Library, ParameterType, Runbook } from '../src/domain/runbook/runbook.ts'
import { readLibrary } from '../src/library.ts'
import type { Story } from '../src/playground/aws/organisation/incident/story.ts'
import { playbookCollector } from '../src/usecases/collectPlaybook.ts'
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
  const library = await readLibrary(SHIPPED)
  const single = library.all.filter(({ playbook }) => playbook === undefined)
  const { story, accounts, events } = lifeUntil(new Date())
  const questions = single.map((runbook) => ({ runbook, given: givenOf(runbook, story) }))
  const everything = together(questions, library)
  const floor = wayOf('JSON.parse alone', (event) => (JSON.parse(event.text) === null ? 1 : 0))
  const atOnce = [
    wayOf(`all ${single.length} at once`, reading(bindQuestion(everything, {}, accounts).matches)),
    wayOf(`all ${single.length} at once, rows and findings too`, telling(everything, accounts)),
  ]
  const alone = questions.map(({ runbook, given }) =>
    wayOf(runbook.name, reading(bindQuestion(runbook, given, accounts).matches)),
  )
  const count = measure([floor, ...atOnce, ...alone], events, records)
  return `${count} records of the playground's organisation, its incident among them, as their exact text. Every way reads the same records: a record is parsed
and held against the question as the worker does it, a page at a time. Parameters that are needed are the incident's.

${table(
  ['question', 'records/s', 'share of JSON.parse', 'records found'],
  [floor, ...atOnce, ...alone].map(({ who, seconds, hits }) => [
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

/** As a page is read and the answer put together, without the store and the CSV between them. */
function telling(playbook: Runbook, organisation: readonly string[]): Way['take'] {
  const names = { accountName: () => undefined, addressLabel: () => undefined }
  const { matches, members = [] } = bindQuestion(playbook, {}, organisation)
  const collector = playbookCollector(
    playbook,
    members,
    organisation,
    {},
    { found: new Set(), whyNot: () => 'keys' },
    names,
  )
  const reader = rowReader(playbook, names.accountName)
  return (event) => {
    const { text, eventId, eventTime, matched } = entryOf(event, matches)
    if (!matched) return 0
    const record = parseRecord(event)
    collector.add(rowOf({ text, record, eventId, eventTime, account: '', region: '' }, reader), record)
    return 1
  }
}

type Question = { readonly runbook: Runbook; readonly given: Parameters }

/** A playbook of all the questions, as they are asked alone. */
function together(questions: readonly Question[], library: Library): Runbook {
  const known = { find: library.find, names: library.all.map(({ name }) => name) }
  const text = JSON.stringify({
    language: 1,
    kind: 'playbook',
    name: 'everything',
    title: 'What happened?',
    about: 'Every runbook at once, for benchmarks.',
    tags: ['bench'],
    window: { default: '1h', max: '1h' },
    members: questions.map(({ runbook, given }) => ({ runbook: runbook.name, with: given })),
  })
  const { playbook, problems } = parsePlaybook(text, 'everything.yaml', known)
  if (playbook === undefined) throw new Error(`the benchmark's playbook is wrong: ${problems[0]?.message}`)
  return asRunbook(playbook)
}

/** What a question needs, of the incident. */
function givenOf({ parameters }: Runbook, story: Story): Parameters {
  const values: { readonly [type in ParameterType]?: string | undefined } = {
    accessKeyId: story.leakedKey,
    principal: story.leakedUser,
    address: story.addresses[1],
    bucket: story.bucket,
    resource: story.bucket,
    eventName: 'AssumeRole',
    eventId: story.steps[0]?.eventId,
  }
  const needed = Object.entries(parameters).filter(([, { optional }]) => !optional)
  return Object.fromEntries(needed.map(([name, { type, example }]) => [name, values[type] ?? example]))
}
