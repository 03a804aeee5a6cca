import { readFileSync } from 'node:fs'
import { painter, wantsColour } from '../adapters/terminal/colour.ts'
import { forgiving } from '../adapters/terminal/sink.ts'
import { type Env, readParts, type Which } from '../config.ts'
import { examination } from '../doctor/doctor.ts'
import type { Finding, State } from '../doctor/finding.ts'
import { plain, visible } from '../domain/result/safe.ts'
import { takeOptions, usage } from './options.ts'

const USAGE = `usage: ctq doctor [bot|worker|serve] [--config FILE]

  Checks everything that a process of ctq needs, with its own settings: configuration, keys, Slack, the pager, the queue, the result
  store, AWS roles, and each way in which CloudTrail is searched, on a real account. It changes nothing and posts nothing.

  Exit status: 0 nothing is wrong, 1 something is, 2 wrong use.`

const KINDS: readonly Which[] = ['bot', 'worker', 'serve']

const MARKS: { readonly [state in State]: readonly [mark: string, colour: 'green' | 'red' | 'yellow' | 'dim'] } = {
  ok: ['✓', 'green'],
  wrong: ['✗', 'red'],
  note: ['!', 'yellow'],
  'not tried': ['–', 'dim'],
}

/** Cells of most checks' names, and before what is said of them. */
const WHAT_WIDTH = 28
const INDENT = 15 + WHAT_WIDTH + 2

/** `ctq doctor`: says for each thing that a deployment needs whether it is there, what is wrong and how to mend it. */
export async function doctor(args: readonly string[]): Promise<number> {
  forgiving(process.stdout)
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'
  const options = takeOptions(args, { values: ['config'], flags: ['help'] })
  if (typeof options === 'string') return usage(options)
  const [told, more] = options.rest
  const which = told === undefined ? likely(process.env) : KINDS.find((kind) => kind === told)
  if (options.flags.has('help')) return print(USAGE)
  if (which === undefined || more !== undefined) return usage(USAGE)
  const { config } = options.values
  const env: Env = config === undefined ? process.env : { ...process.env, CTQ_CONFIG: config }
  const sections = examination(readParts(env, readText, which), which)
  print(`Checking what ctq ${which} needs.`)
  const counts = { wrong: 0, note: 0 }
  for (const { title, findings } of sections) {
    let isTitled = false
    for await (const finding of surely(findings())) {
      if (!isTitled) print(`\n${title}`)
      isTitled = true
      print(lineOf(finding))
      if (finding.state === 'wrong' || finding.state === 'note') counts[finding.state] += 1
    }
  }
  print(`\n${verdict(counts)}`)
  return counts.wrong > 0 ? 1 : 0
}

/** A check that fails in a way nobody thought of is wrong too, and the next section is still made. */
async function* surely(findings: AsyncIterable<Finding>): AsyncGenerator<Finding> {
  try {
    yield* findings
  } catch (error) {
    const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    yield { state: 'wrong', what: 'this section', says: `could not be examined: ${plain(why, 300)}` }
  }
}

/** A worker has verifying keys and no Slack token; everything else is taken for a whole ctq. */
function likely(env: Env): Which {
  const isSet = (name: string): boolean => (env[name]?.trim() ?? '') !== ''
  return isSet('CTQ_VERIFYING_KEYS') && !isSet('SLACK_BOT_TOKEN') && !isSet('CTQ_SIGNING_KEYS') ? 'worker' : 'serve'
}

function lineOf({ state, what, says, mend }: Finding): string {
  const [mark, colour] = MARKS[state]
  const paint = painter(wantsColour(process.stdout.isTTY === true, process.env))
  const head = paint(colour, `  ${mark} ${state.padEnd(9)}`)
  const texts = [visible(says), ...(mend === undefined ? [] : [`→ ${visible(mend)}`])]
  return `${head}  ${visible(what).padEnd(WHAT_WIDTH)}  ${texts.flatMap(wrapped).join(`\n${' '.repeat(INDENT)}`)}`
}

/** Lines that fit beside a check's name; one that is no terminal takes any length. */
function wrapped(text: string): readonly string[] {
  const room = (process.stdout.columns || Number.POSITIVE_INFINITY) - INDENT
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= room) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

function verdict({ wrong, note }: { readonly wrong: number; readonly note: number }): string {
  const notes = note === 0 ? '' : ` ${note === 1 ? 'One thing' : `${note} things`} could be better (!).`
  if (wrong === 0) return `Nothing is wrong.${notes}`
  return `${wrong === 1 ? 'One thing is' : `${wrong} things are`} wrong (✗).${notes}`
}

function print(text: string): number {
  process.stdout.write(`${text}\n`)
  return 0
}

function readText(path: string): string {
  return readFileSync(path, 'utf8')
}
