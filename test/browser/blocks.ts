import type { Json } from '../../src/playground/slack/json.ts'

const plain = (text: string): Json => ({ type: 'plain_text', text })
const mrkdwn = (text: string): Json => ({ type: 'mrkdwn', text })
const option = (text: string, value: string): Json => ({ text: plain(text), value })
const button = (text: string, action_id: string, more: Json = {}): Json => ({
  type: 'button',
  action_id,
  text: plain(text),
  ...more,
})
const raw = (text: string): Json => ({ type: 'raw_text', text })
const count = (value: number): Json => ({ type: 'raw_number', value, text: String(value) })

/** A picture that needs no network: one pixel. */
export const PIXEL = 'data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7'

const DATA_TABLE = {
  type: 'data_table',
  caption: 'Calls by service',
  page_size: 5,
  row_header_column_index: 0,
  rows: [
    [raw('service'), raw('calls')],
    ...['iam', 's3', 'ec2', 'sts', 'kms', 'lambda', 'ecr'].map((name, at) => [raw(name), count((at * 37) % 11)]),
  ],
}

const RICH = {
  type: 'rich_text',
  elements: [
    {
      type: 'rich_text_section',
      elements: [
        { type: 'text', text: 'Rich ' },
        { type: 'text', text: 'bold', style: { bold: true } },
        { type: 'user', user_id: 'U0ALICE01' },
        { type: 'emoji', name: 'warning' },
      ],
    },
    {
      type: 'rich_text_list',
      style: 'bullet',
      elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'a point' }] }],
    },
    { type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'fixed   width' }] },
    { type: 'rich_text_quote', elements: [{ type: 'text', text: 'a quote' }] },
  ],
}

const CARD = {
  type: 'card',
  title: mrkdwn('*A card*'),
  subtitle: mrkdwn('and what it is'),
  body: mrkdwn('A few words.'),
  actions: [button('Press the card', 'card_press')],
}

/** One message with a block of every kind that a message may hold, within Slack's limits. */
export const EVERY_BLOCK: readonly Json[] = [
  { type: 'header', text: plain('A header :key:') },
  { type: 'section', text: mrkdwn('*Bold*, _italic_, `code` and <https://example.com|a link>') },
  { type: 'section', fields: [mrkdwn('*Who*\nci-deploy'), mrkdwn('*Where*\nprod-payments')] },
  { type: 'section', text: mrkdwn('With a menu'), accessory: overflow() },
  { type: 'context', elements: [{ type: 'image', image_url: PIXEL, alt_text: 'a sign' }, mrkdwn('Context `here`')] },
  { type: 'divider' },
  {
    type: 'actions',
    elements: [
      button('Primary', 'primary', { style: 'primary' }),
      button('Danger', 'danger', { style: 'danger', confirm: confirm() }),
      button('Plain', 'plain', { accessibility_label: 'A plain button' }),
      {
        type: 'static_select',
        action_id: 'pick',
        placeholder: plain('Pick one'),
        options: [option('One', '1'), option('Two', '2')],
      },
      { type: 'datepicker', action_id: 'day', initial_date: '2026-11-20' },
    ],
  },
  RICH,
  { type: 'markdown', text: '## Markdown\n\n- **one**\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |' },
  DATA_TABLE,
  { type: 'image', image_url: PIXEL, alt_text: 'one pixel', title: plain('An image') },
  {
    type: 'container',
    title: plain('A container'),
    subtitle: plain('collapsible'),
    is_collapsible: true,
    child_blocks: [{ type: 'section', text: mrkdwn('Inside') }],
  },
  CARD,
  { type: 'carousel', elements: [CARD, CARD].map(({ actions: _, ...card }) => card) },
  { type: 'file', source: 'remote', external_id: 'report-1' },
]

function overflow(): Json {
  return { type: 'overflow', action_id: 'more', options: [option('Again', 'again'), option('Wider', 'wider')] }
}

function confirm(): Json {
  return { title: plain('Really?'), text: plain('It cannot be undone.'), confirm: plain('Do it'), deny: plain('Keep') }
}

/** A modal that asks with an input of every kind that ctq may use. */
export const QUESTION: Json = {
  type: 'modal',
  callback_id: 'question',
  title: plain('Ask CloudTrail'),
  submit: plain('Ask'),
  blocks: [
    { type: 'alert', level: 'warning', text: plain('Reads 17 Regions.') },
    input(
      'key',
      'Access key',
      { type: 'plain_text_input', action_id: 'a', placeholder: plain('AKIA…') },
      { hint: plain('Its id, never its secret.') },
    ),
    input('runbook', 'Runbook', {
      type: 'static_select',
      action_id: 'a',
      placeholder: plain('Choose a runbook'),
      options: [option('What did this key do?', 'key-activity'), option('What was refused?', 'denied-calls')],
    }),
    input(
      'regions',
      'Regions',
      {
        type: 'multi_static_select',
        action_id: 'a',
        placeholder: plain('All enabled Regions'),
        options: ['us-east-1', 'eu-west-1', 'eu-central-1'].map((name) => option(name, name)),
      },
      { optional: true },
    ),
    input('since', 'Since', { type: 'datetimepicker', action_id: 'a' }, { optional: true }),
    input('day', 'Day', { type: 'datepicker', action_id: 'a', initial_date: '2026-11-20' }),
    input('time', 'Time', { type: 'timepicker', action_id: 'a', initial_time: '14:05' }),
    input('how', 'How', {
      type: 'radio_buttons',
      action_id: 'a',
      initial_option: option('Quick', 'quick'),
      options: [option('Quick', 'quick'), option('Wide', 'wide')],
    }),
    input(
      'also',
      'Also',
      { type: 'checkboxes', action_id: 'a', options: [option('Post the CSV', 'csv')] },
      { optional: true },
    ),
    { type: 'actions', block_id: 'help', elements: [button('What are these?', 'push_help')] },
  ],
}

function input(block_id: string, label: string, element: Json, more: Json = {}): Json {
  return { type: 'input', block_id, label: plain(label), element, ...more }
}

/** A modal that is pushed over the one above. */
export const HELP: Json = {
  type: 'modal',
  callback_id: 'help',
  title: plain('Runbooks'),
  close: plain('Back'),
  blocks: [{ type: 'section', text: mrkdwn('*key-activity* What did this access key do?') }],
}

/** A Home tab. */
export const HOME: Json = {
  type: 'home',
  blocks: [
    { type: 'header', text: plain('My questions') },
    { type: 'section', text: mrkdwn('Nothing asked yet.'), accessory: button('Ask', 'home_ask', { style: 'primary' }) },
    DATA_TABLE,
  ],
}
