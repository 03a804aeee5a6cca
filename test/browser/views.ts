import assert from 'node:assert/strict'
import type { Browser, BrowserContextOptions, Locator } from 'playwright-core'
import { isObject, type Json } from '../../src/playground/slack/json.ts'
import type { Slack } from '../../src/playground/slack/server.ts'
import { putView } from '../../src/playground/slack/views.ts'
import { changed } from '../../src/playground/slack/workspace.ts'
import { open, type Watched } from '../support/browser.ts'
import type { Golden } from './words.ts'
import { wordsOf } from './words.ts'

/** A golden modal or Home tab; `errors` as they were told of a form that was sent, by block. */
export type ShownView = Golden & {
  readonly type: 'modal' | 'home'
  readonly errors?: { readonly [block: string]: string }
}

const READER = 'U0ALICE01'

/** A page on which Alice has the view before her, as if the app had just opened it. */
export async function openView(
  browser: Browser,
  { url, workspace }: Slack,
  view: ShownView,
  options: BrowserContextOptions,
): Promise<Watched> {
  const { errors, ...json } = view
  workspace.modals.delete(READER)
  workspace.homes.delete(READER)
  const watched = await open(browser, `${url}/#alice/${view.type === 'home' ? 'home' : ''}`, options)
  await watched.page.locator('#user button').waitFor({ state: 'attached' })
  const put = putView(workspace, READER, json as unknown as Json)
  if (view.type === 'home' || errors === undefined) return watched
  await watched.page.getByRole('dialog').waitFor()
  put.errors = errors
  changed(workspace, { type: 'views', user: READER })
  await watched.page.getByText(Object.values(errors)[0] ?? '').waitFor()
  return watched
}

/** The part of the page that shows the view, no wider than the window. */
export async function viewIn({ page }: Watched, { type, blocks }: ShownView): Promise<Locator> {
  const part = type === 'home' ? page.locator('#home') : page.getByRole('dialog')
  await part
    .locator('.block')
    .nth(blocks.length - 1)
    .waitFor({ state: 'attached' })
  const over = await page.evaluate('document.scrollingElement.scrollWidth - innerWidth')
  assert.equal(over, 0)
  await page.mouse.move(0, 0)
  return part
}

/** What must be readable of a view before anything in it is opened: what its menus offer is not yet. */
export function viewWords({ blocks, errors = {} }: ShownView): readonly string[] {
  const shown = blocks.map((block) => (isObject(block['element']) ? { ...block, element: {} } : block))
  return [...wordsOf(shown), ...wordsOf(Object.values(errors).map((text) => ({ text })))]
}
