import assert from 'node:assert/strict'
import { after, before, type TestContext, test } from 'node:test'
import type { App } from '@slack/bolt'
import type { Browser, Page } from 'playwright-core'
import type { Json } from '../../src/playground/slack/json.ts'
import { anApp, aSlack, type Rig } from '../playground/slackRig.ts'
import { assertAccessible, assertFits, DESKTOP, launch, noBrowser, open, PHONE } from '../support/browser.ts'
import { EVERY_BLOCK, HELP, HOME, QUESTION } from './blocks.ts'

const CHANNEL = 'C0INCPAY1'
const SHORTCUTS = [
  { type: 'global', callback_id: 'ask', name: 'Ask CloudTrail' },
  { type: 'message', callback_id: 'ask_about', name: 'Ask about this' },
] as const

let browser: Browser
before(async () => {
  if (!noBrowser) browser = await launch()
})
after(async () => browser?.close())

type Bench = { readonly slack: Rig; readonly app: App; readonly page: Page; readonly troubles: readonly string[] }

/** The page as Alice sees it, with an app behind it that `listen` gives its handlers; no trouble may show in the page. */
async function aPage(t: TestContext, listen: (app: App) => void, options = DESKTOP): Promise<Bench> {
  const slack = await aSlack(t, { settings: { rateLimits: false, shortcuts: [...SHORTCUTS] } })
  const app = await anApp(slack)
  listen(app)
  const { page, troubles, close } = await open(browser, slack.url, options)
  t.after(close)
  await page.getByRole('heading', { name: 'incident-payments', level: 2 }).waitFor()
  return { slack, app, page, troubles }
}

const view = (json: Json): never => json as never
const composer = (page: Page) => page.locator('#composer-text')
const focused = (page: Page) => page.evaluate('document.activeElement.innerText || document.activeElement.id')

const only = { skip: noBrowser, timeout: 90_000 }

test('a slash completes the command, and its answer is seen by the asker alone', only, async (t) => {
  const { page, troubles } = await aPage(t, (app) =>
    app.command('/ctq', async ({ ack, command, respond }) => {
      await ack()
      await respond({ text: `Heard *${command.text}*` })
    }),
  )
  await page.keyboard.press('/')
  await page.getByRole('option', { name: '/ctq' }).waitFor()
  await page.keyboard.press('Enter')
  assert.equal(await composer(page).inputValue(), '/ctq ')
  await page.keyboard.type('help me')
  await page.keyboard.press('Enter')
  await page.getByRole('article', { name: 'only visible to you' }).getByText('Heard help me').waitFor()
  await page.getByRole('button', { name: 'You are Alice Moreau' }).click()
  await page.getByRole('menuitemradio', { name: 'Bob Okafor' }).click()
  await page.getByRole('button', { name: 'You are Bob Okafor' }).waitFor()
  assert.equal(await page.getByText('Heard help me').count(), 0)
  assert.deepEqual(troubles, [])
})

test('a button that is pressed by keyboard keeps the focus while its message changes', only, async (t) => {
  const { page, app, troubles } = await aPage(t, (it) =>
    it.action('again', async ({ ack, body, client }) => {
      await ack()
      const { message, channel } = body as unknown as { message: { ts: string }; channel: { id: string } }
      await client.chat.update({ channel: channel.id, ts: message.ts, text: 'twice', blocks: again('twice') as never })
    }),
  )
  const again = (text: string) => [
    { type: 'section', text: { type: 'mrkdwn', text } },
    {
      type: 'actions',
      block_id: 'b',
      elements: [{ type: 'button', action_id: 'again', text: { type: 'plain_text', text: 'Again' } }],
    },
  ]
  await app.client.chat.postMessage({ channel: CHANNEL, text: 'once', blocks: again('once') as never })
  await page.getByRole('button', { name: 'Again' }).focus()
  await page.keyboard.press('Enter')
  await page.getByText('twice').waitFor()
  assert.equal(await focused(page), 'Again')
  assert.deepEqual(troubles, [])
})

