import type { Failure } from '../domain/failure.ts'
import { err, ok, type Result } from '../domain/outcome.ts'
import type { Answer } from '../domain/result/answer.ts'
import type { Diff } from '../domain/result/diff.ts'
import {
  ASKED_HERE,
  answerKey,
  askedHereKey,
  askedHereOnKey,
  type Objects,
  partEndKey,
  terminalKey,
} from '../domain/result/objects.ts'
import type { RunStatus } from '../domain/result/runStatus.ts'
import { storedRunbook } from './allowed.ts'
import { findRun } from './cancelRun.ts'
import { planOf } from './plans.ts'
import { verdictOf } from './runStatus.ts'
import { type Answered, diffOf, newestAnswer } from './storedRuns.ts'

/** What a terminal keeps of a question beside its run: nothing is signed, as whoever reads it has the folder itself. */
export type AskedHere = { readonly version: 1; readonly run: string; readonly echo: string; readonly askedAt: string }

/** A run that was asked at a terminal. `open`: it has no end. */
export type StatusHere = AskedHere & {
  readonly state: Exclude<RunStatus['state'], 'held' | 'queued' | 'running' | 'cancelling'> | 'open'
  /** Of one that is open: how many of its accounts and Regions were read; absent when that was not planned yet. */
  readonly parts?: { readonly done: number; readonly total: number }
}

/** Runs that `status` shows. */
const SHOWN = 10

/** Notes what is asked, before anything is read. */
export async function noteAsked(asked: AskedHere, objects: Pick<Objects, 'create'>): Promise<void> {
  await objects.create(askedHereKey(asked.run), JSON.stringify(asked))
  await objects.create(askedHereOnKey(asked.askedAt, asked.run), '')
}

/** What was asked in a run, by its id or the beginning of it. */
export async function askedHere(typed: string, objects: Objects): Promise<Result<AskedHere, Failure>> {
  const run = await findRun(typed, objects)
  const asked = run === undefined ? undefined : await readAsked(run, objects)
  return asked === undefined ? err({ code: 'unknown_run', input: typed }) : ok(asked)
}

/** A run's answer, or of all the answer that was given last. */
export async function answerHere(typed: string | undefined, objects: Objects): Promise<Result<Answer, Failure>> {
  if (typed === undefined) {
    const runs = (await newest(Number.POSITIVE_INFINITY, objects)).map(({ run }) => run)
    return await newestAnswer(runs, (run) => readAnswer(run, objects), objects)
  }
  const found = await answered(typed, objects)
  if (!found.ok) return found
  const { run, answer } = found.value
  return answer === undefined ? err({ code: 'not_answered', run: run.slice(0, 8) }) : ok(answer)
}

/** One run, or the newest ones. */
export async function statusHere(
  typed: string | undefined,
  objects: Objects,
): Promise<Result<readonly StatusHere[], Failure>> {
  if (typed === undefined)
    return ok(await Promise.all((await newest(SHOWN, objects)).map((asked) => stateOf(asked, objects))))
  const asked = await askedHere(typed, objects)
  return asked.ok ? ok([await stateOf(asked.value, objects)]) : asked
}

/** What is new and what is gone from one run to another, both asked at a terminal. */
export async function diffHere(
  typed: readonly [string, string],
  deps: { readonly objects: Objects; readonly accountName: (id: string) => string | undefined; readonly now: Date },
): Promise<Result<Diff, Failure>> {
  return await diffOf(typed, (one) => answered(one, deps.objects), deps)
}

async function answered(typed: string, objects: Objects): Promise<Result<Answered, Failure>> {
  const asked = await askedHere(typed, objects)
  if (!asked.ok) return asked
  const { run } = asked.value
  const ended = (await objects.size(terminalKey(run))) !== undefined
  const answer = ended ? await readAnswer(run, objects) : undefined
  return ok({
    run,
    answer,
    runbook: async () => (answer === undefined ? undefined : await storedRunbook(answer.runbook, objects)),
  })
}

async function stateOf(asked: AskedHere, objects: Objects): Promise<StatusHere> {
  const verdict = await verdictOf(asked.run, objects)
  if (verdict !== undefined) return { ...asked, state: verdict }
  const plan = await planOf(asked.run, objects)
  if (plan === undefined) return { ...asked, state: 'open' }
  let done = 0
  for (const { account, region } of plan.parts)
    if ((await objects.size(partEndKey(asked.run, account, region))) !== undefined) done += 1
  return { ...asked, state: 'open', parts: { done, total: plan.parts.length } }
}

/** The runs asked last, the newest first. */
async function newest(most: number, objects: Objects): Promise<readonly AskedHere[]> {
  const found: AskedHere[] = []
  for (const day of (await objects.list(ASKED_HERE)).toReversed()) {
    const runs = await objects.list(`${ASKED_HERE}/${day}`)
    const asked = (await Promise.all(runs.map((run) => readAsked(run, objects)))).filter((one) => one !== undefined)
    found.push(...asked.toSorted((a, b) => (a.askedAt < b.askedAt ? 1 : -1)))
    if (found.length >= most) break
  }
  return found.slice(0, most)
}

async function readAsked(run: string, objects: Pick<Objects, 'read'>): Promise<AskedHere | undefined> {
  const bytes = await objects.read(askedHereKey(run))
  return bytes === undefined ? undefined : (JSON.parse(bytes.toString('utf8')) as AskedHere)
}

async function readAnswer(run: string, objects: Pick<Objects, 'read'>): Promise<Answer | undefined> {
  const bytes = await objects.read(answerKey(run))
  return bytes === undefined ? undefined : (JSON.parse(bytes.toString('utf8')) as Answer)
}
