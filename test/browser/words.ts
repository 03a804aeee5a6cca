import type { Json } from '../../src/playground/slack/json.ts'
import { isObject } from '../../src/playground/slack/json.ts'

export type Golden = { readonly text: string; readonly blocks: readonly Json[] }

/** Slack's default for a data_table without a page_size. */
const PAGE = 5
const SAID = ['text', 'caption', 'title', 'subtitle', 'label', 'hint']

/** Words of at least three letters or digits that must be readable where these blocks are shown: those on a table's later pages are not. */
export function wordsOf(value: unknown): readonly string[] {
  return textsOf(value).flatMap((text) => plain(text).match(/[\p{L}\p{N}]{3,}/gu) ?? [])
}

function textsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(textsOf)
  if (!isObject(value)) return []
  if (value['type'] === 'data_table' && Array.isArray(value['rows'])) {
    const size = typeof value['page_size'] === 'number' ? value['page_size'] : PAGE
    return [String(value['caption']), ...value['rows'].slice(0, size + 1).flatMap(textsOf)]
  }
  return Object.entries(value).flatMap(([name, each]) => {
    if (typeof each === 'string') return SAID.includes(name) ? [each] : []
    return name === 'confirm' ? [] : textsOf(each)
  })
}

/** Without what Slack makes into something else: dates, mentions and links, emoji, and the escapes of three characters. */
function plain(text: string): string {
  return text
    .replaceAll(/<[^<>\n]*>/g, ' ')
    .replaceAll(/:[a-z0-9_+-]+:/g, ' ')
    .replaceAll(/&(amp|lt|gt);/g, ' ')
}
