import { readFileSync } from 'node:fs'
import { extname } from 'node:path'
import { FORMATS, type Format, formatOf } from '../adapters/terminal/output.ts'
import { shellWord } from '../adapters/terminal/shell.ts'
import { type Env, readSettings, type Settings } from '../config.ts'
import { takeOptions } from './options.ts'
import type { Said } from './question.ts'
import { questionText } from './questionText.ts'
import { runbookFolder } from './runbookFolder.ts'

/** How `ctq run` was called: complete and checked. */
export type Order = {
  /** The question, in the words that Slack's users type. */
  readonly text: string
  /** The same as the shell gave them, options left out. */
  readonly words: readonly string[]
  readonly format: Format
  readonly out?: string
  readonly keep?: string
  readonly settings?: Settings
  readonly runbooks: string
  readonly rows: number
  /** What a command that asks something else in the same way begins with. */
  readonly command: string
}

export const USAGE = `usage: ctq run <runbook> [name=value …] [--last 24h | --since … --until …] [--account …] [--region …]
       ctq run <value>          a key, an ARN, an address, an instance, a bucket, a user or role, an account, an event

  The words are those of /ctq in Slack: ctq run key-activity AKIA… last 24h, or only ctq run AKIA…. "ctq run list" lists the runbooks,
  "ctq run help NAME" tells about one, "ctq run find WORDS" looks for one. AWS is read with your own credentials, as the AWS CLI finds
  them; only what you may read is read.

  --format table|text|csv|json|ndjson  text: a timeline to paste. csv: all rows. json: the answer. ndjson: the records as CloudTrail
                                  gave them. Also --text, --csv, --json, --ndjson. Default: as the name of --out says, else table
  --out FILE                      write there instead of stdout, for you alone; a file that exists is not overwritten
  --config FILE                   a ctq.yml with the names of accounts and the role that reads them (or CTQ_CONFIG)
  --runbooks DIR                  runbooks of your own (or CTQ_RUNBOOKS)
  --rows N                        most rows of the answer; the newest are kept
  --keep DIR                      keep the question, pages, rows and answer there (or CTQ_KEEP), for ctq last, show, text, status, again and
                                  diff; otherwise they are removed

  Exit status: 0 complete, 3 partial or not known, 4 refused, 1 failed, 2 wrong use, 130 ended by Ctrl-C.`

const WRONG_USE = 2
const DEFAULT_ROWS = 100_000
/** As limits.rows of ctq.yml. */
const MOST_ROWS = 10_000_000

/** Formats that are options of their own. */
const SHORT: readonly Format[] = ['text', 'csv', 'json', 'ndjson']

/** Reads the command line of `ctq run`, and the ctq.yml that it names, if any. `called`: what a command to paste begins with. */
export function orderOf(args: readonly string[], env: Env, called: string): Order | Said {
  const names = { values: ['format', 'out', 'keep', 'config', 'runbooks', 'rows'], flags: ['help', ...SHORT] }
  const options = takeOptions(args, names)
  if (typeof options === 'string') return wrong(options)
  const { values, flags, rest } = options
  if (flags.has('help') && rest.length === 0) return { exit: 0, words: USAGE, out: true }
  if (rest.length === 0) return wrong(USAGE)
  const formats = [
    ...(values['format'] === undefined ? [] : [values['format']]),
    ...SHORT.filter((name) => flags.has(name)),
  ]
  if (formats.length > 1) return wrong(`An answer has one format: ${formats.join(' or ')}.`)
  const format = formatFrom(formats[0], values['out'])
  if (format === undefined) return wrong(`--format is one of ${FORMATS.join(', ')}.`)
  const settings = settingsFrom(values['config'], env)
  if (settings !== undefined && 'exit' in settings) return settings
  const rows = values['rows'] === undefined ? (settings?.limits.rows ?? DEFAULT_ROWS) : Number(values['rows'])
  if (!Number.isInteger(rows) || rows < 1 || rows > MOST_ROWS)
    return wrong(`--rows is a whole number from 1 to ${MOST_ROWS}.`)
  const { out } = values
  const keep = values['keep'] ?? (env['CTQ_KEEP']?.trim() || undefined)
  return {
    text: questionText(flags.has('help') ? [...rest, 'help'] : rest),
    words: rest,
    format,
    ...(out !== undefined && out !== '-' && { out }),
    ...(keep !== undefined && { keep }),
    ...(settings !== undefined && { settings }),
    runbooks: runbookFolder(values['runbooks'], env),
    rows,
    command: [called, 'run', ...['config', 'runbooks', 'keep'].flatMap((name) => again(name, values[name]))].join(' '),
  }
}

/** An option that names what is read with, as it is given again. */
function again(name: string, value: string | undefined): readonly string[] {
  return value === undefined ? [] : [`--${name}`, shellWord(value)]
}

function wrong(words: string): Said {
  return { exit: WRONG_USE, words }
}

const BY_NAME: { readonly [ending: string]: Format } = {
  '.csv': 'csv',
  '.json': 'json',
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
}

function formatFrom(told: string | undefined, out: string | undefined): Format | undefined {
  if (told !== undefined) return formatOf(told)
  return BY_NAME[extname(out ?? '').toLowerCase()] ?? 'table'
}

function settingsFrom(told: string | undefined, env: Env): Settings | Said | undefined {
  const path = told ?? (env['CTQ_CONFIG']?.trim() || undefined)
  if (path === undefined) return undefined
  const read = readSettings({ ...env, CTQ_CONFIG: path }, (file) => readFileSync(file, 'utf8'))
  if (read.ok) return read.value
  const named = (problem: string): string =>
    told === undefined ? problem : problem.replace(/^CTQ_CONFIG:/, '--config:')
  return wrong(read.error.map(named).join('\n'))
}
