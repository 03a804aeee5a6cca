import type { Answer } from '../../../domain/result/answer.ts'
import { CSV_KEPT_BACK, IN_THE_CSV } from '../../../domain/result/facetWords.ts'
import { gapPhrase, gapsOf } from '../../../domain/result/gaps.ts'
import { shortQuestion } from '../../../domain/result/headline.ts'
import { say } from '../../../domain/result/phrase.ts'
import type { Pivot } from '../../../domain/result/pivots.ts'
import { fenced, plainForSlack } from '../../../domain/result/safe.ts'
import { timelineText } from '../../../domain/result/timelineText.ts'
import { mrkdwnOf, sentence } from './markup.ts'
import { type Block, compose, type Message, SECTION_MAX, section, TEXT_MAX } from './message.ts'

/** What a button under an answer carries: the run, and which of its answer's pivots. Nothing else of it is believed. */
export type NextPress = { readonly run: string; readonly pivot: string }

/** The `action_id` of every such button begins so; in one block each is different, as Slack wants it. */
export const ASK_NEXT = 'ask_next'

/** Slack: button object. */
const LABEL_MAX = 75
/** Shown on a button; longer ones are cut on a phone. */
const SHOWN_MAX = 40

/** Slack: option object, text. A menu of more than these nobody reads to its end. */
const OPTION_MAX = 75
const OTHERS_MAX = 10

/**
 * Buttons of pivots: to other questions in a first row, what leads on from any answer in a second, with a menu of the other questions that fit
 * what was asked about.
 */
export function pivotBlocks(run: string, pivots: readonly Pivot[], others: readonly Pivot[] = []): readonly Block[] {
  const next = pivots.filter(({ id }) => id.startsWith('next-'))
  const own = pivots.filter(({ id }) => !id.startsWith('next-'))
  const menu = others.length === 0 ? [] : [otherMenu(run, others)]
  const rows = [next.map((pivot) => button(run, pivot)), [...own.map((pivot) => button(run, pivot)), ...menu]]
  return rows.flatMap((elements): readonly Block[] => (elements.length === 0 ? [] : [{ type: 'actions', elements }]))
}

function otherMenu(run: string, others: readonly Pivot[]) {
  return {
    type: 'static_select' as const,
    action_id: `${ASK_NEXT}:other`,
    placeholder: { type: 'plain_text' as const, text: 'Ask something else', emoji: false },
    options: others.slice(0, OTHERS_MAX).map((pivot) => ({
      text: { type: 'plain_text' as const, text: plainForSlack(pivot.label, OPTION_MAX), emoji: false },
      value: JSON.stringify({ run, pivot: pivot.id } satisfies NextPress),
    })),
  }
}

function button(run: string, pivot: Pivot) {
  const press: NextPress = { run, pivot: pivot.id }
  return {
    type: 'button' as const,
    action_id: `${ASK_NEXT}:${pivot.id}`,
    value: JSON.stringify(press),
    text: { type: 'plain_text' as const, text: shownLabel(pivot), emoji: false },
    accessibility_label: aboutOf(pivot),
  }
}

function shownLabel({ label }: Pivot): string {
  return plainForSlack(label, SHOWN_MAX)
}

/** What the press does, for a screen reader: it begins with what is shown, so that it can be said aloud (WCAG 2.5.3). */
function aboutOf(pivot: Pivot): string {
  return plainForSlack(`${shownLabel(pivot)}: ${doesWords(pivot)}`, LABEL_MAX)
}

function doesWords(pivot: Pivot): string {
  switch (pivot.kind) {
    case 'ask':
      return `asks ${pivot.words}`
    case 'text':
      return 'the calls as a timeline to paste'
    case 'fix':
      return 'what to change'
  }
}

/** Whether a button is one under an answer. */
export function isNextAction(action: string): boolean {
  return action === ASK_NEXT || action.startsWith(`${ASK_NEXT}:`)
}

/** Reads what a button carried; undefined when it is none of ours. The run and the pivot may still be of anything. */
export function readNextPress(action: string, value: string | undefined): NextPress | undefined {
  if (!isNextAction(action)) return undefined
  const press = parsed(value ?? '')
  const { run, pivot } = press ?? {}
  if (typeof run !== 'string' || !/^[0-9a-f][0-9a-f-]{7,35}$/.test(run)) return undefined
  return typeof pivot === 'string' && /^[a-z]{1,12}(?:-\d{1,3})?$/.test(pivot) ? { run, pivot } : undefined
}

function parsed(text: string): { readonly run?: unknown; readonly pivot?: unknown } | undefined {
  try {
    const value: unknown = text.length > 200 ? undefined : JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

/** Sections of a timeline in one message: with the rest of it they stay below what Slack takes. */
const TIMELINE_SECTIONS = 2
const TIMELINE_LINES = 60

/** The timeline as a message to copy from. What does not fit is in the CSV, and counted. `csv`: where policy sends that, when not under the answer. */
export function timelineMessage(answer: Answer, permalink?: string, late?: Answer, csv?: 'direct' | 'none'): Message {
  const rest = csv === 'none' ? `${CSV_KEPT_BACK}: ask for less to see them` : IN_THE_CSV
  const about = say`Timeline of ${shortQuestion(answer)}`
  for (let most = TIMELINE_LINES; most > 0; most -= Math.ceil(most / 10)) {
    const blocks = timelineBlocks(timelineText(answer, permalink, most, late, rest))
    if (blocks !== undefined)
      return { text: sentence([about], TEXT_MAX), blocks: compose([() => section([mrkdwnOf(about)]), () => blocks]) }
  }
  return {
    text: sentence([about], TEXT_MAX),
    blocks: compose([() => section([mrkdwnOf(say`${about} is ${rest}.`)])]),
  }
}

/** Fenced sections of whole lines; undefined when they are too many. */
function timelineBlocks(text: string): readonly Block[] | undefined {
  const blocks: Block[] = []
  let held = ''
  for (const line of [...text.trimEnd().split('\n'), undefined]) {
    const next = line === undefined ? undefined : `${held}${held === '' ? '' : '\n'}${line}`
    if (next !== undefined && fenced(next, Number.MAX_SAFE_INTEGER).length <= SECTION_MAX) {
      held = next
      continue
    }
    blocks.push(...section([fenced(held, SECTION_MAX)]))
    held = line ?? ''
  }
  return blocks.length <= TIMELINE_SECTIONS ? blocks : undefined
}

const FIXES = 5

/** What would mend what could not be read: for each kind of failure what to change, with the statement to add. */
export function fixMessage(answer: Answer): Message {
  const gaps = gapsOf(answer).slice(0, FIXES)
  const about = say`How to fix what ${shortQuestion(answer)} could not read`
  const pieces = gaps.map((gap) => () => [
    ...section([mrkdwnOf(gapPhrase(gap), 700)]),
    ...(gap.statement === undefined ? [] : section([fenced(gap.statement, 1_500)])),
  ])
  return { text: sentence([about], TEXT_MAX), blocks: compose([() => section([mrkdwnOf(about)]), ...pieces]) }
}
