import { readFileSync } from 'node:fs'
import { forgiving } from '../adapters/terminal/sink.ts'
import { readSettings } from '../config.ts'
import type { Inventory } from '../domain/request/inventory.ts'
import type { Library } from '../domain/runbook/runbook.ts'
import { readLibrary } from '../library.ts'
import { statusHere } from '../usecases/runsHere.ts'
import { SCRIPTS, SHELLS } from './completionScripts.ts'
import { type Candidate, type Completions, completionsFor, type Known } from './completions.ts'
import { takeOptions, usage } from './options.ts'
import { runbookFolder } from './runbookFolder.ts'
import { openStore } from './store.ts'

const USAGE = `usage: ctq completion bash|zsh|fish

  Prints what the shell needs to complete ctq's words. In ~/.bashrc:                    source <(ctq completion bash)
  In ~/.zshrc, after compinit:                                                          source <(ctq completion zsh)
  In ~/.config/fish/config.fish:                                                        ctq completion fish | source`

/** What the scripts call: the words follow `--`, the last one up to the cursor. */
const ASKED_BY_SHELL = 'candidates'

/** `ctq completion`: prints a shell's script, or for a script what may stand where the cursor is. */
export async function completion(args: readonly string[], commands: Known['commands']): Promise<number> {
  forgiving(process.stdout)
  if (args[0] === ASKED_BY_SHELL && args[1] === '--') return await candidates(args.slice(2), commands)
  const options = takeOptions(args, { values: [], flags: ['help'] })
  if (typeof options === 'string') return usage(options)
  if (options.flags.has('help')) return print(`${USAGE}\n`)
  const [name, more] = options.rest
  const shell = SHELLS.find((known) => known === name)
  return shell === undefined || more !== undefined ? usage(USAGE) : print(SCRIPTS[shell])
}

async function candidates(words: readonly string[], commands: Known['commands']): Promise<number> {
  const inRun = words.length > 1
  const known = {
    commands,
    library: inRun ? await libraryFor(words) : undefined,
    inventory: inRun ? inventoryFor(words) : undefined,
    kept: inRun ? await keptFor(words) : [],
  }
  return print(linesOf(completionsFor(words, known)))
}

/** First what kind of thing may stand there, then a word a line with what it is. */
function linesOf(found: Completions): string {
  const lines = found.kind === 'words' ? found.candidates.map(({ word, about }) => `${word}\t${about}`) : []
  return `${[found.kind, ...lines].join('\n')}\n`
}

/** Undefined when a runbook cannot be read: `ctq runbooks lint` says what is wrong, at the prompt nobody asked. */
async function libraryFor(words: readonly string[]): Promise<Library | undefined> {
  try {
    return await readLibrary(runbookFolder(valueAfter('runbooks', words), process.env))
  } catch {
    return undefined
  }
}

function inventoryFor(words: readonly string[]): Inventory | undefined {
  const path = valueAfter('config', words) ?? (process.env['CTQ_CONFIG']?.trim() || undefined)
  if (path === undefined) return undefined
  const read = readSettings({ ...process.env, CTQ_CONFIG: path }, (file) => readFileSync(file, 'utf8'))
  return read.ok ? read.value.inventory : undefined
}

/** The runs of the folder that is named; none when it cannot be read. */
async function keptFor(words: readonly string[]): Promise<readonly Candidate[]> {
  const folder = valueAfter('keep', words) ?? (process.env['CTQ_KEEP']?.trim() || undefined)
  if (folder === undefined) return []
  try {
    const runs = await statusHere(undefined, openStore(folder).objects)
    return runs.ok ? runs.value.map(({ run, echo }) => ({ word: run.slice(0, 8), about: echo })) : []
  } catch {
    return []
  }
}

/** The value of an option among words that may not be whole yet. */
function valueAfter(name: string, words: readonly string[]): string | undefined {
  const at = words.findIndex((word) => word === `--${name}` || word.startsWith(`--${name}=`))
  const word = words[at]
  return (word?.includes('=') ? word.slice(word.indexOf('=') + 1) : words[at < 0 ? words.length : at + 1]) || undefined
}

function print(text: string): number {
  process.stdout.write(text)
  return 0
}
