import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { after, before, describe, test } from 'node:test'
import { RESPONDER, textOf, until } from '../support/rig.ts'
import { ALICE, type ApprovalRig, anApprovalRig, OPS } from '../support/rigApprovals.ts'
import { FLAT, FLAT_KEY } from '../support/rigFlat.ts'

const RESPONDERS = 'S0RESPOND'
/** One key of the one account, over a day: open. Forty pages, 2.5 seconds apart. */
const OPEN = `key-activity ${FLAT_KEY} last 23h region=us-east-1 run=now`
/** The same over three days: duty, whose answers are kept back. */
const DUTY = `key-activity ${FLAT_KEY} last 3d region=us-east-1 run=now`

/** A right that is taken away while a run goes on. Tokens are good for a minute, so that renewal is asked from the first page on. */
describe('a right that is taken away, over the wire', { concurrency: 1 }, () => {
  let rig: ApprovalRig
  let narrow = ''
  before(async () => {
    rig = await anApprovalRig(
      {},
      {
        aws: {
          fixture: { kind: 'flat', accounts: 1, regions: ['us-east-1'], recordsPerAccountRegion: 2_000, actors: 1 },
        },
        settings: {
          inventory: { from: 'list', accounts: [{ id: FLAT, name: 'flat-1' }] },
          aws: { paceMs: 2_500 },
          grants: { minutes: 1 },
          groups: { [RESPONDERS]: { name: 'responders', managed: true } },
          roles: { responder: { ...RESPONDER, groups: [RESPONDERS], defaultAccounts: ['flat-1'] } },
          answers: { duty: { revoked: 'withhold' } },
        },
      },
    )
    narrow = `${rig.env['CTQ_CONFIG']}.narrow`
    await Promise.all([rig.bot(), rig.worker()])
  })
  after(() => rig.close())

  const pages = async (): Promise<number> =>
    [...(await rig.lookups()).values()].reduce((sum, { served }) => sum + served, 0)
  const reading = async (question: string): Promise<string> => {
    const begun = await pages()
    const run = await rig.ask(question)
    await until(async () => ((await pages()) > begun + 1 ? true : undefined), 'pages that were read')
    return run
  }
  const steps = async (run: string, step: string): Promise<readonly string[]> =>
    (await rig.audit(run)).filter((one) => one.step === step).map(({ outcome }) => outcome)
  const members = (users: readonly string[]): Promise<unknown> => rig.tellSlack('usergroups', { id: RESPONDERS, users })

  test('a bot that cannot read Slack while a token is renewed refuses nothing: it is asked again, and the run goes on', async () => {
    const run = await reading(OPEN)
    await rig.tellSlack('faults', { method: 'users.info', kind: 'http', status: 503, times: 4 })
    const begun = Date.now()
    await until(
      async () => {
        const renewed = (await rig.audit(run)).filter(({ step, at }) => step === 'renewed' && Date.parse(at) > begun)
        return renewed.some(({ outcome }) => outcome === 'allow') || undefined
      },
      'a renewal',
      60_000,
    )
    assert.deepEqual(await steps(run, 'revoked'), [])
    assert.ok(!(await steps(run, 'renewed')).includes('deny'))
    await rig.type(`/ctq cancel ${run.slice(0, 8)}`)
    assert.equal((await rig.seen(run, 60_000)).answer.coverage.ended, 'cancelled')
  })

  test('somebody leaves the group: their run stops when a bot sees it, and what it has read is kept back, as policy has it', async () => {
    const run = await reading(DUTY)
    const before = rig.slack.workspace.usergroups.get(RESPONDERS)?.users ?? []
    await members(before.filter((user) => user !== ALICE))
    await rig.type('/ctq whoami')
    const shown = await rig.about(run.slice(0, 8), OPS, /kept back, as policy has it/, 60_000)
    assert.doesNotMatch(textOf(shown), /key-activity/)
    assert.deepEqual(await steps(run, 'revoked'), ['done'])
    assert.equal((await rig.stored<{ coverage: { ended?: string } }>(run, 'answer.json'))?.coverage.ended, 'revoked')
    const files = [...rig.slack.workspace.files.values()].filter(({ name }) => name.includes(run.slice(0, 8)))
    assert.deepEqual(files, [])
    await members(before)
    await until(async () => /responder/.test(rig.told(await rig.type('/ctq whoami'))) || undefined, 'her role', 40_000)
    const last = await rig.type('/ctq last')
    assert.doesNotMatch(rig.told(last), new RegExp(run.slice(0, 8)))
    const own = rig.told(await rig.type(`/ctq diff ${run.slice(0, 8)} ${run.slice(0, 8)}`))
    assert.match(own, /has no answer/)
  })

  test('a bot starts with rules that no longer allow it: the run stops at once, and what it has read is its answer', async () => {
    const run = await reading(OPEN)
    const [bot] = rig.processes.filter(({ command }) => command === 'bot')
    await bot?.stop('SIGTERM')
    const rules = JSON.parse(await readFile(rig.env['CTQ_CONFIG'] ?? '', 'utf8')) as { roles: object }
    await writeFile(
      narrow,
      JSON.stringify({ ...rules, roles: { nobody: { ...RESPONDER, groups: ['S0NOBODY1'], defaultAccounts: [] } } }),
    )
    const begun = Date.now()
    const other = await rig.bot({ CTQ_CONFIG: narrow })
    const seen = await rig.seen(run, 60_000)
    assert.ok(Date.now() - begun < 30_000)
    assert.equal(seen.answer.coverage.ended, 'revoked')
    assert.match(seen.message.text, /^PARTIAL: permission withdrawn before the end/)
    await other.stop('SIGTERM')
    await rig.bot()
  })

  test('nobody can say whether it still stands until the token has run out: the answer says that, and nothing is read after it', async () => {
    const run = await reading(OPEN)
    await rig.tellSlack('faults', { method: 'users.info', kind: 'http', status: 503, times: 100_000 })
    const answer = await until(
      () => rig.stored<{ coverage: { ended?: string } }>(run, 'answer.json'),
      'no answer',
      180_000,
    )
    assert.equal(answer.coverage.ended, 'unrenewed')
    const signed = (await rig.audit(run)).filter(
      ({ step, outcome }) => step === 'minted' || (step === 'renewed' && outcome === 'allow'),
    )
    const end = Math.max(...signed.map(({ at }) => Date.parse(at))) + 60_000
    const served = [...(await rig.lookups()).values()].flatMap(({ servedAt }) => servedAt)
    assert.deepEqual(
      served.filter((at) => at > end + 1_000),
      [],
    )
    await rig.tellSlack('faults', undefined, 'DELETE')
    const seen = await rig.seen(run, 60_000)
    assert.match(seen.message.text, /^PARTIAL: authorisation could not be renewed before the end/)
    assert.deepEqual(await steps(run, 'revoked'), [])
  })
})
