import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { ALICE, BOB, OPS, RESPONDER, textOf, until } from '../support/rig.ts'
import { aFlatRig, type FlatRig } from '../support/rigFlat.ts'

const REGION = 'eu-west-1'

describe('a question that would take longer than a minute', () => {
  let rig: FlatRig
  before(async () => {
    rig = await aFlatRig(
      { regions: [REGION], perRegion: 100, paceMs: 505 },
      {
        settings: {
          inventory: { from: 'list', accounts: [{ id: '100000000001', name: 'flat-1' }] },
          aws: { paceMs: 505 },
          roles: {
            other: {
              ...RESPONDER,
              groups: [],
              persons: [`T0CTQ0001/${BOB}`],
              cancel: false,
              defaultAccounts: ['flat-1'],
            },
            responder: { ...RESPONDER, groups: [], persons: [`T0CTQ0001/${ALICE}`], defaultAccounts: ['flat-1'] },
          },
        },
      },
    )
    await Promise.all([rig.bot(), rig.worker()])
  })
  after(() => rig.close())

  /** Asks what is held, and gives its run and its message. */
  async function offered(text: string) {
    const act = await rig.type(`/ctq ${text}`)
    const [, begin = ''] = /run `?([0-9a-f]{8})/.exec(rig.told(act)) ?? []
    const message = await until(
      () =>
        rig.slack.workspace.messages
          .get(OPS)
          ?.find(
            (one) =>
              one.ephemeral_to === undefined && textOf(one).includes('run_estimated') && textOf(one).includes(begin),
          ),
      () => `an estimate of ${begin}: ${rig.told(act)}`,
    )
    const [, run = ''] = /"value":"([0-9a-f-]{36})"/.exec(textOf(message)) ?? []
    return { run, message }
  }
  const press = (message: { ts: string }, action_id: string, user = ALICE) =>
    rig.slack.people.click({ user, channel: OPS, ts: message.ts, action_id })

  test('says first what it would take, reads nothing, and begins when its asker presses Run', async () => {
    const { run, message } = await offered(`denied-calls last 60d region=${REGION}`)
    assert.match(textOf(message), /About \d+ \w+, \d[\d,]* requests to AWS/)
    assert.match(textOf(message), /60 matching records an hour/)
    await delay(1_500)
    assert.equal((await rig.pages()).length, 0)
    assert.equal(await rig.stored(run, 'asked.json'), undefined)

    await press(message, 'run_estimated', BOB)
    await delay(500)
    assert.equal(await rig.stored(run, 'asked.json'), undefined, 'whom policy does not name')
    await press(message, `open_form:${run.slice(0, 8)}`)
    const form = await until(() => {
      const top = rig.slack.workspace.modals.get(ALICE)?.at(-1)
      return top?.json['callback_id'] === undefined ? undefined : JSON.stringify(top.json)
    }, 'the form to narrow it in')
    assert.match(form, /denied-calls/)
    await rig.redis.client.flushdb()
    await press(message, 'run_estimated')
    await press(message, 'run_estimated')
    const seen = await rig.seen(run)
    assert.equal(seen.message.ts, message.ts, 'the answer takes the place of the estimate')
    assert.match(seen.message.text, /^COMPLETE/)
    const steps = (await rig.audit(run)).map(({ step, outcome }) => `${step} ${outcome}`)
    assert.ok(steps.includes('confirmed allow') && steps.filter((step) => step === 'run_finished done').length === 1)
  })

  test('one that waits for its asker stands in their status and in their Home tab, and is begun from either', async () => {
    const said = async (text: string, user: string): Promise<string> => rig.told(await rig.type(text, { user }))
    const home = async (user: string, matching: RegExp) => {
      rig.slack.people.openHome(user)
      return await until(() => {
        const view = rig.slack.workspace.homes.get(user)
        return view !== undefined && matching.test(JSON.stringify(view.json)) ? view : undefined
      }, `the Home tab of ${user}`)
    }
    const first = await offered(`denied-calls last 58d region=${REGION}`)
    const second = await offered(`denied-calls last 57d region=${REGION}`)
    assert.match(await said('/ctq status', ALICE), /waits for you to begin it .*last 57d.*about \d+ \w+/)
    assert.doesNotMatch(await said('/ctq status', BOB), /last 5[78]d/)
    assert.doesNotMatch(JSON.stringify(await home(BOB, /Waits for you/)), /last 5[78]d/)
    const act = await rig.type('/ctq status')
    const ts = act.ts ?? ''
    await rig.slack.people.click({ user: ALICE, channel: OPS, ts, action_id: 'run_estimated' })
    assert.match((await rig.seen(second.run)).message.text, /^COMPLETE/)
    const view = await home(ALICE, /waits for you to begin it .*last 58d/)
    assert.doesNotMatch(JSON.stringify(view.json), /begin it `\w+` `denied-calls last 57d/)
    await rig.slack.people.click({ user: ALICE, view_id: view.id, action_id: 'run_estimated' })
    assert.match((await rig.seen(first.run)).message.text, /^COMPLETE/)
    assert.doesNotMatch(await said('/ctq status', ALICE), /waits for you to begin it/)
  })

  test('with run=now it begins at once', async () => {
    const run = await rig.ask(`denied-calls last 59d region=${REGION} run=now`)
    assert.match((await rig.seen(run)).message.text, /^COMPLETE/)
  })
})
