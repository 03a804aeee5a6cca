import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { z } from 'zod'
import { blocks, read, table } from './blocks.ts'

const PAGE = 'docs/audit.md'

const stepSchema = z.strictObject({
  audit: z.literal(1),
  step: z.string(),
  outcome: z.enum(['allow', 'deny', 'done']),
  at: z.iso.datetime(),
  run: z.uuid().exactOptional(),
  jti: z.uuid().exactOptional(),
  queryHash: z.string().length(64).exactOptional(),
  person: z.strictObject({ team: z.string(), user: z.string() }).exactOptional(),
  checks: z.array(z.strictObject({ check: z.string(), passed: z.boolean(), detail: z.string().exactOptional() })),
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).exactOptional(),
})

const shown = blocks([PAGE]).flatMap(({ info, text }) =>
  info === 'json step' ? [stepSchema.parse(JSON.parse(text))] : [],
)

function code(): string {
  return readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.startsWith('playground'))
    .map((name) => readFileSync(`src/${name}`, 'utf8'))
    .join('\n')
}

/** The steps that the code records, wherever it does. */
function recorded(): readonly string[] {
  const text = code()
  const written = [
    ...text.matchAll(/\bstep: '(\w+)',\n\s+outcome/g),
    ...text.matchAll(/\brecord\(\s*delivery,\s*'(\w+)'/g),
    ...text.matchAll(/'(minted|renewed)', decision\.checks/g),
    ...text.matchAll(/\bstep: \w+ \? '(\w+)' : '(\w+)',\n\s+outcome/g),
    ...text.matchAll(/\brecord\('(\w+)'/g),
  ]
  return [...new Set(written.flatMap(([, ...steps]) => steps))].toSorted()
}

test('the page shows an example of every step that the code records, and of no other', () => {
  assert.deepEqual(shown.map(({ step }) => step).toSorted(), recorded())
})

test('each example stands under its own heading', () => {
  const headings = [...read(PAGE).matchAll(/^## ([a-z_]+)$/gm)].map(([, heading]) => heading)
  assert.deepEqual(
    shown.map(({ step }) => step),
    headings,
  )
})

test('the checks and details of the examples are those that the code writes', () => {
  const text = code()
  for (const { checks, detail = {} } of shown) {
    for (const { check } of checks)
      assert.ok(text.includes(`check: '${check}'`) || text.includes(`check('${check}'`), check)
    for (const name of Object.keys(detail)) assert.match(text, new RegExp(`\\b${name}\\b[:,\\n }]`), name)
  }
})

test('the page explains every field', () => {
  const explained = table(PAGE, 'field').map(([name = '']) => name.replaceAll('`', ''))
  assert.deepEqual(explained, Object.keys(stepSchema.shape))
})