test(
  'what is pressed under a message is followed to its thread; a file alone is not, nor whoever writes elsewhere',
  only,
  async (t) => {
    const { page, app, troubles } = await aPage(t, (it) =>
      it.action('next', async ({ ack, body, client }) => {
        await ack()
        const { message, channel } = body as unknown as { message: { ts: string }; channel: { id: string } }
        await client.chat.postMessage({ channel: channel.id, thread_ts: message.ts, text: 'here is more' })
      }),
    )
    const button = { type: 'button', action_id: 'next', text: { type: 'plain_text', text: 'Next' } }
    const blocks = [{ type: 'actions', block_id: 'b', elements: [button] }]
    await app.client.chat.postMessage({ channel: CHANNEL, text: 'once', blocks: blocks as never })
    const thread = page.getByRole('complementary', { name: 'Thread' })
    await page.getByRole('button', { name: 'Next' }).press('Enter')
    await thread.getByText('here is more').waitFor()
    await page.locator('#thread-text:focus').waitFor()
    await page.keyboard.press('Escape')
    await thread.waitFor({ state: 'hidden' })
    await page.getByRole('button', { name: 'Next' }).click()
    await page.locator('#composer-text').fill('meanwhile')
    await thread.getByText('here is more').nth(1).waitFor()
    assert.equal(await page.evaluate('document.activeElement.id'), 'composer-text')
    assert.deepEqual(troubles, [])
  },
)

test(
  'a modal keeps what was typed under one that is pushed over it, and says errors beside the fields',
  only,
  async (t) => {
    let sent: Json = {}
    const { page, troubles } = await aPage(t, (app) => {
      app.shortcut('ask', async ({ ack, body, client }) => {
        await ack()
        await client.views.open({ trigger_id: body.trigger_id, view: view(QUESTION) })
      })
      app.action('push_help', async ({ ack, body, client }) => {
        await ack()
        await client.views.push({
          trigger_id: (body as unknown as { trigger_id: string }).trigger_id,
          view: view(HELP),
        })
      })
      app.view('question', async ({ ack, view: { state } }) => {
        sent = state.values as unknown as Json
        if (state.values['key']?.['a']?.value === 'wrong')
          return ack({ response_action: 'errors', errors: { key: 'That is no access key.' } })
        return ack()
      })
    })
    await page.getByRole('button', { name: 'Shortcuts' }).press('ArrowDown')
    await page.getByRole('menuitem', { name: 'Ask CloudTrail' }).press('Enter')
    const modal = page.getByRole('dialog', { name: 'Ask CloudTrail' })
    await modal.getByLabel('Access key').fill('wrong')
    await modal.getByLabel('Runbook').selectOption('denied-calls')
    await modal.getByLabel('Regions').fill('eu-c')
    await modal.getByRole('option', { name: 'eu-central-1' }).waitFor()
    await page.keyboard.press('Enter')
    await modal.getByRole('button', { name: 'Remove eu-central-1' }).waitFor()
    await modal.getByLabel('Since').fill('2026-11-20T09:30')
    await modal.getByLabel('Day').fill('2026-11-19')
    await modal.getByLabel('Post the CSV').check()
    await modal.getByRole('button', { name: 'What are these?' }).click()
    const help = page.getByRole('dialog', { name: 'Runbooks' })
    await help.getByText('What did this access key do?').waitFor()
    assert.equal(await modal.count(), 0)
    await page.keyboard.press('Escape')
    assert.equal(await modal.getByLabel('Access key').inputValue(), 'wrong')
    await modal.getByRole('button', { name: 'Ask', exact: true }).click()
    await modal.getByRole('alert').getByText('That is no access key.').waitFor()
    assert.equal(await modal.getByLabel('Access key').getAttribute('aria-invalid'), 'true')
    await assertAccessible(page, 'a modal with an error')
    await modal.getByLabel('Access key').fill('AKIAIOSFODNN7EXAMPLE')
    await page.keyboard.press('Enter')
    await modal.waitFor({ state: 'detached' })
    const value = (block: string) => (sent[block] as { a: Json }).a
    assert.equal(value('key')['value'], 'AKIAIOSFODNN7EXAMPLE')
    assert.equal((value('runbook')['selected_option'] as Json)['value'], 'denied-calls')
    assert.deepEqual(
      (value('regions')['selected_options'] as Json[]).map((each) => each['value']),
      ['eu-central-1'],
    )
    // Alice is in Paris: half past nine there is half past eight in UTC.
    assert.equal(value('since')['selected_date_time'], Date.parse('2026-11-20T08:30Z') / 1000)
    assert.equal(value('day')['selected_date'], '2026-11-19')
    assert.equal(value('time')['selected_time'], '14:05')
    assert.equal((value('how')['selected_option'] as Json)['value'], 'quick')
    assert.equal((value('also')['selected_options'] as Json[]).length, 1)
    assert.deepEqual(troubles, [])
  },
)

