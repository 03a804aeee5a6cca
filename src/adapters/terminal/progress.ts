import type { Progress } from '../../domain/result/answer.ts'
import { plainText } from '../../domain/result/phrase.ts'
import { progressPhrase } from '../../domain/result/progressWords.ts'
import { bounded } from '../../domain/result/safe.ts'

/** How far a run is, as one line that overwrites the one before it on a terminal's stderr; never wider than the terminal. */
export function progressLine(progress: Progress, width: number): string {
  return `\r\u001b[2K${bounded(plainText(progressPhrase(progress)), Math.max(1, width - 1))}`
}

/** Takes the progress line away before the answer is printed. */
export const CLEAR_PROGRESS = '\r\u001b[2K'
