import assert from 'node:assert/strict'
import { test } from 'node:test'
import { iso } from '../../src/domain/query/plan.ts'
import { type ChainDeps, type LookedUp, parseRecord, readChain } from '../../src/usecases/readChain.ts'
import { aPlace, aStore, chainDeps, pagesOf, recordsOf } from './chains.ts'
import { aFault, anEvent, historyOf, NOON } from './history.ts'

const TEN: readonly LookedUp[] = Array.from({ length: 10 }, (_, at) => anEvent(at, `e-${at}`))

/** A lookup that throws what a test says at the calls it says (counted from 1), and else serves. */
function failing(lookup: ChainDeps['lookup'], faultAt: (call: number) => Error | undefined): ChainDeps['lookup'] {
  let calls = 0
  return async (ask, token) => {
    calls += 1
    const fault = faultAt(calls)
    if (fault !== undefined) throw fault
    return await lookup(ask, token)
  }
}

test('a chain is read newest first to its end, each page held by the one before', async (t) => {
  const objects = await aStore(t)
  const history = historyOf(TEN)
  const deps = chainDeps(objects, { lookup: history.lookup, matches: (record) => record['eventID'] !== 'e-9' })
  const end = await readChain(aPlace(), deps)
  assert.equal(end.kind, 'read')
  const pages = await pagesOf(aPlace(), objects)
  assert.deepEqual(
    pages.map(({ head }) => [head.seq, head.watermark - NOON, head.records, head.matched, head.end, head.disorder]),
    [
      [0, 7, 3, 2, undefined, false],
      [1, 4, 6, 5, undefined, false],
      [2, 1, 9, 8, undefined, false],
      [3, 0, 10, 9, 'read', false],
    ],
  )
  assert.deepEqual(
    pages.map(({ head }) => head.previous),
    [undefined, ...pages.slice(0, -1).map(({ hash }) => hash)],
  )
  assert.deepEqual(recordsOf(pages), new Map(TEN.toReversed().map(({ eventId, text }) => [eventId, text])))
  assert.deepEqual(deps.heard.paced, ['served', 'served', 'served', 'served'])
  assert.deepEqual(
    deps.heard.added.map(({ records, matched }) => [records, matched]),
    [
      [3, 2],
      [3, 3],
      [3, 3],
      [1, 1],
    ],
  )
  const shares = deps.heard.added.map(({ share }) => share)
  assert.deepEqual([shares, shares.at(-1)], [shares.toSorted((a, b) => a - b), 1])
  assert.equal(pages[0]?.head.requestId, 'request-1')
})

test('a chain that was read is not read again', async (t) => {
  const objects = await aStore(t)
  await readChain(aPlace(), chainDeps(objects, { lookup: historyOf(TEN).lookup }))
  const again = historyOf(TEN)
  assert.equal((await readChain(aPlace(), chainDeps(objects, { lookup: again.lookup }))).kind, 'read')
  assert.equal(again.asked.length, 0)
})

test('an empty history is one page that says so', async (t) => {
  const objects = await aStore(t)
  const deps = chainDeps(objects)
  assert.equal((await readChain(aPlace(), deps)).kind, 'read')
  const [page, more] = await pagesOf(aPlace(), objects)
  assert.equal(more, undefined)
  assert.deepEqual([page?.head.records, page?.head.watermark], [0, NOON + 60])
  const chain = deps.heard.added[0]?.chain
  assert.deepEqual(deps.heard.added, [{ records: 0, matched: 0, chain, share: 1, ended: true, found: [] }])
})

test('AWS may give an empty page and more after it', async (t) => {
  const objects = await aStore(t)
  const history = historyOf(TEN)
  const lookup: ChainDeps['lookup'] = async (ask, token) =>
    token === undefined
      ? { events: [], nextToken: 'on' }
      : await history.lookup(ask, token === 'on' ? undefined : token)
  assert.equal((await readChain(aPlace(), chainDeps(objects, { lookup }))).kind, 'read')
  assert.equal(recordsOf(await pagesOf(aPlace(), objects)).size, 10)
})

test('the row limit stops a chain at the page that passes it; just reaching it does not', async (t) => {
  const objects = await aStore(t)
  const end = await readChain(aPlace({ limit: 3 }), chainDeps(objects, { lookup: historyOf(TEN).lookup }))
  assert.equal(end.kind, 'limit')
  assert.equal((await pagesOf(aPlace(), objects)).length, 2)
  const last = aPlace({ chain: 1, limit: 3 })
  const three = historyOf(TEN.slice(0, 3))
  assert.equal((await readChain(last, chainDeps(objects, { lookup: three.lookup }))).kind, 'read')
  const passing = aPlace({ chain: 2, limit: 3 })
  const four = historyOf(TEN.slice(0, 4), 4)
  assert.equal((await readChain(passing, chainDeps(objects, { lookup: four.lookup }))).kind, 'read', 'nothing is left')
})

