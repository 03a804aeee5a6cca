import { windowKeyword } from '../domain/request/span.ts'
import { quote } from '../domain/request/words.ts'

/**
 * The arguments of a shell as one text of the grammar that Slack's users type: what the shell kept together stays together. The first
 * may be a whole question in quotes.
 */
export function questionText(args: readonly string[]): string {
  return args.map((arg, at) => (at === 0 ? arg : wordOf(arg, args[at - 1] ?? ''))).join(' ')
}

function wordOf(arg: string, before: string): string {
  if (arg !== '' && !/\s/.test(arg)) return arg
  const [, name, value] = /^(-{0,2}[A-Za-z][\w.-]*)=(.*)$/s.exec(arg) ?? []
  if (name !== undefined && value !== undefined) return `${name}=${quote(value)}`
  // A moment such as "2026-11-20 14:05" is two words of the grammar.
  return windowKeyword(before.replace(/^--?(?=[a-z])/i, '')) === undefined ? quote(arg) : arg
}
