import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runbookKey } from '../../src/domain/result/objects.ts'
import { allowedRunbooks } from '../../src/usecases/allowed.ts'
import { runbookOf } from '../runbook/builders.ts'
import { aStore } from './chains.ts'
import { aGrant, QUERY } from './rig.ts'

const BY_USER = runbookOf({
  match: '{ field: userIdentity.userName, equals: $userName }',
  parameters: '{ userName: { type: userName, example: alice, help: a user } }',
})

function asking(userName: string, runbook = { name: BY_USER.name, digest: BY_USER.digest }) {
  return aGrant({ query: { ...QUERY, runbook, parameters: { userName } } })
}

test('a grant gives the runbook it names, with its values in place', async (t) => {
  const objects = await aStore(t)
  await objects.create(runbookKey(BY_USER.digest), BY_USER.text)
  const allowed = await allowedRunbooks(objects, () => [])(asking('bob'))
  assert.equal(allowed?.runbook.text, BY_USER.text)
  assert.equal(allowed?.matches({ userIdentity: { userName: 'bob' } }), true)
  assert.equal(allowed?.matches({ userIdentity: { userName: 'alice' } }), false)
})

test('a text that is not the one that was allowed is no text, whoever put it there', async (t) => {
  const objects = await aStore(t)
  await objects.create(runbookKey(BY_USER.digest), `${BY_USER.text}\n# changed`)
  assert.equal(await allowedRunbooks(objects, () => [])(asking('bob')), undefined)
})

test('a text under another name than the grant’s is not it', async (t) => {
  const objects = await aStore(t)
  await objects.create(runbookKey(BY_USER.digest), BY_USER.text)
  const other = asking('bob', { name: 'another-question', digest: BY_USER.digest })
  assert.equal(await allowedRunbooks(objects, () => [])(other), undefined)
})

test('an absent text is looked for again the next time; a found one is not', async (t) => {
  const objects = await aStore(t)
  let reads = 0
  const counting = {
    ...objects,
    read: async (key: string) => {
      reads += 1
      return await objects.read(key)
    },
  }
  const allowed = allowedRunbooks(counting, () => [])
  assert.equal(await allowed(asking('bob')), undefined)
  await objects.create(runbookKey(BY_USER.digest), BY_USER.text)
  assert.ok(await allowed(asking('bob')))
  const [one, other] = await Promise.all([allowed(asking('bob')), allowed(asking('bob'))])
  assert.equal(one, other)
  assert.equal(reads, 2)
  await allowed(asking('alice'))
  assert.equal(reads, 3, 'another value is another match')
})

test('a store that fails for the moment is asked again', async (t) => {
  const objects = await aStore(t)
  await objects.create(runbookKey(BY_USER.digest), BY_USER.text)
  let broken = true
  const read = async (key: string) => {
    if (broken) throw new Error('EIO')
    return await objects.read(key)
  }
  const allowed = allowedRunbooks({ ...objects, read }, () => [])
  await assert.rejects(allowed(asking('bob')), /EIO/)
  broken = false
  assert.ok(await allowed(asking('bob')))
})

test('no more than 64 compiled questions are kept', async (t) => {
  const objects = await aStore(t)
  await objects.create(runbookKey(BY_USER.digest), BY_USER.text)
  let reads = 0
  const read = async (key: string) => {
    reads += 1
    return await objects.read(key)
  }
  const allowed = allowedRunbooks({ ...objects, read }, () => [])
  for (let at = 0; at < 65; at += 1) await allowed(asking(`user-${at}`))
  await allowed(asking('user-64'))
  assert.equal(reads, 65)
  await allowed(asking('user-0'))
  assert.equal(reads, 66, 'the one used longest ago was let go of')
})

test('an account that has joined the organisation since counts for the next run, and a run keeps the list it began with', async (t) => {
  const objects = await aStore(t)
  const ours = runbookOf({ match: '{ field: recipientAccountId, in: [$organisation] }' })
  await objects.create(runbookKey(ours.digest), ours.text)
  const query = { ...QUERY, runbook: { name: ours.name, digest: ours.digest }, parameters: {} }
  const known = ['111122223333']
  const allowed = allowedRunbooks(objects, () => [...known])
  const matches = async (run: string) =>
    (await allowed(aGrant({ query, run })))?.matches({ recipientAccountId: '444455556666' })
  const [first, second] = ['0d9f2c1e-0000-4000-8000-000000000001', '0d9f2c1e-0000-4000-8000-000000000002']
  assert.equal(await matches(first), false)
  known.push('444455556666')
  assert.equal(await matches(first), false)
  assert.equal(await matches(second), true)
})

test('a text that was found for one grant is not given to one that calls it otherwise', async (t) => {
  const objects = await aStore(t)
  await objects.create(runbookKey(BY_USER.digest), BY_USER.text)
  const allowed = allowedRunbooks(objects, () => [])
  assert.ok(await allowed(asking('bob')))
  assert.equal(await allowed(asking('bob', { name: 'another-question', digest: BY_USER.digest })), undefined)
})
