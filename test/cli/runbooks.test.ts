import assert from 'node:assert/strict'
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import { packageRoot } from '../../src/commands/root.ts'
import { scratch } from '../support/here.ts'
import { ctq } from './rig.ts'

const SHIPPED = join(packageRoot(), 'runbooks')
const COUNT = (await readdir(SHIPPED)).filter((name) => name.endsWith('.fixtures.yaml')).length

/** A folder with the shipped runbooks, to break. */
async function library(t: TestContext): Promise<string> {
  const folder = await scratch(t)
  for (const name of await readdir(SHIPPED)) await copyFile(join(SHIPPED, name), join(folder, name))
  return folder
}

async function change(file: string, from: string, to: string): Promise<void> {
  const text = await readFile(file, 'utf8')
  assert.ok(text.includes(from), from)
  await writeFile(file, text.replace(from, to))
}

test('the shipped runbooks are listed, in order, and do what their fixtures say', async () => {
  const list = await ctq(['runbooks', 'list'])
  assert.match(
    list.out,
    /^runbook +takes +answers\n(?:.*\n)*key-activity +accessKeyId +What did this access key do\?\n/,
  )
  const lint = await ctq(['runbooks', 'lint'])
  assert.match(lint.out, new RegExp(`^${COUNT} runbooks, 1 playbook, \\d+ fixtures: in order\n$`))
  const tried = await ctq(['runbooks', 'test'])
  assert.match(tried.out, new RegExp(`^${COUNT} runbooks, 1 playbook, \\d+ fixtures: as their fixtures say\n$`))
  for (const { code, err } of [list, lint, tried]) assert.deepEqual([code, err], [0, ''])
})

test('a runbook is shown by name or alias, with a question to copy and its text', async () => {
  const { code, out } = await ctq(['runbooks', 'show', 'key'])
  assert.match(out, /^key-activity: What did this access key do\?\n/)
  assert.match(out, /\n {2}ctq run key-activity accessKeyId=AKIAIOSFODNN7EXAMPLE last 90d\n/)
  assert.ok(out.endsWith(await readFile(join(SHIPPED, 'key-activity.yaml'), 'utf8')))
  assert.equal(code, 0)
  const wrong = await ctq(['runbooks', 'show', 'key-activty'])
  assert.match(wrong.err, /There is no runbook key-activty\. Did you mean key-activity\?/)
  assert.equal(wrong.code, 2)
})

test('lint names file, line and column, how bad it is, and what to write instead', async (t) => {
  const folder = await library(t)
  const file = join(folder, 'console-logins.yaml')
  await change(file, '\ntags:', '\ntagz:')
  const { code, out } = await ctq(['runbooks', 'lint', file])
  const problem = out.split('\n').find((line) => line.includes('tagz')) ?? ''
  const line = (await readFile(file, 'utf8')).split('\n').findIndex((text) => text.startsWith('tagz')) + 1
  assert.ok(problem.startsWith(`${file}:${line}:1 error: `), problem)
  assert.match(problem, /Did you mean tags\?/)
  assert.match(out, /\n1 runbook, \d+ fixtures: \d+ errors?, \d+ warnings?\n$/)
  assert.equal(code, 1)
})

test('a warning alone is no failure, unless it is told to be', async (t) => {
  const folder = await library(t)
  await change(join(folder, 'console-logins.yaml'), 'with MFA?', 'with MFA')
  const { code, out } = await ctq(['runbooks', 'lint', '--runbooks', folder])
  assert.match(out, /console-logins\.yaml:\d+:\d+ warning: A title is the question/)
  assert.match(out, new RegExp(`^${COUNT} runbooks, 1 playbook, \\d+ fixtures: 0 errors, 1 warning\n$`, 'm'))
  assert.equal(code, 0)
  assert.equal((await ctq(['runbooks', 'lint', '--strict', '--runbooks', folder])).code, 1)
})

test('runbooks are judged together: two of one name, and a lead to one that is not there', async (t) => {
  const folder = await library(t)
  await change(join(folder, 'denied-calls.yaml'), 'aliases: [', 'aliases: [key, ')
  const { code, out } = await ctq(['runbooks', 'lint'], { env: { CTQ_RUNBOOKS: folder } })
  assert.match(out, new RegExp(`${folder}/(?:denied-calls|key-activity)\\.yaml:\\d+:\\d+ error: key already means`))
  assert.equal(code, 1)
})

test('test says which fixture is wrong, and where it is written', async (t) => {
  const folder = await library(t)
  await change(join(folder, 'key-activity.yaml'), 'equals: $accessKeyId', 'prefix: $accessKeyId')
  await change(join(folder, 'key-activity.fixtures.yaml'), 'because:', 'because: it is broken here,')
  const broken = join(folder, 'logging-tamper.yaml')
  await change(broken, 'StopLogging', 'StopLoging')
  const { code, out } = await ctq(['runbooks', 'test', broken])
  assert.match(out, /logging-tamper\.fixtures\.yaml:\d+:\d+ error: .*it does not match, and must\./)
  assert.equal(code, 1)
})

