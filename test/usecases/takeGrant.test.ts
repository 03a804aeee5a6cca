import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { fileObjects } from '../../src/adapters/resultStore/file.ts'
import { ok } from '../../src/domain/outcome.ts'
import type { ApprovalRequest, Vote } from '../../src/domain/policy/approval.ts'
import { approvalHash } from '../../src/domain/policy/basis.ts'
import type { Person, PersonFacts, PlaceFacts } from '../../src/domain/policy/person.ts'
import type { Policy } from '../../src/domain/policy/policy.ts'
import { approvalKey, investigationOnKey } from '../../src/domain/result/objects.ts'
import { type GrantCommand, type TakeGrantDeps, takeGrant } from '../../src/usecases/takeGrant.ts'
import { PROPOSAL } from '../policy/opened.ts'
import { aRequest, RUN } from '../policy/requests.ts'
import { ALICE, approvalPolicy, BOB, DAVE } from '../policy/rows.ts'
import { aPerson, aPlace, INVENTORY, NOW } from '../support/askFacts.ts'
import { scratch } from '../support/here.ts'

const AT = NOW.getTime() / 1000
const ERIN = { team: 'T1', user: 'UERIN' }
const HERE = 'C0INCIDENT'
const ELSEWHERE = 'C0OTHER'
const UNKNOWN = { code: 'unknown_grant', input: RUN.slice(0, 6) }

type Shown = { readonly failure?: unknown; readonly names?: readonly string[]; readonly revoked?: string }

type Rig = { readonly deps: TakeGrantDeps<Shown> }

/** One investigation, open in one channel: Alice and Carol may ask, Bob approved. */
async function aRig(
  t: TestContext,
  facts: Partial<PersonFacts> = {},
  policy: Partial<Policy> = {},
  place: Partial<PlaceFacts> = {},
): Promise<Rig> {
  const objects = fileObjects(await scratch(t), { outlastsPowerLoss: false })
  const { query: _, hash: __, ...rest } = aRequest({ askedAt: AT - 60, expiresAt: AT + 600 })
  const exact = { ...rest, investigation: PROPOSAL }
  const request: ApprovalRequest = { ...exact, hash: approvalHash(exact) }
  const vote: Vote = {
    ...{ verdict: 'approve', run: RUN, hash: request.hash, person: BOB },
    ...{ sets: ['security'], at: AT - 30 },
  }
  await objects.create(approvalKey(RUN, 1), '{"kind":"requested","token":"r"}')
  await objects.create(approvalKey(RUN, 2), '{"kind":"voted","token":"v"}')
  await objects.create(investigationOnKey(new Date((AT - 30 + PROPOSAL.seconds) * 1000), RUN), '')
  const never = async (): Promise<never> => assert.fail('nothing of this is needed here')
  return {
    deps: {
      objects,
      policy: approvalPolicy(policy),
      now: () => NOW,
      verifyRequest: async () => ok(request as never),
      verifyClick: async () => ok(vote as never),
      verifyBroken: never,
      verifyClosing: never,
      verifyExpired: never,
      signClosing: never,
      newId: () => 'jti',
      advance: async () => undefined,
      cancel: async () => undefined,
      leftOut: (id) => assert.fail(id),
      audit: async () => undefined,
      inventory: () => INVENTORY,
      withholds: () => false,
      personFacts: async (person) => aPerson({ person, readAt: AT, groupsSince: { STEAM: 0 }, ...facts }),
      placeFacts: async ({ channel }) => aPlace({ channel, ...place }),
      takeBack: async () => undefined,
      messages: {
        failure: (failure) => ({ failure }),
        grants: (open) => ({ names: open.map(({ name }) => name) }),
        grant: ({ investigation }) => ({ names: [investigation.name] }),
        revoked: ({ name }) => ({ revoked: name }),
        takenBack: () => assert.fail('nothing was approved'),
        stopped: () => assert.fail('nothing broke the glass'),
      },
    },
  }
}

const LIST: GrantCommand = { kind: 'grants' }
const ONE: GrantCommand = { kind: 'grants', id: RUN.slice(0, 6) }
const END: GrantCommand = { kind: 'revoke', id: RUN.slice(0, 6), people: [], accounts: [], runbooks: [] }

const BOTH: readonly GrantCommand[] = [LIST, ONE]

const take = (command: GrantCommand, person: Person, rig: Rig, channel = HERE): Promise<Shown> =>
  takeGrant(command, { person, channel }, rig.deps)

for (const [who, facts, policy, code] of [
  ['denied', { groups: ['STEAM'] }, { deny: { persons: [ERIN], groups: [], places: [] } }, 'denied'],
  ['a guest', { guest: true, groups: ['STEAM'] }, {}, 'denied'],
  ['of another workspace', { stranger: true, groups: ['STEAM'] }, {}, 'denied'],
  ['deactivated', { deactivated: true, groups: ['STEAM'] }, {}, 'denied'],
  ['without a role', {}, {}, 'no_role'],
] as const)
  test(`whoever is ${who} is shown nothing of an investigation in their channel, and ends none`, async (t) => {
    const rig = await aRig(t, facts, policy)
    for (const command of [LIST, ONE, END, { ...END, id: 'ffffff' }])
      assert.deepEqual(await take(command, ERIN, rig), { failure: { code } })
  })

test('deny wins over being named in an investigation', async (t) => {
  const rig = await aRig(t, {}, { deny: { persons: [ALICE], groups: [], places: [] } })
  for (const command of [LIST, ONE, END])
    assert.deepEqual(await take(command, ALICE, rig), { failure: { code: 'denied' } })
})

test('where nothing may be asked nothing is shown, and it can be ended all the same', async (t) => {
  const rig = await aRig(t, {}, { deny: { persons: [], groups: [], places: [HERE] } })
  for (const person of [ALICE, BOB])
    for (const command of BOTH)
      assert.deepEqual(await take(command, person, rig), { failure: { code: 'place_not_allowed', why: 'policy' } })
  assert.deepEqual(await take(END, ALICE, rig), { revoked: 'INC-42' })
})

test('whoever may ask sees those of their channel; approvers and those who are named, everywhere', async (t) => {
  const rig = await aRig(t, { groups: ['STEAM'] })
  for (const command of BOTH) assert.deepEqual(await take(command, ERIN, rig), { names: ['INC-42'] })
  assert.deepEqual(await take(LIST, ERIN, rig, ELSEWHERE), { names: [] })
  const roleless = await aRig(t)
  for (const person of [ALICE, BOB])
    for (const command of BOTH)
      assert.deepEqual(await take(command, person, roleless, ELSEWHERE), { names: ['INC-42'] }, person.user)
})

test('whoever may not see an investigation is told the same of its id as of one that does not exist', async (t) => {
  const rig = await aRig(t, { groups: ['STEAM'] })
  for (const command of [ONE, END] satisfies GrantCommand[])
    assert.deepEqual(await take(command, DAVE, rig, ELSEWHERE), { failure: UNKNOWN })
  const told = await take({ ...END, id: 'ffffff' }, DAVE, rig, ELSEWHERE)
  assert.deepEqual(told, { failure: { ...UNKNOWN, input: 'ffffff' } })
  assert.deepEqual(
    await take(END, DAVE, rig),
    { failure: { code: 'not_yours_to_revoke', id: RUN } },
    'who sees it may know',
  )
  assert.deepEqual(await take(END, BOB, rig, ELSEWHERE), { revoked: 'INC-42' })
})
