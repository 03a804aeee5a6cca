import assert from 'node:assert/strict'
import { test } from 'node:test'
import { approverIn } from '../../src/domain/policy/approvers.ts'
import { approversNow } from '../../src/domain/policy/approversNow.ts'
import { type OnCallState, onCallFacts, onShift, unreadWords } from '../../src/domain/policy/onCall.ts'
import { aPerson, DAY } from '../support/askFacts.ts'
import { ALICE, approvalPolicy, aSchedule, aSet, BOB, CAROL, DAVE, READ_AT } from './rows.ts'

const read = (...persons: readonly (typeof ALICE)[]): OnCallState => ({ kind: 'read', persons, unknown: [] })
const UNREAD: OnCallState = { kind: 'unread', why: 'it did not answer in time' }

test('a shift begins with its first second, ends before its last, and counts by level', () => {
  const shift = { from: 1000, until: 2000, level: 2, persons: [ALICE, ALICE] }
  const at = (when: number, levels = 2): number => {
    const state = onShift({ kind: 'shifts', shifts: [shift] }, levels, when)
    return state.kind === 'read' ? state.persons.length : -1
  }
  assert.deepEqual([at(999), at(1000), at(1999), at(2000), at(1500, 1)], [0, 1, 1, 0, 0])
})

test('a schedule that was not looked at is unread, and never says yes', () => {
  const schedules = [aSchedule(), aSchedule({ name: 'other' }), aSchedule({ name: 'away' })]
  const states = new Map([
    ['primary', read(ALICE)],
    ['away', UNREAD],
  ])
  assert.deepEqual(onCallFacts(ALICE, schedules, states), { now: ['primary'], unread: ['other', 'away'] })
  assert.deepEqual(onCallFacts(BOB, schedules, states), { now: [], unread: ['other', 'away'] })
  assert.deepEqual(onCallFacts({ team: 'T2', user: 'UALICE' }, schedules, states).now, [])
})

test('what could not be read is said, with who approves instead', () => {
  const states = new Map([
    ['primary', UNREAD],
    ['other', read()],
  ])
  assert.deepEqual(unreadWords(['primary', 'other'], states), [
    'The schedule primary cannot be read (it did not answer in time): its fallback approves instead.',
  ])
})

test('while a schedule can be read its fallback approves nothing', () => {
  const dave = aPerson({ person: DAVE, onCall: { now: [], unread: [] } })
  assert.deepEqual([...approverIn(dave, approvalPolicy())], [])
  const unread = { ...dave, onCall: { now: [], unread: ['primary'] } }
  assert.deepEqual([...approverIn(unread, approvalPolicy())], [['oncall', 'fallback']])
})

test('a fallback by group counts only for a managed group that was seen for long enough', () => {
  const policy = approvalPolicy({
    settleFor: DAY,
    onCall: [aSchedule({ fallback: { persons: [], groups: ['SSEC', 'STEAM'] } })],
  })
  const who = (group: string, age: number) =>
    aPerson({
      person: DAVE,
      groups: [group],
      groupsSince: { [group]: READ_AT - age },
      readAt: READ_AT,
      onCall: { now: [], unread: ['primary'] },
    })
  assert.equal(approverIn(who('SSEC', DAY), policy).get('oncall'), 'fallback')
  assert.equal(approverIn(who('SSEC', DAY - 1), policy).get('oncall'), undefined)
  assert.equal(approverIn(who('STEAM', 9 * DAY), policy).get('oncall'), undefined)
})

test('who may approve now: listed, in managed groups for long enough, on call, or the fallback of what cannot be read', () => {
  const policy = approvalPolicy({
    settleFor: DAY,
    approvers: [
      aSet('security', { persons: [BOB], groups: ['SSEC', 'SPLAIN'] }),
      aSet('oncall', { onCall: ['primary'] }),
    ],
    deny: { persons: [{ team: 'T1', user: 'UBAD' }], groups: ['SDENIED'], places: [] },
  })
  const since = { SSEC: { UCAROL: READ_AT - DAY, UNEW: READ_AT, UBAD: 0, UX: 0 }, SPLAIN: { UPLAIN: 0 } }
  const members = new Map([['SDENIED', ['UX']]])
  const known = { team: 'T1', memory: since, members, at: READ_AT }
  const words = (state: OnCallState) =>
    approversNow(policy, { ...known, states: new Map([['primary', state]]) }).map(
      ({ person, sets }) => `${person.user} ${sets.join(' ')}`,
    )
  assert.deepEqual(words(read(ALICE, BOB)), ['UBOB security oncall', 'UCAROL security', 'UALICE oncall'])
  assert.deepEqual(words(UNREAD), ['UBOB security', 'UCAROL security', 'UDAVE oncall'])
  assert.deepEqual(CAROL.user, 'UCAROL')
})
