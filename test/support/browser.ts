import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

/** Where a Chromium is looked for: what CTQ_BROWSER names and nothing else, or Playwright's own, then the usual places. */
function findBrowser(): string | undefined {
  const named = process.env['CTQ_BROWSER']
  if (named !== undefined) return existsSync(named) ? named : undefined
  const usual = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
  return [chromium.executablePath(), ...usual].find((path) => existsSync(path))
}

const PATH = findBrowser()

/** Why a test that needs a browser is left out; false where there is one. */
export const noBrowser: string | false =
  PATH === undefined ? 'there is no Chromium here: npx playwright-core install chromium, or CTQ_BROWSER' : false

/** The browser of a test file; the caller closes it. */
export function launch(): Promise<Browser> {
  return chromium.launch(PATH === undefined ? {} : { executablePath: PATH })
}

export const DESKTOP: BrowserContextOptions = { viewport: { width: 1300, height: 850 }, colorScheme: 'light' }
export const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  colorScheme: 'light',
  isMobile: true,
  hasTouch: true,
}

/** A page, and what went wrong in it: everything on the console, every error, every request that left its server. */
export type Watched = { readonly page: Page; readonly troubles: string[]; readonly close: () => Promise<void> }

/** A page of its own session, opened at an address. */
export async function open(browser: Browser, address: string, options: BrowserContextOptions = {}): Promise<Watched> {
  const context = await browser.newContext({ ...DESKTOP, reducedMotion: 'reduce', ...options })
  context.setDefaultTimeout(20_000)
  const page = await context.newPage()
  const troubles: string[] = []
  page.on('console', (message) => troubles.push(`${message.type()}: ${message.text()}`))
  page.on('pageerror', (error) => troubles.push(`error: ${error.message}`))
  page.on('dialog', (dialog) => {
    troubles.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  const { origin } = new URL(address)
  page.on('request', (request) => {
    const url = new URL(request.url())
    if (url.origin !== origin && url.protocol !== 'data:') troubles.push(`request: ${request.url()}`)
  })
  await page.goto(address)
  return { page, troubles, close: () => context.close() }
}

type Violation = {
  readonly id: string
  readonly impact: string
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[]
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Asserts that axe finds nothing serious or critical on the page as it stands; in the dark only colours are looked at again. */
export async function assertAccessible(page: Page, where: string): Promise<void> {
  await page.evaluate(AXE)
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme })
    const rules = colorScheme === 'dark' ? 'runOnly: ["color-contrast", "link-in-text-block"]' : ''
    const found = (await page.evaluate(
      `axe.run(document, { ${rules} }).then((run) => run.violations)`,
    )) as readonly Violation[]
    const grave = found.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    const told = grave.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}\n${node.failureSummary}`))
    assert.deepEqual(told, [], `${where}, ${colorScheme}`)
  }
}

/** Asserts that the page as a whole does not scroll sideways. */
export async function assertFits(page: Page, where: string): Promise<void> {
  const over = await page.evaluate('document.scrollingElement.scrollWidth - innerWidth')
  assert.ok(Number(over) <= 0, `${where} is ${over} px too wide`)
}
