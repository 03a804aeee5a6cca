/**
 * A message's text as what it says: Slack's links taken apart, its dates turned into times, escapes of Slack, JSON and URLs undone, addresses that were
 * made harmless (`203[.]0[.]113[.]9`) made whole. One pass each, linear in its length.
 */
export function messageText(text: string): string {
  return text
    .replace(/<([^<>]*)>/g, (_, inside: string) => ` ${linked(inside)} `)
    .replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => ENTITY[entity] ?? entity)
    .replace(/\\(?:[nrt"'/]|u00(?:2[26f]|3[ce]))/gi, (escaped) => ESCAPED[escaped.toLowerCase()] ?? escaped)
    .replace(/%(?:2[bf]|3[ad]|40)/gi, (code) => PERCENT[code.toLowerCase()] ?? code)
    .replace(/\[([.:])\]|\((\.)\)|\[dot\]/gi, (_, square?: string, round?: string) => square ?? round ?? '.')
    .replace(/[\u00AD\u061C\u180E\u200B-\u200F\u202A-\u202E\u2060-\u2064\u2066-\u2069\uFEFF]/g, '')
    .replace(/[\u2018\u2019\u201C-\u201E]/g, '"')
    .replace(/[\u00A0\u2000-\u200A\u202F\u205F\u3000]/g, ' ')
    .replace(/[\u2010-\u2013\u2212]/g, '-')
}

const ENTITY: { readonly [entity: string]: string } = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
}

const ESCAPED: { readonly [escaped: string]: string } = {
  '\\n': '\n',
  '\\r': '\n',
  '\\t': ' ',
  '\\"': '"',
  "\\'": "'",
  '\\/': '/',
  '\\u0022': '"',
  '\\u0026': '&',
  '\\u002f': '/',
  '\\u003c': '<',
  '\\u003e': '>',
}

const PERCENT: { readonly [code: string]: string } = { '%2b': '+', '%2f': '/', '%3a': ':', '%3d': '=', '%40': '@' }

/** Both sides of a link may name something. People, channels and groups of Slack are nothing in AWS. */
function linked(inside: string): string {
  const date = /^!date\^(\d{9,10})\^/.exec(inside)
  if (date !== null) return `${new Date(Number(date[1]) * 1000).toISOString().slice(0, 19)}Z`
  if (/^[@#!]/.test(inside)) return ''
  const bar = inside.indexOf('|')
  return bar < 0 ? inside : `${inside.slice(0, bar)} ${inside.slice(bar + 1)}`
}

/** How far back a label is looked for. */
const LABEL_REACH = 48

/** What a value is called by the words before it: `"eventID": "…"`, `*Access key*: …`, `AccountId=…`; empty when by nothing. */
export function labelBefore(text: string, index: number): string {
  const before = text.slice(Math.max(0, index - LABEL_REACH), index)
  return /([A-Za-z][\w .-]{0,30})["'`*_]{0,3}\s{0,3}[:=]\s{0,3}["'`*_[]{0,3}\s{0,2}$/.exec(before)?.[1]?.trim() ?? ''
}
