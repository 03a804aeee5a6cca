import { durationWords } from '../request/duration.ts'
import { quote } from '../request/words.ts'
import type { RecordKind, Runbook } from './runbook.ts'

const HEAD = `# The runbooks

What ctq can be asked. \`ctq runbooks docs\` writes this page from the runbooks themselves.
`

/** Markdown about runbooks: a table of them, then each with what it finds, how it is asked, and what an empty answer means. */
export function runbooksDocument(runbooks: readonly Runbook[]): string {
  const rows = runbooks.map(
    ({ name, title, tags }) => `| [${name}](#${name}) | ${cell(title)} | ${tags.filter(isWord).join(', ')} |`,
  )
  const table = ['| ask | to know | tags |', '|---|---|---|', ...rows].join('\n')
  return [HEAD, `${table}\n`, ...runbooks.map(section)].join('\n')
}

function section(runbook: Runbook): string {
  const { name, title, about, empty, next, aliases } = runbook
  const techniques = runbook.tags.filter((tag) => !isWord(tag)).map((tag) => tag.toUpperCase().replace('-', '.'))
  const lines = [
    `## ${name}`,
    `**${title}** ${about.trim()}`,
    `\`\`\`ctq\n/ctq ${example(runbook)}\n\`\`\``,
    parameters(runbook),
    runbook.playbook === undefined
      ? ''
      : `Asks, reading CloudTrail once for all: ${links(runbook.playbook.members.map((one) => one.runbook.name))}.`,
    `An empty answer: ${empty.trim()}`,
    [
      `The last ${durationWords(runbook.window.default)} unless told, at most ${durationWords(runbook.window.max)}; ${regions(runbook)}.`,
      `Tier ${runbook.tier} or higher.`,
      ...(needs(runbook.records) ?? []),
      ...(aliases.length === 0 ? [] : [`Also called ${aliases.map((alias) => `\`${alias}\``).join(', ')}.`]),
      ...(techniques.length === 0 ? [] : [`MITRE ATT&CK: ${techniques.join(', ')}.`]),
      ...(next.length === 0 ? [] : [`Leads on to ${links(next.map((one) => one.runbook))}.`]),
    ].join(' '),
  ]
  return `${lines.filter((line) => line !== '').join('\n\n')}\n`
}

/** Techniques of MITRE ATT&CK stand among the tags as `t1098` or `t1098-001`. */
function isWord(tag: string): boolean {
  return !/^t\d{4}(?:-\d{3})?$/.test(tag)
}

function needs(records: readonly RecordKind[]): readonly string[] | undefined {
  const others = records.filter((kind) => kind !== 'management')
  if (others.length === 0) return undefined
  const kinds = others.map((kind) => (kind === 'data' ? 'data events' : 'network activity events')).join(' and ')
  return [`It ${records.length > others.length ? 'also ' : ''}needs ${kinds}, which the event history does not have.`]
}

function parameters(runbook: Runbook): string {
  const entries = Object.entries(runbook.parameters)
  if (entries.length === 0) return ''
  const rows = entries.map(
    ([name, { optional, help, example: value }]) =>
      `| \`${name}\`${optional ? '' : ' (needed)'} | ${cell(help)} | \`${cell(value)}\` |`,
  )
  return ['| parameter | | such as |', '|---|---|---|', ...rows].join('\n')
}

function example(runbook: Runbook): string {
  const entries = Object.entries(runbook.parameters)
  const required = entries.filter(([, { optional }]) => !optional)
  const words = (required.length > 0 ? required : entries.slice(0, 1)).map(
    ([name, { example: value }]) => `${name}=${quote(value)}`,
  )
  return [runbook.name, ...words, `last ${durationWords(runbook.window.default)}`].join(' ')
}

function regions({ regions: asked }: Runbook): string {
  if (asked === 'enabled') return 'every Region that is enabled'
  return asked === 'global' ? 'the Region of global services' : asked.join(', ')
}

function links(names: readonly string[]): string {
  return [...new Set(names)].map((name) => `[${name}](#${name})`).join(', ')
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}
