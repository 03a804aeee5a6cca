import type { MayInvestigate } from '../../../domain/policy/mayInvestigate.ts'
import type { Runnable } from '../../../domain/policy/mayRun.ts'
import { durationWords } from '../../../domain/request/duration.ts'
import { counted, joined, type Phrase, say, value } from '../../../domain/result/phrase.ts'
import { code, mrkdwn } from '../../../domain/result/safe.ts'
import type { Runbook } from '../../../domain/runbook/runbook.ts'
import { formButton } from '../views/view.ts'
import { mrkdwnOf, sentence } from './markup.ts'
import { type Block, compose, context, MESSAGE_MAX, type Message, section, sections, TEXT_MAX } from './message.ts'
import { approvalPhrase, beyondLines, exampleOf, nameLines, startLines } from './start.ts'

type Usage = { readonly usage: string; readonly does: string }

/** The commands beside runbooks, as the grammar has them. */
const COMMANDS: readonly Usage[] = [
  { usage: 'help <runbook>', does: "a runbook's parameters, window and columns" },
  { usage: 'list', does: 'what you may ask here' },
  { usage: 'find <words>', does: 'runbooks by title, tag or alias' },
  { usage: 'status [run]', does: 'your runs and what waits for approval, or one' },
  { usage: 'cancel <run>', does: 'stops a run; what was read is answered as partial' },
  { usage: 'last', does: 'your last answer once more, shown to you alone' },
  {
    usage: 'again [run]',
    does: "asks what your last answer could not read, else its question; or a run's question, as you",
  },
  { usage: 'diff <run> <run>', does: 'what is new and what is gone from one answer to another' },
  { usage: 'hold <run>', does: 'keeps its messages from being deleted, where you may; release <run> ends that' },
  { usage: 'approve <run>', does: 'approves what waits for you; deny <run> why and withdraw <run> likewise' },
]
const WHOAMI: Usage = { usage: 'whoami', does: 'who you are to ctq and what you may ask' }

const INVESTIGATE: Usage = {
  usage: 'investigate <name> for 4h',
  does: 'asks once for what all of you may then ask here for some hours',
}
const GRANTS: Usage = { usage: 'grants', does: 'the investigations that are open; revoke <id> ends or narrows one' }

const GLASS: Usage = {
  usage: 'break-glass <question> reason="…"',
  does: 'runs at once what would wait for approval; somebody else reviews it',
}

/** What is not for everybody. `glass`: they may do without approval. */
export type HelpFor = MayInvestigate & { readonly glass?: boolean }

/** The commands that are for this person here. */
function commandsFor({ open, end, glass = false }: HelpFor): readonly Usage[] {
  return [...COMMANDS, ...(glass ? [GLASS] : []), ...(open ? [INVESTIGATE] : []), ...(end ? [GRANTS] : []), WHOAMI]
}

const WINDOWS = 'last 24h · since yesterday 14:05 · since 13:00 until 14:05 · around 14:05 · before 14:05'

/** How to begin, what this person may run here and what needs approval, the grammar in short, and the commands that are for whoever asks. */
export function helpMessage(runnable: readonly Runnable[], may: HelpFor): Message {
  return {
    text: 'How to ask: /ctq and a key, an address, an ARN or a name; or /ctq runbook name=value last 24h. /ctq list shows what you may ask here.',
    blocks: compose([
      () => section(startLines(runnable)),
      () =>
        section([
          '*Or say which:* `/ctq &lt;runbook&gt; name=value … last 24h`',
          `*When:* ${WINDOWS}. A time without a zone is in your own.`,
          '*Where:* `account=` an id, a name, `@group`, `ou:name` or `all`; `region=` names or `all`.',
          '*In a thread* type `@ctq` in place of `/ctq`; Slack has no slash commands there.',
        ]),
      (room) => sections(mayRunLines(runnable), Math.min(room, NAMES_MAX), 'All of them: `/ctq list`.'),
      () => section(commandsFor(may).map(({ usage, does }) => `• ${code(`/ctq ${usage}`, 100)} ${mrkdwn(does, 200)}`)),
    ]),
  }
}

/** Everything about one runbook that somebody needs to ask it. */
export function runbookHelpMessage({ runbook, window, alone, approval, tier }: Runnable): Message {
  const aliases = runbook.aliases.length === 0 ? [] : [say` (also ${runbook.aliases.join(', ')})`]
  return {
    text: sentence([say`${runbook.name}: ${runbook.title} For example: /ctq ${exampleOf(runbook, window)}`], TEXT_MAX),
    blocks: compose([
      () =>
        section([
          `*${mrkdwn(runbook.name, 100)}*${mrkdwnOf(joined(aliases, ''))} · ${mrkdwn(runbook.title, 300)}`,
          mrkdwn(runbook.about, 1_500),
        ]),
      () => section(['*For example*', code(`/ctq ${exampleOf(runbook, window)}`, 500)]),
      () => sections(parameterLines(runbook), 2_500, ''),
      () =>
        context([
          mrkdwnOf(
            say`Window: ${durationWords(Math.min(runbook.window.default, window))} unless you say, at most ${durationWords(Math.min(window, runbook.window.max))}.`,
          ),
          mrkdwnOf(say`Regions: ${regionWords(runbook)}. Tier: ${runbook.tier}.`),
          ...(approval === undefined ? [] : [mrkdwnOf(approvalPhrase(alone, tier, approval))]),
          mrkdwnOf(say`Columns: ${runbook.columns.map(({ name }) => name).join(', ')}.`),
          ...(runbook.group.length === 0 ? [] : [mrkdwnOf(say`Counted by ${runbook.group.join(', ')}.`)]),
          ...nextLine(runbook),
        ]),
    ]),
  }
}

