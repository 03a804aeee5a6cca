import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type Plan, seconds } from '../../src/domain/query/plan.ts'
import type { Answer } from '../../src/domain/result/answer.ts'
import { answerKey, csvKey, type Objects, partEndKey, planKey, roundOf } from '../../src/domain/result/objects.ts'
import { plainText } from '../../src/domain/result/phrase.ts'
import { stageLines } from '../../src/domain/stage/words.ts'
import { matchedRecords } from '../../src/usecases/matchedRecords.ts'
import { readPart } from '../../src/usecases/readPart.ts'
import { runHere } from '../../src/usecases/runHere.ts'
import { runRun } from '../../src/usecases/runRun.ts'
import { runbookOf } from '../runbook/builders.ts'
import { RUN } from '../support/answers.ts'
import { aFault, anEvent } from './history.ts'
import { aGrant, aPart, aReading, PAYMENTS, type Places, QUERY, type Rig, readJson, WEB } from './rig.ts'

const JOB = { token: 'good', run: RUN }
const ROOT = 'AKIAIOSFODNN7EXAMPLE'
const SESSION = 'ASIASESSION00EXAMPLE'
const IN_WEB = 'ASIAINWEB0000EXAMPLE'
const DEEP = 'ASIADEEP00000EXAMPLE'
const LASTING = 'AKIALASTING00EXAMPLE'
const OUTSIDE = 'ASIAOUTSIDE00EXAMPLE'
const STRANGER = '999988887777'

const by = (key: string, account: string): object => ({
  recipientAccountId: account,
  sourceIPAddress: '203.0.113.9',
  userIdentity: {
    type: 'AssumedRole',
    arn: `arn:aws:sts::${account}:assumed-role/Ops/x`,
    accountId: account,
    accessKeyId: key,
  },
})
const takes = (key: string, role: string, account: string): object => ({
  eventSource: 'sts.amazonaws.com',
  eventName: 'AssumeRole',
  requestParameters: { roleArn: `arn:aws:iam::${account}:role/${role}` },
  responseElements: {
    credentials: { accessKeyId: key },
    assumedRoleUser: { arn: `arn:aws:sts::${account}:assumed-role/${role}/s` },
  },
})

/** A key takes a role in another account, there another one, there makes a user's key; and a role of strangers. */
const PLACES: Places = {
  [`${PAYMENTS} eu-west-1`]: [
    anEvent(10, 'p10', { ...by(ROOT, PAYMENTS), ...takes(IN_WEB, 'Deploy', WEB), sharedEventID: 's-1' }),
    anEvent(20, 'p20', { ...by(ROOT, PAYMENTS), ...takes(OUTSIDE, 'Theirs', STRANGER) }),
    anEvent(30, 'p30', {
      ...by(ROOT, PAYMENTS),
      eventName: 'GetSessionToken',
      responseElements: { credentials: { accessKeyId: SESSION } },
    }),
    anEvent(35, 'p35', { ...by(SESSION, PAYMENTS), eventName: 'ListUsers', errorCode: 'AccessDenied', readOnly: true }),
    anEvent(36, 'other', by('AKIAOTHER0000EXAMPLE', PAYMENTS) as { readonly [name: string]: unknown }),
  ],
  [`${WEB} eu-west-1`]: [
    anEvent(10, 'w10', {
      ...takes(IN_WEB, 'Deploy', WEB),
      recipientAccountId: WEB,
      userIdentity: { type: 'AWSAccount', accountId: PAYMENTS },
      sharedEventID: 's-1',
    }),
    anEvent(40, 'w40', { ...by(IN_WEB, WEB), eventName: 'CreateUser', readOnly: false }),
    anEvent(50, 'w50', { ...by(IN_WEB, WEB), ...takes(DEEP, 'Admin', WEB) }),
    anEvent(60, 'w60', {
      ...by(DEEP, WEB),
      eventName: 'CreateAccessKey',
      readOnly: false,
      responseElements: { accessKey: { accessKeyId: LASTING, userName: 'backup' } },
    }),
  ],
  [`${WEB} us-east-1`]: [anEvent(70, 'w70', { ...by(LASTING, WEB), eventName: 'DeleteTrail', readOnly: false })],
}

