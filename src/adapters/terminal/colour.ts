import { styleText } from 'node:util'

/** How text is marked. */
export type Colour = 'bold' | 'dim' | 'green' | 'yellow' | 'red' | 'cyan'
export type Paint = (colour: Colour, text: string) => string

/** A verdict is bold as well: colour alone tells some people nothing. */
const STYLES = {
  bold: ['bold'],
  dim: ['dim'],
  cyan: ['cyan'],
  green: ['bold', 'green'],
  yellow: ['bold', 'yellow'],
  red: ['bold', 'red'],
} as const satisfies { readonly [colour in Colour]: readonly unknown[] }

/** Marks text with ANSI colours, or leaves it plain. Whether is `wantsColour`'s to say: styleText would look at this process's stdout. */
export function painter(colour: boolean): Paint {
  return (name, text) => (colour && text !== '' ? styleText([...STYLES[name]], text, { validateStream: false }) : text)
}

type Env = { readonly [name: string]: string | undefined }

/**
 * Whether to colour. FORCE_COLOR is asked first, as Node does (tty.WriteStream.getColorDepth): 0 says no, anything that Node reads as a
 * depth says yes. Else on a terminal that is not dumb, unless NO_COLOR is set to anything (no-color.org).
 */
export function wantsColour(isTerminal: boolean, env: Env): boolean {
  const forced = env['FORCE_COLOR']
  if (forced !== undefined) return ['', '1', 'true', '2', '3'].includes(forced)
  return isTerminal && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb'
}
