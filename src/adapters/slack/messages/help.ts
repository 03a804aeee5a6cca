import type { MayInvestigate } from '../../../domain/policy/mayInvestigate.ts'
import type { Runnable } from '../../../domain/policy/mayRun.ts'
import { durationWords } from '../../../domain/request/duration.ts'
import { FIRST } from '../../../domain/request/questions.ts'
import { quote } from '../../../domain/request/words.ts'
import { counted, joined, type Phrase, say, value } from '../../../domain/result/phrase.ts'
import { code, mrkdwn } from '../../../domain/result/safe.ts'
import type { Runbook } from '../../../domain/runbook/runbook.ts'
import { formButton } from '../views/view.ts'
import { mrkdwnOf, sentence } from './markup.ts'
import { type Block, compose, context, MESSAGE_MAX, type Message, section, sections, TEXT_MAX } from './message.ts'

type Usage = { readonly usage: string; readonly does: string }

/** The commands beside runbooks, as the grammar has them. */
const COMMANDS: readonly Usage[] = [
  { usage: 'help <runbook>', does: "a runbook's parameters, window and columns" },
  { usage: 'list', does: 'what you may ask here' },
  { usage: 'find <words>', does: 'runbooks by title, tag or alias' },
  { usage: 'status [run]', does: 'your runs and what waits for approval, or one' },
  { usage: 'cancel <run>', does: 'stops a run; what was read is answered as partial' },
  { usage: 'last', does: 'your last answer once more, shown to you alone' },
  { usage: 'again <run>', does: "asks a run's question again, as you" },
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

/** What is asked first at three in the morning: about a key, then what else the first minutes ask. */
function commonness({ answers, tags }: Runbook): number {
  return (answers.includes('accessKeyId') ? 2 : 0) + (tags.includes(FIRST) ? 1 : 0)
}

/** How to ask, with examples from the runbooks that may be run here, and the commands that are for whoever asks. */
export function helpMessage(runnable: readonly Runnable[], may: HelpFor): Message {
  const examples = runnable
    .toSorted((a, b) => commonness(b.runbook) - commonness(a.runbook))
    .slice(0, 3)
    .map(({ runbook, window }) => `• ${code(`/ctq ${exampleOf(runbook, window)}`, 200)}`)
  return {
    text: 'How to ask: /ctq and a key, an address, an ARN or a name; or /ctq runbook name=value last 24h. /ctq list shows what you may ask here.',
    blocks: compose([
      () =>
        section([
          '*A key, an address, an ARN, an instance or a name is a question by itself:* `/ctq AKIAIOSFODNN7EXAMPLE`, `/ctq 203.0.113.9 last 6h`',
          '*Or say which:* `/ctq &lt;runbook&gt; name=value … last 24h`',
          ...examples,
        ]),
      () =>
        section([
          `*When:* ${WINDOWS}. A time without a zone is in your own.`,
          '*Where:* `account=` an id, a name, `@group`, `ou:name` or `all`; `region=` names or `all`.',
          '*In a thread* type `@ctq` in place of `/ctq`; Slack has no slash commands there.',
        ]),
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

/** What can be asked beyond what somebody may by themselves, and whom it takes. */
function approvalPhrase(alone: boolean, tier: string, approval: NonNullable<Runnable['approval']>): Phrase {
  if (!alone) return say`Every question needs approval: ${approval.by}.`
  return say`What is above ${tier} needs approval: ${approval.by}.`
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

function approvalLine(runnable: Runnable): string {
  return `${listLine(runnable)} ${mrkdwnOf(say`· needs approval: ${runnable.approval?.by ?? ''}`, 300)}`
}

/** Longer and wider questions of what somebody may ask anyway: said once for all that need the same people. */
function beyondLines(runnable: readonly Runnable[]): readonly string[] {
  const lines = runnable.flatMap(({ alone, tier, approval }) =>
    approval === undefined ? [] : [mrkdwnOf(approvalPhrase(alone, tier, approval), 300)],
  )
  return [...new Set(lines)].slice(0, 3)
}

/** What a bare `/ctq` shows: what this person may ask here, or that there is nothing. */
export function menuMessage(runnable: readonly Runnable[]): Message {
  if (runnable.length === 0) return nothingMessage()
  const direct = runnable.every(({ answerTo }) => answerTo === 'direct')
  const message = listMessage(runnable, say`You may ask here`)
  const form: Block = {
    type: 'actions',
    elements: [formButton('Ask with a form', 'a question, field by field', '', 'menu')],
  }
  const hint = direct ? ['Answers come to you by direct message: others can read this channel.'] : []
  return { text: message.text, blocks: [...message.blocks, form, ...context(hint)] }
}

function nothingMessage(): Message {
  const text =
    'You may ask nothing here. `/ctq whoami` shows what ctq knows of you; the policy in ctq.yml says who may ask what, where.'
  return { text, blocks: compose([() => section([text])]) }
}

/** A question that this runbook understands, every needed parameter given, over no longer than `longest` seconds. */
export function exampleOf(runbook: Runbook, longest = Number.POSITIVE_INFINITY): string {
  const given = Object.entries(runbook.parameters)
    .filter(([, { optional }]) => !optional)
    .map(([name, { example }]) => `${name}=${quote(example)}`)
  return [runbook.name, ...given, `last ${durationWords(Math.min(runbook.window.default, longest))}`].join(' ')
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
