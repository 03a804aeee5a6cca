import assert from 'node:assert/strict'
import { test } from 'node:test'
import { iso } from '../../src/domain/query/plan.ts'
import { type ChainDeps, type LookedUp, readChain } from '../../src/usecases/readChain.ts'
import { aPlace, aStore, chainDeps, pagesOf, recordsOf } from './chains.ts'
import { aFault, anEvent, NOON } from './history.ts'

/** A lookup that gives these pages one after the other to whoever asks from the top; `lapseAt`: the call whose token is refused. */
function disorderly(pages: readonly (readonly LookedUp[])[], lapseAt: number) {
  const asked: { readonly until: string; readonly token: string | undefined }[] = []
  const lookup: ChainDeps['lookup'] = async (ask, token) => {
    asked.push({ until: ask.until, token })
    if (asked.length === lapseAt) throw aFault('invalid_token')
    const upTo = pages.map((page) => page.filter(({ eventTime }) => iso(eventTime) <= ask.until))
    const at = Number(token ?? 0)
    const events = upTo[at] ?? []
    return at + 1 < pages.length ? { events, nextToken: String(at + 1) } : { events }
  }
  return { asked, lookup }
}

const at = (...times: readonly number[]): readonly LookedUp[] => times.map((time) => anEvent(time, `e-${time}`))

test('a token that lapses after pages out of order loses nothing: the chain is read again from its top', async (t) => {
  const objects = await aStore(t)
  const { asked, lookup } = disorderly([at(20, 9), at(15, 3), at(12, 8), at(1)], 3)
  assert.equal((await readChain(aPlace(), chainDeps(objects, { lookup }))).kind, 'read')
  assert.equal(recordsOf(await pagesOf(aPlace(), objects)).size, 7)
  assert.equal(asked[3]?.until, aPlace().ask.until)
})

test('records out of order within one page count as disorder too', async (t) => {
  const objects = await aStore(t)
  const { lookup } = disorderly([at(3, 20), at(15, 2), at(1)], 2)
  assert.equal((await readChain(aPlace(), chainDeps(objects, { lookup }))).kind, 'read')
  assert.equal(recordsOf(await pagesOf(aPlace(), objects)).size, 5)
})

for (const text of ['{"eventName":"CreateUser"', '{"eventName":"CreateUser"} and more', '[]', 'null', ''])
  test(`a record that cannot be read (${text}) is in the answer, not silently taken for one that does not match`, async (t) => {
    const objects = await aStore(t)
    const lookup: ChainDeps['lookup'] = async () => ({ events: [{ eventId: 'e-1', eventTime: NOON, text }] })
    const matches: ChainDeps['matches'] = (record) => record['eventName'] === 'CreateUser'
    await readChain(aPlace(), chainDeps(objects, { lookup, matches }))
    const [page] = await pagesOf(aPlace(), objects)
    assert.equal(page?.head.matched, 1)
    assert.equal(recordsOf(await pagesOf(aPlace(), objects)).get('e-1'), text)
  })
