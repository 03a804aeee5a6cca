import { shellWord } from '../adapters/terminal/shell.ts'
import { nearest } from '../domain/nearest.ts'
import { COMMANDS as QUESTION_WORDS } from '../domain/request/parse.ts'
import { visible } from '../domain/result/safe.ts'
import { COMMANDS } from './commands.ts'
import { OPTIONS } from './completions.ts'

/** What `ctq` is called with to tell about itself. */
const HELP: readonly (string | undefined)[] = [undefined, 'help', '--help', '-h']

/** Of a word that is no command so much is repeated. */
const SHOWN = 40
/** A command longer than this is not repeated. */
const PASTED = 200
const USAGE = 2

/** `ctq help`, of one command too, and what is said of a word that is no command. `called`: what a command to paste begins with. */
export async function help([name, ...args]: readonly string[], called: string): Promise<number> {
  if (!HELP.includes(name)) {
    process.stderr.write(`${noCommand([String(name), ...args], called)}\n`)
    return USAGE
  }
  const [topic] = args
  const command = COMMANDS.find((one) => one.name === topic)
  if (topic === undefined)
    process.stdout.write(`ctq answers questions about AWS from CloudTrail.\n\n${listed(COMMANDS)}`)
  else if (command === undefined) return await (await import('./run.ts')).run(['help', topic])
  else if (Object.hasOwn(OPTIONS, command.name)) return await command.run(['--help'])
  else process.stdout.write(listed([command]))
  return 0
}

function listed(commands: readonly { readonly name: string; readonly usage: string; readonly does: string }[]): string {
  return commands.map(({ name, usage, does }) => `  ctq ${`${name} ${usage}`.padEnd(58)} ${does}\n`).join('')
}

/** The nearest command; else the words are taken for a question that lacks its `run`. */
function noCommand(words: readonly string[], called: string): string {
  const [name = ''] = words
  const is = `ctq has no command "${visible(name.slice(0, SHOWN))}".`
  const list = `"${called} help" lists the commands.`
  const meant = QUESTION_WORDS.includes(name.toLowerCase()) ? undefined : nearest(name, namesOf())
  if (meant !== undefined) return `${is} Did you mean "ctq ${meant}"?\n${list}`
  const asked = words.map(shellWord).join(' ')
  if (asked.length > PASTED || visible(asked) !== asked) return `${is}\n${list}`
  return `${is} What is asked follows "run":\n  ${called} run ${asked}\n${list}`
}

function namesOf(): readonly string[] {
  return COMMANDS.map(({ name }) => name)
}