const chain = (stage = 'depth: 3'): ReturnType<typeof runbookOf> => {
  const then = `[{ name: chain, finds: Credentials that came out of it, follow: { parameter: accessKeyId, ${stage} } }]`
  return runbookOf({
    parameters: '{ accessKeyId: { type: accessKeyId, example: AKIAIOSFODNN7EXAMPLE, help: a key } }',
    match: '{ field: userIdentity.accessKeyId, equals: $accessKeyId }',
    then,
    columns: '[eventTime, who, eventName, eventID]',
  })
}

async function aChain(
  t: TestContext,
  { stage = 'depth: 3', accounts = [PAYMENTS, WEB] }: { stage?: string; accounts?: readonly string[] } = {},
): Promise<Rig> {
  const runbook = chain(stage)
  const query = {
    ...QUERY,
    runbook: { name: runbook.name, digest: runbook.digest },
    parameters: { accessKeyId: ROOT },
    accounts,
    regions: ['eu-west-1', 'us-east-1'],
  }
  return await aReading(t, { runbook, grant: aGrant({ query }), places: PLACES })
}

const here = async (rig: Rig): Promise<Answer> => await runHere(JOB, { ...rig.deps, partEnded: () => undefined })

const linesOf = (answer: Answer): readonly string[] =>
  stageLines(answer, { items: 9, calls: 9, denied: 9 }).map(({ phrase }) => plainText(phrase))

const TREE = [
  'Credentials that came out of it:',
  '↳ ASIA…MPLE (Deploy/s in 222233334444) by AssumeRole 12:00Z: 2 calls (1 change done), from 203.0.113.9, 12:00Z',
  '↳ ↳ ASIA…MPLE (Admin/s in 222233334444) by AssumeRole 12:00Z: 1 call (1 change done), from 203.0.113.9, 12:01Z',
  '↳ ↳ ↳ AKIA…MPLE (backup in 222233334444) by CreateAccessKey 12:01Z: 1 call (1 change done), from 203.0.113.9, 12:01Z',
  '↳ ASIA…MPLE (Theirs/s in 999988887777) by AssumeRole 12:00Z: not followed, its account was not asked',
  '↳ ASIA…MPLE (in 111122223333) by GetSessionToken 12:00Z: 1 call (1 denied), from 203.0.113.9, 12:00Z',
]

test('credentials are followed round by round, across accounts, and told as a tree', async (t) => {
  const rig = await aChain(t)
  const answer = await here(rig)
  assert.deepEqual(linesOf(answer), TREE)
  assert.equal(answer.coverage.verdict, 'complete')
  assert.deepEqual(answer.coverage.parts, { asked: 4, complete: 4, blind: 0 })
  assert.deepEqual(
    answer.stages?.[0]?.findings.map(({ tells }) => tells.kind === 'follow' && [tells.from, tells.mint.eventId]),
    [
      [ROOT, 'p10'],
      [IN_WEB, 'w50'],
      [DEEP, 'w60'],
      [ROOT, 'p20'],
      [ROOT, 'p30'],
    ],
  )
  const csv = (await rig.objects.read(csvKey(RUN)))?.toString('utf8') ?? ''
  const ids = ['w70', 'w60', 'w50', 'w40', 'p35', 'p30', 'p20', 'p10']
  assert.deepEqual(
    [...csv.matchAll(/,([pw]\d\d)\r\n/g)].map(([, id]) => id),
    ids,
  )
  const texts: string[] = []
  for await (const text of matchedRecords(RUN, 99, rig.objects)) texts.push(text)
  assert.deepEqual(
    texts.map((text) => (JSON.parse(text) as { readonly eventID: string }).eventID),
    ids,
  )
})

