import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { test } from 'node:test'
import { openLog } from '../../src/adapters/pino/log.ts'

/** Every line that is logged, parsed. */
function logged(level = 'info'): {
  readonly log: ReturnType<typeof openLog>
  readonly lines: { readonly [name: string]: unknown }[]
} {
  const lines: { readonly [name: string]: unknown }[] = []
  const stream = new Writable({
    write: (chunk, _, done) => {
      lines.push(JSON.parse(String(chunk)))
      done()
    },
  })
  return { log: openLog(level, 'ctq-test', stream), lines }
}

test('a line is JSON with its time, its level and who wrote it', () => {
  const { log, lines } = logged()
  log.info({ run: 'r1' }, 'starting')
  const [line] = lines
  assert.deepEqual([line?.['level'], line?.['name'], line?.['msg'], line?.['run']], [30, 'ctq-test', 'starting', 'r1'])
  assert.match(String(line?.['time']), /^\d{4}-\d\d-\d\dT/)
})

test('less than the level is not written', () => {
  const { log, lines } = logged('warn')
  log.info({}, 'no')
  log.warn({}, 'yes')
  assert.equal(lines.length, 1)
})

const NAMES = [
  ...['token', 'botToken', 'appToken', 'signingSecret', 'signingKeys', 'secretAccessKey', 'sessionToken'],
  ...['responseUrl', 'response_url', 'authorization', 'password', 'd'],
]

for (const name of NAMES)
  test(`${name} is masked, at the top and below`, () => {
    const { log, lines } = logged()
    log.info({ [name]: 'hunter2', one: { [name]: 'hunter2', two: { [name]: 'hunter2' } }, other: 'kept' }, 'x')
    const text = JSON.stringify(lines)
    assert.doesNotMatch(text, /hunter2/)
    assert.equal(text.match(/\[masked\]/g)?.length, 3)
    assert.match(text, /kept/)
  })
