import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Plan } from '../../src/domain/query/plan.ts'
import { keptPlans } from '../../src/usecases/plans.ts'

function aStoreOfPlans() {
  const plans = new Map<string, string>()
  const reads: string[] = []
  const read = async (key: string): Promise<Buffer | undefined> => {
    const run = key.split('/')[1] ?? ''
    reads.push(run)
    if (plans.get(run) === 'broken') throw new Error('the store is away')
    const text = plans.get(run)
    return text === undefined ? undefined : Buffer.from(text)
  }
  return { plans, reads, planOf: keptPlans({ read }) }
}

const aPlan = (run: string): string => JSON.stringify({ run } satisfies Pick<Plan, 'run'>)

test('a plan is read once, however many parts ask for it at once or later', async () => {
  const { plans, reads, planOf } = aStoreOfPlans()
  plans.set('a', aPlan('a'))
  const found = await Promise.all([planOf('a'), planOf('a')])
  assert.deepEqual(
    [...found, await planOf('a')].map((plan) => plan?.run),
    ['a', 'a', 'a'],
  )
  assert.deepEqual(reads, ['a'])
})

test('a plan that is not there yet, or could not be read, is looked for again', async () => {
  const { plans, reads, planOf } = aStoreOfPlans()
  assert.equal(await planOf('a'), undefined)
  plans.set('a', 'broken')
  await assert.rejects(planOf('a'), /the store is away/)
  plans.set('a', aPlan('a'))
  assert.equal((await planOf('a'))?.run, 'a')
  assert.deepEqual(reads, ['a', 'a', 'a'])
})

test('of many runs the plans of the latest sixteen are kept', async () => {
  const { plans, reads, planOf } = aStoreOfPlans()
  for (let run = 0; run < 20; run += 1) {
    plans.set(`r${run}`, aPlan(`r${run}`))
    await planOf(`r${run}`)
  }
  reads.length = 0
  for (const run of ['r19', 'r4', 'r3']) await planOf(run)
  assert.deepEqual(reads, ['r3'])
})