test('each round asks for its own keys alone, in their own accounts', async (t) => {
  const rig = await aChain(t)
  await here(rig)
  const plan = (round: number): Promise<Plan | undefined> => readJson<Plan>(planKey(roundOf(RUN, round)), rig.objects)
  const [first, second, third, fourth] = await Promise.all([1, 2, 3, 4].map(plan))
  assert.deepEqual(first?.chains.map(({ attribute }) => attribute?.value).toSorted(), [IN_WEB, SESSION].toSorted())
  assert.deepEqual(
    second?.chains.map(({ attribute }) => attribute),
    [{ key: 'AccessKeyId', value: DEEP }],
  )
  assert.deepEqual([...new Set(second?.parts.map(({ account }) => account))], [WEB])
  assert.deepEqual(third?.follow?.keys, [{ key: LASTING, eventId: 'w60', account: WEB }])
  assert.equal(fourth, undefined)
})

for (const [what, setting, notFollowed] of [
  ['deeper than it follows', { stage: 'depth: 2' }, { [LASTING]: 'depth', [OUTSIDE]: 'account' }],
  ['in an account that was not asked', { accounts: [PAYMENTS] }, { [IN_WEB]: 'account', [OUTSIDE]: 'account' }],
  ['more than its number of keys', { stage: 'keys: 1' }, { [IN_WEB]: 'keys', [OUTSIDE]: 'account' }],
] as const)
  test(`what is not followed is said: ${what}`, async (t) => {
    const { stages } = await here(await aChain(t, setting))
    const found = stages?.[0]?.findings.flatMap(({ by: [key = ''], tells }) =>
      tells.kind === 'follow' && tells.notFollowed !== undefined ? [[key, tells.notFollowed] as const] : [],
    )
    assert.deepEqual(Object.fromEntries(found ?? []), notFollowed)
  })

test('what is not followed is said: in an account that could not be read', async (t) => {
  const rig = await aChain(t)
  const answer = await runHere(JOB, { ...rig.deps, isClosed: (id) => id === WEB, partEnded: () => undefined })
  assert.match(linesOf(answer)[1] ?? '', /Deploy\/s in 222233334444\).*: not followed, its account could not be read$/)
})

/** A store whose n-th new object is its owner's last deed: the object is there, and nothing happens after it. */
function dyingAt(objects: Objects, last: number): Objects {
  let created = 0
  return {
    ...objects,
    create: async (key, body) => {
      if (created >= last) throw new Error('killed')
      created += 1
      return await objects.create(key, body)
    },
  }
}

test('a run that is killed after any of its steps goes on to the same answer', async (t) => {
  const whole = await here(await aChain(t))
  for (let last = 0; ; last++) {
    const rig = await aChain(t)
    const dying = { ...rig.deps, objects: dyingAt(rig.objects, last) }
    const died = await runHere(JOB, { ...dying, partEnded: () => undefined }).then(
      () => false,
      () => true,
    )
    const before = await readJson<Plan>(planKey(roundOf(RUN, 1)), rig.objects)
    assert.deepEqual(await here(rig), whole, `killed after ${last} objects`)
    if (before !== undefined)
      assert.deepEqual(await readJson<Plan>(planKey(roundOf(RUN, 1)), rig.objects), before, 'the plan stays')
    if (!died) break
  }
})

