import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sha256 } from '../../src/domain/canonical.ts'
import type { PartCoverage } from '../../src/domain/query/coverage.ts'
import { iso, type Plan } from '../../src/domain/query/plan.ts'
import type { Answer } from '../../src/domain/result/answer.ts'
import { answerKey, csvKey, partEndKey, type Terminal, terminalKey } from '../../src/domain/result/objects.ts'
import { finishRun } from '../../src/usecases/finishRun.ts'
import { matchedRecords } from '../../src/usecases/matchedRecords.ts'
import { readPart } from '../../src/usecases/readPart.ts'
import { RUN } from '../support/answers.ts'
import { aFault, anEvent, NOON } from './history.ts'
import {
  aGrant,
  aPart,
  aReading,
  PAYMENTS,
  type Places,
  planned,
  QUERY,
  type Rig,
  RUNBOOK,
  readJson,
  WEB,
} from './rig.ts'

const PLACES: Places = {
  [`${PAYMENTS} eu-west-1`]: Array.from({ length: 8 }, (_, at) => anEvent(at * 120, `p-${at}`)),
  [`${WEB} eu-west-1`]: Array.from({ length: 5 }, (_, at) => anEvent(at * 120 + 60, `w-${at}`)),
}
const TWO = { ...QUERY, accounts: [PAYMENTS, WEB] }

async function twoAccounts(t: Parameters<typeof aReading>[0], limit = 1_000): Promise<{ rig: Rig; plan: Plan }> {
  const rig = await aReading(t, { places: PLACES, grant: aGrant({ query: { ...TWO, limit } }) })
  return { rig, plan: await planned(rig) }
}

async function finish(
  rig: Rig,
  plan: Plan,
  ended?: 'cancelled' | 'lapsed',
  deps: Rig['deps'] = rig.deps,
): Promise<Answer> {
  return await finishRun(
    rig.tokens.get('good') ?? aGrant(),
    [plan],
    { runbook: RUNBOOK, stages: [], organisation: [] },
    ended,
    deps,
  )
}

async function csvOf(rig: Rig): Promise<readonly (readonly string[])[]> {
  const text = (await rig.objects.read(csvKey(RUN)))?.toString('utf8') ?? ''
  return text.split('\r\n').map((line) => line.split(','))
}

/** The event ids of the CSV's rows, in its order. */
async function idsOf(rig: Rig): Promise<readonly string[]> {
  const [header, ...rows] = await csvOf(rig)
  const at = header?.indexOf('eventID') ?? -1
  return rows.slice(0, -1).map((row) => row[at] ?? '')
}

test('an answer is made of all parts, newest first, with its coverage, its file and its terminal marker', async (t) => {
  const { rig, plan } = await twoAccounts(t)
  await readPart(aPart(), rig.deps)
  await readPart(aPart({ account: WEB }), rig.deps)
  const answer = await finish(rig, plan)
  assert.equal(answer.coverage.verdict, 'complete')
  assert.deepEqual(answer.coverage.parts, { asked: 2, complete: 2, blind: 0 })
  assert.deepEqual([answer.counts.read, answer.counts.matched, answer.requests], [13, 13, 5])
  assert.deepEqual([answer.first, answer.last, answer.cut], [iso(NOON), iso(NOON + 840), false])
  assert.deepEqual(answer.accounts, [{ id: PAYMENTS, name: 'prod-payments' }, { id: WEB }])
  assert.deepEqual(await idsOf(rig), [
    'p-7',
    'p-6',
    'p-5',
    'w-4',
    'p-4',
    'w-3',
    'p-3',
    'w-2',
    'p-2',
    'w-1',
    'p-1',
    'w-0',
    'p-0',
  ])
  const csv = await rig.objects.read(csvKey(RUN))
  assert.deepEqual(answer.csv, { rows: 13, bytes: csv?.length, sha256: sha256(csv ?? '') })
  assert.deepEqual(await readJson<Answer>(answerKey(RUN), rig.objects), answer)
  assert.deepEqual(await readJson<Terminal>(terminalKey(RUN), rig.objects), {
    run: RUN,
    outcome: 'answered',
    at: answer.finishedAt,
  })
})

