import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { AuditStep } from '../../src/domain/audit/step.ts'
import { aRig, OPS, RESPONDER, type Rig, SETTINGS, textOf, until } from '../support/rig.ts'
import { hoursAgo } from '../support/rigQuestions.ts'

const ALICE = 'U0ALICE01'
const CAROL = 'U0CAROL01'
const DAVE = 'U0DAVE001'
const FRANK = 'U0FRANK01'
const INCIDENT = 'C0INCPAY1'
const VENDOR = 'C0VENDOR1'
const CONTRACTORS = 'C0CONTRAC'
const GENERAL = 'C0GENERAL'
const WEB = '444455556666'

/** Carol may little: one runbook by name, one account, a day, in one channel. */
const JUNIOR = {
  persons: [`T0CTQ0001/${CAROL}`],
  runbooks: ['console-logins', 'denied-calls'],
  accounts: ['prod-payments'],
  regions: ['eu-west-1', 'us-east-1'],
  window: '24h',
  tier: 'open',
  places: [OPS],
  defaultAccounts: ['prod-payments'],
}

type Row = {
  readonly title: string
  readonly text: string
  readonly user?: string
  readonly channel?: string
  readonly told: RegExp
  /** The check that the record says failed. */
  readonly check?: string
}

const SHORT = 'region=eu-west-1 last 1h'

const TYPING: readonly Row[] = [
  { title: 'a runbook that is none gets the nearest', text: 'key-activty AKIAIOSFODNN7EXAMPLE', told: /key-activity/ },
  { title: 'a word that is nothing', text: 'list purple', told: /purple/ },
  { title: 'a parameter that it does not have', text: 'console-logins bucket=x', told: /bucket/ },
  { title: 'a value of the wrong shape', text: 'key-activity accessKeyId=hello', told: /hello.*AKIA/s },
  {
    title: 'a secret instead of the id of a key is not repeated',
    text: 'key-activity wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY last 2h',
    told: /^(?!.*wJalr).*looks like a secret key/s,
  },
  { title: 'an option that there is not', text: 'denied-calls --verbose', told: /--verbose.*does not belong/s },
  { title: 'a parameter given twice', text: 'denied-calls user=a user=b', told: /twice/ },
  { title: 'a quote that is not closed', text: 'denied-calls reason="x', told: /quote/ },
  { title: 'a time that is none', text: 'console-logins since yesterdayish', told: /yesterdayish/ },
  {
    title: 'a window that is none',
    text: 'console-logins since 14:00 until 13:00 last 2h',
    told: /window|until|since/,
  },
  { title: 'too long a request', text: `console-logins reason=${'x'.repeat(4100)}`, told: /longer than/ },
  { title: 'an unknown run to cancel', text: 'cancel deadbeef', told: /deadbeef/ },
  { title: 'an unknown run to look at', text: 'status deadbeef', told: /deadbeef/ },
]

const SCOPE: readonly Row[] = [
  {
    title: 'an unknown account gets the nearest',
    text: `console-logins account=prod-paymnts ${SHORT}`,
    told: /prod-payments/,
  },
  { title: 'an unknown Region gets the nearest', text: 'console-logins region=eu-west-9 last 1h', told: /eu-west/ },
  {
    title: 'older than CloudTrail reaches',
    text: `console-logins since ${hoursAgo(24 * 95)} until ${hoursAgo(24 * 94)}`,
    told: /90|oldest/i,
  },
  { title: 'longer than the runbook reads', text: 'console-logins last 92d', told: /9[02]/ },
]

const POLICY: readonly Row[] = [
  {
    title: 'nobody of ours: no role',
    user: DAVE,
    channel: CONTRACTORS,
    text: `console-logins ${SHORT}`,
    told: /not allowed|may not/i,
    check: 'member',
  },
  {
    title: 'somebody of another workspace',
    user: FRANK,
    channel: VENDOR,
    text: `@ctq console-logins ${SHORT}`,
    told: /not allowed|may not/i,
    check: 'member',
  },
  {
    title: 'a runbook outside the role',
    user: CAROL,
    text: 'iam-persistence last 1h',
    told: /not allowed|may not/i,
    check: 'role_runbook',
  },
  {
    title: 'an account outside the role',
    user: CAROL,
    text: `console-logins account=prod-web ${SHORT}`,
    told: /not allowed|may not/i,
    check: 'role_accounts',
  },
  {
    title: 'a Region outside the role',
    user: CAROL,
    text: 'console-logins region=eu-west-2 last 1h',
    told: /not allowed|may not/i,
    check: 'role_regions',
  },
  {
    title: 'a window longer than the role has',
    user: CAROL,
    text: 'console-logins region=eu-west-1 last 3d',
    told: /not allowed|may not|needs/i,
    check: 'role_window',
  },
  {
    title: 'a place outside the role',
    user: CAROL,
    channel: INCIDENT,
    text: `console-logins account=prod-payments ${SHORT}`,
    told: /not allowed|may not/i,
    check: 'role_place',
  },
  {
    title: 'a denied place',
    channel: VENDOR,
    text: `denied-calls ${SHORT}`,
    told: /not answered in this channel/,
    check: 'place',
  },
]

