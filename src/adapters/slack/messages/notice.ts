import type { Notice } from '../../../domain/result/notice.ts'
import { type Phrase, say, value } from '../../../domain/result/phrase.ts'
import { mrkdwnOf } from './markup.ts'
import { compose, type Message, section, shortRun } from './message.ts'
import { noteMessage } from './refusal.ts'

/** Slack's ids of channels: the only thing that ctq ever writes as a link. */
const CHANNEL = /^[CG][A-Z0-9]{2,30}$/

/** A notice as a message. One in a place that may not have the answer says nothing of the question but its run. */
export function noticeMessage(notice: Notice): Message {
  if (notice.kind === 'ready') return calling(notice.user, notice.run)
  const message = noteMessage(noticePhrase(notice))
  if (notice.kind !== 'why_direct' || !CHANNEL.test(notice.channel)) return message
  const line = mrkdwnOf(noticePhrase(notice)).replace(`\`${notice.channel}\``, `<#${notice.channel}>`)
  return { text: message.text, blocks: compose([() => section([line])]) }
}

/** Slack's ids of people: the only ones that ctq ever mentions are those who asked. */
const USER = /^[UW][A-Z0-9]{2,20}$/

function calling(user: string, run: string): Message {
  const words = mrkdwnOf(say`The answer of run ${value(shortRun(run))} is here, above this thread.`)
  const line = USER.test(user) ? `<@${user}> ${words}` : words
  return { text: line, blocks: compose([() => section([line])]) }
}

function noticePhrase(notice: Exclude<Notice, { kind: 'ready' }>): Phrase {
  const run = value(shortRun(notice.run))
  switch (notice.kind) {
    case 'moved':
      return say`Run ${run}: the answer goes to whoever asked, by direct message, since it may not be read here.`
    case 'why_direct':
      return notice.cause === 'place'
        ? say`Run ${run} comes to you here and not in ${value(notice.channel)}: ${notice.why}.`
        : say`Run ${run} comes to you here, since Slack did not take it in ${value(notice.channel)} (${value(notice.why)}).`
    case 'csv_direct':
      return say`Run ${run}: the CSV comes to you here, as policy has it for such answers.`
    case 'csv_missing':
      return say`Run ${run}: the CSV could not be given here: ${csvWhy(notice.why)}`
    case 'withheld':
      return say`Run ${run} was stopped before it had read everything, and what it had read is kept back, as policy has it: the permission for it was withdrawn, or nobody could say whether it still stands. ${value(`/ctq again ${shortRun(notice.run)}`)} asks it anew.`
    case 'unshowable':
      return say`Run ${run} has ended, but Slack takes its answer in no form (${value(notice.why)}). Ask again with a narrower question, or read it in a terminal with ${value('ctq run')}.`
  }
}

function csvWhy(why: string): Phrase {
  switch (why) {
    case 'unknown':
      return say`Slack did not say whether it arrived, so it is not sent twice. Look for it above; ask again if it is not there.`
    case 'never_shown':
      return say`Slack took the file and never showed it. Ask again, or use ${value('ctq run --format csv')}.`
    case 'larger_than_1_gb':
      return say`it is larger than the 1 GB that Slack takes. Ask for a shorter window.`
    case 'file_uploads_disabled':
      return say`file uploads are switched off in this workspace. Use ${value('ctq run --format csv')}.`
    case 'storage_limit_reached':
      return say`the workspace's file storage is full. Have space made, then ask again.`
    default:
      return say`${value(why)}. Ask again, or use ${value('ctq run --format csv')}.`
  }
}
