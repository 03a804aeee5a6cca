import type { Failure } from '../failure.ts'
import { err, ok, type Result } from '../outcome.ts'
import type { Command, Verdict } from './command.ts'
import { unquote, type Word } from './words.ts'

/** What is found is signed: longer notes are not (reviewTokens.ts). */
const NOTE_MAX = 500

const VERDICTS: ReadonlyMap<string, Verdict> = new Map([
  ['justified', 'justified'],
  ['unjustified', 'not_justified'],
  ['not-justified', 'not_justified'],
])

/** Reads what stands behind `review`: the run, what was found, and why. `runId`: how a run's id is read. */
export function readReview(rest: readonly Word[], runId: (word: Word) => string | undefined): Result<Command, Failure> {
  const [first, second, ...why] = rest
  const needed = {
    code: 'missing_word',
    command: 'review',
    what: 'the run, what you found (justified or not-justified), and a few words why',
    example: '1f0c9a2e justified nobody was awake, and the key was in use',
  } as const
  if (first === undefined || second === undefined) return err(needed)
  const run = runId(first)
  if (run === undefined) return err({ code: 'unknown_review', input: first.raw })
  const verdict = VERDICTS.get(unquote(second.raw).toLowerCase())
  if (verdict === undefined) return err(needed)
  const note = why
    .map(({ raw }) => unquote(raw.replace(/^note=/i, '')))
    .join(' ')
    .slice(0, NOTE_MAX)
  return ok({ kind: 'review', run, verdict, note })
}