test('records that AWS gave out of order are kept, and the chain says so from there on', async (t) => {
  const objects = await aStore(t)
  const pages = [[5, 3], [4, 2], [1]].map((times) => times.map((at) => anEvent(at, `e-${at}`)))
  const lookup: ChainDeps['lookup'] = async (_, token) => {
    const at = Number(token ?? 0)
    const events = pages[at] ?? []
    return at + 1 < pages.length ? { events, nextToken: String(at + 1) } : { events }
  }
  await readChain(aPlace(), chainDeps(objects, { lookup }))
  const read = await pagesOf(aPlace(), objects)
  assert.deepEqual(
    read.map(({ head }) => [head.disorder, head.watermark - NOON]),
    [
      [false, 3],
      [true, 2],
      [true, 1],
    ],
  )
})

test('a record that is no JSON is kept to the letter and in the answer', async (t) => {
  const objects = await aStore(t)
  const texts = ['{"eventName":', '[1]', 'null', '"text"', '']
  const events = texts.map((text, at): LookedUp => ({ eventId: `e-${at}`, eventTime: NOON + at, text }))
  await readChain(aPlace(), chainDeps(objects, { lookup: historyOf(events, 9).lookup, matches: () => false }))
  assert.deepEqual([...recordsOf(await pagesOf(aPlace(), objects)).values()], texts.toReversed())
  assert.equal((await pagesOf(aPlace(), objects))[0]?.head.matched, texts.length)
  assert.deepEqual(parseRecord({ eventId: 'e-0', eventTime: NOON, text: '[1]' }), {
    eventID: 'e-0',
    eventTime: '2026-11-20T12:00:00Z',
    eventName: '(unreadable record)',
  })
})

test('a throttled call is made again in its turn, as often as it takes', async (t) => {
  const objects = await aStore(t)
  const lookup = failing(historyOf(TEN).lookup, (call) => (call < 20 ? aFault('throttled') : undefined))
  let turns = 0
  const deps = chainDeps(objects, {
    lookup,
    pace: async () => {
      turns += 1
      return { kind: 'go' }
    },
  })
  assert.equal((await readChain(aPlace(), deps)).kind, 'read')
  assert.equal(deps.heard.paced.filter((how) => how === 'throttled').length, 19)
  assert.equal(turns, 19 + 4)
  assert.deepEqual(deps.heard.slept, [])
})

test('a passing fault is tried again with growing pauses, seven times in all, then given up', async (t) => {
  const objects = await aStore(t)
  const lookup = failing(historyOf(TEN).lookup, (call) => (call === 1 ? undefined : aFault('transient')))
  const deps = chainDeps(objects, { lookup })
  const end = await readChain(aPlace(), deps)
  assert.deepEqual([end.kind, end.kind === 'fault' && end.fault.code], ['fault', 'transient'])
  assert.deepEqual(deps.heard.slept, [1_000, 2_000, 4_000, 8_000, 15_000, 15_000])
  assert.equal((await pagesOf(aPlace(), objects)).length, 1, 'what was read stays')
})

test('pauses are jittered over their whole length', async (t) => {
  const objects = await aStore(t)
  const lookup = failing(historyOf(TEN).lookup, (call) => (call === 1 ? aFault('transient') : undefined))
  const deps = chainDeps(objects, { lookup, random: () => 0.25 })
  await readChain(aPlace(), deps)
  assert.deepEqual(deps.heard.slept, [250])
})

test('tries are counted for each page: six faults before each of four pages are no seven in a row', async (t) => {
  const objects = await aStore(t)
  const lookup = failing(historyOf(TEN).lookup, (call) => (call % 7 === 0 ? undefined : aFault('transient')))
  assert.equal((await readChain(aPlace(), chainDeps(objects, { lookup }))).kind, 'read')
})

for (const code of [
  'access_denied',
  'scp_denied',
  'region_not_enabled',
  'credentials_invalid',
  'invalid_request',
  'expired_credentials',
] as const)
  test(`${code} ends a chain at once`, async (t) => {
    const objects = await aStore(t)
    const deps = chainDeps(objects, { lookup: failing(historyOf(TEN).lookup, () => aFault(code)) })
    const end = await readChain(aPlace(), deps)
    assert.deepEqual(end.kind === 'fault' && end.fault.code, code)
    assert.deepEqual(deps.heard.slept, [])
    assert.deepEqual(await pagesOf(aPlace(), objects), [])
  })

test('what is no fault of AWS’s is thrown: the job is tried again', async (t) => {
  const objects = await aStore(t)
  const lookup = failing(historyOf(TEN).lookup, () => new TypeError('ours'))
  await assert.rejects(readChain(aPlace(), chainDeps(objects, { lookup })), /ours/)
})

test('a token that lapsed is no loss: reading goes on from the oldest second, which is read again', async (t) => {
  const objects = await aStore(t)
  const shared = [...TEN, anEvent(7, 'twin-of-7'), anEvent(4, 'twin-of-4')]
  const history = historyOf(shared)
  const lookup = failing(history.lookup, (call) => (call === 2 || call === 5 ? aFault('invalid_token') : undefined))
  assert.equal((await readChain(aPlace(), chainDeps(objects, { lookup }))).kind, 'read')
  const pages = await pagesOf(aPlace(), objects)
  assert.equal(recordsOf(pages).size, shared.length)
  assert.deepEqual(
    history.asked.map(({ ask, token }) => [ask.until, token !== undefined]),
    [
      [iso(NOON + 60), false],
      [iso(NOON + 7), false],
      [iso(NOON + 7), true],
      [iso(NOON + 4), false],
      [iso(NOON + 4), true],
    ],
  )
  assert.ok(pages.every(({ head }) => !head.disorder))
})

