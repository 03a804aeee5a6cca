import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { messageWords } from '../../src/adapters/slack/messageWords.ts'
import { formView, openingView } from '../../src/adapters/slack/views/form.ts'
import { homeView } from '../../src/adapters/slack/views/home.ts'
import { fieldErrors, readFormState, type ShownForm } from '../../src/adapters/slack/views/readForm.ts'
import { formButton, readOpenForm } from '../../src/adapters/slack/views/view.ts'
import type { Runnable } from '../../src/domain/policy/mayRun.ts'
import { emptyForm, type Form, type FormMemory } from '../../src/domain/request/form.ts'
import type { Runbook } from '../../src/domain/runbook/runbook.ts'
import { checkedView } from '../../src/playground/slack/blocks/view.ts'
import { isObject, objects } from '../../src/playground/slack/json.ts'
import { valuesOf } from '../../src/playground/slack/people/interact.ts'
import { HOSTILE, RUN } from '../support/answers.ts'
import { ASKER, anApproval } from '../support/approvals.ts'
import { goldenJson } from '../support/golden.ts'
import { aReview } from '../support/reviews.ts'
import { FEW, SHIPPED } from '../support/stories.ts'

const ACCEPTS = { table: true, dataTable: true }

/** Slack's limits, as the simulation of Slack has them, and nothing that pings. */
function checked(view: object, kind: 'modal' | 'home'): void {
  checkedView(view, kind, ACCEPTS)
  for (const text of marked(view)) assert.doesNotMatch(text.replaceAll(`<@${ASKER.user}>`, ''), /<[!@#]/)
}

/** Texts in which Slack reads markup. */
function marked(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(marked)
  if (!isObject(value)) return []
  const own = value['type'] === 'mrkdwn' && typeof value['text'] === 'string' ? [value['text']] : []
  return [...own, ...Object.values(value).flatMap(marked)]
}

const MEMORY: FormMemory = { channel: 'C01', choosesPlace: false, turn: 0, offers: [], found: [] }
const RUNBOOKS = SHIPPED.all.filter(({ name }) => ['key-activity', 'denied-calls', 'principal-writes'].includes(name))
const ACCOUNTS = [
  { word: 'all', label: 'Every account (2)' },
  { word: '@prod', label: '@prod' },
  { word: '111122223333', label: 'prod-payments (111122223333)' },
]

function aForm(changes: Partial<Form> = {}): Form {
  return {
    filled: emptyForm(),
    runbooks: RUNBOOKS,
    accounts: ACCOUNTS,
    regions: ['eu-west-1', 'us-east-1'],
    memory: MEMORY,
    ...changes,
  }
}

const KEY = 'AKIAIOSFODNN7EXAMPLE'
const FILLED = {
  runbook: 'key-activity',
  parameters: { accessKeyId: KEY },
  since: 1_795_140_000,
  until: 1_795_150_000,
  accounts: ['111122223333', 'ou:Prod'],
  regions: ['eu-west-1', 'eu-west-9'],
  reason: 'INC-42',
}
const hostile: Runbook = {
  ...(RUNBOOKS[0] as Runbook),
  name: 'hostile',
  title: HOSTILE.repeat(9),
  parameters: { thing: { type: 'text', optional: false, example: HOSTILE.repeat(9), help: HOSTILE.repeat(9) } },
}

const FORMS: { readonly [name: string]: Form } = {
  empty: aForm(),
  'of-a-runbook': aForm({ filled: emptyForm('key-activity') }),
  filled: aForm({ filled: FILLED }),
  'under-a-message': aForm({
    filled: { ...emptyForm('key-activity'), parameters: { accessKeyId: KEY } },
    memory: {
      ...MEMORY,
      thread: '1.1',
      offers: [`key-activity accessKeyId=${KEY}`, 'denied-calls since 2026-11-20 08:00Z', 'principal-writes'],
      offer: 0,
      found: [KEY, '203.0.113.9', '14:05Z'],
    },
  }),
  'from-anywhere': aForm({ memory: { ...MEMORY, choosesPlace: true } }),
  'of-many-accounts': aForm({
    accounts: Array.from({ length: 120 }, (_, index) => ({
      word: `${100_000_000_000 + index}`,
      label: `account ${index}`,
    })),
  }),
  nothing: aForm({ runbooks: [] }),
  hostile: aForm({
    runbooks: [hostile],
    filled: { ...emptyForm('hostile'), parameters: { thing: HOSTILE }, accounts: [HOSTILE], reason: HOSTILE },
    accounts: [{ word: HOSTILE, label: HOSTILE.repeat(3) }],
    regions: [HOSTILE],
    memory: { ...MEMORY, offers: [HOSTILE.repeat(9)], found: [HOSTILE, HOSTILE] },
  }),
}

for (const [name, form] of Object.entries(FORMS))
  test(`the form ${name} is within Slack's limits and reads as it should`, () => {
    const view = formView(form)
    checked(view, 'modal')
    goldenJson(`slack/view-form-${name}.json`, view)
  })

test('the view that comes first is within the limits', () => {
  checked(openingView(), 'modal')
  goldenJson('slack/view-form-opening.json', openingView())
})

/** The form as Slack sends it back when nobody changed anything. */
function sentBack(form: Form, given: Record<string, unknown> = {}): ShownForm {
  const view = formView(form)
  const blocks = objects(JSON.parse(JSON.stringify(view.blocks)))
  const values = valuesOf(blocks, given)
  return { private_metadata: view.private_metadata ?? '', blocks, state: { values } } as unknown as ShownForm
}

test('what a form was filled with is what it gives back', () => {
  assert.deepEqual(readFormState(sentBack(aForm({ filled: FILLED }))), { filled: FILLED, memory: MEMORY })
  assert.deepEqual(readFormState(sentBack(aForm())), { filled: emptyForm(), memory: MEMORY })
})

test('a place and an offer that were chosen are read', () => {
  const form = aForm({ memory: { ...MEMORY, choosesPlace: true, offers: ['a', 'b'] } })
  const state = readFormState(sentBack(form, { 'place//0': 'C07', 'offer/open/0': '1' }))
  assert.equal(state?.place, 'C07')
  assert.equal(state?.offer, 1)
})

test('a form with errors reads as it should', () => {
  const shown = sentBack(FORMS['under-a-message'] ?? aForm())
  const errors = fieldErrors(shown, [
    { field: 'parameter:accessKeyId', why: 'looks like an access key id with 19 of 20 characters: copy it whole' },
    { field: 'until', why: 'The end must come after the beginning.' },
    { field: 'account', why: 'This role does not reach prod-data.' },
  ])
  goldenJson('slack/view-form-errors.json', { ...formView(FORMS['under-a-message'] ?? aForm()), errors })
})

test('after everything was replaced the fields have other ids, so that Slack does not keep what they held', () => {
  const ids = (turn: number): readonly (string | undefined)[] =>
    formView(aForm({ filled: FILLED, memory: { ...MEMORY, turn } })).blocks.map(({ block_id }) => block_id)
  const before = new Set(ids(0))
  assert.ok(ids(1).every((id) => !before.has(id)))
})

test('an error is said beside its field, and one of a field that is not shown at the question', () => {
  const shown = sentBack(aForm({ filled: FILLED }))
  assert.deepEqual(
    fieldErrors(shown, [
      { field: 'parameter:accessKeyId', why: 'a' },
      { field: 'since', why: 'b' },
      { field: 'parameter:other', why: 'c' },
    ]),
    { 'parameter:accessKeyId/key-activity/0': 'a', 'since//0': 'b', 'runbook//0': 'c' },
  )
})

test('what is remembered with a form always fits, and each offer that stays is whole', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 900 }), { maxLength: 20 }), (offers) => {
      const view = formView(aForm({ memory: { ...MEMORY, offers } }))
      checked(view, 'modal')
      const kept = (JSON.parse(view.private_metadata ?? '') as FormMemory).offers
      assert.deepEqual(kept, offers.slice(0, kept.length))
    }),
    { numRuns: 60 },
  )
})

