/** How a text came: Slack escapes links, mentions and `& < >`; a terminal does not. */
export type Origin = 'slack' | 'terminal'

/** A text as a person meant it: Slack's escapes undone, typographic quotes, dashes and spaces made plain. */
export function normalise(text: string, origin: Origin = 'slack'): string {
  return plainCharacters(origin === 'slack' ? unescapeSlack(text) : text).trim()
}

const ENTITY: { readonly [entity: string]: string } = { '&amp;': '&', '&lt;': '<', '&gt;': '>' }

/** One pass, so that `&amp;lt;` stays the text `&lt;` and nothing that was typed can become a link. */
function unescapeSlack(text: string): string {
  return text.replace(/<([^<>]*)>|&(?:amp|lt|gt);/g, (whole, inside: string | undefined) =>
    inside === undefined ? (ENTITY[whole] ?? whole) : entities(meantBy(inside)),
  )
}

function entities(text: string): string {
  return text.replace(/&(?:amp|lt|gt);/g, (entity) => ENTITY[entity] ?? entity)
}

/** What was typed before Slack made `<…>` of it: `@name`, `#name`, a bare host, an address, a URL. */
function meantBy(inside: string): string {
  const bar = inside.indexOf('|')
  const target = bar < 0 ? inside : inside.slice(0, bar)
  const label = bar < 0 ? '' : inside.slice(bar + 1)
  if (target.startsWith('@')) return `@${label || target.slice(1)}`
  if (target.startsWith('#')) return `#${label || target.slice(1)}`
  if (target.startsWith('!')) return specialMeaning(target.slice(1), label)
  if (label !== '') return label
  return target.replace(/^(?:mailto|tel):/, '')
}

function specialMeaning(target: string, label: string): string {
  if (label === '') return `@${target.replace(/^subteam\^/, '')}`
  return target.startsWith('date^') || label.startsWith('@') ? label : `@${label}`
}

/**
 * Slack clients turn `"` into curly quotes and `--` into a long dash, and text pasted from documents brings no-break
 * and zero-width characters (errbot #1094, kubebot #9). Direction marks go too: they make a text read as what it is not.
 */
function plainCharacters(text: string): string {
  return text
    .replace(/[\u00AD\u061C\u180E\u200B-\u200F\u202A-\u202E\u2060-\u2064\u2066-\u2069\uFEFF]/g, '')
    .replace(/[\u201C-\u201F\u2033\u00AB\u00BB\uFF02]/g, '"')
    .replace(/[\u2018-\u201B\u2032\u2039\u203A\uFF07]/g, "'")
    .replace(/[\u2014\u2015]/g, '--')
    .replace(/[\u2010-\u2013\u2212\uFE58\uFE63\uFF0D]/g, '-')
    .replace(/[\s\u0000-\u001F\u007F-\u009F\u2800\u3164]/g, ' ')
}
