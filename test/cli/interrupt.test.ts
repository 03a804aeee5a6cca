import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { Answer } from '../../src/domain/result/answer.ts'
import type { Count } from '../../src/playground/aws/counters.ts'
import type { Aws, AwsOptions } from '../../src/playground/aws/server.ts'
import { scratch } from '../support/here.ts'
import { anAws, ctq, keysOf, MAIN, program, tell } from './rig.ts'

const MANY: AwsOptions = {
  fixture: { kind: 'flat', accounts: 1, regions: ['eu-west-1'], recordsPerAccountRegion: 3000 },
}
/** Six pages, a few seconds at AWS's pace. */
const FEW: AwsOptions = {
  fixture: { kind: 'flat', accounts: 1, regions: ['eu-west-1'], recordsPerAccountRegion: 300 },
}
const ASK = ['run', 'denied-calls', 'last', '23h', '--region', 'eu-west-1']

/** Waits until so many pages were served. */
async function pages(aws: Aws, wanted: number): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    const counts = (await (await fetch(`${aws.url}/_playground/counters`)).json()) as readonly Count[]
    const served = counts
      .filter(({ operation }) => operation === 'LookupEvents')
      .reduce((sum, one) => sum + one.served, 0)
    if (served >= wanted) return
    await delay(50)
  }
  throw new Error('no page was served')
}

test('Ctrl-C gives the answer so far as partial, though a page is under way and far from its end, and leaves nothing behind', async (t) => {
  const aws = await anAws(t, { ...MANY, latencyMs: 700 })
  const temporary = await scratch(t)
  let stoppedAt = 0
  const ended = await ctq([...ASK, '--format', 'json'], {
    env: { ...keysOf(aws), TMPDIR: temporary },
    meanwhile: (child) => {
      void pages(aws, 3).then(async () => {
        await fetch(`${aws.url}/_playground/settings`, { method: 'POST', body: JSON.stringify({ latencyMs: 15_000 }) })
        await delay(800)
        stoppedAt = performance.now()
        child.kill('SIGINT')
      })
    },
  })
  const took = performance.now() - stoppedAt
  const answer = JSON.parse(ended.out) as Answer
  assert.equal(answer.coverage.verdict, 'partial')
  assert.equal(answer.coverage.ended, 'cancelled')
  assert.ok(answer.counts.read >= 100)
  assert.match(ended.err, /^Stopping, and putting together what was read/)
  assert.equal(ended.code, 3)
  // The page that was under way takes 15 seconds: it was not waited for.
  assert.ok(took < 13_000, `${took} ms`)
  assert.deepEqual(await readdir(temporary), [])
})

test('a second Ctrl-C leaves at once, and still removes what was kept', async (t) => {
  const aws = await anAws(t, { ...MANY, latencyMs: 400 })
  const temporary = await scratch(t)
  const ended = await ctq(ASK, {
    env: { ...keysOf(aws), TMPDIR: temporary },
    meanwhile: (child) => {
      void pages(aws, 2).then(() => {
        child.kill('SIGINT')
        child.kill('SIGTERM')
      })
    },
  })
  assert.equal(ended.code, 130)
  assert.equal(ended.out, '')
  assert.deepEqual(await readdir(temporary), [])
})

test('Ctrl-C before anything is read leaves at once, and no file', async (t) => {
  const aws = await anAws(t, MANY)
  const cwd = await scratch(t)
  await tell(aws, 'faults', { operation: 'GetCallerIdentity', delayMs: 30_000 })
  const ended = await ctq([...ASK, '--out', 'answer.csv'], {
    env: keysOf(aws),
    cwd,
    meanwhile: (child) => {
      void untilThere(join(cwd, 'answer.csv')).then(() => child.kill('SIGINT'))
    },
  })
  assert.equal(ended.code, 130)
  assert.deepEqual(await readdir(cwd), [])
})

async function untilThere(file: string): Promise<void> {
  for (let tries = 0; tries < 400 && !existsSync(file); tries += 1) await delay(50)
  // the listener for Ctrl-C is set right after the file is made
  await delay(300)
}

test('a reader that has seen enough is no error', async (t) => {
  const aws = await anAws(t, MANY)
  const line = `"${process.execPath}" "${MAIN}" run principal-writes user/flat-4 last 23h --region eu-west-1 --format ndjson | head -n 1; echo "\${PIPESTATUS[0]}"`
  const { out, err } = await program('bash', ['-c', line], { env: keysOf(aws) })
  const [record = '', status] = out.trim().split('\n')
  assert.equal(JSON.parse(record).userIdentity.userName, 'flat-4')
  assert.equal(status, '0')
  assert.doesNotMatch(err, /EPIPE|Error/)
})

const script = spawnSync('script', ['--version']).status === 0

test('progress is drawn on a terminal, in place, and goes away', {
  skip: script ? false : 'no script(1) here',
}, async (t) => {
  const aws = await anAws(t, FEW)
  const env = { ...keysOf(aws), TERM: 'xterm', COLUMNS: '100' }
  const line = `"${process.execPath}" "${MAIN}" ${ASK.join(' ')} >/dev/null`
  const { out } = await program('script', ['-qec', line, '/dev/null'], { env })
  assert.match(out, /denied-calls last 23h region=eu-west-1 · 100000000001, the account of your credentials/)
  assert.match(out, /\r\u001b\[J0 of 1 account and Region read · \d+ (?:of at least \d+ )?pages? · nothing found yet/)
  assert.match(out, /\r(?:\u001b\[\dA)?\u001b\[J$/)
})
