import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkBlocks, type Surface } from '../../src/playground/slack/blocks/blocks.ts'
import { messageBlocks } from '../../src/playground/slack/blocks/message.ts'
import { checkedView } from '../../src/playground/slack/blocks/view.ts'
import { SlackError } from '../../src/playground/slack/slackError.ts'
import { aClient, aSlack, fails } from './slackRig.ts'

const ALL = { table: true, dataTable: true }
const x = (count: number): string => 'x'.repeat(count)
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text })
const plain = (text: string) => ({ type: 'plain_text', text })
const raw = (text: string) => ({ type: 'raw_text', text })
const section = (text: string) => ({ type: 'section', text: mrkdwn(text) })
const button = (extra: object = {}) => ({ type: 'button', text: plain('Go'), action_id: 'go', ...extra })
const actions = (...elements: unknown[]) => ({ type: 'actions', elements })
const repeat = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item)
const options = (count: number) => repeat(count, 0).map((_, index) => ({ text: plain(`o${index}`), value: `${index}` }))
const dataTable = (rows: unknown[], extra: object = {}) => ({ type: 'data_table', caption: 'Rows', rows, ...extra })
const cells = (count: number, text = 'a') => repeat(count, raw(text))

const GOOD: readonly (readonly [string, unknown])[] = [
  ['a section', section(x(3000))],
  ['fields', { type: 'section', fields: repeat(10, mrkdwn(x(2000))) }],
  ['a section with an accessory', { ...section('x'), accessory: button(), expand: true }],
  ['a header', { type: 'header', text: plain(x(150)) }],
  ['a divider', { type: 'divider' }],
  ['a context', { type: 'context', elements: repeat(10, mrkdwn('x')) }],
  ['25 buttons', actions(...repeat(25, 0).map((_, index) => button({ action_id: `a${index}` })))],
  [
    'a full button',
    actions(button({ value: x(2000), style: 'danger', accessibility_label: x(75), confirm: { text: plain('Sure?') } })),
  ],
  ['a menu', actions({ type: 'static_select', action_id: 's', placeholder: plain('Pick'), options: options(100) })],
  ['an overflow', actions({ type: 'overflow', action_id: 'o', options: options(5) })],
  ['an image', { type: 'image', image_url: 'https://example.com/a.png', alt_text: 'a' }],
  ['markdown', { type: 'markdown', text: x(12_000) }],
  ['a data_table', dataTable(repeat(201, cells(2)), { page_size: 100, row_header_column_index: 1 })],
  ['a table', { type: 'table', rows: repeat(100, cells(20)), column_settings: [{ align: 'right', is_wrapped: true }] }],
  ['a number cell', dataTable([cells(1), [{ type: 'raw_number', value: 17, text: '17' }]])],
  [
    'rich text',
    {
      type: 'rich_text',
      elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'x', style: { bold: true } }] }],
    },
  ],
  ['a container', { type: 'container', title: plain('More'), is_collapsible: true, child_blocks: [section('x')] }],
]

for (const [name, block] of GOOD)
  test(`Slack takes ${name}`, () => assert.deepEqual(checkBlocks([block], 'message', ALL), []))

