import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { after, before, test } from 'node:test'
import type { Browser, Locator, Page } from 'playwright-core'
import { assertAccessible, assertFits, launch, noBrowser, open, PHONE, type Watched } from '../support/browser.ts'

/** The playground as `npm start` brings it up, ctq and all, and the page as three people use it in the incident. */
let browser: Browser
let child: ChildProcess
let alice: Watched
let bob: Watched
let dave: Watched
let key = ''

const ANSWER_MS = 30_000
const only = { skip: noBrowser, timeout: 90_000 }

before(async () => {
  if (noBrowser) return
  const [url, launched] = await Promise.all([startCtq(), launch()])
  browser = launched
  const as = (name: string, place: string) => open(browser, `${url}/#${name}/${place}`)
  alice = await open(browser, url)
  bob = await as('bob', 'C0INCPAY1')
  dave = await as('dave', 'C0CONTRAC')
})

after(async () => {
  await browser?.close()
  if (!child || child.exitCode !== null) return
  child.kill('SIGTERM')
  await new Promise((resolve) => child.once('exit', resolve))
})

/** `ctq start` with no setting of anybody's; answers the page's address when ctq is up. */
async function startCtq(): Promise<string> {
  const args = ['--no-warnings', 'dist/src/main.js', 'start', '--port', '0', '--latency', '5']
  const kept = ['PATH', 'HOME', 'TMPDIR', 'NODE_V8_COVERAGE'].flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value]]
  })
  child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env: Object.fromEntries(kept) })
  return await new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`ctq start ended with ${code}`)))
    createInterface({ input: child.stdout ?? process.stdin }).on('line', (line) => {
      const found = /open (http:\/\/127\.0\.0\.1:\d+)/.exec(line)
      if (found?.[1]) resolve(found[1])
    })
  })
}

async function become(page: Page, from: string, to: string): Promise<void> {
  await page.getByRole('button', { name: `You are ${from}` }).click()
  await page.getByRole('menuitemradio', { name: to }).click()
  await page.getByRole('button', { name: `You are ${to}` }).waitFor()
}

const channelOf = (page: Page): Locator => page.getByRole('log', { name: 'Messages' })
const threadOf = (page: Page): Locator => page.getByRole('complementary', { name: 'Thread' })
const saidByCtq = (where: Locator, text: RegExp): Locator =>
  where.getByRole('article', { name: 'ctq' }).filter({ hasText: text })

test("the page opens on the incident's channel, with its alert and three questions to try", only, async () => {
  const { page } = alice
  await page.getByRole('heading', { name: 'incident-payments', level: 2 }).waitFor()
  const alert = channelOf(page).getByRole('article', { name: 'GuardDuty alerts' })
  key = /AKIA[A-Z0-9]{16}/.exec(await alert.innerText())?.[0] ?? ''
  const questions = await page.getByRole('list', { name: 'Try' }).getByRole('button').allInnerTexts()
  assert.equal(questions.length, 3)
  assert.ok(questions[0]?.includes(key) && key !== '')
  await page.getByText('ctq is connected').waitFor()
  await assertAccessible(page, 'the channel')
})

test('Alice asks in the thread of the alert, is answered there, and looks into the CSV', only, async () => {
  const { page } = alice
  const alert = channelOf(page).getByRole('article', { name: 'GuardDuty alerts' })
  await alert.getByRole('button', { name: 'Reply in thread' }).click()
  const thread = threadOf(page)
  await thread.getByLabel('Reply…').fill(`@ctq key-activity accessKeyId=${key} last 24h`)
  await page.keyboard.press('Enter')
  const answer = saidByCtq(thread, /COMPLETE/)
  await answer.waitFor({ timeout: ANSWER_MS })
  assert.ok((await answer.innerText()).includes(key))
  await pictures(page)
  const file = thread.getByRole('article', { name: 'ctq' }).filter({ hasText: 'CSV ·' })
  await file.getByText('Preview').click()
  const rows = file.getByRole('table').getByRole('row')
  await rows.nth(1).waitFor()
  assert.match(await rows.nth(0).innerText(), /eventTime/)
  const saved = page.waitForEvent('download')
  await file.getByRole('link', { name: /^Download/ }).click()
  const csv = await readFile(await (await saved).path(), 'utf8')
  assert.match(csv, /eventTime.*\r\n/)
  await file.getByRole('button', { name: /^Open/ }).click()
  const dialog = page.getByRole('dialog')
  const all = dialog.getByText(/^(All|The first) \d+ rows$/)
  await all.waitFor()
  const records = csv.trimEnd().split('\r\n').length - 1
  assert.ok((await all.innerText()).includes(String(Math.min(records, 200))))
  await assertAccessible(page, 'the file')
  await page.keyboard.press('Escape')
  await assertAccessible(page, 'the thread')
})

