import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer } from '../../src/domain/result/answer.ts'
import { answerKey, deliveryKey } from '../../src/domain/result/objects.ts'
import { type NextPressed, type PressDeps, pressNext } from '../../src/usecases/pressNext.ts'
import { requestRun } from '../../src/usecases/requestRun.ts'
import { aCoverage, aGap, anAnswer, RUN } from '../support/answers.ts'
import { aPerson, aPolicy, aRole, NOW, PAYMENTS } from '../support/askFacts.ts'
import { ALICE, type AskRig, anAsk, anAsking, BOB, KEY_ACTIVITY } from './askRig.ts'
import { SAID } from './takeRig.ts'

const NEW_RUN = '2b2c3d4e-5e6f-4a7b-8c9d-0e1f2a3b4c5d'
const WORDS = 'key-activity accessKeyId=AKIAIOSFODNN7EXAMPLE last 24h account=prod-payments'

type Pressing = {
  readonly rig: AskRig
  readonly deps: PressDeps<string>
  readonly queued: object[]
  readonly press: (changes?: Partial<NextPressed>) => Promise<string>
}

/** Alice's answered question in C1; `answer` says what is stored. */
async function pressing(t: Parameters<typeof anAsking>[0], answer: Partial<Answer> = {}): Promise<Pressing> {
  const rig = await anAsking(t)
  await requestRun(anAsk(WORDS), rig.deps)
  const { name, digest, title, headline } = KEY_ACTIVITY
  const stored = anAnswer({
    runbook: { name, digest, title, headline },
    accounts: [{ id: PAYMENTS, name: 'prod-payments' }],
    leads: [
      {
        runbook: 'key-activity',
        label: 'Follow',
        parameters: { accessKeyId: 'AKIAI44QH8DHBEXAMPLE' },
        count: 2,
        first: '2026-11-20T13:00:00Z',
        last: '2026-11-20T13:10:00Z',
        account: PAYMENTS,
      },
    ],
    coverage: aCoverage({ verdict: 'partial', open: [aGap('eu-west-1', { account: PAYMENTS })] }),
    timeline: {
      rows: [],
      more: 0,
    },
    ...answer,
  })
  await rig.objects.create(answerKey(RUN), JSON.stringify(stored))
  rig.steps.length = 0
  const queued: object[] = []
  const deps: PressDeps<string> = {
    ...rig.deps,
    get policy() {
      return rig.facts.policy
    },
    messages: SAID,
    pressMessages: {
      timeline: ({ run }, permalink) => `timeline of ${run} at ${permalink}`,
      fix: ({ run }) => `fix of ${run}`,
    },
    knownZone: () => 'UTC',
    statusOf: async () => undefined,
    requestsSeen: async () => [],
    newId: () => NEW_RUN,
    queueAsk: async (ask) => {
      queued.push(ask)
    },
    directChannel: async (user) => `D${user}`,
    permalink: async (channel, ts) => `https://slack.example/${channel}/${ts}`,
  }
  const press = async (changes: Partial<NextPressed> = {}): Promise<string> => {
    const { message } = await pressNext(
      { run: RUN, pivot: 'next-0', person: BOB, channel: 'C1', ts: '9.1', ...changes },
      deps,
    )
    return message
  }
  return { rig, deps, queued, press }
}

function outcomes({ rig }: Pressing): readonly string[] {
  return rig.steps.map(({ step, outcome, checks }) => {
    const failed = checks.filter(({ passed }) => !passed).map(({ check }) => check)
    return [step, outcome, ...failed].join(' ')
  })
}

test('a press asks the question that the stored answer gives, as whoever presses, in the thread of the answer', async (t) => {
  const pressed = await pressing(t)
  assert.equal(
    await pressed.press(),
    `accepted ${NEW_RUN}: key-activity accessKeyId=AKIAI44QH8DHBEXAMPLE account=${PAYMENTS} · last 24h, the default [The answer comes in the thread of what you pressed under.]`,
  )
  assert.deepEqual(pressed.queued, [
    {
      run: NEW_RUN,
      text: `key-activity accessKeyId=AKIAI44QH8DHBEXAMPLE account=${PAYMENTS}`,
      person: BOB,
      channel: 'C1',
      thread: '9.1',
      entry: 'button',
    },
  ])
  assert.deepEqual(outcomes(pressed), ['pressed allow'])
})

test('under an answer that stands in a thread the next one stands in the same thread', async (t) => {
  const pressed = await pressing(t)
  await pressed.press({ thread: '5.5' })
  assert.equal((pressed.queued[0] as { thread?: string }).thread, '5.5')
})

