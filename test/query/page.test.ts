import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { sha256 } from '../../src/domain/canonical.ts'
import { decodePage, type Entry, encodePage, type PageHead, textOf } from '../../src/domain/query/page.ts'

const HEAD: PageHead = {
  version: 1,
  run: '1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d',
  account: '111122223333',
  region: 'eu-west-1',
  chain: 0,
  seq: 3,
  previous: 'a'.repeat(64),
  asked: {
    attribute: { key: 'Username', value: 'a\nb"' },
    since: '2026-11-19T00:00:00Z',
    until: '2026-11-20T00:00:00Z',
  },
  nextToken: 'to\nken',
  watermark: 1_795_000_000,
  disorder: false,
  records: 200,
  matched: 7,
  fetchedAt: '2026-11-20T14:00:00.000Z',
}

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('\n', '\r', '\u0000', '"', 'é', '😀', '\u2028') }),
)
const anEntry: fc.Arbitrary<Entry> = fc.record(
  {
    eventTime: fc.nat(),
    eventId: anyText,
    text: anyText,
    matched: fc.boolean(),
  },
  { noNullPrototype: true },
)

test('a page gives back every record to the letter, whatever it holds', () => {
  fc.assert(
    fc.property(fc.array(anEntry), (entries) => {
      const bytes = encodePage(HEAD, entries)
      const page = decodePage(bytes)
      assert.deepEqual(page.head, HEAD)
      assert.equal(page.hash, sha256(bytes))
      assert.deepEqual(
        page.index.map((indexed) => ({
          eventTime: indexed.eventTime,
          eventId: indexed.eventId,
          text: textOf(page, indexed),
          matched: indexed.matched,
        })),
        entries,
      )
    }),
  )
})

test('half a surrogate pair, which UTF-8 cannot hold, is replaced and harms no other record', () => {
  const entries = ['a\ud800b', 'after'].map(
    (text, at): Entry => ({ eventTime: at, eventId: `${at}`, text, matched: true }),
  )
  const page = decodePage(encodePage(HEAD, entries))
  assert.deepEqual(
    page.index.map((indexed) => textOf(page, indexed)),
    ['a\ufffdb', 'after'],
  )
})

test('records of JSON are one a line, so that a page can be read with ordinary tools', () => {
  const texts = ['{"a":1}', '{"b":"\\n"}']
  const bytes = encodePage(
    HEAD,
    texts.map((text, at) => ({ eventTime: at, eventId: `${at}`, text, matched: true })),
  )
  assert.deepEqual(bytes.toString('utf8').split('\n').slice(1), [...texts, ''])
})

test('a damaged page is no page', () => {
  const bytes = encodePage(HEAD, [{ eventTime: 1, eventId: 'e', text: '{"a":1}', matched: true }])
  assert.throws(() => decodePage(bytes.subarray(0, -1)), /not a page: 7 bytes of records, 8 expected/)
  assert.throws(() => decodePage(Buffer.concat([bytes, Buffer.from('x')])), /not a page/)
  assert.throws(() => decodePage(Buffer.from('{}')), /not a page: no head/)
  assert.throws(() => decodePage(Buffer.alloc(0)), /not a page/)
  assert.throws(() => decodePage(Buffer.from('not JSON\n')), SyntaxError)
})
