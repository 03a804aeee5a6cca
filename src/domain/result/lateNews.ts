import type { Answer } from './answer.ts'
import { foundPhrase, shownCount, standingOf, verdictPhrase } from './headline.ts'
import type { Late } from './notes.ts'
import { counted, numberWords, type Phrase, say } from './phrase.ts'

/** What an answer's first lines say once calls came late: nobody may read it as if it had them all. */
export type LateNews = { readonly lead: Phrase; readonly verdict: Phrase; readonly found: Phrase }

/** The first lines of an answer to which something came late; undefined when nothing did, or that is not known. */
export function lateNews(answer: Answer, late: Late | undefined): LateNews | undefined {
  if (late?.kind !== 'read' || late.calls === 0) return undefined
  const here = shownCount(answer)
  return {
    lead: say`+${numberWords(late.calls)} late: see the thread`,
    verdict: verdict(answer, late.whole),
    found:
      here === 0
        ? say`${counted(late.calls, 'call')}, late: in the thread, not in what is below`
        : say`${foundPhrase(answer)}, and ${numberWords(late.calls)} more late: in the thread, not in what is below`,
  }
}

/** A complete answer is so with its thread alone. */
function verdict(answer: Answer, whole: boolean): Phrase {
  const standing = standingOf(answer)
  if (standing !== 'complete' && standing !== 'unknown') return verdictPhrase(answer)
  return whole ? say`COMPLETE with the thread` : say`PARTIAL: there may be more`
}
