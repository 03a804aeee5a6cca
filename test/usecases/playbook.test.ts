import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asRunbook } from '../../src/domain/playbook/asRunbook.ts'
import { parsePlaybook } from '../../src/domain/playbook/parsePlaybook.ts'
import type { PartCoverage } from '../../src/domain/query/coverage.ts'
import type { Answer } from '../../src/domain/result/answer.ts'
import { answerKey, csvKey, partEndKey } from '../../src/domain/result/objects.ts'
import type { Runbook } from '../../src/domain/runbook/runbook.ts'
import { readPart } from '../../src/usecases/readPart.ts'
import { runRun } from '../../src/usecases/runRun.ts'
import { runbookOf } from '../runbook/builders.ts'
import { RUN } from '../support/answers.ts'
import { readCsv } from '../support/rigTruth.ts'
import { anEvent } from './history.ts'
import { aGrant, aPart, aReading, PAYMENTS, planned, QUERY, type Rig, readJson } from './rig.ts'

const HERE = `${PAYMENTS} eu-west-1`
const RUNBOOKS: readonly Runbook[] = [
  runbookOf({ name: 'rare', match: '{ field: eventName, equals: PutThing }' }),
  runbookOf({ name: 'busy', match: '{ field: eventName, equals: GetUser }' }),
  runbookOf({ name: 'both', match: '{ field: eventName, in: [PutThing, GetUser] }' }),
  runbookOf({ name: 'abroad', regions: 'global', match: '{ field: eventName, equals: CreateUser }' }),
  runbookOf({ name: 'refused', match: '{ field: errorCode, exists: true }' }),
]
const TEXT = `language: 1
kind: playbook
name: several
title: What now?
about: Some questions.
window: { default: 24h, max: 1d }
within: 1m
members:
${RUNBOOKS.map(({ name }) => `  - { runbook: ${name} }`).join('\n')}
`

function several(): Runbook {
  const known = { find: (name: string) => RUNBOOKS.find((one) => one.name === name), names: [] }
  const { playbook, problems } = parsePlaybook(TEXT, 'several.yaml', known)
  if (playbook === undefined) throw new Error(JSON.stringify(problems))
  return asRunbook(playbook)
}

/** One rare call, and so many of another that a minute is not enough to read them: 118 requests of three records. */
const EVENTS = [
  anEvent(3000, 'rare', { eventName: 'PutThing', readOnly: false }),
  ...Array.from({ length: 600 }, (_, at) => anEvent(at * 5, `busy-${at}`)),
]

async function aRun(t: Parameters<typeof aReading>[0], limit = QUERY.limit): Promise<Rig> {
  const runbook = several()
  const query = { ...QUERY, limit, runbook: { name: runbook.name, digest: runbook.digest } }
  return await aReading(t, { runbook, places: { [HERE]: EVENTS }, grant: aGrant({ query }) })
}

const asked = (rig: Rig): number => rig.histories.get(HERE)?.asked.length ?? 0

test('a playbook stops at its budget, and says of each member how far it was read', async (t) => {
  const rig = await aRun(t)
  await planned(rig)
  assert.deepEqual(await readPart(aPart(), rig.deps), { kind: 'done', note: 'stopped' })
  const end = await readJson<PartCoverage>(partEndKey(RUN, PAYMENTS, 'eu-west-1'), rig.objects)
  assert.equal(end?.fault?.code, 'budget')
  assert.ok(asked(rig) <= 118 + 3, String(asked(rig)))
  await runRun({ token: 'good', run: RUN }, { partsEnded: true }, rig.deps)
  const answer = await readJson<Answer>(answerKey(RUN), rig.objects)
  const coverage = Object.fromEntries(answer?.playbook?.members.map((one) => [one.name, one.coverage]) ?? [])
  assert.deepEqual(coverage['rare'], { kind: 'full' })
  assert.equal(coverage['busy']?.kind, 'back')
  assert.equal(coverage['both']?.kind, 'back')
  assert.match(JSON.stringify(coverage['refused']), /not asked.*cannot select/)
  assert.match(JSON.stringify(coverage['abroad']), /not asked.*Region where it is recorded/)
  assert.equal(answer?.coverage.verdict, 'partial')
})

test('what is left out of an answer was read fully for no member of its playbook', async (t) => {
  const rig = await aRun(t, 20)
  await planned(rig)
  await readPart(aPart(), rig.deps)
  await runRun({ token: 'good', run: RUN }, { partsEnded: true }, rig.deps)
  const answer = await readJson<Answer>(answerKey(RUN), rig.objects)
  const rows = readCsv((await rig.objects.read(csvKey(RUN)))?.toString('utf8') ?? '')
  const oldest = rows.map((row) => row['eventTime'] ?? '').sort()[0] ?? ''
  const rare = answer?.playbook?.members.find(({ name }) => name === 'rare')
  const to = rare?.coverage.kind === 'back' ? Date.parse(rare.coverage.to) : Number.NaN
  // Its neighbours are five seconds apart.
  assert.ok(to <= Date.parse(oldest) && to > Date.parse(oldest) - 5000, `${rare?.coverage.kind} ${to} ${oldest}`)
})

test('a row of the CSV says for which members it is', async (t) => {
  const rig = await aRun(t)
  await planned(rig)
  await readPart(aPart(), rig.deps)
  await runRun({ token: 'good', run: RUN }, { partsEnded: true }, rig.deps)
  const rows = readCsv((await rig.objects.read(csvKey(RUN)))?.toString('utf8') ?? '')
  const members = (id: string): string | undefined => rows.find((row) => row['eventID'] === id)?.['members']
  assert.deepEqual([members('rare'), members('busy-599')], ['rare both', 'busy both'])
})

test('a worker that is stopped and another that goes on spend one budget and give one answer', async (t) => {
  const whole = await aRun(t)
  await planned(whole)
  await readPart(aPart(), whole.deps)
  const rig = await aRun(t)
  const plan = await planned(rig)
  const hurried = { ...rig.deps, stopping: () => asked(rig) >= 40 }
  assert.deepEqual(await readPart(aPart(), hurried), { kind: 'yield' })
  const between = asked(rig)
  assert.deepEqual(await planned(rig), plan)
  assert.deepEqual(await readPart(aPart(), rig.deps), { kind: 'done', note: 'stopped' })
  assert.ok(between >= 40 && asked(rig) <= 118 + 3, `${between} ${asked(rig)}`)
  const ends = await Promise.all(
    [whole, rig].map(({ objects }) => readJson<PartCoverage>(partEndKey(RUN, PAYMENTS, 'eu-west-1'), objects)),
  )
  assert.ok(Math.abs((ends[0]?.pages ?? 0) - (ends[1]?.pages ?? 0)) <= 3)
})
