import assert from 'node:assert/strict'
import test from 'node:test'
import { shellWord } from '../../src/adapters/terminal/shell.ts'
import { notInstalled } from '../support/programs.ts'
import { screen } from '../support/screen.ts'
import { anAws, type Ended, keysOf, MAIN, program, tell } from './rig.ts'

/** Runs `ctq` on a terminal of its own: script(1) makes one. Both streams are what the terminal was told. */
function onTerminal(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ended> {
  const command = [process.execPath, MAIN, ...args].map(shellWord).join(' ')
  return program('script', ['-qec', command, '/dev/null'], { env: { TERM: 'xterm', ...env } })
}

const HOSTILE = '\u001b[2J\u001b[31m\u009b1;1H\u202e</dev/tty'

/** An AWS that is slow enough for a view, and in which somebody made a key under a name that would command a terminal. */
async function anIncident(t: test.TestContext) {
  const aws = await anAws(t, {
    latencyMs: 200,
    fixture: { kind: 'flat', accounts: 1, regions: [], recordsPerAccountRegion: 0 },
  })
  const { account } = aws.organisation.users.responder
  const record = {
    eventID: '0f3c0f57-31d4-4cbb-8f0b-8f3f9a2a1101',
    eventTime: `${new Date(Date.now() - 3_600_000).toISOString().slice(0, 19)}Z`,
    eventSource: 'iam.amazonaws.com',
    eventName: 'CreateUser',
    readOnly: false,
    awsRegion: 'us-east-1',
    recipientAccountId: account,
    userIdentity: {
      type: 'IAMUser',
      userName: 'mallory',
      arn: `arn:aws:iam::${account}:user/mallory`,
      accountId: account,
    },
    requestParameters: { userName: `x${HOSTILE}` },
    sourceIPAddress: '203.0.113.9',
    userAgent: HOSTILE,
  }
  await tell(aws, 'records', { account, region: 'us-east-1', records: [{ text: JSON.stringify(record) }] })
  // The other Region takes longer: there is time to see what was found in this one.
  await tell(aws, 'faults', { operation: 'LookupEvents', region: 'eu-west-1', code: 'ThrottlingException', times: 3 })
  return keysOf(aws)
}

/** script(1) of util-linux; another one has other options. */
const skip = process.platform === 'linux' ? notInstalled('script') : 'script(1) is another program here'
const ASK = ['run', 'iam-persistence', 'last', '2h', '--region', 'us-east-1,eu-west-1']

test('on a terminal what is found shows before the end, in place, and the answer is in colour', { skip }, async (t) => {
  const { code, out } = await onTerminal(ASK, await anIncident(t))
  assert.equal(code, 0, out)
  assert.match(out, /1 call found so far[^\n]*\r\n(?:[^\n]*\r\n)?[^\n]*So far, most telling first:/)
  assert.match(out, /• (?:\d+ \w{3} )?\d\d:\d\dZ CreateUser user x\\u001b\[2J/)
  assert.match(out, /\u001b\[1m\u001b\[32mCOMPLETE/)
  const shown = screen(80)
  shown.write(out.replaceAll('\r\n', '\n\r'))
  const left = shown.shown().join('\n')
  assert.doesNotMatch(left, /So far/)
  assert.match(left, /iam-persistence · COMPLETE/)
})

test('NO_COLOR takes the colour, not the view; a dumb terminal gets neither', { skip }, async (t) => {
  const env = await anIncident(t)
  const plain = await onTerminal(ASK, { ...env, NO_COLOR: '1' })
  assert.match(plain.out, /So far, most telling first:/)
  assert.doesNotMatch(plain.out, /\u001b\[[\d;]*m/)
  const dumb = await onTerminal(ASK, { ...env, TERM: 'dumb' })
  assert.doesNotMatch(dumb.out, /\u001b|So far/)
  assert.match(dumb.out, /COMPLETE/)
})
