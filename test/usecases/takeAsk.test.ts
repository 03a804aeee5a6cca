import assert from 'node:assert/strict'
import { test } from 'node:test'
import { requestRun } from '../../src/usecases/requestRun.ts'
import { type Incoming, type TakeDeps, takeAsk } from '../../src/usecases/takeAsk.ts'
import { runbookOf } from '../runbook/builders.ts'
import { RUN } from '../support/answers.ts'
import { aPerson, aPolicy, aRole } from '../support/askFacts.ts'
import { aLibrary } from '../support/askRunbooks.ts'
import { ALICE, type AskRig, anAsk, anAsking, BOB } from './askRig.ts'
import { SAID } from './takeRig.ts'

const QUESTION = 'key AKIAIOSFODNN7EXAMPLE last 24h account=prod-payments'

type Taking = {
  readonly rig: AskRig
  readonly deps: TakeDeps<string>
  readonly queued: object[]
  readonly looked: string[]
}

/** Slack is asked through these, so that it is seen when. */
async function taking(t: Parameters<typeof anAsking>[0], changes: Partial<TakeDeps<string>> = {}): Promise<Taking> {
  const rig = await anAsking(t)
  const queued: object[] = []
  const looked: string[] = []
  const deps: TakeDeps<string> = {
    ...rig.deps,
    get policy() {
      return rig.facts.policy
    },
    messages: SAID,
    personFacts: async (person) => {
      looked.push('person')
      return await rig.deps.personFacts(person)
    },
    placeFacts: async (place, person) => {
      looked.push('place')
      return await rig.deps.placeFacts(place, person)
    },
    knownZone: () => 'UTC',
    statusOf: async (_, typed) => (typed === undefined ? [] : undefined),
    requestsSeen: async () => [],
    newId: () => RUN,
    queueAsk: async (ask) => {
      queued.push(ask)
    },
    ...changes,
  }
  return { rig, deps, queued, looked }
}

function typed(text: string, changes: Partial<Incoming> = {}): Incoming {
  return { text, person: ALICE, channel: 'C1', entry: 'command', ...changes }
}

test('a question is queued before anything is asked of Slack or AWS, and said as it can be typed again', async (t) => {
  const { deps, queued, looked } = await taking(t)
  assert.deepEqual(await takeAsk(typed(QUESTION, { thread: '1.1' }), deps), {
    kind: 'queued',
    run: RUN,
    message: `accepted ${RUN}: key-activity accessKeyId=AKIAIOSFODNN7EXAMPLE last 24h account=prod-payments []`,
  })
  assert.deepEqual(queued, [
    { run: RUN, text: QUESTION, person: ALICE, channel: 'C1', thread: '1.1', entry: 'command' },
  ])
  assert.deepEqual(looked, [])
})

test('somebody whose zone is not known yet hears the window too; Slack is asked for the zone when the question is in the queue', async (t) => {
  const seen: string[] = []
  const { deps } = await taking(t, {
    knownZone: () => undefined,
    queueAsk: async () => void seen.push('queued'),
    personFacts: async () => {
      seen.push('zone asked')
      return aPerson({ person: ALICE, timeZone: 'Europe/Berlin' })
    },
  })
  const first = await takeAsk(typed('key AKIAIOSFODNN7EXAMPLE last 24h account=prod-payments'), deps)
  assert.match(first.message, /last 24h/)
  assert.deepEqual(seen, ['queued'], 'what reads the same everywhere asks nobody')
  const { message } = await takeAsk(typed('key AKIAIOSFODNN7EXAMPLE since 08:00 account=prod-payments'), deps)
  assert.match(message, /since 2026-11-20 07:00Z/)
  assert.deepEqual(seen, ['queued', 'queued', 'zone asked'])
})

test('what is wrong in UTC and right in the zone of who typed it is not refused', async (t) => {
  const { deps, queued } = await taking(t, {
    knownZone: () => undefined,
    personFacts: async () => aPerson({ person: ALICE, timeZone: 'Asia/Tokyo' }),
  })
  const { message } = await takeAsk(
    typed('key AKIAIOSFODNN7EXAMPLE since 2026-11-20 20:00 account=prod-payments'),
    deps,
  )
  assert.match(message, /since 2026-11-20 11:00Z/)
  assert.equal(queued.length, 1)
})

test('times in the zone that is known', async (t) => {
  const known = await taking(t, { knownZone: () => 'Europe/Berlin' })
  const said = await takeAsk(typed('key AKIAIOSFODNN7EXAMPLE since 08:00 account=prod-payments'), known.deps)
  assert.match(said.message, /since 2026-11-20 07:00Z/)
})