describe('refusals', () => {
  let rig: Rig
  before(async () => {
    rig = await aRig({
      settings: {
        roles: { responder: { ...RESPONDER, tier: 'duty' }, junior: JUNIOR },
        places: { ...SETTINGS.places, [VENDOR]: { answers: 'none' } },
        deny: { persons: [], groups: [], places: [] },
      },
    })
    await Promise.all([rig.bot(), rig.worker()])
  })
  after(() => rig.close())

  /** What somebody alone was shown in a channel, newest last. */
  const privately = (user: string, channel: string): readonly string[] =>
    (rig.slack.workspace.messages.get(channel) ?? []).filter((message) => message.ephemeral_to === user).map(textOf)

  const refusal = async ({ user = ALICE, channel = OPS, text, told }: Row): Promise<string> => {
    const before = privately(user, channel).length
    await rig.type(text.startsWith('@') ? text : `/ctq ${text}`, { user, channel })
    return await until(
      () =>
        privately(user, channel)
          .slice(before)
          .find((shown) => told.test(shown) && !/"Asking /.test(shown)),
      () => `not told ${told}: ${privately(user, channel).slice(before).join(' | ')}`,
    )
  }

  const publicly = (): number =>
    [...rig.slack.workspace.messages.values()]
      .flat()
      .filter((message) => message.from_bot && message.ephemeral_to === undefined).length

  for (const row of [...TYPING, ...SCOPE])
    test(`${row.title}: told to the asker alone, and AWS is not asked`, async () => {
      const before = publicly()
      await refusal(row)
      assert.equal(publicly(), before)
      assert.equal((await rig.lookups()).size, 0)
    })

  for (const row of POLICY)
    test(`${row.title}: refused to the asker alone, the rule only in the record`, async () => {
      const denied = async (): Promise<readonly AuditStep[]> =>
        (await rig.audit()).filter(({ step, outcome }) => step === 'decided' && outcome === 'deny')
      const earlier = (await denied()).length
      const shown = await refusal(row)
      assert.doesNotMatch(shown, /junior|responder|role_|not_guest|has_role/)
      const step = await until(async () => (await denied()).slice(earlier)[0], 'the decision is not in the record')
      const failed = step.checks.filter((check) => !check.passed).map(({ check }) => check)
      assert.ok(failed.includes(row.check ?? ''), `failed: ${failed.join(', ')}`)
      assert.match(step.run ?? '', /^[0-9a-f-]{36}$/)
      assert.equal((await rig.lookups()).size, 0)
    })

  test('a question whose tier is beyond the role says so, and what may be asked instead', async () => {
    const shown = await refusal({ title: '', text: 'denied-calls account=all last 60d', told: /elevated|approv/i })
    assert.match(shown, /last|may ask/i)
    assert.equal((await rig.lookups()).size, 0)
  })

  test('a slash command where the bot is not a member explains how to invite it', async () => {
    const shown = await refusal({ title: '', channel: GENERAL, text: `console-logins ${SHORT}`, told: /invite/ })
    assert.match(shown, /@ctq/)
  })

  test('whoever did not ask, and whom policy does not name, cannot cancel; the asker can', async () => {
    await rig.tellAws('settings', { latencyMs: 400 })
    const run = await rig.ask(
      `denied-calls region=eu-west-3,eu-north-1,eu-central-1 since ${hoursAgo(72)} until ${hoursAgo(1)}`,
    )
    await refusal({ title: '', user: CAROL, text: `cancel ${run.slice(0, 8)}`, told: /started by somebody else/ })
    const act = await rig.type(`/ctq cancel ${run.slice(0, 8)}`)
    assert.match(rig.told(act), /cancelled/)
    await rig.tellAws('settings', { latencyMs: 0 })
    const seen = await rig.seen(run)
    assert.match(seen.shown, /cancelled/i)
    assert.doesNotMatch(seen.message.text, /^COMPLETE/)
  })

  test('the same question again, while it runs, joins the first and says so', async () => {
    await rig.tellAws('settings', { latencyMs: 500 })
    const question = `console-logins region=eu-west-1,eu-west-2 since ${hoursAgo(30)} until ${hoursAgo(3)}`
    const run = await rig.ask(question)
    const joined = await refusal({ title: '', text: question, told: /already/ })
    assert.match(joined, new RegExp(run.slice(0, 8)))
    await rig.tellAws('settings', { latencyMs: 0 })
    await rig.seen(run)
    const again = await rig.ask(question)
    assert.notEqual(again, run, 'once answered, the question can be asked again')
  })

  test('in a channel that others can read, only the run is told; the answer comes directly', async () => {
    const run = await rig.ask(`console-logins region=eu-west-1 since ${hoursAgo(8)} until ${hoursAgo(4)}`, {
      channel: CONTRACTORS,
    })
    const seen = await rig.seen(run)
    assert.notEqual(seen.channel, CONTRACTORS)
    const there = (rig.slack.workspace.messages.get(CONTRACTORS) ?? [])
      .filter((one) => one.from_bot && one.ephemeral_to === undefined)
      .map(textOf)
    assert.equal(there.length, 1)
    assert.match(there[0] ?? '', new RegExp(run.slice(0, 8)))
    assert.doesNotMatch(there[0] ?? '', /console-logins|prod-payments/)
  })

  test('an account the roles cannot reach is never asked', async () => {
    assert.equal((await rig.lookups()).get(`${WEB} eu-west-1`), undefined)
  })
})