test('a modal that the app updates keeps what was typed into inputs of the same name', only, async (t) => {
  const { page, slack, troubles } = await aPage(t, (app) => {
    app.shortcut('ask', async ({ ack, body, client }) => {
      await ack()
      await client.views.open({ trigger_id: body.trigger_id, view: view(QUESTION) })
    })
    app.action('push_help', async ({ ack, body, client }) => {
      await ack()
      const blocks = (QUESTION['blocks'] as Json[]).slice(1)
      await client.views.update({
        view_id: (body as unknown as { view: { id: string } }).view.id,
        view: view({ ...QUESTION, blocks }),
      })
    })
  })
  await slack.people.shortcut({ user: 'alice', callback_id: 'ask' })
  const modal = page.getByRole('dialog', { name: 'Ask CloudTrail' })
  await modal.getByLabel('Access key').fill('AKIA')
  await modal.getByText('Wide').click()
  await modal.getByRole('button', { name: 'What are these?' }).click()
  await modal.getByText('Reads 17 Regions.').waitFor({ state: 'detached' })
  assert.equal(await modal.getByLabel('Access key').inputValue(), 'AKIA')
  assert.equal(await modal.getByLabel('Wide').isChecked(), true)
  assert.deepEqual(troubles, [])
})

test('a message is replied to, asked about and linked to from the keyboard', only, async (t) => {
  let about = ''
  const { page, app, troubles } = await aPage(t, (it) =>
    it.shortcut({ type: 'message_action', callback_id: 'ask_about' }, async ({ ack, shortcut }) => {
      about = (shortcut as unknown as { message: { text: string } }).message.text
      await ack()
    }),
  )
  const { ts } = await app.client.chat.postMessage({ channel: CHANNEL, text: 'Key AKIA was used' })
  const message = page.getByRole('log', { name: 'Messages' }).getByRole('article', { name: 'ctq' })
  await message.focus()
  await message.getByRole('button', { name: 'More actions' }).press('Enter')
  await page.getByRole('menuitem', { name: 'Ask about this' }).press('Enter')
  await message.getByRole('button', { name: 'Reply in thread' }).press('Enter')
  const thread = page.getByRole('complementary', { name: 'Thread' })
  await page.locator('#thread-text:focus').waitFor()
  await page.keyboard.type('on it')
  await page.keyboard.press('Enter')
  await thread.getByRole('article', { name: 'Alice Moreau' }).getByText('on it').waitFor()
  assert.equal(about, 'Key AKIA was used')
  await message.getByText('1 reply').waitFor()
  await page.keyboard.press('Escape')
  await thread.waitFor({ state: 'hidden' })
  assert.match(String(await focused(page)), /1 reply/)
  await page.goto(`${new URL(page.url()).origin}/archives/${CHANNEL}/p${ts?.replace('.', '')}`)
  await page.locator('article:focus').waitFor()
  assert.match(String(await focused(page)), /Key AKIA was used/)
  assert.deepEqual(troubles, [])
})

