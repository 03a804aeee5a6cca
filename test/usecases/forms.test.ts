import assert from 'node:assert/strict'
import { test } from 'node:test'
import { emptyForm, type FormMemory } from '../../src/domain/request/form.ts'
import { changeForm, type FormDeps, findAccounts, openForm } from '../../src/usecases/openForm.ts'
import { type HomeDeps, showHome } from '../../src/usecases/showHome.ts'
import { submitForm } from '../../src/usecases/submitForm.ts'
import { type TakeDeps, takeAsk } from '../../src/usecases/takeAsk.ts'
import { RUN } from '../support/answers.ts'
import { aPerson, aPolicy, aRole, INVENTORY, PAYMENTS } from '../support/askFacts.ts'
import { ALICE, type AskRig, anAsking, BOB } from './askRig.ts'
import { SAID } from './takeRig.ts'

const KEY = 'AKIAIOSFODNN7EXAMPLE'
const MEMORY: FormMemory = { channel: 'C1', choosesPlace: false, turn: 0, offers: [], found: [] }

type Forms = { readonly rig: AskRig; readonly deps: FormDeps & TakeDeps<string>; readonly queued: object[] }

async function forms(t: Parameters<typeof anAsking>[0], changes: Partial<TakeDeps<string>> = {}): Promise<Forms> {
  const rig = await anAsking(t)
  const queued: object[] = []
  const deps = {
    ...rig.deps,
    get policy() {
      return rig.facts.policy
    },
    messages: SAID,
    knownZone: () => 'UTC',
    statusOf: async () => [],
    requestsSeen: async () => [],
    newId: () => RUN,
    queueAsk: async (ask: object) => {
      queued.push(ask)
    },
    directChannel: async (user: string) => `D${user}`,
    ...changes,
  }
  return { rig, deps, queued }
}

test('the form has what the person may ask in that place, and the accounts and Regions that they reach', async (t) => {
  const { deps } = await forms(t)
  const form = await openForm({ person: ALICE, place: { channel: 'C1', thread: '1.1' } }, deps)
  assert.deepEqual(
    form.runbooks.map(({ name }) => name),
    ['key-activity'],
    'not what lies above the role',
  )
  assert.deepEqual(form.accounts.slice(0, 2), [
    { word: 'all', label: `Every account (${INVENTORY.accounts.length})` },
    { word: '@payments', label: '@payments' },
  ])
  assert.ok(form.accounts.some(({ word, label }) => word === PAYMENTS && label === `prod-payments (${PAYMENTS})`))
  assert.ok(form.regions.includes('eu-west-1') && form.regions.includes('cn-north-1'))
  assert.deepEqual(form.memory, { ...MEMORY, thread: '1.1' })
})

test('from nowhere the answer goes directly unless a place is chosen, and every role counts', async (t) => {
  const { rig, deps } = await forms(t)
  rig.facts.policy = aPolicy({
    roles: [aRole({ places: ['C9'], members: { persons: [ALICE], groups: [], emails: [], onCall: [] } })],
  })
  const form = await openForm({ person: ALICE }, deps)
  assert.deepEqual([form.memory.channel, form.memory.choosesPlace], ['DUALICE', true])
  assert.equal(form.runbooks.length, 1)
  assert.equal((await openForm({ person: ALICE, place: { channel: 'C1' } }, deps)).runbooks.length, 0)
})

test('whoever holds no role, or may not ask at all, finds nothing in it', async (t) => {
  const { rig, deps } = await forms(t)
  rig.facts.people.set('UBOB', aPerson({ person: BOB, guest: true, groups: [] }))
  rig.facts.policy = aPolicy({ roles: [aRole({ members: { persons: [ALICE], groups: [], emails: [], onCall: [] } })] })
  const form = await openForm({ person: BOB, place: { channel: 'C1' } }, deps)
  assert.deepEqual([form.runbooks, form.accounts, form.regions], [[], [], []])
})

test('what was typed is filled in; a runbook alone chooses it; what is no question leaves the form empty', async (t) => {
  const { deps } = await forms(t)
  const place = { channel: 'C1' }
  const filled = async (words: string) => (await openForm({ person: ALICE, place, words }, deps)).filled
  assert.deepEqual(await filled('key account=prod-web'), { ...emptyForm('key-activity'), accounts: ['prod-web'] })
  assert.deepEqual(await filled('key-activity'), emptyForm('key-activity'))
  assert.deepEqual(await filled('secrets-read'), emptyForm(), 'what they may not ask is not chosen')
  assert.deepEqual(await filled('since when'), emptyForm())
})

