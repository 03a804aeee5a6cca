import type { Diff } from '../../domain/result/diff.ts'
import { diffWords } from '../../domain/result/diffWords.ts'
import { counted, type Phrase, plainText, say, value } from '../../domain/result/phrase.ts'
import { visible } from '../../domain/result/safe.ts'
import { cut } from '../../domain/result/textTable.ts'
import { minuteOf } from '../../domain/result/time.ts'
import { type Colour, painter } from './colour.ts'

/** A run as it is listed at a terminal. `open`: it has no end. */
export type ListedRun = {
  readonly run: string
  readonly echo: string
  readonly askedAt: string
  readonly state: 'complete' | 'partial' | 'failed' | 'open'
  readonly parts?: { readonly done: number; readonly total: number }
}

type Size = { readonly colour: boolean; readonly width?: number }

const COLOUR: { readonly [state in ListedRun['state']]: Colour } = {
  complete: 'green',
  partial: 'yellow',
  failed: 'red',
  open: 'bold',
}

/** Runs that are kept in `folder`, newest first, and what is not known of them. */
export function printRuns(runs: readonly ListedRun[], folder: string, { colour, width }: Size): string {
  const paint = painter(colour)
  const only = `Only what is kept in ${visible(folder)} is known: nothing that was asked without --keep, elsewhere or in Slack.`
  const lines = runs.flatMap((run) => {
    const state = run.state.padEnd('complete'.length)
    const rest = plainText(runPhrase(run))
    const line = ` ${width === undefined ? rest : cut(rest, Math.max(20, width - state.length - 1))}`
    return [`${paint(COLOUR[run.state], state)}${line}`]
  })
  const open = runs.some(({ state }) => state === 'open')
  return `${[
    ...(runs.length === 0 ? ['No run is kept there.'] : lines),
    '',
    ...(open ? [paint('dim', OPEN)] : []),
    paint('dim', only),
  ].join('\n')}\n`
}

const OPEN =
  'An open run has no end: it is being read by another ctq, or that was ended before it. Which of the two is not known here; "ctq again" asks anew.'

function runPhrase({ run, echo, askedAt, parts }: ListedRun): Phrase {
  const read = parts === undefined ? [] : say` · ${parts.done} of ${counted(parts.total, 'part')} read`
  return say`${value(run.slice(0, 8))} ${minuteOf(askedAt)} ${value(echo)}${read}`
}

/** What is new and what is gone between two answers, as `ctq diff` prints it. */
export function printDiff(diff: Diff, { colour }: Size): string {
  const paint = painter(colour)
  const { counts, question, runs, windows, caution, sides } = diffWords(diff)
  const blocks = [
    [
      `${paint('bold', plainText(counts))} · ${plainText(question)}`,
      plainText(say`${runs}: ${windows}`),
      ...(caution.length === 0 ? [] : [paint('yellow', plainText(caution))]),
    ],
    ...sides.map(({ title, calls, told, groups }) => [
      `${paint('bold', `${title}:`)} ${plainText(calls)}`,
      ...told.map((call) => `• ${plainText(call)}`),
      ...(groups.length === 0 ? [] : [`Groups: ${plainText(groups)}`]),
    ]),
  ]
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`
}