for (const [name, options] of [
  ['a desktop', DESKTOP],
  ['a phone', PHONE],
] as const)
  test(`every block, a modal and Home are accessible on ${name}, in light and dark`, only, async (t) => {
    const { page, slack, app, troubles } = await aPage(
      t,
      (it) => {
        it.shortcut('ask', async ({ ack, body, client }) => {
          await ack()
          await client.views.open({ trigger_id: body.trigger_id, view: view(QUESTION) })
        })
      },
      options,
    )
    await app.client.views.publish({ user_id: 'U0ALICE01', view: view(HOME) })
    const message = { channel: CHANNEL, text: 'every block', blocks: EVERY_BLOCK as never }
    const { ts } = await app.client.chat.postMessage(message)
    await app.client.chat.postMessage({ channel: CHANNEL, thread_ts: ts ?? '', text: 'a reply' })
    await app.client.chat.postEphemeral({ channel: CHANNEL, user: 'U0ALICE01', text: 'only you' })
    await page.getByText('only you').waitFor()
    for (const kind of EVERY_BLOCK) assert.equal(await page.getByText(`[${kind['type']}]`).count(), 0)
    await looksRight(page, 'the channel')
    await page.getByRole('button', { name: '1 reply' }).click()
    await page.getByText('a reply').waitFor()
    await looksRight(page, 'the thread')
    await page.keyboard.press('Escape')
    await slack.people.shortcut({ user: 'alice', callback_id: 'ask' })
    await page.getByRole('dialog', { name: 'Ask CloudTrail' }).waitFor()
    await looksRight(page, 'the modal')
    await page.keyboard.press('Escape')
    if (options === PHONE) await page.getByRole('button', { name: 'Channels and people' }).click()
    await page.getByRole('button', { name: 'ctq Home' }).click()
    await page.getByText('Nothing asked yet.').waitFor()
    await looksRight(page, 'Home')
    assert.deepEqual(troubles, [])
  })

async function looksRight(page: Page, where: string): Promise<void> {
  await assertAccessible(page, where)
  await assertFits(page, where)
}

test('a table is sorted, filtered and turned by its own controls', only, async (t) => {
  const { page, app, troubles } = await aPage(t, () => undefined)
  await app.client.chat.postMessage({ channel: CHANNEL, text: 'table', blocks: EVERY_BLOCK as never })
  const table = page.getByRole('table', { name: 'Calls by service' })
  const names = () => table.getByRole('rowheader').allInnerTexts()
  await table.waitFor()
  assert.deepEqual(await names(), ['iam', 's3', 'ec2', 'sts', 'kms'])
  await page.getByRole('button', { name: 'Next' }).click()
  assert.deepEqual(await names(), ['lambda', 'ecr'])
  await page.getByRole('button', { name: 'calls', exact: true }).click()
  await page.getByRole('button', { name: 'calls', exact: true }).click()
  await page.getByRole('button', { name: 'Previous' }).click()
  assert.deepEqual(await names(), ['lambda', 'ec2', 'kms', 's3', 'ecr'])
  await page.getByLabel('Filter Calls by service').fill('s')
  assert.deepEqual(await names(), ['kms', 's3', 'sts'])
  assert.deepEqual(troubles, [])
})

