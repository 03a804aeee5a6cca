/**
 * Characters that hide, reorder or command instead of showing themselves: controls (ANSI escapes begin with them), bidi marks,
 * overrides and isolates, zero-width and other invisible ones, line and paragraph separators, lone surrogates.
 */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu

/** Nearly all text is this, and needs no closer look. */
const PRINTABLE_ASCII = /^[ -~]*$/

/** Shows what hides: control, bidi and zero-width characters become `\n`, `\t` or `\u202e`, as JSON writes them. */
export function visible(text: string): string {
  return PRINTABLE_ASCII.test(text) ? text : text.replace(HIDDEN, shown)
}

/** As `visible`, but line ends and tabs stay: for places that hold several lines, such as a quoted CSV cell. */
export function visibleLines(text: string): string {
  if (PRINTABLE_ASCII.test(text)) return text
  return text.replace(HIDDEN, (character) => (/[\n\r\t]/.test(character) ? character : shown(character)))
}

function shown(character: string): string {
  if (character === '\n') return '\\n'
  if (character === '\r') return '\\r'
  if (character === '\t') return '\\t'
  const code = character.codePointAt(0) ?? 0
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`
}

/** JSON text with what hides escaped as JSON has it, which changes no value; its line ends stay. */
export function visibleJson(json: string): string {
  return json.replace(HIDDEN, (character) => (/[\n\r\t]/.test(character) ? character : unitsOf(character)))
}

function unitsOf(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
}

/** At most `max` UTF-16 units, the last one an ellipsis when something was cut; never cuts a character in two. */
export function bounded(text: string, max: number): string {
  if (text.length <= max) return text
  if (max < 1) return ''
  const end = max - 1
  const splits = /[\ud800-\udbff]/.test(text.charAt(end - 1)) && /[\udc00-\udfff]/.test(text.charAt(end))
  return `${text.slice(0, splits ? end - 1 : end)}…`
}

/** One line of hostile text, harmless on a terminal, in a log and in a plain field; at most `max` UTF-16 units. */
export function plain(text: string, max: number): string {
  return bounded(visible(bounded(text, max)), max)
}

/**
 * One line of hostile text for Slack's plain_text and raw_text. Slack does not parse these; should one ever be copied to where it
 * does, `<!channel>` and `<@U…>` are broken apart and ping nobody.
 */
export function plainForSlack(text: string, max: number): string {
  return bounded(plain(text, max).replace(/<(?=[!@#])/g, '< '), max)
}

/** `&`, `<` and `>` are mrkdwn's control characters (Slack: formatting text); escaped, nothing can be a mention or a link. */
export function escapeMrkdwn(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** One line of hostile text inside mrkdwn, escaped; at most `max` UTF-16 units after escaping. */
export function mrkdwn(text: string, max: number): string {
  return escapedWithin(plain(text, max), max)
}

/** Our own words, which may quote hostile text, for mrkdwn: line ends stay, and code spans that are closed; all else as `mrkdwn`. */
export function mrkdwnWords(text: string, max: number): string {
  const cut = bounded(text, max).replace(/\r\n?/g, '\n').replaceAll('\t', '  ')
  const lines = cut.includes('``') || cut.split('`').length % 2 === 0 ? cut.replaceAll('`', 'ˋ') : cut
  return escapedWithin(bounded(visibleLines(lines), max), max)
}

/** Text of several lines between fences in mrkdwn: nothing in it can end the fence. */
export function fenced(text: string, max: number): string {
  return `\`\`\`\n${mrkdwnWords(text.replaceAll('`', 'ˋ'), Math.max(1, max - 8)).trimEnd()}\n\`\`\``
}

/** Hostile text as a mrkdwn code span: shown literally, never empty, and no backtick of its own can end the span. */
export function code(text: string, max: number): string {
  const inner = mrkdwn(text.replaceAll('`', 'ˋ'), Math.max(1, max - 2))
  return `\`${inner.trim() === '' ? ' – ' : inner}\``
}

/** Escapes, then drops characters from the end until it fits: an entity is never cut in two. */
function escapedWithin(text: string, max: number): string {
  const escaped = escapeMrkdwn(text)
  if (escaped.length <= max) return escaped
  let kept = ''
  for (const character of text) {
    const next = escapeMrkdwn(character)
    if (kept.length + next.length > max - 1) break
    kept += next
  }
  return max < 1 ? '' : `${kept}…`
}
