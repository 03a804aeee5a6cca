import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Browser, BrowserContextOptions, Locator } from 'playwright-core'
import type { Json } from '../../src/playground/slack/json.ts'
import { storeMessage } from '../../src/playground/slack/messages.ts'
import { type Slack, startSlack } from '../../src/playground/slack/server.ts'
import { assertAccessible, DESKTOP, launch, noBrowser, open, PHONE, type Watched } from '../support/browser.ts'
import { GOLDEN } from '../support/golden.ts'
import { openView, type ShownView, viewIn, viewWords } from './views.ts'
import { type Golden, wordsOf } from './words.ts'

/**
 * Every golden message, shown by the page in a real browser. UPDATE_PICTURES=1 writes what it looks like to docs/pictures: on a desktop,
 * and the answers on a phone too.
 */
const FOLDER = join(GOLDEN, 'slack')
const PICTURES = join(GOLDEN, '..', '..', 'docs', 'pictures')
const WRITES = process.env['UPDATE_PICTURES'] === '1'
/** The hour of the golden messages. */
const NOW = Date.parse('2026-11-20T14:08:00Z')

const NAMES = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.replace(/\.json$/, ''))
const goldenOf = (name: string): Golden => JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8')) as Golden
const MESSAGES = NAMES.filter((name) => !('type' in goldenOf(name)))
const VIEWS = NAMES.filter((name) => 'type' in goldenOf(name))

const CHANNEL = { id: 'C0GALLERY', name: 'gallery', members: ['U0ALICE01', 'U0CTQBOT1'] }

let browser: Browser
let slack: Slack
let desktop: Watched
let phone: Watched
const only = { skip: noBrowser, timeout: 90_000 }
const stamps = new Map<string, string>()

before(async () => {
  if (noBrowser) return
  slack = await startSlack({ now: () => NOW, seed: { channels: [CHANNEL] } })
  const { workspace: ws } = slack
  for (const name of MESSAGES) {
    const { text, blocks } = goldenOf(name)
    const channel = ws.channels.get(CHANNEL.id)
    assert.ok(channel)
    // A message of somebody else between two keeps each under a name of its own.
    storeMessage(ws, channel, { user: 'U0ALICE01', text: name })
    stamps.set(name, storeMessage(ws, channel, { user: ws.app.botUserId, text, blocks: [...blocks] }).ts)
  }
  browser = await launch()
  desktop = await open(browser, slack.url, asTall(DESKTOP))
  phone = await open(browser, slack.url, asTall(PHONE))
  if (!WRITES) return
  mkdirSync(PICTURES, { recursive: true })
  for (const file of readdirSync(PICTURES)) if (file.endsWith('.png')) rmSync(join(PICTURES, file))
  // The message box is no part of a message.
  for (const { page } of [desktop, phone]) {
    await page.locator('article').last().waitFor()
    await page.locator('#below').evaluate((node: { hidden: boolean }) => {
      node.hidden = true
    })
  }
})

after(async () => {
  await browser?.close()
  await slack?.close()
  if (WRITES) writeFileSync(join(PICTURES, 'README.md'), gallery())
})

/** For pictures the window is taller than any message: what lies outside of it would not be in the picture. */
function asTall(options: BrowserContextOptions): BrowserContextOptions {
  if (!WRITES || !options.viewport) return options
  return { ...options, viewport: { ...options.viewport, height: 3000 } }
}

for (const name of VIEWS)
  test(`the page shows ${name} on a desktop and on a phone`, only, async () => {
    const golden = goldenOf(name) as ShownView
    for (const options of [DESKTOP, PHONE]) {
      const watched = await openView(browser, slack, golden, asTall(options))
      const part = await viewIn(watched, golden)
      const said = ((await part.textContent()) ?? '').toLowerCase()
      assert.deepEqual(
        viewWords(golden).filter((word) => !said.includes(word.toLowerCase())),
        [],
      )
      if (options === DESKTOP) await assertAccessible(watched.page, name)
      const path = join(PICTURES, `${name}${options === PHONE ? '-phone' : ''}.png`)
      if (WRITES) await part.screenshot({ path, scale: 'css' })
      assert.deepEqual(watched.troubles, [])
      await watched.close()
    }
  })

/** A message's own part of the page, wide enough for all that is in it, and with nothing in it that runs or frames. */
async function shown({ page }: Watched, name: string): Promise<Locator> {
  const article = page.locator(`[data-ts="${stamps.get(name)}"] article`)
  await article.waitFor()
  const over = await article.evaluate(
    (node: { scrollWidth: number; clientWidth: number }) => node.scrollWidth - node.clientWidth,
  )
  assert.ok(over <= 0, `${over} px too wide at ${page.viewportSize()?.width}`)
  assert.equal(await article.locator('script, iframe, object, embed, [onerror], [onload]').count(), 0)
  return article
}

function assertSays(text: string, { blocks }: { readonly blocks: readonly Json[] }): void {
  const said = text.toLowerCase()
  const missing = wordsOf(blocks).filter((word) => !said.includes(word.toLowerCase()))
  assert.deepEqual(missing, [])
}

for (const name of MESSAGES)
  test(`the page shows ${name} on a desktop and on a phone`, only, async () => {
    for (const watched of [desktop, phone]) {
      const article = await shown(watched, name)
      assertSays((await article.textContent()) ?? '', goldenOf(name))
      if (!WRITES || (watched === phone && !name.startsWith('answer'))) continue
      await watched.page.mouse.move(0, 0)
      const path = join(PICTURES, `${name}${watched === phone ? '-phone' : ''}.png`)
      await article.screenshot({ path, scale: 'css' })
    }
  })

test('showing them all neither executes nor loads anything, nor scrolls the page sideways', {
  skip: noBrowser,
}, async () => {
  for (const { page, troubles } of [desktop, phone]) {
    const over = await page.evaluate('document.scrollingElement.scrollWidth - innerWidth')
    assert.equal(over, 0)
    assert.deepEqual(troubles, [])
  }
})

test('all of them together are accessible, in light and dark', only, async () => {
  await assertAccessible(desktop.page, 'the golden messages')
})

/** The pictures on one page, each with the words that a screen reader would have. */
function gallery(): string {
  const picture = (name: string): string => `## ${name}\n\n![${name}](${name}.png)\n`
  const lines = [
    '# What ctq says in Slack',
    '',
    'Rendered by the playground from the golden messages in test/golden/slack; `UPDATE_PICTURES=1 npm test` renders them anew.',
    '',
  ]
  return `${lines.join('\n')}\n${NAMES.map(picture).join('\n')}`
}