test('with a queue, a round that was planned and not handed out is handed out by whoever goes on', async (t) => {
  const rig = await aChain(t)
  const turn = async (partsEnded: boolean): Promise<string> => (await runRun(JOB, { partsEnded }, rig.deps)).kind
  const readAdded = async (): Promise<void> => {
    for (const part of rig.heard.added.splice(0)) await readPart(part, rig.deps)
  }
  assert.equal(await turn(false), 'wait for parts')
  await readAdded()
  const lost = { ...rig.deps, addParts: async () => Promise.reject(new Error('killed')) }
  await assert.rejects(runRun(JOB, { partsEnded: true }, lost), /killed/)
  assert.equal(await turn(true), 'wait for parts')
  assert.deepEqual([...new Set(rig.heard.added.map(({ round }) => round))], [1])
  await readAdded()
  for (const round of [2, 3]) {
    assert.equal(await turn(true), 'wait for parts')
    assert.deepEqual([...new Set(rig.heard.added.map((part) => part.round))], [round])
    await readAdded()
  }
  assert.equal(await turn(true), 'done')
  const answer = await readJson<Answer>(answerKey(RUN), rig.objects)
  assert.ok(answer)
  assert.deepEqual(linesOf(answer), TREE)
})

test('a part that failed for good keeps nobody waiting, and the answer is partial', async (t) => {
  const rig = await aChain(t)
  const broken: Rig['deps'] = {
    ...rig.deps,
    lookup: (place) => async (ask, token) => {
      if (place.account === WEB && ask.attribute?.value === IN_WEB) throw aFault('access_denied')
      return await rig.deps.lookup(place)(ask, token)
    },
  }
  const answer = await runHere(JOB, { ...broken, partEnded: () => undefined })
  assert.equal(answer.coverage.verdict, 'partial')
  assert.deepEqual(
    answer.coverage.open.map(({ account, region }) => [account, region]),
    [
      [WEB, 'eu-west-1'],
      [WEB, 'us-east-1'],
    ],
  )
})

test('a cancelled run follows no further, and says so', async (t) => {
  const rig = await aChain(t)
  await runRun(JOB, { partsEnded: false }, rig.deps)
  for (const part of rig.heard.added) await readPart(part, rig.deps)
  rig.cancelled.add(RUN)
  await runRun(JOB, { partsEnded: true }, rig.deps)
  const answer = await readJson<Answer>(answerKey(RUN), rig.objects)
  assert.equal(await rig.objects.size(planKey(roundOf(RUN, 1))), undefined)
  assert.match(answer === undefined ? '' : (linesOf(answer)[1] ?? ''), /not followed/)
})

for (const [what, change] of [
  ['more rounds than the runbook follows', { round: 4 }],
  ['another parameter', { parameter: 'userName' }],
  [
    'more keys than the runbook follows',
    { keys: Array.from({ length: 26 }, (_, index) => ({ key: `K${index}`, eventId: 'e' })) },
  ],
] as const)
  test(`a plan in the store cannot widen a run: ${what}`, async (t) => {
    const rig = await aChain(t)
    await runRun(JOB, { partsEnded: false }, rig.deps)
    const first = await readJson<Plan>(planKey(RUN), rig.objects)
    assert.ok(first)
    const follow = {
      round: 1,
      parameter: 'accessKeyId',
      keys: [{ key: 'AKIAFORGED000EXAMPLE', eventId: 'e' }],
      ...change,
    }
    const forged: Plan = { ...first, run: roundOf(RUN, follow.round), follow }
    await rig.objects.create(planKey(forged.run), JSON.stringify(forged))
    await assert.rejects(readPart(aPart({ round: follow.round }), rig.deps), /does not follow credentials so far/)
    assert.equal(await rig.objects.size(partEndKey(forged.run, PAYMENTS, 'eu-west-1')), undefined)
  })

test('a part of a round that there is no plan for is refused', async (t) => {
  const rig = await aChain(t)
  await runRun(JOB, { partsEnded: false }, rig.deps)
  assert.equal((await readPart(aPart({ round: 1 }), rig.deps)).kind, 'final')
})

test('the window of a round is the question’s', async (t) => {
  const rig = await aChain(t)
  await here(rig)
  const plan = await readJson<Plan>(planKey(roundOf(RUN, 1)), rig.objects)
  assert.ok(plan?.chains.every(({ since, until }) => seconds(until) - seconds(since) === 3600))
})
