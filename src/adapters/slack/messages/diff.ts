import type { Diff } from '../../../domain/result/diff.ts'
import { diffWords, type SideWords } from '../../../domain/result/diffWords.ts'
import { joined, say } from '../../../domain/result/phrase.ts'
import { bold, mrkdwnOf, sentence } from './markup.ts'
import { type Block, compose, type Message, section, TEXT_MAX } from './message.ts'

/** What is new and what is gone between two answers: how many calls, the most telling of them, and the groups that came and went. */
export function diffMessage(diff: Diff): Message {
  const { counts, question, runs, windows, caution, sides } = diffWords(diff)
  return {
    text: sentence([say`${joined([runs, question, counts], '. ')}.`], TEXT_MAX),
    blocks: compose([
      () =>
        section([
          `${bold(counts)} · ${mrkdwnOf(question, 600)}`,
          mrkdwnOf(say`${runs}: ${windows}`),
          ...(caution.length === 0 ? [] : [mrkdwnOf(caution)]),
        ]),
      ...sides.map((side) => () => sideBlocks(side)),
    ]),
  }
}

function sideBlocks({ title, calls, told, groups }: SideWords): readonly Block[] {
  return section([
    `*${title}:* ${mrkdwnOf(calls)}`,
    ...told.map((call) => `• ${mrkdwnOf(call, 400)}`),
    ...(groups.length === 0 ? [] : [`Groups: ${mrkdwnOf(groups, 900)}`]),
  ])
}