/** Runbooks in a list, under a heading: what may be asked here, or what was found. Those that need approval come after the others. */
export function listMessage(runnable: readonly Runnable[], heading: Phrase): Message {
  const [alone, asked] = [runnable.filter((one) => one.alone), runnable.filter((one) => !one.alone)]
  const more = asked.length === 0 ? '' : `, ${asked.length} more with approval`
  const head = say`${heading}: ${counted(alone.length, 'question')}${more}.`
  const lines = [...alone.map(listLine), ...asked.map(approvalLine)]
  return {
    text: sentence([head, say`${runnable.map(({ runbook }) => runbook.name).join(', ')}`], TEXT_MAX),
    blocks: compose([
      () => section([`*${mrkdwnOf(head)}*`]),
      (room) => sections(lines, Math.min(room, MESSAGE_MAX) - 1_200, 'Search with `/ctq find` and a word.'),
      () => context(['`/ctq help` and a name tells more.', ...beyondLines(alone)]),
    ]),
  }
}

/** What a search found, or what to do when it found nothing. */
export function foundMessage(runnable: readonly Runnable[], words: readonly string[]): Message {
  const wanted = words.join(' ')
  if (runnable.length > 0) return listMessage(runnable, say`Found for ${value(wanted)}`)
  const text = mrkdwnOf(say`No question that you may ask here is about ${value(wanted)}.`)
  const tips = [
    '`/ctq list` shows all of them. Or give the thing itself: a key, an ARN, an address, an instance, an account.',
    'For example `/ctq find stolen key`, `/ctq find network`, `/ctq find console`.',
  ]
  return {
    text: sentence(
      [say`No question that you may ask here is about ${value(wanted)}. /ctq list shows all of them.`],
      TEXT_MAX,
    ),
    blocks: compose([() => section([text, ...tips])]),
  }
}

/** Characters for whose approval a line of a list says: `help` and the name has all of it. */
const APPROVAL_MAX = 110

function approvalLine(runnable: Runnable): string {
  return `${listLine(runnable)} ${mrkdwnOf(say`· needs approval: ${runnable.approval?.by ?? ''}`, APPROVAL_MAX)}`
}

/** Characters for the names of runbooks: more of them are in the list. */
const NAMES_MAX = 3_500

/** What this person may run here by themselves, what needs approval, and whose. */
function mayRunLines(runnable: readonly Runnable[]): readonly string[] {
  if (runnable.length === 0) return []
  const alone = runnable.filter((one) => one.alone)
  const more = runnable.length - alone.length
  const head = say`You may ask here: ${counted(alone.length, 'question')}${more === 0 ? '' : `, ${more} more with approval`}.`
  return [`*${mrkdwnOf(head)}*`, ...nameLines(runnable), ...beyondLines(runnable)]
}

/** What a bare `/ctq` shows: how to begin, the names of what this person may ask here, and the form; or that there is nothing. */
export function menuMessage(runnable: readonly Runnable[]): Message {
  if (runnable.length === 0) return nothingMessage()
  const direct = runnable.every(({ answerTo }) => answerTo === 'direct')
  const form: Block = {
    type: 'actions',
    elements: [formButton('Ask with a form', 'a question, field by field', '', 'menu')],
  }
  const hints = [
    '`/ctq list` has each with an example, `/ctq help` how to say when and where, `/ctq help` and a name all about one.',
    ...(direct ? ['Answers come to you by direct message: others can read this channel.'] : []),
  ]
  return {
    text: 'Paste a key, an address, an ARN or a name after /ctq: it is a question by itself. /ctq list shows what you may ask here.',
    blocks: compose([
      () => section(startLines(runnable)),
      () => [form],
      (room) => sections(mayRunLines(runnable), Math.min(room, NAMES_MAX), 'All of them: `/ctq list`.'),
      () => context(hints),
    ]),
  }
}

function nothingMessage(): Message {
  const text =
    'You may ask nothing here. `/ctq whoami` shows what ctq knows of you; the policy in ctq.yml says who may ask what, where.'
  return { text, blocks: compose([() => section([text])]) }
}

function listLine({ runbook, window }: Runnable): string {
  return `• *${mrkdwn(runbook.name, 80)}* ${mrkdwn(runbook.title, 120)} ${code(`/ctq ${exampleOf(runbook, window)}`, 160)}`
}

function parameterLines(runbook: Runbook): readonly string[] {
  const parameters = Object.entries(runbook.parameters)
  if (parameters.length === 0) return ['It takes no parameter.']
  return parameters.map(([name, { help, example, optional }]) =>
    mrkdwnOf(say`• ${value(name)}${optional ? ' (may be left out)' : ''}: ${help}, such as ${value(example)}`, 400),
  )
}

function regionWords({ regions }: Runbook): string {
  if (regions === 'enabled') return 'every enabled Region'
  return regions === 'global' ? 'the Region where global services are recorded' : regions.join(', ')
}

function nextLine({ next }: Runbook): readonly string[] {
  const names = [...new Set(next.map(({ runbook }) => runbook))]
  return names.length === 0 ? [] : [mrkdwnOf(say`Leads on to ${names.join(', ')}.`)]
}
