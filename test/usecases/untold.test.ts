import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { fileObjects } from '../../src/adapters/resultStore/file.ts'
import { ok } from '../../src/domain/outcome.ts'
import { reviewKey, reviewOnKey } from '../../src/domain/result/objects.ts'
import { type AdvanceReviewDeps, advanceReview } from '../../src/usecases/advanceReview.ts'
import { ALICE, approvalPolicy, aSet, BOB, CAROL, glassRules } from '../policy/rows.ts'
import { scratch } from '../support/here.ts'
import { aBroken } from '../support/reviews.ts'

const ALARMS = 'C0ALARMS'
const broken = aBroken({ person: ALICE, places: ['C0SECRESP'] })
const OTHER = broken.run.replace(/^./, (first) => (first === 'f' ? 'e' : 'f'))

type Slack = AdvanceReviewDeps<string>['slack']

/** The second use of a day, whose alarm goes to one channel; Bob and Carol may review it. Slack takes no message in the places refused. */
async function aSecondUse(t: TestContext, refused: Set<string>) {
  const objects = fileObjects(await scratch(t), { outlastsPowerLoss: false })
  const clock = { at: broken.at + 60 }
  const posted: string[] = []
  const untold: string[] = []
  await objects.create(reviewKey(broken.run, 1), '{"kind":"broken","token":"b"}')
  await objects.create(reviewKey(OTHER, 1), '')
  for (const run of [broken.run, OTHER]) await objects.create(reviewOnKey(new Date(broken.at * 1000), run), '')
  const post: Slack['post'] = async ({ channel }, _mark, build) => {
    const fault = { fault: 'slack', kind: 'refused', reason: 'is_archived' }
    if (refused.has(channel)) throw Object.assign(new Error('refused'), fault)
    posted.push(`${channel} ${build('plain')}`)
    return { channel, ts: String(posted.length) }
  }
  const deps = {
    objects,
    policy: approvalPolicy({
      approvers: [aSet('security', { persons: [BOB, CAROL] })],
      breakGlass: { ...glassRules(), alarmIn: [ALARMS] },
    }),
    now: () => new Date(clock.at * 1000),
    audit: async () => undefined,
    leftOut: () => undefined,
    turn: async () => 0,
    everybody: async () => ({ team: 'T1', members: new Map(), memory: new Map(), states: new Map(), at: clock.at }),
    mayShowIn: async () => true,
    verifyBroken: async () => ok(broken as never),
    verifyClosing: async () => assert.fail('nobody has closed it'),
    slack: { post, update: async () => undefined, openDirect: async (user: string) => `D${user}` } as Partial<Slack>,
    reviewMessages: { card: () => 'card', file: () => undefined, reminder: () => 'overdue', alarm: () => 'alarm' },
    onUntold: (_run: string, what: string, reasons: readonly string[]) => void untold.push(`${what} ${reasons}`),
  } as unknown as AdvanceReviewDeps<string>
  return { deps, clock, posted, untold, objects }
}

const of = (posted: readonly string[], what: string): readonly string[] =>
  posted.filter((one) => one.endsWith(what)).map((one) => one.split(' ')[0] ?? '')

test('an alarm that its channel does not take goes to each approver directly', async (t) => {
  const { deps, posted, untold } = await aSecondUse(t, new Set([ALARMS]))
  assert.equal((await advanceReview(broken.run, deps)).kind, 'later')
  assert.deepEqual(of(posted, 'alarm'), ['DUBOB', 'DUCAROL'])
  assert.deepEqual(untold, [])
})

test('an alarm that nobody can be told is not done: the log has it, and it is tried again until somebody is told', async (t) => {
  const refused = new Set([ALARMS, 'DUBOB', 'DUCAROL'])
  const { deps, clock, posted, untold } = await aSecondUse(t, refused)
  const first = await advanceReview(broken.run, deps)
  assert.deepEqual(first, { kind: 'wait', until: new Date((clock.at + 600) * 1000) })
  assert.deepEqual(untold, ['alarm is_archived'])
  refused.delete('DUCAROL')
  clock.at += 600
  assert.equal((await advanceReview(broken.run, deps)).kind, 'later')
  assert.deepEqual(of(posted, 'alarm'), ['DUCAROL'])
  clock.at += 600
  await advanceReview(broken.run, deps)
  assert.deepEqual(of(posted, 'alarm'), ['DUCAROL'], 'once')
})

test('that a review is overdue goes to each approver directly where the card’s channel is closed', async (t) => {
  const refused = new Set<string>()
  const { deps, clock, posted } = await aSecondUse(t, refused)
  await advanceReview(broken.run, deps)
  refused.add('C0SECRESP')
  clock.at = broken.dueAt + 1
  await advanceReview(broken.run, deps)
  assert.deepEqual(of(posted, 'overdue'), ['DUBOB', 'DUCAROL'])
})