test('the records behind a finished answer are the rows of its CSV, to the letter', async (t) => {
  const { rig, plan } = await twoAccounts(t)
  await readPart(aPart(), rig.deps)
  await readPart(aPart({ account: WEB }), rig.deps)
  const texts = async (limit: number): Promise<readonly string[]> => {
    const found: string[] = []
    for await (const text of matchedRecords(RUN, limit, rig.objects)) found.push(text)
    return found
  }
  assert.deepEqual(await texts(100), [], 'there are none before it is finished')
  await finish(rig, plan)
  const all = Object.values(PLACES).flat()
  const expected = (await idsOf(rig)).map((id) => all.find(({ eventId }) => eventId === id)?.text)
  assert.deepEqual(await texts(100), expected)
  assert.deepEqual(await texts(4), expected.slice(0, 4))
})

test('over the row limit the newest rows are kept, and the answer says that it is cut', async (t) => {
  const { rig, plan } = await twoAccounts(t, 4)
  await readPart(aPart(), rig.deps)
  await readPart(aPart({ account: WEB }), rig.deps)
  const answer = await finish(rig, plan)
  assert.deepEqual(await idsOf(rig), ['p-7', 'p-6', 'p-5', 'w-4'])
  assert.deepEqual([answer.cut, answer.csv.rows, answer.counts.matched], [true, 4, 4])
  assert.equal(answer.coverage.verdict, 'partial')
  assert.ok(answer.coverage.open.every(({ status }) => status === 'limit'))
})

test('rows that are cut from parts that were each read to their end are no complete answer either', async (t) => {
  const { rig, plan } = await twoAccounts(t, 12)
  await readPart(aPart(), rig.deps)
  await readPart(aPart({ account: WEB }), rig.deps)
  const answer = await finish(rig, plan)
  assert.deepEqual([answer.cut, answer.coverage.open, answer.coverage.verdict], [true, [], 'partial'])
})

test('exactly as many rows as the limit are not cut', async (t) => {
  const { rig, plan } = await twoAccounts(t, 13)
  await readPart(aPart(), rig.deps)
  await readPart(aPart({ account: WEB }), rig.deps)
  const answer = await finish(rig, plan)
  assert.deepEqual([answer.cut, answer.csv.rows, answer.coverage.verdict], [false, 13, 'complete'])
})

test('a part without an end is never taken for read', async (t) => {
  const { rig, plan } = await twoAccounts(t)
  await readPart(aPart(), rig.deps)
  const answer = await finish(rig, plan)
  assert.equal(answer.coverage.verdict, 'partial')
  assert.deepEqual(
    answer.coverage.open.map(({ account, status, fault }) => [account, status, fault?.code]),
    [[WEB, 'failed', 'aws_failed']],
  )
  assert.equal(answer.counts.matched, 8)
})

for (const ended of ['cancelled', 'lapsed'] as const)
  test(`a run that was ${ended} answers with what was read until then, as partial`, async (t) => {
    const { rig, plan } = await twoAccounts(t)
    let pages = 0
    const stopping = (): boolean => pages >= 2
    const progress: Rig['deps']['progress'] = async () => {
      pages += 1
    }
    assert.deepEqual(await readPart(aPart(), { ...rig.deps, stopping, progress }), { kind: 'yield' })
    const answer = await finish(rig, plan, ended)
    assert.deepEqual([answer.coverage.verdict, answer.coverage.ended], ['partial', ended])
    assert.deepEqual(
      answer.coverage.open.map(({ account, status, fault, records, readBackTo }) => [
        account,
        status,
        fault?.code,
        records,
        readBackTo,
      ]),
      [
        [PAYMENTS, 'stopped', ended, 6, iso(NOON + 241)],
        [WEB, 'stopped', ended, 0, undefined],
      ],
    )
    assert.deepEqual(await idsOf(rig), ['p-7', 'p-6', 'p-5', 'p-4', 'p-3', 'p-2'])
  })

test('a run that could read nothing at all has failed', async (t) => {
  const { rig, plan } = await twoAccounts(t)
  const lookup: Rig['deps']['lookup'] = () => async () => {
    throw aFault('access_denied')
  }
  await readPart(aPart(), { ...rig.deps, lookup })
  await readPart(aPart({ account: WEB }), { ...rig.deps, lookup })
  assert.equal((await finish(rig, plan)).coverage.verdict, 'failed')
  assert.equal((await readJson<Terminal>(terminalKey(RUN), rig.objects))?.outcome, 'failed')
})