test('what only a trail has is in no list, no menu and not said by whoami, and is told about by name', async (t) => {
  const names = ({ runbook }: { readonly runbook: { readonly name: string } }): string => runbook.name
  const messages = {
    ...SAID,
    list: (runnable: Parameters<typeof SAID.list>[0]) => runnable.map(names).join(' '),
    menu: (runnable: Parameters<typeof SAID.menu>[0]) => runnable.map(names).join(' '),
    whoami: ({ runnable }: Parameters<typeof SAID.whoami>[0]) => runnable.map(names).join(' '),
  }
  const library = aLibrary(runbookOf({ name: 'account-changes' }), runbookOf({ name: 's3-objects', records: '[data]' }))
  const { deps } = await taking(t, { library, messages })
  for (const text of ['list', '', 'whoami']) assert.equal((await takeAsk(typed(text), deps)).message, 'account-changes')
  assert.doesNotMatch((await takeAsk(typed('help s3-objects'), deps)).message, /failure/)
})

test('a secret in a reason is masked before the question is queued', async (t) => {
  const { deps, queued } = await taking(t)
  const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
  const taken = await takeAsk(typed(`${QUESTION} reason="leaked: secret_access_key=${secret}"`), deps)
  assert.equal(taken.kind, 'queued')
  assert.ok(!JSON.stringify([queued, taken]).includes(secret))
  assert.match(JSON.stringify(queued[0]) ?? '', / reason=\\"leaked: secret_access_key=\[masked: secret\]\\"/)
})

test('when the queue is away it is said at once, and nothing is started', async (t) => {
  const { deps } = await taking(t, {
    queueAsk: async () => {
      throw new Error('ECONNREFUSED')
    },
  })
  assert.deepEqual(await takeAsk(typed(QUESTION), deps), { kind: 'shown', message: 'failure queue_unavailable' })
})

test('what cannot be understood is answered at once', async (t) => {
  const { deps, queued, looked } = await taking(t)
  assert.deepEqual(await takeAsk(typed('kez-activity'), deps), {
    kind: 'shown',
    message: 'mistyped unknown_runbook: key-activity',
  })
  assert.deepEqual([queued, looked], [[], []])
})

const SHOWN: readonly (readonly [text: string, message: string])[] = [
  ['', 'menu key-activity'],
  ['help', 'help key-activity'],
  ['help key', 'help for key-activity'],
  ['help secrets-read', 'failure unknown_runbook'],
  ['help nothing-such', 'failure unknown_runbook'],
  ['list', 'list key-activity'],
  ['find key', 'found key-activity for key'],
  ['find secrets', 'found  for secrets'],
  ['whoami', 'UALICE in C1 as responder'],
  ['status', 'status '],
  ['status 12345678', 'failure unknown_run'],
  ['cancel 12345678', 'failure unknown_run'],
]

for (const [text, message] of SHOWN)
  test(`"${text}" shows: ${message}`, async (t) => {
    const { deps, queued } = await taking(t)
    assert.deepEqual(await takeAsk(typed(text), deps), { kind: 'shown', message })
    assert.deepEqual(queued, [])
  })

test('somebody without a role is shown none, and nothing to run', async (t) => {
  const { rig, deps } = await taking(t)
  rig.facts.policy = aPolicy({ roles: [aRole({ members: { persons: [BOB], groups: [], emails: [], onCall: [] } })] })
  assert.equal((await takeAsk(typed('whoami'), deps)).message, 'UALICE in C1 as ')
  assert.equal((await takeAsk(typed('list'), deps)).message, 'list ')
  assert.equal((await takeAsk(typed('help key'), deps)).message, 'failure unknown_runbook')
})

test('a guest who is in a group with a role is told that they have none here', async (t) => {
  const { rig, deps } = await taking(t)
  rig.facts.policy = aPolicy({ roles: [aRole({ members: { persons: [], groups: ['S1'], emails: [], onCall: [] } })] })
  rig.facts.people.set('UALICE', aPerson({ person: ALICE, guest: true, groups: ['S1'] }))
  assert.equal((await takeAsk(typed('whoami'), deps)).message, 'UALICE in C1 as ')
})

test('a run is cancelled from where it was typed', async (t) => {
  const { rig, deps } = await taking(t)
  await requestRun(anAsk(QUESTION), rig.deps)
  assert.equal((await takeAsk(typed(`cancel ${RUN.slice(0, 8)}`), deps)).message, `cancelled ${RUN}`)
  assert.deepEqual(rig.heard.cancelled, [`${RUN} token-jti-1`])
})

test('the runs of whoever asks are shown to them', async (t) => {
  const { deps } = await taking(t, {
    statusOf: async ({ person }) => [
      { run: person.user, question: '', askedAt: '', state: 'running', mayCancel: true },
    ],
  })
  assert.equal((await takeAsk(typed('status'), deps)).message, 'status UALICE running')
})

test('the name of an account is a question about it, for whoever typed it and for the run alike', async (t) => {
  const library = aLibrary(runbookOf({ name: 'account-changes', answers: '[account]' }))
  const { deps, queued } = await taking(t, { library })
  const taken = await takeAsk(typed('prod-payments'), deps)
  assert.match(taken.message, /^accepted .*account=prod-payments/)
  assert.equal(queued.length, 1)
  const { deps: asking } = await anAsking(t)
  const requested = await requestRun(anAsk('prod-payments'), { ...asking, library })
  assert.match(requested.ok ? requested.value.echo : requested.error.code, /account=prod-payments/)
})
