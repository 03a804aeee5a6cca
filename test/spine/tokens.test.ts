import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type ConnectionOptions, Queue } from 'bullmq'
import { UnsecuredJWT } from 'jose'
import { openQueues, PREFIX, type Queues } from '../../src/adapters/bullmq/queues.ts'
import { newKey } from '../../src/adapters/jose/keys.ts'
import { type Sign, signer } from '../../src/adapters/jose/tokens.ts'
import { patientRedis } from '../../src/adapters/redis/connection.ts'
import { canonicalJson, sha256 } from '../../src/domain/canonical.ts'
import type { Grant } from '../../src/domain/policy/grant.ts'
import { ASK_TOKEN, RUN_TOKEN } from '../../src/tokens.ts'
import { ALICE, aRig, PAYMENTS, type Rig, until } from '../support/rig.ts'
import { hoursAgo } from '../support/rigQuestions.ts'

const TEAM = 'T0CTQ0001'
const WINDOW = `since ${hoursAgo(6)} until ${hoursAgo(5)}`

/** Whoever holds Redis puts jobs of their own into the queues. What they cannot do is sign. */
describe('a job whose token does not allow it', () => {
  let rig: Rig
  let queues: Queues
  let redis: ReturnType<typeof patientRedis>
  let sign: Sign
  /** A finished run, and what its token said. */
  let genuine: { readonly run: string; readonly token: string; readonly grant: Grant }

  before(async () => {
    rig = await aRig()
    await Promise.all([rig.bot(), rig.worker()])
    redis = patientRedis(rig.redis.url)
    queues = openQueues(redis, { eventsKept: 100 })
    sign = await signer(rig.keys)
    const run = await rig.ask(`denied-calls ${WINDOW} region=eu-west-1`)
    await rig.seen(run)
    const token = (await rig.stored<{ token: string }>(run, 'asked.json'))?.token ?? ''
    genuine = { run, token, grant: payloadOf(token) as Grant }
  })
  after(async () => {
    await queues.close()
    redis.disconnect()
    await rig.close()
  })

  const payloadOf = (token: string): unknown =>
    JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))

  const altered = (token: string, change: (claims: Grant) => object): string => {
    const [head, , signature] = token.split('.')
    const claims = Buffer.from(canonicalJson(change(payloadOf(token) as Grant))).toString('base64url')
    return `${head}.${claims}.${signature}`
  }

  /** A grant of a run of its own, as the bot would mint it. */
  const aGrant = (change: Partial<Grant> = {}): Grant => {
    const now = Math.floor(Date.now() / 1000)
    const fresh = {
      run: randomUUID(),
      jti: randomUUID(),
      iat: now,
      nbf: now,
      exp: now + 300,
      askedAt: now,
      deliverBy: now + 300,
    }
    return { ...genuine.grant, ...fresh, ...change }
  }

  const served = async (): Promise<number> =>
    [...(await rig.lookups()).values()].reduce((sum, { served: one }) => sum + one, 0)

  const refusedIn = async (run: string): Promise<string> =>
    await until(async () => {
      const steps = (await rig.audit(run)).filter(({ step, outcome }) => step === 'token_checked' && outcome === 'deny')
      const details = steps.flatMap(({ checks }) =>
        checks.filter((check) => !check.passed).map((check) => check.detail ?? check.check),
      )
      return details.length === 0 ? undefined : details.join(', ')
    }, `no refusal of ${run} in the record`)

  /** A part job without a run job above it, as nobody but an intruder would add it. */
  const addPart = async (run: string, token: string, account: string, region: string): Promise<void> => {
    const parts = new Queue('part', { connection: redis as unknown as ConnectionOptions, prefix: PREFIX })
    await parts.add('part', { token, run, account, region }, { jobId: `${run}.${account}.${region}` })
    await parts.close()
  }

  /** Puts a run job in, waits for its refusal in the record, and sees that AWS was not asked. */
  const runRefused = async (run: string, token: string, why: RegExp): Promise<void> => {
    const before = await served()
    await queues.addRun(run, token, 'interactive')
    assert.match(await refusedIn(run), why)
    assert.equal(await served(), before, 'nothing was read')
    assert.equal(await rig.stored(run, 'plan.json'), undefined)
  }

  test('with no token', async () => {
    await runRefused(randomUUID(), '', /no token/)
  })

  test('with a token that is not signed (alg none)', async () => {
    const grant = aGrant()
    await runRefused(grant.run, new UnsecuredJWT({ ...grant }).encode(), /not a token|algorithm/)
  })

  test('signed by another key, under its kid or under ours', async () => {
    const other = await newKey(new Date())
    const grant = aGrant()
    await runRefused(grant.run, await (await signer({ keys: [other] }))(RUN_TOKEN, grant), /unknown key/)
    const kid = rig.keys.keys[0]?.kid ?? ''
    const disguised = aGrant()
    await runRefused(
      disguised.run,
      await (await signer({ keys: [{ ...other, kid }] }))(RUN_TOKEN, disguised),
      /signature/,
    )
  })

  test('for another audience, or of another type', async () => {
    const elsewhere = aGrant({ aud: 'ctq-bot' })
    await runRefused(elsewhere.run, await sign(RUN_TOKEN, elsewhere), /issuer, audience, type or time/)
    const ask = aGrant()
    await runRefused(ask.run, await sign({ ...RUN_TOKEN, typ: ASK_TOKEN.typ }, ask), /issuer, audience, type or time/)
  })

  test('with an altered payload: another account, a wider window', async () => {
    const grant = aGrant()
    const token = await sign(RUN_TOKEN, grant)
    const wider = (claims: Grant): object => ({ ...claims, query: { ...claims.query, accounts: ['444455556666'] } })
    await runRefused(grant.run, altered(token, wider), /signature/)
    const longer = (claims: Grant): object => ({
      ...claims,
      query: { ...claims.query, window: { ...claims.query.window, since: '2026-01-01T00:00:00Z' } },
    })
    await runRefused(grant.run, altered(token, longer), /signature/)
  })

  test('with claims of the wrong shape, though signed', async () => {
    const grant = aGrant()
    await runRefused(grant.run, await sign(RUN_TOKEN, { ...grant, extra: true } as Grant), /wrong shape/)
  })

  test('whose runbook text in the store is not the one that was allowed', async () => {
    const digest = sha256('name: denied-calls, as it was allowed')
    await writeFile(join(rig.results, 'runbooks', `${digest}.yaml`), 'name: something-else\n')
    const grant = aGrant({ query: { ...genuine.grant.query, runbook: { name: 'denied-calls', digest } } })
    await runRefused(grant.run, await sign(RUN_TOKEN, grant), /runbook is not in the store/)
  })

  test('with the token of another run', async () => {
    const victim = randomUUID()
    await runRefused(victim, await sign(RUN_TOKEN, aGrant()), /another run|same_run/)
    const expired = aGrant({ exp: Math.floor(Date.now() / 1000) - 60 })
    await runRefused(randomUUID(), await sign(RUN_TOKEN, expired), /another run|same_run/)
  })

  test('in a part that the plan or the token does not name', async () => {
    const grant = aGrant()
    const token = await sign(RUN_TOKEN, grant)
    const before = await served()
    await addPart(grant.run, token, '444455556666', 'eu-west-1')
    assert.match(await refusedIn(grant.run), /not a part of this run/)
    assert.equal(await served(), before)
  })

  test('after the terminal marker: nothing is read or posted again', async () => {
    const before = await served()
    const posts = rig.slack.workspace.calls.filter(({ method }) => method === 'chat.postMessage').length
    await queues.addEnd(genuine.run, genuine.token)
    await addPart(genuine.run, genuine.token, PAYMENTS, 'eu-west-2')
    assert.match(await refusedIn(genuine.run), /the run has ended/)
    assert.equal(await served(), before)
    assert.equal(rig.slack.workspace.calls.filter(({ method }) => method === 'chat.postMessage').length, posts)
  })

  test('expired, of somebody who may not ask: the answer says that the permission was withdrawn', async () => {
    const past = Math.floor(Date.now() / 1000) - 60
    const grant = aGrant({ exp: past, person: { team: TEAM, user: 'U0ERIN001' } })
    const before = await served()
    await queues.addRun(grant.run, await sign(RUN_TOKEN, grant), 'interactive')
    const answer = await until(
      () => rig.stored<{ coverage: { ended?: string; verdict: string } }>(grant.run, 'answer.json'),
      'no answer',
    )
    assert.equal(answer.coverage.ended, 'revoked')
    assert.equal(answer.coverage.verdict, 'failed')
    assert.equal(await served(), before)
    const steps = await rig.audit(grant.run)
    assert.ok(steps.some(({ step, outcome }) => step === 'renewed' && outcome === 'deny'))
  })

  test('expired, of somebody who may still ask: renewed under a new jti, and answered', async () => {
    const past = Math.floor(Date.now() / 1000) - 60
    const grant = aGrant({ exp: past })
    await queues.addRun(grant.run, await sign(RUN_TOKEN, grant), 'interactive')
    const answer = await until(
      () => rig.stored<{ coverage: { verdict: string } }>(grant.run, 'answer.json'),
      'no answer',
    )
    assert.equal(answer.coverage.verdict, 'complete')
    const renewed = (await rig.audit(grant.run)).find(({ step, outcome }) => step === 'renewed' && outcome === 'allow')
    assert.notEqual(renewed?.jti, grant.jti)
  })

  test('whose destination is edited in Redis: refused, and nothing goes there', async () => {
    const directly = (): number =>
      rig.slack.workspace.calls.filter(({ method }) => method === 'conversations.open').length
    const before = directly()
    const grant = aGrant()
    const to = { kind: 'direct', team: TEAM, user: ALICE }
    await queues.addDelivery(
      grant.run,
      altered(await sign(RUN_TOKEN, grant), (claims) => ({ ...claims, to })),
      'status',
    )
    assert.match(await refusedIn(grant.run), /signature/)
    // the token of one run in the delivery of another: its destination counts for its own run alone
    const victim = randomUUID()
    await queues.addDelivery(
      victim,
      await sign(RUN_TOKEN, aGrant({ to: { kind: 'direct', team: TEAM, user: ALICE } })),
      'status',
    )
    assert.match(await refusedIn(victim), /same_run/)
    assert.equal(directly(), before)
  })
})
