import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileObjects, whyUnusable } from '../../src/adapters/resultStore/file.ts'
import { scratch } from '../support/here.ts'
import { objectsContract } from './objectsContract.ts'

objectsContract('a folder', async (t) => fileObjects(await scratch(t)))

test('nobody but the owner can read what is in the folder', async (t) => {
  const root = await scratch(t)
  await fileObjects(root).create('runs/r/asked.json', 'secret')
  const modes = await Promise.all(
    ['runs', 'runs/r', 'runs/r/asked.json'].map(async (name) => (await stat(join(root, name))).mode & 0o777),
  )
  assert.deepEqual(modes, [0o700, 0o700, 0o600])
})

test('what a killed writer left half-written is no object, and is in nobody’s way', async (t) => {
  const root = await scratch(t)
  const objects = fileObjects(root)
  await objects.create('a/one', 'x')
  await writeFile(join(root, 'a/two.0f0e0d0c.draft'), 'half')
  assert.deepEqual(await objects.list('a'), ['one'])
  assert.equal(await objects.create('a/two', 'whole'), true)
  assert.deepEqual(await objects.list('a'), ['one', 'two'])
})

test('no draft is left behind, whether a write wins, loses or breaks', async (t) => {
  const root = await scratch(t)
  const objects = fileObjects(root)
  async function* breaking(): AsyncGenerator<string> {
    yield 'half'
    throw new Error('broken')
  }
  await objects.create('a/one', 'x')
  await objects.create('a/one', 'y')
  await objects.createFrom('a/two', breaking()).catch(() => undefined)
  assert.deepEqual(await readdir(join(root, 'a')), ['one'])
})

const proc = existsSync('/proc/self') ? false : 'there is no /proc here'
test('a folder that cannot be made is told as such, even below /proc where making one never ends', {
  skip: proc,
}, async (t) => {
  await assert.rejects(fileObjects('/proc/ctq/results').create('a/one', 'x'), { code: 'ENOENT' })
  assert.match((await whyUnusable('/proc/ctq/results')) ?? '', /^\/proc\/ctq\/results cannot be written to \(ENOENT\)/)
  const file = join(await scratch(t), 'a-file')
  await writeFile(file, '')
  assert.match((await whyUnusable(join(file, 'results'))) ?? '', /ENOTDIR/)
})

test('a folder that is not there yet is made, and left empty', async (t) => {
  const root = join(await scratch(t), 'a/b/c')
  assert.equal(await whyUnusable(root), undefined)
  assert.deepEqual(await readdir(root), [])
})
