import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'node:test'
import { fileObjects } from '../../src/adapters/resultStore/file.ts'
import type { Aws } from '../../src/playground/aws/server.ts'
import { noteAsked } from '../../src/usecases/runsHere.ts'
import { scratch } from '../support/here.ts'
import { anAws, ctq, type Ended, keysOf, PAYMENTS, tell } from './rig.ts'

const iso = (time: number): string => `${new Date(time * 1000).toISOString().slice(0, 19)}Z`

/** Asks about the leaked key, from the beginning of the attack on; what is asked is kept. */
async function askLeak(aws: Aws, keep: string, until: number, more: readonly string[] = []): Promise<Ended> {
  const { story } = aws
  assert.ok(story)
  const window = ['since', iso(story.begins), 'until', iso(until)]
  return await ctq(['run', story.leakedKey, ...window, '--keep', keep, ...more], { env: keysOf(aws) })
}

function runIn({ out }: Ended): string {
  return / · run ([0-9a-f-]{36}) · /.exec(out)?.[1] ?? ''
}

test('an answer that was kept is given again without AWS: the last, or by its run, in every format', async (t) => {
  const aws = await anAws(t)
  const keep = await scratch(t)
  const ends = aws.story?.ends ?? 0
  const first = await askLeak(aws, keep, ends)
  assert.equal(first.code, 0)
  const run = runIn(first).slice(0, 8)
  const env = { CTQ_KEEP: keep }
  const body = ({ out }: Ended): string => out.replace(/\n\nAsk next\n[\s\S]*?\n\n/, '\n\n')
  for (const words of [['last'], ['show', run], ['run', 'last']]) {
    const again = await ctq(words, { env })
    assert.equal(body(again), body(first), words.join(' '))
    assert.equal(again.code, 0)
  }
  const text = await ctq(['text'], { env })
  assert.match(text.out, /^key-activity accessKeyId=AKIA\S+\nCOMPLETE up to /)
  assert.match(
    text.out,
    new RegExp(`\\nTimes in UTC\\. Run ${runIn(first)}, .*\\nKept in ${keep}/runs/${runIn(first)}\\n$`),
  )
  assert.equal((await ctq(['show', run, '--text'], { env })).out, text.out)
  assert.equal((await ctq(['show', run, '--keep', keep, '--format', 'text'])).out, text.out)
  const csv = await ctq(['last', '--csv'], { env })
  assert.match(csv.out, /^eventTime,/)
  assert.match(csv.err, /^key-activity · \S+ · COMPLETE/)
  const records = await ctq(['last', '--ndjson'], { env })
  assert.equal(records.out.split('\n').length, csv.out.split('\r\n').length - 1)
  assert.equal(JSON.parse((await ctq(['last', '--json'], { env })).out).run, runIn(first))
})

test('the runs that are kept are listed with how they ended; one without an end is said to be open, and why is not known', async (t) => {
  const aws = await anAws(t)
  const keep = await scratch(t)
  const answered = await askLeak(aws, keep, aws.story?.ends ?? 0)
  const run = '0a1b2c3d-0000-4000-8000-000000000001'
  const asked = { version: 1, run, echo: 'console-logins last 1h\u001b[31m', askedAt: '2026-01-01T00:00:00Z' } as const
  await noteAsked(asked, fileObjects(keep))
  const env = { CTQ_KEEP: keep }
  const { out, code } = await ctq(['status'], { env })
  const [one, other] = out.split('\n')
  assert.match(
    one ?? '',
    new RegExp(`^complete ${runIn(answered).slice(0, 8)} \\S+ \\d\\d:\\d\\dZ key-activity accessKeyId=`),
  )
  // With other credentials the same question is about the same account.
  assert.ok(one?.includes(`account=${PAYMENTS}`), one)
  assert.equal(other, 'open     0a1b2c3d 2026-01-01 00:00Z console-logins last 1h\\u001b[31m')
  assert.match(out, /Which of the two is not known here/)
  assert.match(out, /Only what is kept in .* is known/)
  assert.equal(code, 0)
  const none = await ctq(['show', '0a1b2c3d'], { env })
  assert.deepEqual([none.code, none.out], [2, ''])
  assert.match(none.err, /has no answer/)
})

