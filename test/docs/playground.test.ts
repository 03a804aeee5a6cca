import assert from 'node:assert/strict'
import { test } from 'node:test'
import { STEP } from '../../src/adapters/slack/listenForms.ts'
import { parseSettings } from '../../src/config/settings.ts'
import { parseCommand } from '../../src/domain/request/parse.ts'
import { readLibrary } from '../../src/library.ts'
import { faults, readFault } from '../../src/playground/aws/faults.ts'
import { UNITS } from '../../src/playground/aws/organisation/accounts.ts'
import { faultOf } from '../../src/playground/slack/faults.ts'
import { BOT_USER_ID, DEFAULT_SEED, TEAM_ID } from '../../src/playground/slack/seed.ts'
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

test('the workflow that is shown may ask its question in its channel', async () => {
  const [shown] = blocks([PAGE]).flatMap(({ info, text }) =>
    info === 'json POST step Slack' ? [JSON.parse(text) as StepShown] : [],
  )
  assert.ok(shown)
  assert.equal(shown.callback_id, STEP)
  const settings = parseSettings(read('src/playground/ctq.yml'), 'ctq.yml')
  assert.ok(settings.ok)
  const [role] = settings.value.policy.roles.filter(({ members }) =>
    members.persons.some(({ team, user }) => team === TEAM_ID && user === BOT_USER_ID),
  )
  assert.ok(role?.places.includes(shown.inputs.channel))
  const { inventory } = settings.value
  const command = parseCommand(shown.inputs.question, await readLibrary('runbooks'), {
    now: new Date(),
    timeZone: 'UTC',
    inventory: { accounts: inventory.accounts, regions: [] },
    origin: 'terminal',
  })
  assert.ok(command.ok && command.value.kind === 'run')
})

type StepShown = {
  readonly callback_id: string
  readonly inputs: { readonly question: string; readonly channel: string }
}