test('a chain that goes on after a lapse goes on with what that token was given for', async (t) => {
  const objects = await aStore(t)
  const history = historyOf(TEN)
  const lapsing = failing(history.lookup, (call) => (call === 2 ? aFault('invalid_token') : undefined))
  let pages = 0
  const mayGoOn: ChainDeps['mayGoOn'] = async () => (pages >= 2 ? { kind: 'yield' } : undefined)
  const added: ChainDeps['added'] = async () => {
    pages += 1
  }
  assert.equal((await readChain(aPlace(), chainDeps(objects, { lookup: lapsing, mayGoOn, added }))).kind, 'yield')
  assert.equal((await readChain(aPlace(), chainDeps(objects, { lookup: history.lookup }))).kind, 'read')
  assert.equal(recordsOf(await pagesOf(aPlace(), objects)).size, 10)
})

test('tokens that lapse again and again within one second end the chain instead of filling the store', async (t) => {
  const objects = await aStore(t)
  const crowd = Array.from({ length: 10 }, (_, at) => anEvent(5, `e-${at}`))
  const history = historyOf(crowd)
  const lookup: ChainDeps['lookup'] = async (ask, token) => {
    if (token !== undefined) throw aFault('invalid_token')
    return await history.lookup(ask, token)
  }
  const end = await readChain(aPlace(), chainDeps(objects, { lookup }))
  assert.equal(end.kind === 'fault' && end.fault.code, 'invalid_token')
  assert.ok(history.asked.length < 12, `${history.asked.length} pages were asked for`)
})

for (const [what, circle] of [
  ['the same NextToken', 1],
  ['NextTokens that lead round in a circle', 3],
] as const)
  test(`AWS giving ${what} for ever ends the chain with its own reason, and what was read is kept`, async (t) => {
    const objects = await aStore(t)
    let asked = 0
    const lookup: ChainDeps['lookup'] = async () => {
      asked += 1
      return { events: [anEvent(50 - asked, `e-${asked}`)], nextToken: `token-${asked % circle}` }
    }
    const end = await readChain(aPlace(), chainDeps(objects, { lookup }))
    assert.equal(end.kind === 'fault' && end.fault.code, 'token_repeats')
    assert.ok(asked <= circle + 4, `${asked} pages were asked for`)
    assert.equal(recordsOf(await pagesOf(aPlace(), objects)).size, asked)
  })

test('a NextToken that comes twice and then goes on is no circle', async (t) => {
  const objects = await aStore(t)
  const tokens = ['a', 'b', 'b', 'c', undefined]
  const lookup: ChainDeps['lookup'] = async () => {
    const nextToken = tokens.shift()
    return { events: [], ...(nextToken === undefined ? {} : { nextToken }) }
  }
  assert.equal((await readChain(aPlace(), chainDeps(objects, { lookup }))).kind, 'read')
})

test('a first page whose token is refused is a fault: there was none', async (t) => {
  const objects = await aStore(t)
  const lookup = failing(historyOf(TEN).lookup, () => aFault('invalid_token'))
  assert.equal((await readChain(aPlace(), chainDeps(objects, { lookup }))).kind, 'fault')
})

test('when the pace is booked out the chain waits elsewhere, and nothing is asked', async (t) => {
  const objects = await aStore(t)
  const history = historyOf(TEN)
  const until = new Date((NOON + 99) * 1000)
  const end = await readChain(
    aPlace(),
    chainDeps(objects, { lookup: history.lookup, pace: async () => ({ kind: 'until', until }) }),
  )
  assert.deepEqual(end, { kind: 'wait', until })
  assert.deepEqual(history.asked, [])
})

for (const kind of ['yield', 'stop'] as const)
  test(`a chain that is told to ${kind} does so before its next page, also after waiting for its turn`, async (t) => {
    const objects = await aStore(t)
    const history = historyOf(TEN)
    let pages = 0
    const deps = chainDeps(objects, {
      lookup: history.lookup,
      pace: async () => {
        pages += 1
        return { kind: 'go' }
      },
      mayGoOn: async () => (pages >= 3 ? { kind } : undefined),
    })
    assert.deepEqual(await readChain(aPlace(), deps), { kind })
    assert.equal(history.asked.length, 2)
    assert.equal((await pagesOf(aPlace(), objects)).length, 2)
  })

test('a page that is missing from the store is a fault of the store, and is not read over', async (t) => {
  const objects = await aStore(t)
  await readChain(aPlace({ limit: 3 }), chainDeps(objects, { lookup: historyOf(TEN).lookup }))
  const without = { ...objects, read: async () => undefined }
  await assert.rejects(readChain(aPlace(), chainDeps(without)), /page 1 of .* is missing from the store/)
})