test('a kept question is asked again, and what is new is told; where not all was read, that is said', async (t) => {
  const aws = await anAws(t)
  const keep = await scratch(t)
  const { begins = 0, ends = 0 } = aws.story ?? {}
  const env = { ...keysOf(aws), CTQ_KEEP: keep }
  const first = await askLeak(aws, keep, begins + 600)
  const second = await askLeak(aws, keep, ends)
  const ids = [runIn(first), runIn(second)].map((run) => run.slice(0, 8))
  const diff = await ctq(['diff', ...ids], { env: { CTQ_KEEP: keep } })
  assert.match(diff.out, /^[1-9]\d* new, 0 gone, [1-9]\d* in both · key-activity · AKIA….{4}$/m)
  assert.match(diff.out, /^New: \d+ calls \(\d+ at times that the other did not ask about\)$/m)
  assert.equal(diff.code, 0)
  await tell(aws, 'faults', {
    operation: 'LookupEvents',
    region: 'eu-west-1',
    code: 'AccessDeniedException',
    times: 99,
  })
  const again = await ctq(['again', ids[1] ?? ''], { env })
  assert.equal(again.code, 3)
  const open = await ctq(['diff', ids[1] ?? '', runIn(again).slice(0, 8)], { env: { CTQ_KEEP: keep } })
  assert.match(open.out, /what looks new or gone may only not have been read/)
  assert.equal(open.code, 3)
  assert.equal((await readdir(join(keep, 'runs'))).length, 3)
})

test('a run that a folder does not know, and a folder without any, are said to be so', async (t) => {
  const keep = await scratch(t)
  await noteAsked(
    {
      version: 1,
      run: '0a1b2c3d-0000-4000-8000-000000000001',
      echo: 'console-logins',
      askedAt: '2026-01-01T00:00:00Z',
    },
    fileObjects(keep),
  )
  for (const words of [
    ['show', '0a1b2'],
    ['again', '0a1b2'],
    ['diff', '0a1b2', '0a1b2c3d'],
  ]) {
    const { code, err } = await ctq([...words, '--keep', keep])
    assert.equal(
      err,
      `No run "0a1b2" is kept in ${keep}. A run is named by six digits of its id or more; "ctq status" lists them.\n`,
    )
    assert.equal(code, 2)
  }
  const nowhere = join(keep, 'nowhere')
  const none = await ctq(['last', '--keep', nowhere])
  assert.deepEqual([none.code, none.err], [2, `No answer is kept in ${nowhere}.\n`])
})

test('without a folder nothing is kept, and what only others or Slack can do says so', async () => {
  const nothing: readonly (readonly [readonly string[], RegExp])[] = [
    [['last'], /No runs are kept here\. With --keep DIR, or CTQ_KEEP/],
    [['diff', '1f0c9a2e', '2b7d4e10'], /No runs are kept here/],
    [['diff', '1f0c9a2e'], /diff needs two runs/],
    [['again'], /again needs the run/],
    [['show'], /usage: ctq last/],
    [['text', 'a', 'b'], /usage: ctq last/],
    [['run', 'cancel', '1f0c9a2e'], /Ctrl-C stops a run/],
    [['run', 'whoami'], /whom your AWS credentials name/],
    [['run', 'approve', '1f0c9a2e'], /Nothing waits for approval/],
    [['run', 'logins', '--csv', '--format', 'json'], /An answer has one format: json or csv/],
  ]
  for (const [words, why] of nothing) {
    const { code, out, err } = await ctq(words)
    assert.match(err, why)
    assert.deepEqual([code, out], [2, ''], words.join(' '))
  }
  assert.match((await ctq(['diff', '--help'])).out, /^usage: ctq last/)
})
