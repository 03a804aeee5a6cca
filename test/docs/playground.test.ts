import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faults, readFault } from '../../src/playground/aws/faults.ts'
import { UNITS } from '../../src/playground/aws/organisation/accounts.ts'
import { faultOf } from '../../src/playground/slack/faults.ts'
import { DEFAULT_SEED } from '../../src/playground/slack/seed.ts'
import { blocks, read, table } from './blocks.ts'

const PAGE = 'docs/playground.md'

const codes = (cells: readonly string[]): readonly string[] =>
  cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code))
const first = (heading: string): readonly string[] => table(PAGE, heading).map(([cell = '']) => cell)

/** Routes of a control API, as its source names them. */
function routes(file: string): readonly string[] {
  const named = [...read(file).matchAll(/'((?:GET|POST|DELETE) [\w/]+)'/g)].map(([, route = '']) => route)
  return [...new Set(named)].toSorted()
}

test('the page names every route of the control APIs', () => {
  assert.deepEqual(codes(first('Slack')).toSorted(), routes('src/playground/slack/control.ts'))
  assert.deepEqual(codes(first('AWS')).toSorted(), routes('src/playground/aws/control.ts'))
  assert.deepEqual(codes(first('pager')).toSorted(), routes('src/playground/pagerduty/control.ts'))
})

test('the page names every option', () => {
  const files = ['src/playground/playground.ts', 'src/playground/aws/cli.ts', 'src/playground/slack/cli.ts']
  const options = files.flatMap((file) =>
    [...read(file).matchAll(/^\s+'?([a-z-]+)'?: \{ type: '(?:string|boolean)'/gm)].map(([, name]) => `--${name}`),
  )
  const wanted = [...new Set([...options, '--port', '--http'])].toSorted()
  assert.deepEqual(codes(first('option')).toSorted(), wanted)
})

test('the people and channels are those of the workspace', () => {
  assert.deepEqual(
    first('person'),
    DEFAULT_SEED.users.map(({ name }) => name),
  )
  assert.deepEqual(
    first('channel'),
    DEFAULT_SEED.channels.map(({ name }) => name),
  )
})

test('the units are those of the organisation, and README asks for one of them', () => {
  const named = codes(first('unit'))
  assert.deepEqual(named.toSorted(), UNITS.map(({ name }) => `ou:${name}`).toSorted())
  const [, asked] = /account=(ou:\w+)/.exec(read('README.md')) ?? []
  assert.ok(asked !== undefined && named.includes(asked), asked)
})

test('the faults that are shown are taken', () => {
  const [slack, aws] = blocks([PAGE]).flatMap(({ info, text }) =>
    info.startsWith('json POST faults') ? [JSON.parse(text) as { readonly [name: string]: never }] : [],
  )
  assert.equal(faultOf(slack ?? {}).times, 2)
  const planned = faults()
  planned.add(readFault(aws ?? {}))
  assert.equal(planned.next('LookupEvents', '111122223333', 'eu-west-1')?.code, 'ThrottlingException')
  assert.equal(planned.next('LookupEvents', '111122223333', 'eu-west-2'), undefined)
})