test('under a message the first question that fits is filled in, and the others can be chosen', async (t) => {
  const { deps } = await forms(t)
  const message = `Key ${KEY} and AKIAI44QH8DHBEXAMPLE were used`
  const form = await openForm({ person: ALICE, place: { channel: 'C1' }, message }, deps)
  assert.deepEqual(form.memory.found, [KEY, 'AKIAI44QH8DHBEXAMPLE'])
  const { offers } = form.memory
  assert.deepEqual(offers, [`key-activity accessKeyId=${KEY}`, 'key-activity accessKeyId=AKIAI44QH8DHBEXAMPLE'])
  assert.deepEqual(form.filled.parameters, { accessKeyId: KEY })
  assert.equal(form.memory.offer, 0)
  const nothing = await openForm({ person: ALICE, place: { channel: 'C1' }, message: 'lunch?' }, deps)
  assert.deepEqual([nothing.filled, nothing.memory.offers, nothing.memory.offer], [emptyForm(), [], undefined])
  const memory = { ...MEMORY, offers }
  const next = await changeForm({ person: ALICE, filled: emptyForm(), memory, offer: 1 }, deps)
  assert.deepEqual(next.filled.parameters, { accessKeyId: 'AKIAI44QH8DHBEXAMPLE' })
  assert.deepEqual([next.memory.turn, next.memory.offer], [1, 1])
  const kept = await changeForm({ person: ALICE, filled: next.filled, memory: next.memory }, deps)
  assert.equal(kept.memory.offer, 1)
  const other = await changeForm({ person: ALICE, filled: emptyForm('denied-calls'), memory: next.memory }, deps)
  assert.equal(other.memory.offer, undefined, 'another runbook is none of the questions that fit')
  const same = await changeForm({ person: ALICE, filled: emptyForm('key-activity'), memory, offer: 7 }, deps)
  assert.deepEqual([same.filled, same.memory], [emptyForm('key-activity'), memory])
})

test('accounts are found by what is typed of their name or id', async (t) => {
  const { deps } = await forms(t)
  const words = async (typed: string) => (await findAccounts(ALICE, MEMORY, typed, deps)).map(({ word }) => word)
  assert.deepEqual(await words('PAYM'), ['@payments', PAYMENTS])
  assert.deepEqual(await words(PAYMENTS.slice(0, 6)), [PAYMENTS])
  assert.deepEqual(await words('nothing like it'), [])
})

const FILLED = { ...emptyForm('key-activity'), parameters: { accessKeyId: KEY }, accounts: [PAYMENTS] }

test('a form is asked like typed words, in the place it was opened in', async (t) => {
  const { deps, queued } = await forms(t)
  const memory = { ...MEMORY, thread: '1.1' }
  const text = `key-activity accessKeyId=${KEY} account=${PAYMENTS}`
  assert.deepEqual(await submitForm({ person: ALICE, filled: FILLED, memory }, deps), {
    kind: 'queued',
    run: RUN,
    message: `accepted ${RUN}: ${text} · last 24h, the default []`,
    channel: 'C1',
    thread: '1.1',
  })
  await submitForm({ person: ALICE, filled: FILLED, memory, place: 'C2' }, deps)
  assert.deepEqual(queued, [
    { run: RUN, text, person: ALICE, channel: 'C1', thread: '1.1', entry: 'form' },
    { run: RUN, text, person: ALICE, channel: 'C2', entry: 'form' },
  ])
})

test('what is wrong with a form, or a queue that is away, is said in it and nothing is asked', async (t) => {
  const { deps, queued } = await forms(t)
  const wrong = await submitForm({ person: ALICE, filled: emptyForm('key-activity'), memory: MEMORY }, deps)
  assert.deepEqual(wrong.kind === 'errors' && wrong.errors.map(({ field }) => field), ['parameter:accessKeyId'])
  assert.deepEqual(queued, [])
  const away = await forms(t, {
    queueAsk: async () => {
      throw new Error('ECONNREFUSED')
    },
  })
  const failed = await submitForm({ person: ALICE, filled: FILLED, memory: MEMORY }, away.deps)
  assert.match(failed.kind === 'errors' ? (failed.errors[0]?.why ?? '') : '', /queue cannot be reached/)
})

test('a typed question that lacks something gives its words for the form', async (t) => {
  const { deps, queued } = await forms(t)
  assert.deepEqual(await takeAsk({ text: 'key last 3h', person: ALICE, channel: 'C1', entry: 'command' }, deps), {
    kind: 'incomplete',
    words: 'key last 3h',
    message: 'incomplete missing_parameter: key last 3h',
  })
  assert.deepEqual(queued, [])
})

test('the Home tab has what the person may ask and their runs; while the queue is away it says that alone of them', async (t) => {
  const { rig, deps } = await forms(t)
  const run = { run: RUN, question: 'q', askedAt: '', state: 'running', mayCancel: true } as const
  const home = (queue: 'reached' | 'away'): HomeDeps<string> => ({
    ...deps,
    policy: rig.facts.policy,
    statusOf: async () => [run],
    waitingFor: async () => [],
    reviewsFor: async () => [],
    health: async () => ({ queue, connections: 1 }),
  })
  const shown = await showHome(ALICE, home('reached'))
  assert.deepEqual([shown.runs, shown.runnable.map(({ runbook }) => runbook.name)], [[run], ['key-activity']])
  assert.deepEqual((await showHome(ALICE, home('away'))).runs, [])
  rig.facts.people.set('UBOB', aPerson({ person: BOB, deactivated: true }))
  const nothing = await showHome(BOB, home('reached'))
  assert.deepEqual([nothing.runs, nothing.runnable], [[], []])
})
