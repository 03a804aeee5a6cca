import type { Answer, GroupRow } from '../../../domain/result/answer.ts'
import type { Diff, OneSided } from '../../../domain/result/diff.ts'
import { shortQuestion, standingOf } from '../../../domain/result/headline.ts'
import { counted, joined, type Phrase, say, value } from '../../../domain/result/phrase.ts'
import { shortValue } from '../../../domain/result/shortValue.ts'
import { spanOf } from '../../../domain/result/time.ts'
import { bold, mrkdwnOf, sentence } from './markup.ts'
import { type Block, compose, type Message, section, shortRun, TEXT_MAX } from './message.ts'

const GROUPS = 6

/** What is new and what is gone between two answers: how many calls, the most telling of them, and the groups that came and went. */
export function diffMessage({ before, after, both, added, gone, groups }: Diff): Message {
  const counts = say`${added.calls} new, ${gone.calls} gone, ${both} in both`
  const head = say`From run ${value(shortRun(before.run))} to ${value(shortRun(after.run))}`
  const open = [before, after].filter((answer) => standingOf(answer) !== 'complete')
  return {
    text: sentence([say`${joined([head, shortQuestion(after), counts], '. ')}.`], TEXT_MAX),
    blocks: compose([
      () =>
        section([
          `${bold(counts)} · ${mrkdwnOf(shortQuestion(after), 600)}`,
          mrkdwnOf(say`${head}: ${windowOf(before, after)} to ${windowOf(after, after)}`),
          ...(open.length === 0
            ? []
            : [
                mrkdwnOf(
                  say`Not all of ${joined(
                    open.map(({ run }): Phrase => [value(shortRun(run))]),
                    ' and ',
                  )} was read: what looks new or gone may only not have been read.`,
                ),
              ]),
        ]),
      () => sideBlocks('New', added, groups.added),
      () => sideBlocks('Gone', gone, groups.gone),
    ]),
  }
}

function windowOf({ coverage }: Answer, { finishedAt }: Answer): string {
  return spanOf(coverage.window.since, coverage.window.until, finishedAt)
}

function sideBlocks(title: string, side: OneSided, groups: readonly GroupRow[]): readonly Block[] {
  if (side.calls === 0) return []
  const outside = side.outside === 0 ? [] : say` (${side.outside} at times that the other did not ask about)`
  const shown = groups.slice(0, GROUPS).map((group): Phrase => {
    const values = group.values.map((one): Phrase => [value(shortValue(String(one)))])
    return say`${joined(values, ' ')} ×${group.count}`
  })
  return section([
    `*${title}:* ${mrkdwnOf(say`${counted(side.calls, 'call')}${outside}`)}`,
    ...side.told.map((call) => `• ${mrkdwnOf(call, 400)}`),
    ...(shown.length === 0 ? [] : [`Groups: ${mrkdwnOf(joined(shown, ' · '), 900)}`]),
  ])
}
