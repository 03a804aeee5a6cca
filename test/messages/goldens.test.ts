import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { GOLDEN } from '../support/golden.ts'
import { slackProblems } from '../support/slackLimits.ts'

const FOLDER = join(GOLDEN, 'slack')
const PICTURES = join(GOLDEN, '..', '..', 'docs', 'pictures')

type Golden = { readonly type?: string; readonly text: string; readonly blocks: readonly unknown[] }

const ALL = readdirSync(FOLDER).map((file) => ({
  name: file.replace(/\.json$/, ''),
  golden: JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Golden,
}))
/** Golden messages; modals and Home are no messages, and are looked at where they are made. */
const MESSAGES = ALL.filter(({ golden }) => golden.type === undefined)

/** A request for approval tells those whom it is about, and nobody else is ever mentioned. */
const APPROVAL_PEOPLE = ['U0ALICE01', 'U0BOB0001', 'U0CAROL01']

test('every golden message keeps every limit of Slack', () => {
  for (const { name, golden } of MESSAGES) {
    // But for approvals, the one mention that ctq ever makes is of whoever asked, by their id and in words of its own.
    const asker = name === 'notice-ready' || name.startsWith('late-') ? ['U0ALICE01'] : []
    assert.deepEqual(
      slackProblems(golden, /^(approval|investigation|review)/.test(name) ? APPROVAL_PEOPLE : asker),
      [],
      name,
    )
  }
})

test('there is an answer of nothing, of one call, of twenty and of twenty thousand, and one of hostile text', () => {
  const names = MESSAGES.map(({ name }) => name)
  for (const name of [
    'answer-empty-complete',
    'answer-rows-1',
    'answer-rows-20',
    'answer-rows-20000-cut',
    'answer-hostile',
  ])
    assert.ok(names.includes(name), name)
})

test('everything golden has its picture, answers, forms and Home one on a phone too, and no picture is of what is gone', () => {
  const wanted = ALL.flatMap(({ name }) => (/^(?:answer|view)-/.test(name) ? [name, `${name}-phone`] : [name]))
  const there = readdirSync(PICTURES).flatMap((file) => (file.endsWith('.png') ? [file.replace(/\.png$/, '')] : []))
  assert.deepEqual(
    there.toSorted(),
    wanted.toSorted(),
    'UPDATE_PICTURES=1 node --test dist/test/browser/gallery.test.js makes them',
  )
  for (const name of wanted) assert.ok(existsSync(join(PICTURES, `${name}.png`)))
  const listed = readFileSync(join(PICTURES, 'README.md'), 'utf8')
  for (const { name } of ALL) assert.ok(listed.includes(`](${name}.png)`), name)
})
