import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Request } from '../../src/domain/request/command.ts'
import { plainText } from '../../src/domain/result/phrase.ts'
import { type SaidDeps, saidOf } from '../../src/usecases/said.ts'
import { runbookOf } from '../runbook/builders.ts'
import { aPerson, aPlace, aPolicy, aRole, INVENTORY, PAYMENTS } from '../support/askFacts.ts'
import { aLibrary } from '../support/askRunbooks.ts'
import { ALICE, KEY_ACTIVITY } from './askRig.ts'

const LOGINS = runbookOf({ name: 'console-logins' })
const members = { persons: [ALICE], groups: [], emails: [], onCall: [] }
const KEY = 'AKIAIOSFODNN7EXAMPLE'

const asking = (changes: Partial<Request> = {}): Request => ({
  runbook: 'console-logins',
  parameters: {},
  accounts: [],
  ...changes,
})

/** What is said beside the words. */
async function chosen(request: Request, changes: Partial<SaidDeps> = {}): Promise<readonly string[]> {
  const deps: SaidDeps = {
    library: aLibrary(KEY_ACTIVITY, LOGINS),
    policy: aPolicy({ roles: [aRole({ members })] }),
    inventory: () => INVENTORY,
    personFacts: async () => aPerson({ person: ALICE }),
    placeFacts: async () => aPlace({ channel: 'C1' }),
    ...changes,
  }
  const said = await saidOf({ request, notes: [] }, { person: ALICE, channel: 'C1' }, deps)
  return said.chosen.map(plainText)
}

const byRole = aPolicy({
  roles: [aRole({ name: 'responder', members, defaultAccounts: [{ kind: 'id', id: PAYMENTS }] })],
})

test('who names neither accounts nor a window hears which they get, and whose choice that is', async () => {
  assert.deepEqual(await chosen(asking(), { policy: byRole }), [
    'prod-payments (111122223333), the default of the role responder',
    'last 24h, the default',
  ])
  const places = [
    { channel: 'C1', answers: 'here' as const, accounts: [{ kind: 'group' as const, name: 'prod' }] },
  ] as unknown as typeof byRole.places
  const [accounts] = await chosen(asking(), { policy: { ...byRole, places } })
  assert.equal(accounts, "prod-payments (111122223333), prod-web (222233334444), this channel's default")
})

test('what a key stands for is said; what was named is not said twice, and nobody is asked for it', async () => {
  const none = async (): Promise<never> => {
    throw new Error('nobody is to be asked')
  }
  const span = { since: 1, words: 'last 24h' }
  const named = asking({ accounts: [{ kind: 'id', id: PAYMENTS }], span })
  assert.deepEqual(await chosen(named, { personFacts: none, placeFacts: none }), [])
  // A key of the time before its account could be read from it: only AWS can tell.
  const old = asking({ runbook: 'key-activity', parameters: { accessKeyId: KEY }, span })
  assert.deepEqual(await chosen(old, { policy: byRole }), [])
})

test('whoever may not ask hears no account, nor anybody while Slack does not say who they are', async () => {
  const guest = async () => aPerson({ person: ALICE, deactivated: true })
  assert.deepEqual(await chosen(asking(), { policy: byRole, personFacts: guest }), ['last 24h, the default'])
  const away = async (): Promise<never> => {
    throw new Error('slack is away')
  }
  assert.deepEqual(await chosen(asking(), { policy: byRole, personFacts: away }), ['last 24h, the default'])
})

test('without a default nothing is made up: the run is refused with the reason', async () => {
  assert.deepEqual(await chosen(asking()), ['last 24h, the default'])
})