test('F6 goes from part to part, the arrows from message to message, Escape back out', only, async (t) => {
  const { page, app, troubles } = await aPage(t, () => undefined)
  for (const text of ['one', 'two', 'three']) await app.client.chat.postMessage({ channel: CHANNEL, text })
  await page.getByText('three').waitFor()
  await page.keyboard.press('F6')
  assert.equal(await focused(page), 'incident-payments')
  await page.keyboard.press('ArrowDown')
  assert.equal(await focused(page), 'ops')
  await page.keyboard.press('F6')
  assert.equal(await focused(page), 'composer-text')
  await page.getByRole('article').last().focus()
  await page.keyboard.press('ArrowUp')
  assert.match(String(await focused(page)), /two/)
  assert.equal(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle'), 'solid')
  assert.deepEqual(troubles, [])
})

test('each place keeps what was typed there and not sent', only, async (t) => {
  const { page, troubles } = await aPage(t, () => undefined)
  await composer(page).fill('half a thought')
  await page.getByRole('button', { name: 'ops', exact: true }).click()
  await page.getByRole('heading', { name: 'ops', level: 2 }).waitFor()
  assert.equal(await composer(page).inputValue(), '')
  await page.getByRole('button', { name: 'incident-payments' }).click()
  await page.getByRole('heading', { name: 'incident-payments', level: 2 }).waitFor()
  assert.equal(await composer(page).inputValue(), 'half a thought')
  assert.deepEqual(troubles, [])
})

test('a screen reader hears of a message once it stands still, not of each step of its progress', only, async (t) => {
  const { page, app, troubles } = await aPage(t, () => undefined)
  const { ts } = await app.client.chat.postMessage({ channel: CHANNEL, text: 'reading, 1 page' })
  await page.getByText('reading, 1 page').waitFor()
  await app.client.chat.update({ channel: CHANNEL, ts: ts ?? '', text: 'reading, 2 pages' })
  await page.getByText('reading, 2 pages').waitFor()
  const heard: string[] = []
  await page.exposeFunction('hears', (text: string) => heard.push(text))
  await page.evaluate(`new MutationObserver(([{ target }]) => hears(target.textContent))
    .observe(document.getElementById('announcements'), { childList: true })`)
  await app.client.chat.update({ channel: CHANNEL, ts: ts ?? '', text: 'complete: 3 calls' })
  await page.locator('#announcements').getByText('ctq: complete: 3 calls').waitFor()
  assert.deepEqual(heard, ['ctq: complete: 3 calls'])
  assert.deepEqual(troubles, [])
})

test('a long answer is shown from its beginning, and what comes after it by a button', only, async (t) => {
  const { page, app, troubles } = await aPage(t, () => undefined)
  const text = Array.from({ length: 90 }, (_, at) => `line ${at}`).join('\n')
  await app.client.chat.postMessage({ channel: CHANNEL, text })
  await page.getByText('line 89').waitFor()
  const top = page.getByRole('article').filter({ hasText: 'line 89' })
  const isAtTop = () =>
    top.evaluate((node: { getBoundingClientRect: () => { top: number } }) => node.getBoundingClientRect().top)
  assert.ok(Math.abs((await isAtTop()) - 70) < 30, `${await isAtTop()}`)
  await app.client.chat.postMessage({ channel: CHANNEL, text: 'the file' })
  await page.getByRole('button', { name: 'New messages' }).click()
  assert.ok((await isAtTop()) < 0)
  await page.getByRole('button', { name: 'New messages' }).waitFor({ state: 'hidden' })
  assert.deepEqual(troubles, [])
})

test('whoever has asked below a long answer is shown what is answered', only, async (t) => {
  const { page, app, troubles } = await aPage(t, () => undefined)
  const text = Array.from({ length: 90 }, (_, at) => `line ${at}`).join('\n')
  await app.client.chat.postMessage({ channel: CHANNEL, text })
  await page.getByText('line 89').waitFor()
  const box = page.getByRole('combobox', { name: 'Message #incident-payments' })
  await box.fill('and what did it do then?')
  await box.press('Enter')
  const mine = page.getByRole('article').filter({ hasText: 'and what did it do then?' })
  await mine.waitFor()
  await app.client.chat.postMessage({ channel: CHANNEL, text: 'reading …' })
  await page.getByText('reading …').waitFor()
  const bottom = await page
    .getByRole('article')
    .filter({ hasText: 'reading …' })
    .evaluate((node: { getBoundingClientRect: () => { bottom: number } }) => node.getBoundingClientRect().bottom)
  const end = await page
    .locator('#scroller')
    .evaluate((node: { getBoundingClientRect: () => { bottom: number } }) => node.getBoundingClientRect().bottom)
  assert.ok(bottom <= end + 1, `${bottom} of ${end}`)
  assert.deepEqual(troubles, [])
})

test('what the app does not take up is said in the form, which stays as it is', only, async (t) => {
  const { page, slack, troubles } = await aPage(t, (app) => {
    app.shortcut('ask', async ({ ack, body, client }) => {
      await ack()
      await client.views.open({ trigger_id: body.trigger_id, view: view(QUESTION) })
    })
    app.view('question', async () => undefined)
    app.action('push_help', async () => undefined)
  })
  await slack.people.shortcut({ user: 'alice', callback_id: 'ask' })
  slack.workspace.settings.ackMs = 200
  const modal = page.getByRole('dialog', { name: 'Ask CloudTrail' })
  await modal.getByRole('button', { name: 'What are these?' }).click()
  await page.getByText('This did not work: operation_timeout').waitFor()
  await modal.getByLabel('Access key').fill('AKIA')
  await modal.getByLabel('Runbook').selectOption('denied-calls')
  await modal.getByRole('button', { name: 'Ask', exact: true }).click()
  await modal.getByRole('alert').getByText('We had some trouble connecting').waitFor()
  assert.equal(await modal.getByLabel('Access key').inputValue(), 'AKIA')
  assert.deepEqual(troubles, [])
})
