import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Golden files lie in test/golden, whether this runs from the source or from dist. */
export const GOLDEN = join(
  import.meta.dirname.replace(/([\\/])dist([\\/]test[\\/]support)$/, '$1test$1support'),
  '..',
  'golden',
)

/** Compares what people will read with its golden file. `UPDATE_GOLDEN=1` writes the file instead; the review is the diff. */
export function golden(name: string, actual: string): void {
  const path = join(GOLDEN, name)
  const text = actual.endsWith('\n') ? actual : `${actual}\n`
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    return
  }
  assert.equal(text, readFileSync(path, 'utf8'), `${name} reads differently; UPDATE_GOLDEN=1 rewrites it`)
}

/** As `golden`, for a value written as JSON. */
export function goldenJson(name: string, actual: unknown): void {
  golden(name, JSON.stringify(actual, null, 2))
}