test('what was not read can be asked for again by itself', async (t) => {
  const pressed = await pressing(t)
  assert.match(await pressed.press({ pivot: 'again' }), /key-activity .* account=\d+ region=eu-west-1/)
})

test('the words of a press are not read as Slack escapes what people type', async (t) => {
  const rig = await anAsking(t)
  const requested = await requestRun(
    anAsk('key "AKIAIOSFODNN7EXAMPLE" last 24h account=prod-payments reason="a &lt; b"', { entry: 'button' }),
    rig.deps,
  )
  assert.match(requested.ok ? requested.value.echo : '', /reason="a &lt; b"/)
})

const ELSEWHERE: readonly { readonly what: string; readonly press: Partial<NextPressed>; readonly check: string }[] = [
  { what: 'a run that is not there', press: { run: NEW_RUN }, check: 'answer_here' },
  { what: 'a run of another channel', press: { channel: 'C2' }, check: 'answer_here' },
  { what: "somebody else's run, pressed in direct messages", press: { channel: 'DUBOB' }, check: 'answer_here' },
  { what: 'a pivot that the answer does not have', press: { pivot: 'next-7' }, check: 'pivot_known' },
  { what: 'a timeline of no calls', press: { pivot: 'text' }, check: 'pivot_known' },
]
for (const { what, press, check } of ELSEWHERE)
  test(`${what} is refused, recorded, and nothing is asked`, async (t) => {
    const pressed = await pressing(t)
    assert.match(await pressed.press(press), /^failure unknown_(run|pivot)$/)
    assert.deepEqual(pressed.queued, [])
    const [line = ''] = outcomes(pressed)
    assert.match(line, /^pressed deny/)
    assert.ok(line.includes(check), line)
  })

test('an answer that is not of what the token allowed gives nothing', async (t) => {
  const pressed = await pressing(t, { accounts: [{ id: '999988887777' }] })
  assert.equal(await pressed.press(), 'failure unknown_run')
})

test('an answer that went to its asker directly is pressed there and no longer in the channel', async (t) => {
  const pressed = await pressing(t)
  await pressed.rig.objects.create(deliveryKey(RUN, 'moved'), JSON.stringify({ at: NOW.toISOString() }))
  assert.equal(await pressed.press({ person: ALICE }), 'failure unknown_run')
  assert.match(await pressed.press({ person: ALICE, channel: 'DUALICE' }), /^accepted/)
})

test('what mends the gaps is shown to whom the question is allowed', async (t) => {
  const pressed = await pressing(t)
  assert.equal(await pressed.press({ pivot: 'fix' }), `fix of ${RUN}`)
  assert.deepEqual(outcomes(pressed), ['pressed allow'])
})

test('the timeline comes with a link to the answer', async (t) => {
  const row = { at: '2026-11-20T13:00:00Z', eventId: 'e', eventName: 'ListBuckets', outcome: 'done' }
  const rows = [row] as unknown as Answer['timeline']['rows']
  const pressed = await pressing(t, { timeline: { rows, more: 0 } })
  assert.equal(await pressed.press({ pivot: 'text' }), `timeline of ${RUN} at https://slack.example/C1/9.1`)
})

test('whoever asked has more of their own answer, also when it would need more than their role now; not when they may ask nothing', async (t) => {
  const pressed = await pressing(t)
  const members = { persons: [ALICE], groups: [], emails: [], onCall: [] }
  pressed.rig.facts.policy = aPolicy({ roles: [aRole({ members, runbooks: ['secrets-read'] })] })
  assert.equal(await pressed.press({ pivot: 'fix', person: ALICE }), `fix of ${RUN}`)
  pressed.rig.facts.policy = aPolicy({ roles: [] })
  assert.equal(await pressed.press({ pivot: 'fix', person: ALICE }), 'failure denied')
})

test('whoever may not ask the question gets neither its timeline nor what mends it', async (t) => {
  const pressed = await pressing(t)
  pressed.rig.facts.policy = aPolicy({
    roles: [aRole({ members: { persons: [ALICE], groups: [], emails: [], onCall: [] } })],
  })
  assert.equal(await pressed.press({ pivot: 'fix' }), 'failure denied')
  assert.match(outcomes(pressed).join(), /^pressed deny/)
  pressed.rig.facts.people.set('UBOB', aPerson({ person: BOB, deactivated: true }))
  assert.equal(await pressed.press({ pivot: 'fix' }), 'failure denied')
})