test('the question that is filled in is the one chosen among those that fit; another runbook is none of them', () => {
  const memory: FormMemory = {
    ...MEMORY,
    offers: ['denied-calls last 3h', `key-activity accessKeyId=${KEY}`],
    offer: 1,
  }
  const offered = (changes: Partial<FormMemory>) => {
    const [block] = objects(formView(aForm({ memory: { ...memory, ...changes } })).blocks)
    const element = isObject(block?.['element']) ? block['element'] : {}
    return { id: block?.['block_id'], options: objects(element['options']), chosen: element['initial_option'] }
  }
  const filled = offered({})
  assert.deepEqual(filled.chosen, filled.options[1])
  assert.match(JSON.stringify(filled.chosen), /What did this access key do\?.*accessKeyId=AKIA/)
  const { offer: _, ...open } = memory
  const none = offered({ ...open, offer: 7 })
  assert.equal(none.chosen, undefined)
  assert.notEqual(none.id, filled.id, 'Slack would keep what an input of the same id held')
})

test('every question that is offered can be chosen, also when some did not fit into what Slack keeps', () => {
  const offers = Array.from({ length: 20 }, (_, index) => `key-activity accessKeyId=${'A'.repeat(200)}${index}`)
  const view = formView(
    aForm({ memory: { ...MEMORY, offers, found: Array.from({ length: 9 }, () => 'b'.repeat(900)) } }),
  )
  checked(view, 'modal')
  const kept = (JSON.parse(view.private_metadata ?? '') as FormMemory).offers
  const menus = objects(JSON.parse(JSON.stringify(view.blocks))).map(({ element }) =>
    isObject(element) ? element : {},
  )
  const menu = menus.find(({ action_id }) => action_id === 'form_offer')
  assert.equal(menu === undefined ? 0 : objects(menu['options']).length, kept.length)
})

