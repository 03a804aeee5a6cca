import assert from 'node:assert/strict'
import test from 'node:test'
import { findingLines } from '../../src/domain/playbook/findingWords.ts'
import { reportLines } from '../../src/domain/playbook/reportWords.ts'
import { plainText } from '../../src/domain/result/phrase.ts'
import { TRIAGES } from '../support/stories.ts'

const ROOM = { findings: 50, credentials: 5, patterns: 5, moments: 50, rest: 'in the CSV' }
const { triage, 'triage-accounts': ofAccounts } = TRIAGES
assert.ok(triage?.playbook && ofAccounts?.playbook)

test('of a start that nothing was read of is said so first, and of no other', () => {
  const { playbook } = ofAccounts
  assert.ok(playbook)
  const first = (answer: typeof triage): string => plainText(findingLines(answer, ROOM)[0]?.phrase ?? [])
  const nobody = { ...ofAccounts, parameters: { principal: 'nobody-at-all' } }
  assert.match(
    first({ ...nobody, playbook: { ...playbook, ofStart: 0 } }),
    /^Of nobody-at-all nothing was found in what was read;/,
  )
  for (const told of [triage, ofAccounts, { ...nobody, playbook: { ...playbook, ofStart: 1 } }])
    assert.doesNotMatch(first(told), /nothing was found/)
})

test('neighbours of the timeline that say the same are one line, unless each gave out a credential', () => {
  const [one] = triage.timeline.rows
  assert.ok(one)
  const linesOf = (rows: typeof triage.timeline.rows, moments = 50): readonly string[] =>
    reportLines({ ...triage, timeline: { ...triage.timeline, rows, more: 0 } }, { ...ROOM, moments })
      .map(({ phrase }) => plainText(phrase))
      .filter((line) => /^\d\d:\d\d|^\d+ others?:/.test(line))
  const plain = { ...one, credential: '' }
  const other = { ...plain, target: 'another' }
  assert.equal(linesOf([plain, plain, other, plain]).length, 3)
  assert.doesNotMatch(linesOf([plain, plain])[0] ?? '', /×/)
  const gives = { ...one, credential: 'AKIAIOSFODNN7EXAMPLE' }
  assert.equal(linesOf([gives, gives]).length, 2)
  assert.match(linesOf([plain, other, plain, plain], 2)[2] ?? '', /^2 others/)
  const tried = { ...plain, outcome: 'denied' as const }
  const did = { ...other, outcome: 'done' as const }
  assert.match(linesOf([tried, { ...tried, target: 'x' }, did], 1)[0] ?? '', /another/)
})

test('which addresses are ours is said to be a guess where nobody named them and the window is short', () => {
  const { playbook } = triage
  assert.ok(playbook)
  const told = (whys: readonly ('known' | 'home')[], since = '2026-11-19T14:08:00Z'): boolean => {
    const apart = whys.map((why) => ({ why, calls: 1, callers: [], more: false }))
    const coverage = { ...triage.coverage, window: { since, until: '2026-11-20T14:08:00Z' } }
    const lines = findingLines({ ...triage, coverage, playbook: { ...playbook, apart } }, ROOM)
    return lines.some(({ phrase }) => /^24h are too short to tell what is done on most days/.test(plainText(phrase)))
  }
  assert.deepEqual([told([]), told(['home']), told(['known', 'home'])], [true, true, true])
  assert.deepEqual([told(['known']), told(['home'], '2026-11-13T14:08:00Z')], [false, false])
})

test('of questions that changes alone were read for is said so, and why', () => {
  const { playbook } = ofAccounts
  assert.ok(playbook)
  const line = reportLines(ofAccounts, ROOM)
    .map(({ phrase }) => plainText(phrase))
    .find((said) => said.includes('but of changes alone'))
  assert.match(line ?? '', /^read fully, but .* name by name.*: console-pivot, instance-access, bedrock-abuse$/)
})

test('the same in several Regions is one line, with all of its calls', () => {
  const { playbook } = triage
  const [one] = playbook?.findings ?? []
  assert.ok(playbook && one)
  const there = { ...one, region: 'eu-central-1', calls: 2, first: '2026-11-20T11:00:00Z' }
  const other = { ...one, target: 'another' }
  const lines = findingLines({ ...triage, playbook: { ...playbook, findings: [one, there, other] } }, ROOM)
  const said = lines.filter(({ item }) => item).map(({ phrase }) => plainText(phrase))
  const own = said.filter((line) => line.includes(one.eventName))
  assert.equal(own.length, 2)
  assert.match(own[0] ?? '', new RegExp(`^11:00Z ${one.eventName}.*×${one.calls + 2}$`))
})