test('nothing but known blind spots is no complete answer', async (t) => {
  const asked = await aReading(t, { places: PLACES, grant: aGrant({ query: { ...TWO, regions: 'enabled' } }) })
  const rig: Rig = { ...asked, deps: { ...asked.deps, enabledRegions: async () => ['eu-west-1'] } }
  const plan = await planned(rig)
  const lookup: Rig['deps']['lookup'] = () => async () => {
    throw aFault('scp_denied')
  }
  await readPart(aPart(), { ...rig.deps, lookup })
  await readPart(aPart({ account: WEB }), { ...rig.deps, lookup })
  const answer = await finish(rig, plan)
  assert.deepEqual([answer.coverage.verdict, answer.coverage.parts], ['failed', { asked: 2, complete: 0, blind: 2 }])
})

/** Everything that a run has in the store once it is finished. */
async function madeOf(rig: Rig): Promise<readonly (string | undefined)[]> {
  const keys = [csvKey(RUN), answerKey(RUN), terminalKey(RUN)]
  return await Promise.all(keys.map(async (key) => (await rig.objects.read(key))?.toString('utf8')))
}

test('an answer that is made again, later, is the same to the byte', async (t) => {
  const { rig, plan } = await twoAccounts(t)
  await readPart(aPart(), rig.deps)
  const first = await finish(rig, plan)
  const made = await madeOf(rig)
  rig.clock.now += 100
  assert.deepEqual(await finish(rig, plan), first)
  assert.deepEqual(await madeOf(rig), made)
})

test('an answer begun by one worker and finished by another is one answer, though its parts went on meanwhile', async (t) => {
  const { rig: whole, plan: wholePlan } = await twoAccounts(t)
  await readPart(aPart(), whole.deps)
  await finish(whole, wholePlan, 'cancelled')
  const expected = await madeOf(whole)
  for (let dies = 1; ; dies += 1) {
    const { rig, plan } = await twoAccounts(t)
    await readPart(aPart(), rig.deps)
    let created = 0
    const dying = <A extends readonly unknown[]>(
      write: (...args: A) => Promise<boolean>,
    ): ((...args: A) => Promise<boolean>) => {
      return async (...args) => {
        const result = await write(...args)
        created += 1
        if (created === dies) throw new Error('killed')
        return result
      }
    }
    const objects = { ...rig.objects, create: dying(rig.objects.create), createFrom: dying(rig.objects.createFrom) }
    const died = await finish(rig, plan, 'cancelled', { ...rig.deps, objects }).then(
      () => false,
      () => true,
    )
    if (!died) {
      assert.equal(dies, 5, 'sources, file, answer and terminal marker: four deaths were tried')
      break
    }
    // A part that had not heard of it reads on, and the second worker has not heard of the cancel.
    if ((await rig.objects.size(terminalKey(RUN))) === undefined) await readPart(aPart({ account: WEB }), rig.deps)
    await finish(rig, plan, undefined)
    assert.deepEqual(await madeOf(rig), expected, `after death ${dies}`)
  }
})

test('two workers who finish a run at once make one answer', async (t) => {
  const { rig, plan } = await twoAccounts(t)
  await readPart(aPart(), rig.deps)
  const [one, other] = await Promise.all([finish(rig, plan, 'cancelled'), finish(rig, plan)])
  assert.deepEqual(one, other)
  assert.deepEqual(await readJson<Answer>(answerKey(RUN), rig.objects), one)
})

test('what was known to be closed before the run is in the answer', async (t) => {
  const rig = await aReading(t, { places: PLACES, grant: aGrant({ query: TWO }) })
  const deps = { ...rig.deps, isClosed: (id: string) => id === WEB }
  const plan = await planned({ ...rig, deps })
  await readPart(aPart(), deps)
  const answer = await finish(rig, plan)
  assert.deepEqual([answer.coverage.verdict, answer.coverage.parts], ['complete', { asked: 2, complete: 1, blind: 1 }])
})

test('an end in the store is believed as it was written', async (t) => {
  const { rig, plan } = await twoAccounts(t)
  const end: PartCoverage = { account: WEB, region: 'eu-west-1', status: 'blind', pages: 0, records: 0, matched: 0 }
  await rig.objects.create(partEndKey(RUN, WEB, 'eu-west-1'), JSON.stringify(end))
  await readPart(aPart(), rig.deps)
  assert.deepEqual((await finish(rig, plan)).coverage.open, [end])
})
