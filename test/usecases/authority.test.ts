import assert from 'node:assert/strict'
import { test } from 'node:test'
import { revokedKey, terminalKey } from '../../src/domain/result/objects.ts'
import { type Authority, authorityOf, type Renewal } from '../../src/usecases/authority.ts'
import { RUN } from '../support/answers.ts'
import { aGrant, aReading, QUERY, type Rig } from './rig.ts'

const JOB = { token: 'good', run: RUN }
const REFUSED: Renewal = { kind: 'refused' }
const UNANSWERED: Renewal = { kind: 'unanswered' }

async function granted(rig: Rig): Promise<Extract<Authority, { kind: 'granted' }>> {
  const authority = await authorityOf(JOB, rig.deps)
  assert.ok(authority.kind === 'granted')
  return authority
}

/** Renewal gives this token, or comes to this, as often as it is asked. */
function renewing(rig: Rig, token: string | Exclude<Renewal, { kind: 'renewed' }>): Rig['deps'] {
  return {
    ...rig.deps,
    renew: async (old) => {
      rig.heard.renewals.push(old)
      return typeof token === 'string' ? { kind: 'renewed', token } : token
    },
  }
}

test('a good token allows what it names', async (t) => {
  const rig = await aReading(t)
  const authority = await granted(rig)
  assert.deepEqual(authority.grant(), aGrant())
  assert.equal(authority.token(), 'good')
  assert.equal(await authority.stillGood(), true)
  assert.equal(await authority.ended(), undefined)
  assert.deepEqual(rig.heard.renewals, [])
})

test('a token that is none is refused, and is not sent for renewal', async (t) => {
  const rig = await aReading(t)
  assert.deepEqual(await authorityOf({ ...JOB, token: 'forged' }, rig.deps), { kind: 'refused', why: 'signature' })
  assert.deepEqual(rig.heard.renewals, [])
})

test('a token of another run is refused', async (t) => {
  const rig = await aReading(t, { grant: aGrant({ run: '00000000-0000-4000-8000-000000000000' }) })
  assert.deepEqual(await authorityOf(JOB, rig.deps), { kind: 'refused', why: 'the token is for another run' })
})

test('after the run has ended its token is refused, however good it is', async (t) => {
  const rig = await aReading(t)
  await rig.objects.create(terminalKey(RUN), '{}')
  assert.deepEqual(await authorityOf(JOB, rig.deps), { kind: 'refused', why: 'the run has ended' })
})

test('an expired token is renewed once, and the new one is used', async (t) => {
  const rig = await aReading(t)
  rig.clock.now += 1800
  rig.tokens.set('renewed', aGrant({ jti: 'jti-2', exp: rig.clock.now + 1800 }))
  const authority = await authorityOf(JOB, renewing(rig, 'renewed'))
  assert.ok(authority.kind === 'granted')
  assert.equal(authority.token(), 'renewed')
  assert.deepEqual(rig.heard.renewals, ['good'])
})

test('an expired token whose renewal is refused has lapsed', async (t) => {
  const rig = await aReading(t)
  rig.clock.now += 1800
  const lapsed = { kind: 'lapsed', ended: 'lapsed' }
  assert.deepEqual(await authorityOf(JOB, renewing(rig, REFUSED)), lapsed)
  assert.deepEqual(await authorityOf(JOB, renewing(rig, 'good')), lapsed, 'renewed by an expired one')
})

test('a refusal for which the bot left a reason is that the right was taken away', async (t) => {
  const rig = await aReading(t)
  rig.clock.now += 1800
  await rig.objects.create(revokedKey(RUN), '{}')
  assert.deepEqual(await authorityOf(JOB, renewing(rig, REFUSED)), { kind: 'lapsed', ended: 'revoked' })
})

test('for an expired token the bot is asked five times before it is given up, with a reason of its own', async (t) => {
  const rig = await aReading(t)
  rig.clock.now += 1800
  const begun = rig.clock.now
  assert.deepEqual(await authorityOf(JOB, renewing(rig, UNANSWERED)), { kind: 'lapsed', ended: 'unrenewed' })
  assert.equal(rig.heard.renewals.length, 5)
  assert.equal(rig.clock.now - begun, 20)
})

test('a bot that answers at the third time of asking is soon enough', async (t) => {
  const rig = await aReading(t)
  rig.clock.now += 1800
  rig.tokens.set('renewed', aGrant({ jti: 'jti-2', exp: rig.clock.now + 1800 }))
  let asked = 0
  const renew: Rig['deps']['renew'] = async () => {
    asked += 1
    return asked < 3 ? UNANSWERED : { kind: 'renewed', token: 'renewed' }
  }
  assert.equal((await authorityOf(JOB, { ...rig.deps, renew })).kind, 'granted')
})

test('a basis that does not hold is refused; where its right was taken away while the run went on, what was read is answered', async (t) => {
  const rig = await aReading(t)
  const deps = { ...renewing(rig, REFUSED), basisFault: async () => 'the request is withdrawn' }
  assert.deepEqual(await authorityOf(JOB, deps), { kind: 'refused', why: 'the request is withdrawn' })
  await rig.objects.create(revokedKey(RUN), '{}')
  assert.deepEqual(await authorityOf(JOB, deps), { kind: 'lapsed', ended: 'revoked' })
})