const BAD: readonly (readonly [string, unknown, RegExp])[] = [
  [
    'a section of 3001 characters',
    section(x(3001)),
    /less than 3001 characters \[json-pointer:\/blocks\/0\/text\/text\]/,
  ],
  ['an empty section', section(''), /more than 0 characters/],
  ['a section without text', { type: 'section' }, /missing required field: text/],
  ['11 fields', { type: 'section', fields: repeat(11, mrkdwn('x')) }, /no more than 10 items/],
  ['a field of 2001 characters', { type: 'section', fields: [mrkdwn(x(2001))] }, /less than 2001/],
  ['a header of 151 characters', { type: 'header', text: plain(x(151)) }, /less than 151/],
  ['a mrkdwn header', { type: 'header', text: mrkdwn('x') }, /unsupported type: mrkdwn/],
  ['11 context elements', { type: 'context', elements: repeat(11, mrkdwn('x')) }, /no more than 10/],
  ['26 buttons', actions(...repeat(26, 0).map((_, index) => button({ action_id: `a${index}` }))), /no more than 25/],
  ['no buttons', actions(), /no fewer than 1/],
  ['a button text of 76 characters', actions(button({ text: plain(x(76)) })), /less than 76/],
  ['a button value of 2001 characters', actions(button({ value: x(2001) })), /less than 2001/],
  ['a button without text', actions({ type: 'button', action_id: 'a' }), /missing required field: text/],
  ['an unknown style', actions(button({ style: 'green' })), /must be one of/],
  ['a confirm text of 301 characters', actions(button({ confirm: { text: plain(x(301)) } })), /less than 301/],
  ['101 options', actions({ type: 'static_select', action_id: 's', options: options(101) }), /no more than 100/],
  ['a menu without options', actions({ type: 'static_select', action_id: 's' }), /exactly one of options/],
  ['6 overflow options', actions({ type: 'overflow', action_id: 'o', options: options(6) }), /no more than 5/],
  ['the same action_id twice', actions(button(), button()), /`action_id` "go" already exists/],
  ['an unknown property', { ...section('x'), colour: 'red' }, /invalid additional property: colour/],
  ['an unknown block', { type: 'banner' }, /unsupported type: banner/],
  ['an alert outside a modal', { type: 'alert', text: plain('x') }, /unsupported type: alert/],
  ['a markdown block of 12,001 characters', { type: 'markdown', text: x(12_001) }, /less than 12001/],
  ['a block_id of 256 characters', { ...section('x'), block_id: x(256) }, /less than 256/],
  [
    'a data_table without caption',
    { type: 'data_table', rows: repeat(2, cells(1)) },
    /missing required field: caption/,
  ],
  ['a data_table with an empty cell', dataTable([cells(1), [raw('')]]), /more than 0 characters/],
  ['a data_table with unequal rows', dataTable([cells(2), cells(1)]), /must have 2 cells/],
  ['a data_table of one row', dataTable([cells(1)]), /no fewer than 2/],
  ['a data_table of 202 rows', dataTable(repeat(202, cells(1))), /no more than 201/],
  ['a data_table of 21 columns', dataTable(repeat(2, cells(21))), /no more than 20/],
  ['a data_table over 20,000 characters', dataTable(repeat(21, cells(1, x(1000)))), /less than 20001/],
  ['a page_size of 101', dataTable(repeat(2, cells(1)), { page_size: 101 }), /less than 101/],
  ['a rich header cell', dataTable([[{ type: 'rich_text', elements: [] }], cells(1)]), /not allowed in the header/],
  ['a table of 101 rows', { type: 'table', rows: repeat(101, cells(1)) }, /no more than 100/],
  ['a table over 10,000 characters', { type: 'table', rows: repeat(11, cells(1, x(1000))) }, /less than 10001/],
  ['an image without alt text', { type: 'image', image_url: 'https://example.com/a.png' }, /alt_text/],
  [
    'an image with two sources',
    { type: 'image', image_url: 'x', slack_file: { id: 'F1' }, alt_text: 'a' },
    /exactly one/,
  ],
  [
    'a container of 11 blocks',
    { type: 'container', title: plain('x'), child_blocks: repeat(11, section('x')) },
    /more than 10/,
  ],
  [
    'a data_table in a container',
    { type: 'container', title: plain('x'), child_blocks: [dataTable(repeat(2, cells(1)))] },
    /unsupported type/,
  ],
  [
    'rich text with an empty text',
    { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: '' }] }] },
    /more than 0/,
  ],
]

for (const [name, block, complaint] of BAD)
  test(`Slack refuses ${name}`, () => assert.match(checkBlocks([block], 'message', ALL).join('\n'), complaint))

for (const [surface, max] of [
  ['message', 50],
  ['modal', 100],
  ['home', 100],
] as const satisfies [Surface, number][])
  test(`a ${surface} holds ${max} blocks`, () => {
    assert.deepEqual(checkBlocks(repeat(max, { type: 'divider' }), surface, ALL), [])
    assert.match(checkBlocks(repeat(max + 1, { type: 'divider' }), surface, ALL).join(), /no more than/)
  })