/** With UPDATE_PICTURES=1: what the README shows. */
async function pictures(page: Page): Promise<void> {
  if (process.env['UPDATE_PICTURES'] !== '1') return
  await page.mouse.move(0, 0)
  await page.getByRole('button', { name: 'New messages' }).waitFor()
  await page.screenshot({ path: 'docs/playground.png' })
  const phone = await open(browser, page.url(), { ...PHONE, colorScheme: 'dark' })
  await saidByCtq(threadOf(phone.page), /COMPLETE/).waitFor()
  await threadOf(phone.page)
    .getByRole('article')
    .nth(2)
    .evaluate((node: { scrollIntoView: () => void }) => node.scrollIntoView())
  await phone.page.screenshot({ path: 'docs/playground-phone.png' })
  await phone.close()
}

test('Bob tries a question with two presses', only, async () => {
  const { page } = bob
  const chip = page.getByRole('list', { name: 'Try' }).getByRole('button').nth(1)
  await chip.click()
  const text = (await chip.getAttribute('title')) ?? ''
  assert.equal(await page.locator('#composer-text').inputValue(), text)
  await chip.click()
  const answer = saidByCtq(channelOf(page), /iam-persistence.*CreateAccessKey/s)
  await answer.waitFor({ timeout: ANSWER_MS })
  await assertFits(page, 'the answer')
})

test("Carol, in the page that was Bob's, begins what takes long, and cancels it", only, async () => {
  const { page } = bob
  await become(page, 'Bob Okafor', 'Carol Lindqvist')
  await page.locator('#composer-text').fill('/ctq denied-calls last 90d account=all')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: /^Run [0-9a-f]{8}/ }).click({ timeout: ANSWER_MS })
  await page.getByRole('button', { name: /^Cancel [0-9a-f]{8}/ }).click({ timeout: ANSWER_MS })
  await saidByCtq(channelOf(page), /cancelled/i).waitFor({ timeout: ANSWER_MS })
})

test('Dave, a guest, is refused where only he sees it', only, async () => {
  const { page } = dave
  await page.getByRole('button', { name: 'You are Dave Singh' }).waitFor()
  await page.locator('#composer-text').fill(`/ctq key-activity accessKeyId=${key}`)
  await page.keyboard.press('Enter')
  const seenByDave = channelOf(page).getByRole('article', { name: /^ctq,.*only visible to you$/ })
  const refusal = seenByDave.filter({ hasText: 'may not ask' })
  await refusal.waitFor({ timeout: ANSWER_MS })
  await assertAccessible(page, 'the refusal')
  await alice.page.getByRole('button', { name: 'contractors' }).click()
  await alice.page.getByRole('heading', { name: 'contractors', level: 2 }).waitFor()
  await channelOf(alice.page).getByRole('article').first().waitFor({ state: 'detached' })
})

test(
  'a page that is opened on Home has what its reader asked and may ask; a runbook opens its form from there',
  only,
  async () => {
    const home = await open(browser, `${new URL(alice.page.url()).origin}/#alice/home`)
    const { page } = home
    await page.getByText(`key-activity accessKeyId=${key} last 24h`).first().waitFor({ timeout: ANSWER_MS })
    await page.getByRole('heading', { name: 'What you may ask' }).waitFor()
    await page.getByText(/The queue is reached/).waitFor()
    await assertAccessible(page, 'Home')
    await page
      .getByRole('button', { name: /^Ask.*console-logins/ })
      .first()
      .click()
    const form = page.getByRole('dialog', { name: 'Ask CloudTrail' })
    assert.equal(await form.getByLabel('Question').inputValue(), 'console-logins')
    await assertAccessible(page, 'the form')
    await page.keyboard.press('Escape')
    await form.waitFor({ state: 'detached' })
    // Her other page has it too, and loses it when the simulated Slack knows: a page that is gone by then says nothing more.
    await alice.page.getByRole('dialog', { name: 'Ask CloudTrail' }).waitFor({ state: 'detached' })
    assert.deepEqual(home.troubles, [])
    await home.close()
  },
)

test('one person becomes another in the same page, and sees what that one sees', only, async () => {
  const { page } = alice
  await become(page, 'Alice Moreau', 'Dave Singh')
  await channelOf(page).getByText('may not ask').waitFor()
  assert.equal(await page.getByRole('button', { name: 'sec-response' }).count(), 0)
})

test('nothing went wrong in any of the pages', { skip: noBrowser }, () => {
  assert.deepEqual(
    [alice, bob, dave].map(({ troubles }) => troubles),
    [[], [], []],
  )
})
