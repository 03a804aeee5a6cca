import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { RESPONDER, textOf, until } from '../support/rig.ts'
import {
  ALICE,
  type ApprovalRig,
  anApprovalRig,
  BOB,
  buttonsOf,
  CAROL,
  OPS,
  QUESTION,
  REASON,
  TEAM,
} from '../support/rigApprovals.ts'

const WIDE = 'investigate INC-42 for 4h tier elevated account=all window=30d'

describe('investigations, over the wire', { concurrency: 1 }, () => {
  let rig: ApprovalRig
  let short = ''
  before(async () => {
    rig = await anApprovalRig(
      {},
      {
        settings: {
          investigations: { longest: '8h', window: '30d' },
          // Renewal is asked for ninety seconds ahead: at once.
          grants: { minutes: 1 },
          roles: { responder: { ...RESPONDER, tier: 'duty', ceiling: 'elevated', persons: [`${TEAM}/${CAROL}`] } },
        },
      },
    )
    await Promise.all([rig.bot(), rig.worker()])
    short = await opened(`investigate INC-41 for 1m tier elevated account=prod-web runbook=denied-calls ${REASON}`)
  })
  after(() => rig.close())

  /** Opened by Alice, approved by Bob; gives its id as people see it. */
  const opened = async (words = `${WIDE} ${REASON}`, channel = OPS): Promise<string> => {
    const act = await rig.type(`/ctq ${words}`, { channel })
    const [, id] = /run `?([0-9a-f]{8})/.exec(rig.told(act)) ?? []
    assert.ok(id, rig.told(act))
    const card = await rig.about(id, rig.direct(BOB), /approve_request/)
    await rig.press(BOB, card, 'approve_request')
    await rig.about(id, channel, /is open\*? until/)
    return id
  }
  const lookupsServed = async (): Promise<number> =>
    [...(await rig.lookups()).values()].reduce((sum, { served }) => sum + served, 0)
  const grants = async (user = ALICE): Promise<string> => rig.told(await rig.type('/ctq grants', { user }))

  test('one approval opens it: the card shows every bound, and what is asked under it needs no further click', async () => {
    const act = await rig.type(`/ctq ${WIDE} with @carol ${REASON}`)
    const [, id = ''] = /run `?([0-9a-f]{8})/.exec(rig.told(act)) ?? []
    const card = await rig.about(id, rig.direct(BOB), /approve_request/)
    for (const part of ['4h from the approval', CAROL, 'up to elevated', '30d', 'every Region', 'Hash of all this'])
      assert.ok(textOf(card).includes(part), `${part} in ${textOf(card)}`)
    await rig.press(BOB, card, 'approve_request')
    const told = await rig.about(id, OPS, /is open/)
    assert.match(textOf(told), new RegExp(`<@${CAROL}>`))
    assert.deepEqual(buttonsOf(await rig.about(id, rig.direct(BOB), /Approved/)), [])
    const run = await rig.ask(`${QUESTION} last 10d`)
    const seen = await rig.seen(run)
    assert.equal(seen.answer.coverage.verdict, 'complete')
    const steps = await rig.audit(run)
    assert.equal(steps.find(({ step }) => step === 'minted')?.detail?.['basis'], 'investigation')
    assert.equal(
      steps.some(({ step }) => step === 'approval_requested'),
      false,
    )
    assert.match(seen.shown, new RegExp(`[Ii]nvestigation .{0,3}${id}`))
    assert.match(rig.told(await rig.type(`/ctq grants ${id}`)), new RegExp(run.slice(0, 8)))
    assert.match(await grants(), new RegExp(id))
    assert.match(rig.told(await rig.type(`/ctq revoke ${id}`)), /has ended/)
    const digest = await rig.about(id, OPS, /has ended.*Opened by/s, 40_000)
    assert.match(textOf(digest), new RegExp(`${run.slice(0, 8)}.*complete.*SHA-256`, 's'))
    assert.doesNotMatch(await grants(), new RegExp(id))
  })

  test('what lies outside of it, and whoever is not named, needs approval as before', async () => {
    const id = await opened(`investigate INC-43 for 1h tier elevated account=prod-payments window=30d ${REASON}`)
    const wide = rig.told(await rig.type(`/ctq iam-persistence last 40d account=prod-payments ${REASON}`))
    const [, run = ''] = /run `?([0-9a-f]{8})/.exec(wide) ?? []
    await rig.about(run, OPS, /Waits for approval/)
    const other = rig.told(await rig.type(`/ctq iam-persistence last 12d account=prod-web ${REASON}`))
    const [, second = ''] = /run `?([0-9a-f]{8})/.exec(other) ?? []
    await rig.about(second, OPS, /Waits for approval/)
    assert.match(rig.told(await rig.type(`/ctq revoke ${id}`)), /has ended/)
  })

  test('narrowed at once: what is taken away needs approval again', async () => {
    const id = await opened()
    const told = rig.told(await rig.type(`/ctq revoke ${id} account=prod-payments`))
    assert.match(told, /narrower/)
    const said = rig.told(await rig.type(`/ctq ${QUESTION} last 13d ${REASON}`))
    const [, run = ''] = /run `?([0-9a-f]{8})/.exec(said) ?? []
    await rig.about(run, OPS, /Waits for approval/)
    await rig.type(`/ctq revoke ${id}`)
  })

  test('it ends by itself when its time is over, and says what was asked', async () => {
    assert.match(textOf(await rig.about(short, OPS, /has ended.*Its time was over/s, 80_000)), /0 questions were asked/)
    const ended = (await rig.audit()).filter(({ step }) => step === 'investigation_ended')
    assert.ok(ended.some(({ run, detail }) => run?.startsWith(short) && detail?.['why'] === 'its time is over'))
    assert.match(rig.told(await rig.type(`/ctq revoke ${short}`)), /No investigation/)
  })

  /** A run under an investigation, some pages on its way. */
  const inFlight = async (question: string): Promise<string> => {
    await rig.tellAws('settings', { latencyMs: 400 })
    const before = await lookupsServed()
    const run = await rig.ask(question)
    await until(async () => ((await lookupsServed()) > before + 6 ? true : undefined), 'pages that were read')
    return run
  }
  const revokedWithin = async (run: string, seconds: number): Promise<void> => {
    const begun = Date.now()
    const seen = await rig.seen(run, seconds * 1000)
    assert.ok(Date.now() - begun < seconds * 1000)
    assert.equal(seen.answer.coverage.ended, 'revoked')
    assert.match(seen.message.text, /^PARTIAL: permission withdrawn before the end/)
    await rig.tellAws('settings', { latencyMs: 0 })
  }

  test('narrowed with two runs in flight: the one that no longer lies within stops within a minute, the other goes on to its end', async () => {
    const id = await opened()
    const outside = await inFlight('denied-calls account=all region=all last 28d run=now')
    const within = await inFlight(`${QUESTION} last 14d run=now`)
    assert.match(rig.told(await rig.type(`/ctq revoke ${id} account=prod-web`)), /1 run under it is being stopped/)
    await revokedWithin(outside, 60)
    const seen = await rig.seen(within, 60_000)
    assert.equal(seen.answer.coverage.verdict, 'complete')
    assert.equal(
      (await rig.audit(within)).some(({ step }) => step === 'revoked'),
      false,
    )
    await rig.type(`/ctq revoke ${id}`)
  })

  test('its time is over with a run in flight: the run, renewed by it until then, stops within a minute, and what it has read is its answer', async () => {
    const id = await opened(`investigate INC-44 for 1m tier elevated account=all window=30d ${REASON}`)
    const run = await inFlight('denied-calls account=all region=all last 27d run=now')
    await rig.tellAws('settings', { latencyMs: 4_000 })
    await revokedWithin(run, 120)
    const [revoked] = (await rig.audit(run)).filter(({ step }) => step === 'revoked')
    assert.equal(revoked?.detail?.['by'], 'investigation')
    assert.equal(revoked?.person, undefined)
    const renewed = (await rig.audit(run)).filter(({ step, outcome }) => step === 'renewed' && outcome === 'allow')
    assert.ok(renewed.length > 1)
    for (const { detail } of renewed)
      assert.ok(detail?.['basis'] === 'investigation' && String(detail['investigation']).startsWith(id))
  })

  test('ended with a run in flight: the run stops within a minute, and what it has read is its answer', async () => {
    const id = await opened()
    const run = await inFlight('denied-calls account=all region=all last 29d run=now')
    assert.match(rig.told(await rig.type(`/ctq revoke ${id}`)), /1 run under it is being stopped/)
    await revokedWithin(run, 60)
    const digest = await rig.about(id, OPS, /has ended.*Opened by/s, 60_000)
    assert.match(textOf(digest), new RegExp(`${run.slice(0, 8)}.*partial`, 's'))
    assert.match(rig.told(await rig.type(`/ctq revoke ${id}`, { user: CAROL })), /No investigation/)
  })
})