const STRANGE = [
  [
    'another query',
    aGrant({ query: { ...QUERY, accounts: ['999988887777'] } }),
    'the renewed token is for another query',
  ],
  ['another run', aGrant({ run: '00000000-0000-4000-8000-000000000000' }), 'the token is for another run'],
] as const

for (const [what, grant, why] of STRANGE)
  test(`an expired token renewed by one for ${what} is refused`, async (t) => {
    const rig = await aReading(t)
    rig.clock.now += 1800
    rig.tokens.set('strange', { ...grant, exp: rig.clock.now + 1800 })
    assert.deepEqual(await authorityOf(JOB, renewing(rig, 'strange')), { kind: 'refused', why })
  })

test('a forged token that claims to be expired is not renewed', async (t) => {
  const rig = await aReading(t)
  rig.clock.now += 1800
  const verifyExpired: Rig['deps']['verifyExpired'] = async () => ({
    ok: false,
    error: { code: 'invalid', why: 'signature' },
  })
  assert.deepEqual(await authorityOf(JOB, { ...rig.deps, verifyExpired }), { kind: 'refused', why: 'signature' })
  assert.deepEqual(rig.heard.renewals, [])
})

test('renewal is asked ninety seconds ahead, so that reading does not stop for it', async (t) => {
  const rig = await aReading(t)
  const deps = renewing(rig, 'renewed')
  const authority = await authorityOf(JOB, deps)
  assert.ok(authority.kind === 'granted')
  rig.clock.now += 1800 - 91
  assert.equal(await authority.stillGood(), true)
  assert.deepEqual(rig.heard.renewals, [])
  rig.clock.now += 1
  rig.tokens.set('renewed', aGrant({ jti: 'jti-2', exp: rig.clock.now + 1800 }))
  assert.equal(await authority.stillGood(), true)
  assert.deepEqual([authority.token(), authority.grant().jti], ['renewed', 'jti-2'])
  assert.equal(await authority.stillGood(), true)
  assert.deepEqual(rig.heard.renewals, ['good'])
})

test('many chains at once ask for one renewal', async (t) => {
  const rig = await aReading(t)
  const authority = await authorityOf(JOB, renewing(rig, 'renewed'))
  assert.ok(authority.kind === 'granted')
  rig.clock.now += 1800 - 60
  rig.tokens.set('renewed', aGrant({ exp: rig.clock.now + 1800 }))
  assert.deepEqual(await Promise.all([1, 2, 3, 4].map(() => authority.stillGood())), [true, true, true, true])
  assert.deepEqual(rig.heard.renewals, ['good'])
})

test('a renewal that is refused ends the reading at once, and is not asked for again', async (t) => {
  const rig = await aReading(t)
  const authority = await authorityOf(JOB, renewing(rig, REFUSED))
  assert.ok(authority.kind === 'granted')
  rig.clock.now += 1800 - 60
  assert.deepEqual([await authority.stillGood(), await authority.stillGood()], [false, false])
  assert.deepEqual([rig.heard.renewals.length, await authority.ended()], [1, 'lapsed'])
})

test('a renewal that nobody answers is asked again every fifteen seconds while the token holds, and then reading ends for that', async (t) => {
  const rig = await aReading(t)
  const authority = await authorityOf(JOB, renewing(rig, UNANSWERED))
  assert.ok(authority.kind === 'granted')
  rig.clock.now += 1800 - 60
  const seen: boolean[] = []
  for (let second = 0; second <= 60; second += 5) {
    seen.push(await authority.stillGood())
    rig.clock.now += 5
  }
  assert.deepEqual(seen, [...Array.from({ length: 12 }, () => true), false])
  assert.equal(rig.heard.renewals.length, 5)
  assert.equal(await authority.ended(), 'unrenewed')
})

test('a renewed token for another query is not taken, and the old one runs out', async (t) => {
  const rig = await aReading(t)
  rig.tokens.set('strange', aGrant({ exp: rig.clock.now + 3600, query: { ...QUERY, limit: 1_000_000 } }))
  const authority = await authorityOf(JOB, renewing(rig, 'strange'))
  assert.ok(authority.kind === 'granted')
  rig.clock.now += 1800 - 60
  assert.equal(await authority.stillGood(), true)
  assert.equal(authority.token(), 'good')
  rig.clock.now += 60
  assert.equal(await authority.stillGood(), false)
})

test('when renewal cannot be asked at all the job is told, and may ask again', async (t) => {
  const rig = await aReading(t)
  let broken = true
  const authority = await authorityOf(JOB, {
    ...rig.deps,
    renew: async () => {
      if (broken) throw new Error('Redis is away')
      return { kind: 'renewed', token: 'renewed' }
    },
  })
  assert.ok(authority.kind === 'granted')
  rig.clock.now += 1800 - 60
  await assert.rejects(authority.stillGood(), /Redis is away/)
  broken = false
  rig.clock.now += 15
  rig.tokens.set('renewed', aGrant({ exp: rig.clock.now + 1800 }))
  assert.equal(await authority.stillGood(), true)
  assert.equal(authority.token(), 'renewed')
})
