import { exitStatus } from '../adapters/terminal/output.ts'
import { printDiff, printRuns } from '../adapters/terminal/runs.ts'
import { explain, type Failure } from '../domain/failure.ts'
import { standingOf } from '../domain/result/headline.ts'
import { pivotsOf } from '../domain/result/pivots.ts'
import { visibleLines } from '../domain/result/safe.ts'
import type { Library } from '../domain/runbook/runbook.ts'
import { answerHere, askedHere, diffHere, statusHere } from '../usecases/runsHere.ts'
import type { Order } from './order.ts'
import type { Said } from './question.ts'
import { openStore } from './store.ts'
import { printing, sinkOf, writeAnswer } from './writeAnswer.ts'

/** What is asked about runs that are kept. `show` without a run: the answer given last. */
export type AboutKept =
  | { readonly kind: 'show'; readonly run?: string }
  | { readonly kind: 'status'; readonly run?: string }
  | { readonly kind: 'diff'; readonly runs: readonly [string, string] }
  | { readonly kind: 'again'; readonly run: string }

export const KEPT_USAGE = `usage: ctq last                    the answer given last, once more
       ctq show <run>              the answer of a run; its id is in the last line of each answer, eight digits are enough
       ctq text [<run>]            an answer as a timeline to paste: UTC, event ids, the run
       ctq status [<run>]          the runs that are kept, and how they ended
       ctq again <run>             asks its question once more, with your own AWS credentials
       ctq diff <run> <run>        what is new and what is gone from the first to the second

  They know the runs that were asked with --keep DIR, in that folder; CTQ_KEEP names one for all of them. AWS is not asked, but for "again".
  Answers take the options of ctq run: --format, --csv, --json, --ndjson, --text, --out FILE, --config FILE, --runbooks DIR,
  --rows N (again).

  Exit status: as the answer's (0 complete, 3 partial or not known, 1 failed); of diff 0, or 3 when not all of both was read;
  2 wrong use, or no such run.`

const WRONG_USE = 2
const PARTIAL = 3

const NOWHERE = 'No runs are kept here. With --keep DIR, or CTQ_KEEP set to a folder, ctq run keeps each there.'

/** Answers from the runs that are kept. `again` is not answered but given back as the words to ask. */
export async function aboutKept(
  about: AboutKept,
  order: Order,
  library: Library,
  now: Date,
): Promise<number | Said | { readonly ask: string }> {
  if (order.keep === undefined) return { exit: WRONG_USE, words: NOWHERE }
  const { objects, folder, folderOf } = openStore(order.keep)
  switch (about.kind) {
    case 'again': {
      const asked = await askedHere(about.run, objects)
      return asked.ok ? { ask: asked.value.echo } : failed(asked.error, folder)
    }
    case 'status': {
      const runs = await statusHere(about.run, objects)
      if (!runs.ok) return failed(runs.error, folder)
      process.stdout.write(printRuns(runs.value, folder, printing(process.stdout)))
      return 0
    }
    case 'diff': {
      const names = order.settings?.inventory.accounts ?? []
      const accountName = (id: string) => names.find((account) => account.id === id)?.name || undefined
      const diff = await diffHere(about.runs, { objects, accountName, now })
      if (!diff.ok) return failed(diff.error, folder)
      process.stdout.write(printDiff(diff.value, printing(process.stdout)))
      return [diff.value.before, diff.value.after].every((one) => standingOf(one) === 'complete') ? 0 : PARTIAL
    }
    case 'show': {
      const answer = await answerHere(about.run, objects)
      if (!answer.ok) return failed(answer.error, folder)
      const sink = sinkOf(order)
      if ('exit' in sink) return sink
      const pivots = pivotsOf(answer.value, library, now)
      await writeAnswer(order, { answer: answer.value, pivots, kept: folderOf(answer.value.run) }, objects, sink)
      return exitStatus(answer.value)
    }
  }
}

function failed(failure: Failure, folder: string): Said {
  return { exit: WRONG_USE, words: visibleLines(hereWords(failure, folder) ?? explain(failure)) }
}

/** Slack's words for these are about whose runs they are; here it is the folder that knows them or not. */
function hereWords(failure: Failure, folder: string): string | undefined {
  if (failure.code === 'no_answer_yet') return `No answer is kept in ${folder}.`
  if (failure.code !== 'unknown_run') return undefined
  return `No run "${failure.input}" is kept in ${folder}. A run is named by six digits of its id or more; "ctq status" lists them.`
}