test('a block_id may stand once in a payload', () => {
  const twice = repeat(2, { type: 'divider', block_id: 'same' })
  assert.match(checkBlocks(twice, 'message', ALL).join(), /`block_id` "same" already exists/)
})

test('tables are for messages and Home, not for modals', () => {
  const table = { type: 'table', rows: [cells(1)] }
  assert.deepEqual(checkBlocks([table], 'home', ALL), [])
  assert.match(checkBlocks([table], 'modal', ALL).join(), /unsupported type: table/)
})

const refused = (code: string) => (error: unknown) => error instanceof SlackError && error.code === code

test('all text of a message together has a budget, which response_url does not have', () => {
  const blocks = repeat(5, section(x(2700)))
  assert.throws(() => messageBlocks(blocks, ALL), refused('msg_blocks_too_long'))
  assert.equal(messageBlocks(blocks, ALL, false).length, 5)
  assert.equal(messageBlocks(blocks.slice(1), ALL).length, 4)
})

test('markdown blocks share 12,000 characters, and a message has one table', () => {
  const markdown = repeat(2, { type: 'markdown', text: x(6001) })
  assert.throws(() => messageBlocks(markdown, ALL), refused('invalid_blocks'))
  const tables = [dataTable(repeat(2, cells(1))), { type: 'table', rows: [cells(1)] }]
  assert.throws(() => messageBlocks(tables, ALL), refused('invalid_blocks'))
  assert.throws(() => messageBlocks({}, ALL), refused('invalid_blocks_format'))
})

const MODAL = { type: 'modal', title: plain('Ask'), blocks: [section('x')] }
const INPUT = { type: 'input', label: plain('Key'), element: { type: 'plain_text_input', action_id: 'key' } }

const BAD_VIEWS: readonly (readonly [string, object, string])[] = [
  ['a title of 25 characters', { ...MODAL, title: plain(x(25)) }, 'invalid_arguments'],
  ['a submit of 25 characters', { ...MODAL, submit: plain(x(25)) }, 'invalid_arguments'],
  ['private_metadata of 3001 characters', { ...MODAL, private_metadata: x(3001) }, 'invalid_arguments'],
  ['an input without submit', { ...MODAL, blocks: [INPUT] }, 'invalid_arguments'],
  ['a data_table', { ...MODAL, blocks: [dataTable(repeat(2, cells(1)))] }, 'invalid_arguments'],
  ['more than 250 KB', { ...MODAL, blocks: repeat(90, section(x(2900))) }, 'view_too_large'],
]
for (const [name, view, error] of BAD_VIEWS)
  test(`a modal with ${name} is refused as ${error}`, () =>
    void assert.throws(() => checkedView(view, 'modal', ALL), refused(error)))

test('a modal with an input and a submit is taken', () => {
  assert.ok(checkedView({ ...MODAL, blocks: [INPUT], submit: plain('Run') }, 'modal', ALL))
})

test('the WebClient is told what is wrong with its blocks', async (t) => {
  const client = aClient(await aSlack(t))
  const blocks = [section('ok'), section(x(3001))]
  const messages = await fails(client.chat.postMessage({ channel: 'C0INCPAY1', text: 'x', blocks }), 'invalid_blocks')
  assert.deepEqual(messages, ['[ERROR] must be less than 3001 characters [json-pointer:/blocks/1/text/text]'])
  await fails(
    client.apiCall('chat.postMessage', { channel: 'C0INCPAY1', text: 'x', blocks: '[' }),
    'invalid_blocks_format',
  )
})

test('a workspace without data_table, and one without any table, refuse them as unsupported', async (t) => {
  const slack = await aSlack(t, { settings: { acceptsDataTable: false } })
  const client = aClient(slack)
  const post = (block: object) =>
    client.apiCall('chat.postMessage', { channel: 'C0INCPAY1', text: 'x', blocks: [block] })
  const table = { type: 'table', rows: [cells(1)] }
  assert.match(
    (await fails(post(dataTable(repeat(2, cells(1)))), 'invalid_blocks')).join(),
    /unsupported type: data_table/,
  )
  assert.ok((await post(table)).ok)
  slack.workspace.settings.acceptsTable = false
  assert.match((await fails(post(table), 'invalid_blocks')).join(), /unsupported type: table/)
})