test('a runbook is started with fixtures, in order as it is, and nothing is written over', async (t) => {
  const folder = await library(t)
  const begin = ['runbooks', 'new', 'who-stopped', 'ec2:StopInstances', '--runbooks', folder]
  const { code, out } = await ctq(begin)
  assert.deepEqual([code, out.trim().split('\n').length], [0, 2])
  const lint = await ctq(['runbooks', 'lint', '--strict', join(folder, 'who-stopped.yaml'), '--runbooks', folder])
  assert.deepEqual([lint.code, lint.out], [0, '1 runbook, 5 fixtures: in order\n'])
  assert.match((await ctq(begin)).err, /who-stopped\.yaml is there already\./)
  const wrong = await ctq(['runbooks', 'new', 'x', 'ec2:StopInstance', '--runbooks', folder])
  assert.match(wrong.err, /No event StopInstance of ec2\.amazonaws\.com is known\. Did you mean StopInstances\?/)
  assert.equal(wrong.code, 2)
})

test('runbooks are written up where it is told', async (t) => {
  const folder = await library(t)
  const file = join(folder, 'page.md')
  assert.equal((await ctq(['runbooks', 'docs', file, '--runbooks', folder])).code, 0)
  assert.equal(await readFile(file, 'utf8'), await readFile(join(packageRoot(), 'docs', 'runbooks.md'), 'utf8'))
})

test('wrong use says how it is used', async () => {
  for (const args of [['runbooks'], ['runbooks', 'nope'], ['runbooks', 'show']]) {
    const { code, err } = await ctq(args)
    assert.match(err, /^usage: ctq runbooks/)
    assert.equal(code, 2)
  }
})

test('a file that is not there, or is no runbook, is said to be so, and the others are checked', async (t) => {
  const folder = await library(t)
  const [gone, other] = [join(folder, 'gone.yaml'), join(folder, 'notes.txt')]
  await writeFile(other, 'language: 1\n')
  const event = ['event.yaml', 'event.fixtures.yaml'].map((name) => join(folder, name))
  const { code, out } = await ctq(['runbooks', 'lint', gone, other, ...event, '--runbooks', folder])
  assert.deepEqual(out.split('\n').slice(0, 2), [
    `${gone}:1:1 error: There is no such file.`,
    `${other}:1:1 error: A runbook is a file whose name ends in .yaml.`,
  ])
  assert.match(out, /\n3 runbooks, \d+ fixtures: 2 errors, 0 warnings\n$/)
  assert.equal(code, 1)
})

test('a runbook is checked by its name too; a folder without any is wrong, and so is what is not there', async (t) => {
  const folder = await library(t)
  const named = await ctq(['runbooks', 'test', 'key-activity', '--runbooks', folder])
  assert.match(named.out, /^1 runbook, [1-9]\d* fixtures: as their fixtures say\n$/)
  const cwd = await scratch(t)
  for (const [given, why] of [
    ['.', /^\.:1:1 error: There is no runbook in this folder\.$/m],
    ['key-activty', /^key-activty:1:1 error: There is no such file\.$/m],
  ] as const) {
    const { code, out } = await ctq(['runbooks', 'lint', given, '--runbooks', folder], { cwd })
    assert.match(out, why)
    assert.equal(code, 1, given)
  }
  assert.equal((await ctq(['runbooks', 'test', '--runbooks', cwd])).code, 1)
})

test('a file that is named otherwise than its runbook is reported where the name is', async (t) => {
  const folder = await library(t)
  await change(join(folder, 'event.yaml'), '\nname: event\n', '\nname: occurrence\n')
  const { code, out } = await ctq(['runbooks', 'lint', join(folder, 'event.yaml'), '--runbooks', folder])
  assert.match(out, /event\.yaml:3:7 error: occurrence is in a file of another name, event\.yaml\. Name the file occ/)
  assert.equal(code, 1)
})

test('a file that is checked alone is held against the others of its folder', async (t) => {
  const folder = await library(t)
  const file = join(folder, 'event.yaml')
  await change(file, 'runbook: key-activity', 'runbook: key-actvity')
  const { code, out } = await ctq(['runbooks', 'lint', file, '--runbooks', folder])
  assert.match(out, /event\.yaml:\d+:\d+ error: There is no runbook key-actvity\. Did you mean key-activity\?/)
  assert.equal(code, 1)
})

for (const event of ['lambda:CreateFunction', 's3:GetObject', 'iam:CreateUser', 'ec2:DescribeInstances'])
  test(`a new runbook about ${event} is in order as it is, in a folder of its own too`, async (t) => {
    for (const folder of [await library(t), await scratch(t)]) {
      assert.equal((await ctq(['runbooks', 'new', 'brand-new', event, '--runbooks', folder])).code, 0)
      const lint = await ctq(['runbooks', 'lint', '--strict', '--runbooks', folder])
      assert.deepEqual([lint.code, lint.err], [0, ''], lint.out)
      const again = await ctq(['runbooks', 'new', 'brand-new', event, '--runbooks', folder])
      assert.match(again.err, /brand-new\.yaml is there already\./)
    }
  })
