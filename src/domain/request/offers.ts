import type { Library, Runbook } from '../runbook/runbook.ts'
import { parseArn } from './arn.ts'
import type { Request, Span } from './command.ts'
import { echo } from './echo.ts'
import { type Entity, shapesOfEntity } from './entities.ts'
import { accountOfKey } from './key.ts'
import { type Question, questionsOf } from './questions.ts'
import { spanBetween } from './span.ts'
import { isMessenger } from './thingsIn.ts'
import { OLDEST_S } from './toQuery.ts'

/** A question that a message gives rise to: what it is about, as written there, and the question as it can be typed. */
export type Offer = { readonly about: string; readonly request: Request; readonly text: string }

type Thing = Exclude<Entity, { readonly kind: 'time' }>

/** Around an alert people look at the day before and the six hours after (panther-analysis: the windows that its rules' runbooks name most often). */
const BEFORE_S = 24 * 3600
const AFTER_S = 6 * 3600

/** An offer can be taken up so much later than it was made and its window still be in the event history. */
const HELD_S = 3600

/** More offers than this nobody reads. */
const MOST = 20

/**
 * The questions that fit what a message speaks of, ready to be asked: what each thing is asked first, the most useful thing first, then what else can be
 * asked about them; nothing about what only brought the message (an alarm, a topic, a finding). With a time in the message the window is around it, unless the runbook's own window holds all of that; without, it is the
 * runbook's. A thing that does not say its account is asked about in the one account of the message, if there is just one.
 */
export function offersFor(entities: readonly Entity[], library: Library, now: Date): readonly Offer[] {
  const things = entities.filter((entity): entity is Thing => entity.kind !== 'time' && !isMessenger(entity.value))
  const times = entities.flatMap((entity) => (entity.kind === 'time' ? [entity.at] : []))
  const account = onlyAccount(things)
  const asked = things.map((thing) => ({ thing, questions: questionsAbout(thing, library) }))
  const deepest = Math.max(0, ...asked.map(({ questions }) => questions.length))
  const offers = new Map<string, Offer>()
  for (let turn = 0; turn < deepest && offers.size < MOST; turn++)
    for (const { thing, questions } of asked) {
      const question = questions[turn]
      const runbook = question && library.find(question.runbook)
      if (question === undefined || runbook === undefined || offers.size === MOST) continue
      const request = requestOf(question, thing, runbook, times, account, now)
      const text = echo(request)
      if (!offers.has(text)) offers.set(text, { about: thing.text, request, text })
    }
  return [...offers.values()]
}

/** What a key did is asked of the key; as a resource it is nobody's first thought. */
function questionsAbout(thing: Thing, library: Library): readonly Question[] {
  const questions = questionsOf(shapesOfEntity(thing), library)
  if (thing.kind !== 'accessKeyId') return questions
  return questions.filter(({ runbook, parameters }) => {
    const declared = library.find(runbook)?.parameters ?? {}
    return Object.keys(parameters).every((name) => declared[name]?.type !== 'resource')
  })
}

function requestOf(
  question: Question,
  thing: Thing,
  runbook: Runbook,
  times: readonly number[],
  account: string | undefined,
  now: Date,
): Request {
  const span = windowAround(times, runbook, Math.floor(now.getTime() / 1000))
  const elsewhere = question.accounts.length > 0 || saysAccount(thing)
  const accounts = elsewhere || account === undefined ? question.accounts : [{ kind: 'id' as const, id: account }]
  return { ...question, accounts, ...(span && { span }) }
}

/** A key's account is found out from the key, an ARN's is in it. */
function saysAccount({ kind, value }: Thing): boolean {
  return kind === 'accessKeyId' || accountOfArn(value) !== undefined
}

function accountOfArn(value: string): string | undefined {
  return /^\d{12}$/.exec(parseArn(value)?.account ?? '')?.[0]
}

/** The account that the message names, else the one that everything in it belongs to. */
function onlyAccount(things: readonly Thing[]): string | undefined {
  const named = new Set(
    things.flatMap(({ kind, value }) => (kind === 'account' && /^\d{12}$/.test(value) ? [value] : [])),
  )
  const owners = new Set(
    things.flatMap(({ kind, value }) => (kind === 'accessKeyId' ? accountOfKey(value) : accountOfArn(value)) ?? []),
  )
  const [only, ...others] = named.size > 0 ? named : owners
  return others.length === 0 ? only : undefined
}

/**
 * A day before and six hours after. A runbook whose own window is short reads every record: its window is at most doubled, and divided
 * in the same proportion. Of times further apart than that, the newest counts.
 */
function windowAround(times: readonly number[], runbook: Runbook, now: number): Span | undefined {
  if (times.length === 0) return undefined
  const { default: usual, max } = runbook.window
  const length = Math.min(BEFORE_S + AFTER_S, 2 * usual, max)
  const [before, after] = [(length * BEFORE_S) / (BEFORE_S + AFTER_S), (length * AFTER_S) / (BEFORE_S + AFTER_S)]
  const last = Math.max(...times)
  const first = Math.min(...times)
  const together = last - first <= length && last - first + length <= max
  const since = Math.max(wholeMinute((together ? first : last) - before), wholeMinute(now - OLDEST_S) + HELD_S)
  const until = wholeMinute(last + after)
  return since >= now - usual ? undefined : spanBetween(since, until, now)
}

function wholeMinute(time: number): number {
  return Math.floor(time / 60) * 60
}
