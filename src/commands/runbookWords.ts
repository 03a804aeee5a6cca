import { shellWord } from '../adapters/terminal/shell.ts'
import type { Playbook } from '../domain/playbook/playbook.ts'
import { durationWords } from '../domain/request/duration.ts'
import { visibleLines } from '../domain/result/safe.ts'
import { textTable } from '../domain/result/textTable.ts'
import type { Parameter, RecordKind, Runbook } from '../domain/runbook/runbook.ts'

/** Runbooks one a line: name, question, and what it wants. */
export function listRunbooks(runbooks: readonly Runbook[]): string {
  const rows = runbooks.map((runbook) => [runbook.name, wants(runbook), runbook.title])
  const size = { cell: Number.POSITIVE_INFINITY, width: Number.POSITIVE_INFINITY }
  return visibleLines(textTable(['runbook', 'takes', 'answers'], rows, size).join('\n'))
}

function wants({ parameters }: Runbook): string {
  const names = Object.entries(parameters).map(([name, { optional }]) => (optional ? `[${name}]` : name))
  return names.join(' ')
}

/** All that somebody who wants to ask a runbook needs to know. */
export function describeRunbook(runbook: Runbook): string {
  const { window, regions, records, tags, aliases, next } = runbook
  const parameters = Object.entries(runbook.parameters).map(([name, parameter]) => parameterLine(name, parameter))
  const sections = [
    [`${runbook.name}: ${runbook.title}`, ...runbook.about.trim().split('\n')],
    parameters.length === 0 ? [] : ['Parameters', ...parameters],
    [
      `Window    the last ${durationWords(window.default)} unless told, at most ${durationWords(window.max)}`,
      `Regions   ${REGIONS[String(regions)] ?? String(regions)}`,
      ...(records.includes('management') && records.length === 1 ? [] : [`Reads     ${recordWords(records)}`]),
      ...(runbook.playbook === undefined ? [] : [`Asks      ${membersOf(runbook.playbook)}`]),
      `Columns   ${runbook.columns.map(({ name }) => name).join(', ')}`,
      ...(aliases.length === 0 ? [] : [`Also      ${aliases.join(', ')}`]),
      ...(tags.length === 0 ? [] : [`Tags      ${tags.join(', ')}`]),
      ...(next.length === 0 ? [] : [`Then ask  ${[...new Set(next.map((one) => one.runbook))].join(', ')}`]),
      `Tier      ${runbook.tier} or higher`,
      `Digest    ${runbook.digest}`,
    ],
    ['Example', `  ctq run ${example(runbook)}`],
  ]
  return visibleLines(
    sections
      .filter((lines) => lines.length > 0)
      .map((lines) => lines.join('\n'))
      .join('\n\n'),
  )
}

const REGIONS: { readonly [regions: string]: string } = {
  enabled: 'every Region that the account has enabled, unless told',
  global: "the one where the partition's global services are recorded, unless told",
}

function membersOf({ members }: Playbook): string {
  return members.map(({ runbook }) => runbook.name).join(', ')
}

/** The event history has management events alone. */
function recordWords(records: readonly RecordKind[]): string {
  const kinds = records.filter((kind) => kind !== 'management').join(' and ')
  const only = records.includes('management') ? 'also ' : ''
  return `${only}${kinds} events, which only a trail or an event data store has that was told to record them`
}

function parameterLine(name: string, { optional, help, example: value }: Parameter): string {
  return `  ${`${name}${optional ? ' (optional)' : ''}`.padEnd(26)} ${help}, such as ${value}`
}

function example(runbook: Runbook): string {
  const entries = Object.entries(runbook.parameters)
  const required = entries.filter(([, { optional }]) => !optional)
  const words = (required.length > 0 ? required : entries.slice(0, 1)).map(([name, { example: value }]) =>
    shellWord(`${name}=${value}`),
  )
  return [runbook.name, ...words, `last ${durationWords(runbook.window.default)}`].join(' ')
}
