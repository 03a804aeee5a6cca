import assert from 'node:assert/strict'
import { test } from 'node:test'
import { echo } from '../../src/domain/request/echo.ts'
import { parseCommand } from '../../src/domain/request/parse.ts'
import type { Answer } from '../../src/domain/result/answer.ts'
import { verdictPhrase } from '../../src/domain/result/headline.ts'
import { findRunbooks } from '../../src/domain/runbook/find.ts'
import { readLibrary } from '../../src/library.ts'
import { blocks, read, table } from './blocks.ts'

const LIBRARY = await readLibrary('runbooks')
const CONTEXT = { now: new Date('2026-11-20T14:08:00Z'), timeZone: 'Europe/Berlin' }

const questions = blocks().flatMap(({ file, line, info, text }) =>
  info === 'ctq'
    ? text
        .trimEnd()
        .split('\n')
        .map((typed, at) => ({ place: `${file}:${line + at + 1}`, typed }))
    : [],
)

test('the documents show questions', () => {
  assert.ok(questions.length > 30)
})

for (const { place, typed } of questions)
  test(`${place}: ${typed} is understood`, () => {
    const [, words = ''] = /^[/@]ctq ?(.*)$/.exec(typed) ?? []
    assert.match(typed, /^[/@]ctq/)
    const command = parseCommand(words, LIBRARY, CONTEXT)
    assert.ok(command.ok, JSON.stringify(command))
    if (command.value.kind === 'find') assert.ok(findRunbooks(LIBRARY, command.value.words).length > 0)
    if (command.value.kind !== 'run') return
    // what ctq echoes can be typed again and means the same
    const again = parseCommand(echo(command.value.request), LIBRARY, { ...CONTEXT, origin: 'terminal' })
    assert.deepEqual(again.ok && again.value.kind === 'run' && again.value.request, command.value.request)
  })

test('the documents show every runbook that ships, and README every command', () => {
  const named = (files: readonly string[]) => shownIn(files).map((line) => line.slice('/ctq '.length))
  for (const { name } of LIBRARY.all) assert.ok(named(['docs/runbooks.md']).includes(name), name)
  for (const name of ['list', 'help', 'find', 'status', 'cancel', 'whoami'])
    assert.ok(named(['README.md']).includes(name), name)
})

function shownIn(files: readonly string[]): readonly string[] {
  const shown = blocks(files).flatMap(({ info, text }) => (info === 'ctq' ? [text] : []))
  return shown.join('').match(/^\/ctq ([a-z0-9-]+)/gm) ?? []
}

for (const [words = ''] of table('docs/use-it.md', 'words'))
  for (const [, typed = ''] of words.matchAll(/`([^`]+)`/g))
    test(`docs/use-it.md: "${typed}" is a time`, () => {
      const command = parseCommand(`iam-persistence ${typed}`, LIBRARY, CONTEXT)
      assert.ok(command.ok, JSON.stringify(command))
      assert.ok(command.value.kind === 'run' && command.value.request.span !== undefined)
    })

test("README's answer is the golden one", () => {
  const [head, next] = blocks(['README.md']).flatMap(({ info, text }) => (info === 'text' ? [text] : []))
  const printed = read('test/golden/terminal/answer-leaked-key.txt')
  assert.ok(head !== undefined && head.split('\n').length > 8 && printed.startsWith(head))
  assert.ok(next !== undefined && next.split('\n').length > 4 && printed.includes(`\n${next}\n`))
})

type Verdict = Pick<Answer, 'asked' | 'cut' | 'counts' | 'coverage' | 'finishedAt'>
const NOTHING: Verdict = {
  asked: { regions: 'enabled', openEnd: true },
  cut: false,
  finishedAt: '2026-11-20T14:08:00Z',
  counts: { read: 0, matched: 0, changes: 0, failed: 0, noise: { ctq: 0, service: 0 } },
  coverage: {
    verdict: 'complete',
    window: { since: '2026-11-19T14:08:00Z', until: '2026-11-20T14:08:00Z' },
    settledUntil: '2026-11-20T13:53:00Z',
    accounts: 1,
    regions: 1,
    parts: { asked: 1, complete: 1, blind: 0 },
    open: [],
    unseen: [],
  },
}
const FOUND = { ...NOTHING.counts, read: 1, matched: 1 }
const of = (coverage: Partial<Answer['coverage']>, rest: Partial<Verdict> = {}): Verdict => ({
  ...NOTHING,
  ...rest,
  coverage: { ...NOTHING.coverage, ...coverage },
})
const VERDICTS: readonly Verdict[] = [
  NOTHING,
  of(
    { window: { ...NOTHING.coverage.window, since: '2026-11-20T13:08:00Z' } },
    { asked: { ...NOTHING.asked, usualWindow: true } },
  ),
  of({ settledUntil: NOTHING.coverage.window.since }, { counts: FOUND }),
  of({ verdict: 'partial' }, { counts: FOUND }),
  of({ verdict: 'partial', ended: 'cancelled' }, { counts: FOUND }),
  of({ verdict: 'partial', ended: 'revoked' }, { counts: FOUND }),
  of({ verdict: 'partial', ended: 'lapsed' }, { counts: FOUND }),
  of({ verdict: 'partial', ended: 'unrenewed' }, { counts: FOUND }),
  of({}, { counts: FOUND, cut: true }),
  of({ verdict: 'failed' }, { counts: FOUND }),
  of({ verdict: 'partial' }),
  of({ parts: { asked: 1, complete: 0, blind: 1 } }),
]

test('docs/use-it.md explains every verdict in the words of an answer', () => {
  const explained = table('docs/use-it.md', 'it says').map(([words = '']) => words)
  const said = VERDICTS.map((answer) =>
    verdictPhrase(answer as Answer)
      .map((piece) => (typeof piece === 'string' ? piece : piece.value))
      .join(''),
  )
  const asExplained = said.map((words) =>
    words.replace(/up to \d.*$/, 'up to T').replace(/^(?:PARTIAL|FAILED): NOT AN/, '… NOT AN'),
  )
  assert.deepEqual(explained, asExplained)
})
