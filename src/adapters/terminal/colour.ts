/** How text is marked. `none` leaves it as it is. */
export type Colour = 'bold' | 'dim' | 'green' | 'yellow' | 'red'
export type Paint = (colour: Colour, text: string) => string

const CODES: { readonly [colour in Colour]: string } = {
  bold: '1',
  dim: '2',
  green: '1;32',
  yellow: '1;33',
  red: '1;31',
}

/** Marks text with ANSI colours, or leaves it plain. */
export function painter(colour: boolean): Paint {
  return (name, text) => (colour && text !== '' ? `\u001b[${CODES[name]}m${text}\u001b[0m` : text)
}

/** Whether to colour: on a terminal, unless NO_COLOR is set to anything (no-color.org) or the terminal is dumb. */
export function wantsColour(isTerminal: boolean, env: { readonly [name: string]: string | undefined }): boolean {
  return isTerminal && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb'
}
