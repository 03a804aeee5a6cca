import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import type { Objects } from '../../src/domain/result/objects.ts'

/** A fresh, empty store for one test. */
export type MakeObjects = (t: TestContext) => Promise<Objects>

async function* chunksOf(...chunks: readonly (string | Uint8Array)[]): AsyncGenerator<string | Uint8Array> {
  yield* chunks
}

async function collected(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return Buffer.concat(parts).toString('utf8')
}

/** What every result store does, whatever it stands on. */
export function objectsContract(name: string, make: MakeObjects): void {
  const it = (says: string, work: (objects: Objects) => Promise<void>): void => {
    test(`${name}: ${says}`, async (t) => {
      await work(await make(t))
    })
  }

  it('an object is read as it was created, whatever its bytes', async (objects) => {
    let at = 0
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        at += 1
        assert.equal(await objects.create(`a/${at}`, bytes), true)
        assert.deepEqual(await objects.read(`a/${at}`), Buffer.from(bytes))
        assert.equal(await objects.size(`a/${at}`), bytes.length)
      }),
      { numRuns: 20 },
    )
  })

  it('text is kept as UTF-8', async (objects) => {
    await objects.create('a/text', 'é\u0000😀')
    assert.deepEqual(await objects.read('a/text'), Buffer.from('é\u0000😀', 'utf8'))
  })

  it('what does not exist is not there, and is no error to ask for', async (objects) => {
    assert.equal(await objects.read('a/none'), undefined)
    assert.equal(await objects.size('a/none'), undefined)
    assert.deepEqual(await objects.list('a'), [])
    await assert.rejects(objects.readRange('a/none', 0, 1))
    await assert.rejects(collected(objects.stream('a/none')))
  })

  it('the first writer of a key wins, and the second is told', async (objects) => {
    assert.equal(await objects.create('a/one', 'first'), true)
    assert.equal(await objects.create('a/one', 'second'), false)
    assert.equal(await objects.createFrom('a/one', chunksOf('third')), false)
    assert.equal(String(await objects.read('a/one')), 'first')
  })

  it('of many writers at once exactly one wins, and its object is whole', async (objects) => {
    const bodies = Array.from({ length: 12 }, (_, at) => String(at).repeat(20_000))
    const won = await Promise.all(bodies.map((body) => objects.create('a/raced', body)))
    assert.equal(won.filter(Boolean).length, 1)
    assert.equal(String(await objects.read('a/raced')), bodies[won.indexOf(true)])
  })

  it('a part of an object is read from any place, less at its end', async (objects) => {
    await objects.create('a/range', '0123456789')
    assert.equal(String(await objects.readRange('a/range', 0, 4)), '0123')
    assert.equal(String(await objects.readRange('a/range', 3, 4)), '3456')
    assert.equal(String(await objects.readRange('a/range', 8, 4)), '89')
    assert.equal(String(await objects.readRange('a/range', 10, 4)), '')
  })

  it('a list names what lies directly below, objects and folders, sorted', async (objects) => {
    for (const key of ['a/2', 'a/10', 'a/b/1', 'a/b/2', 'ab/1']) await objects.create(key, '')
    assert.deepEqual(await objects.list('a'), ['10', '2', 'b'])
    assert.deepEqual(await objects.list('a/b'), ['1', '2'])
    assert.deepEqual(await objects.list('a/c'), [])
    assert.deepEqual(await objects.list('a/2'), [], 'nothing lies below an object')
  })

  it('a folder is no object', async (objects) => {
    await objects.create('a/b/1', 'x')
    assert.equal(await objects.size('a/b'), undefined)
    assert.equal(await objects.read('a/b'), undefined)
  })

  it('a stream becomes an object when it has ended, and not before', async (objects) => {
    const seen: unknown[] = []
    async function* slow(): AsyncGenerator<string> {
      yield 'one '
      seen.push(await objects.size('a/streamed'), await objects.list('a'))
      yield 'two'
    }
    assert.equal(await objects.createFrom('a/streamed', slow()), true)
    assert.deepEqual(seen, [undefined, []])
    assert.equal(String(await objects.read('a/streamed')), 'one two')
  })

  it('a stream that breaks leaves nothing, and the key is free', async (objects) => {
    async function* breaking(): AsyncGenerator<string> {
      yield 'half'
      throw new Error('broken')
    }
    await assert.rejects(objects.createFrom('a/broken', breaking()), /broken/)
    assert.deepEqual(await objects.list('a'), [])
    assert.equal(await objects.create('a/broken', 'whole'), true)
  })

  it('a large object is streamed in and out the same', async (objects) => {
    const line = `${'x'.repeat(1023)}\n`
    async function* lines(): AsyncGenerator<string> {
      for (let at = 0; at < 3000; at += 1) yield line
    }
    await objects.createFrom('a/large', lines())
    assert.equal(await objects.size('a/large'), 3000 * 1024)
    assert.equal(await collected(objects.stream('a/large')), line.repeat(3000))
  })

  it('an empty object is one', async (objects) => {
    assert.equal(await objects.create('a/empty', ''), true)
    assert.equal(await objects.create('a/empty', 'x'), false)
    assert.deepEqual(await objects.read('a/empty'), Buffer.alloc(0))
    assert.equal(await collected(objects.stream('a/empty')), '')
  })
}
