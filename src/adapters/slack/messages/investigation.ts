import type { Approval } from '../../../domain/policy/approval.ts'
import type { DetailsFile } from '../../../domain/policy/approvalDetails.ts'
import {
  type AskedUnderIt,
  boundsWords,
  type Digest,
  outcomeWords,
  unreadWords,
} from '../../../domain/policy/digestText.ts'
import { type Investigation, openedBy } from '../../../domain/policy/investigation.ts'
import { counted, say, value } from '../../../domain/result/phrase.ts'
import { code, mrkdwn } from '../../../domain/result/safe.ts'
import { isoOf, minuteOf } from '../../../domain/result/time.ts'
import { mrkdwnOf, sentence } from './markup.ts'
import { compose, context, type Message, section, sections, shortRun, TEXT_MAX } from './message.ts'
import { mention, mentions, placeLink } from './people.ts'

const NAME_MAX = 120
/** Room for the parts of a digest that are always there. */
const REST = 2_500

/** Where it was asked for: it is open, for whom and until when. Throws where the approval opens none. */
export function openedMessage(approval: Approval): Message {
  const investigation = openedBy(approval)
  if (investigation === undefined) throw new TypeError('the approval opens no investigation')
  const { id, people, until } = investigation
  const head = `🔎 *Investigation ${nameOf(investigation)} is open* until ${at(until)} for ${mentions(people)}`
  return {
    text: sentence([say`Investigation ${value(investigation.name)} is open until ${at(until)}`], TEXT_MAX),
    blocks: compose([
      () => section([head, mrkdwn(boundsWords(investigation), 600)]),
      () =>
        context([
          `Questions within these bounds, asked in this channel, need no further approval. \`/ctq grants\` lists them, \`/ctq revoke ${shortRun(id)}\` ends it.`,
        ]),
    ]),
  }
}

/** Those that are open and that somebody may see. `may`: the policy knows of investigations, so that one can be asked for. */
export function grantsMessage(open: readonly Investigation[], may: boolean): Message {
  if (open.length === 0) {
    const how = may ? ' `/ctq investigate INC-42 for 4h reason="…"` asks for one.' : ''
    const none = `No investigation is open here or with you.${how}`
    return { text: none, blocks: compose([() => section([none])]) }
  }
  return {
    text: sentence([say`${counted(open.length, 'investigation')} open.`], TEXT_MAX),
    blocks: compose([
      (room) => sections(open.map(grantLine), room - 400, ''),
      () => context(['`/ctq grants &lt;id&gt;` shows what was asked under one, `/ctq revoke &lt;id&gt;` ends it.']),
    ]),
  }
}

function grantLine(investigation: Investigation): string {
  const { id, opener, people, until, channel } = investigation
  return `🔎 ${code(shortRun(id), 20)} *${nameOf(investigation)}* ${placeLink(channel)} until ${at(until)} · opened by ${mention(opener)} for ${mentions(people)}\n${mrkdwn(boundsWords(investigation), 600)}`
}

/** One of them, with everything that was asked under it so far. */
export function grantMessage({ investigation, asked, unread }: Digest): Message {
  return {
    text: sentence([say`Investigation ${value(investigation.name)}: ${counted(asked.length, 'question')}.`], TEXT_MAX),
    blocks: compose([
      () => section([grantLine(investigation), reasonLine(investigation)]),
      (room) => askedSections(asked, room - 400),
      ...unreadBlocks(unread),
      () => context([`Hash of its bounds ${code(investigation.hash, 80)}`]),
    ]),
  }
}

function reasonLine({ reason }: Investigation): string {
  return `*Reason:* ${code(reason, 600)}`
}

function askedSections(asked: readonly AskedUnderIt[], room: number): ReturnType<typeof sections> {
  if (asked.length === 0) return section(['Nothing was asked under it.'])
  return sections(asked.map(askedLine), room, 'More stand in the file.')
}

function unreadBlocks(unread: readonly string[]): Parameters<typeof compose>[0] {
  const words = unreadWords(unread)
  return words === undefined ? [] : [() => section([`❓ ${words}`])]
}

function askedLine(one: AskedUnderIt): string {
  const hash = one.answer === undefined ? '' : ` · SHA-256 ${code(one.answer, 80)}`
  return `${SIGNS[one.outcome]} ${minuteOf(one.askedAt)} ${mention(one.person)} ${mrkdwnOf(say`${value(one.words)}`, 300)} · run ${code(shortRun(one.run), 20)} ${outcomeWords(one)}${hash}`
}

/** Never alone: the outcome's word follows. */
const SIGNS: { readonly [outcome in AskedUnderIt['outcome']]: string } = {
  running: '⏳',
  complete: '✅',
  partial: '⚠️',
  failed: '❌',
  withheld: '🚫',
}

/** To whoever revoked: what is left of it. */
export function revokedMessage(investigation: Investigation, stopped: number): Message {
  const { ended, people, id } = investigation
  const runs =
    stopped === 0 ? '' : ` ${counted(stopped, 'run')} under it ${stopped === 1 ? 'is' : 'are'} being stopped.`
  const what =
    ended === undefined
      ? `🔎 *Investigation ${nameOf(investigation)}* (${code(shortRun(id), 20)}) is narrower now, for ${mentions(people)}: ${mrkdwn(boundsWords(investigation), 600)}.`
      : `🔎 *Investigation ${nameOf(investigation)}* (${code(shortRun(id), 20)}) has ended.`
  return {
    text: sentence([say`Investigation ${value(investigation.name)}.${runs}`], TEXT_MAX),
    blocks: compose([() => section([`${what}${runs}`])]),
  }
}

/** To whoever took an approval back. */
export function takenBackMessage(run: string): Message {
  const told = mrkdwnOf(
    say`The approval of run ${value(shortRun(run))} is taken back. What it has read until now is answered as policy says.`,
  )
  return { text: told, blocks: compose([() => section([told])]) }
}

/** At its end, where it was opened: who asked what, with what answer, and the hashes of all of it. */
export function digestMessage({ investigation, asked, unread }: Digest, file: DetailsFile): Message {
  const { opener, approvers, ended, from, until, id } = investigation
  const end = ended === undefined ? 'Its time was over' : `Ended by ${mention(ended.by)}`
  const head = `🔎 *Investigation ${nameOf(investigation)} has ended.* ${end} at ${at(ended?.at ?? until)}; it was open from ${at(from)}.`
  const who = `Opened by ${mention(opener)}, approved by ${mentions(approvers.map(({ person }) => person))}. ${counted(asked.length, 'question was', 'questions were')} asked under it.`
  return {
    text: sentence(
      [say`Investigation ${value(investigation.name)} has ended: ${counted(asked.length, 'question')}.`],
      TEXT_MAX,
    ),
    blocks: compose([
      () => section([head, who, reasonLine(investigation)]),
      (room) => askedSections(asked, room - REST),
      ...unreadBlocks(unread),
      () =>
        context([
          ...(asked.length + unread.length === 0
            ? []
            : [`In full: ${code(file.name, 100)} in the thread, SHA-256 ${code(file.sha256, 80)}`]),
          `Investigation ${code(shortRun(id), 20)} · hash of its bounds ${code(investigation.hash, 80)}`,
        ]),
    ]),
  }
}

function nameOf({ name }: Investigation): string {
  return mrkdwn(name, NAME_MAX)
}

function at(seconds: number): string {
  return minuteOf(isoOf(seconds))
}