test('a form that is none of ours is not read', () => {
  for (const private_metadata of ['', '{', 'null', '[]', '{"channel":7}'])
    assert.equal(readFormState({ private_metadata, blocks: [], state: { values: {} } }), undefined)
})

test('a button that opens the form carries words, and longer ones are left out rather than cut', () => {
  const { action_id = '', value = '' } = formButton('Ask', 'x', 'key-activity last 3h', 'a')
  assert.equal(readOpenForm(action_id, value), 'key-activity last 3h')
  const long = formButton('Ask', 'x', 'y'.repeat(2_000), 'a')
  assert.equal(readOpenForm(long.action_id ?? '', long.value ?? ''), '')
  assert.equal(readOpenForm('open_form:a', 'null'), '')
  assert.equal(readOpenForm('open_formal', '{}'), undefined)
})

const runnable = (runbook: Runbook): Runnable => ({
  runbook,
  role: 'responder',
  window: 7 * 86_400,
  tier: 'open',
  accounts: 3,
  alone: true,
  answerTo: 'here',
})
const run = { run: RUN, question: `key-activity accessKeyId=${KEY}`, askedAt: '2026-11-20T14:08:00Z', mayCancel: true }
const HOMES = {
  responder: homeView({
    approvals: [],
    reviews: [],
    runs: [
      { ...run, state: 'complete', mayCancel: false },
      { ...run, state: 'partial', mayCancel: false, question: 'denied-calls last 24h account=@prod' },
    ],
    runnable: FEW.all.map(runnable),
    health: { queue: 'reached', waiting: 0, reading: 0, connections: 2 },
  }),
  busy: homeView({
    approvals: [anApproval(), anApproval({ words: HOSTILE })],
    reviews: [aReview(), aReview({ words: HOSTILE })],
    runs: [
      { ...run, state: 'held', question: 'denied-calls last 60d', takes: { seconds: 260, requests: 512 } },
      { ...run, state: 'running' },
      { ...run, state: 'complete', mayCancel: false, glass: true },
      { ...run, state: 'partial', mayCancel: false, question: HOSTILE },
    ],
    runnable: FEW.all.map(runnable),
    health: { queue: 'reached', waiting: 1, reading: 2, connections: 2 },
  }),
  empty: homeView({ approvals: [], reviews: [], runs: [], runnable: [], health: { queue: 'away', connections: 0 } }),
  full: homeView({
    approvals: Array.from({ length: 30 }, () => anApproval({ words: HOSTILE.repeat(9) })),
    reviews: Array.from({ length: 30 }, () => aReview({ words: HOSTILE.repeat(9) })),
    runs: Array.from({ length: 80 }, (_, index) => ({
      ...run,
      state: index % 2 === 0 ? ('running' as const) : ('held' as const),
      question: HOSTILE.repeat(9),
    })),
    runnable: Array.from({ length: 90 }, (_, index) =>
      runnable({ ...hostile, name: `hostile-${index}`, tags: [`tag ${index % 30} ${HOSTILE}`] }),
    ),
    health: { queue: 'reached', connections: 1 },
  }),
}
for (const [name, view] of Object.entries(HOMES))
  test(`the Home tab ${name} is within Slack's limits and reads as it should`, () => {
    checked(view, 'home')
    if (name !== 'full') goldenJson(`slack/view-home-${name}.json`, view)
  })

test('everything that a message says is read: blocks, attachments, fields with their titles; ids are not', () => {
  const words = messageWords({
    text: 'GuardDuty finding',
    user: 'U0ALICE01',
    ts: '1.1',
    blocks: [{ type: 'section', block_id: 'AKIABLOCKIDISNOTREAD', text: { type: 'mrkdwn', text: `Key ${KEY}` } }],
    attachments: [{ fallback: 'x', fields: [{ title: 'Account', value: '111122223333', short: true }] }],
  })
  assert.match(words, /GuardDuty finding/)
  assert.ok(words.includes(KEY))
  assert.match(words, /^Account: 111122223333$/m)
  assert.doesNotMatch(words, /NOTREAD|U0ALICE01/)
})
