import type { Plan } from '../domain/query/plan.ts'
import { type Objects, planKey } from '../domain/result/objects.ts'

/** The frozen plan of a run, or undefined before it is made. */
export async function planOf(run: string, objects: Pick<Objects, 'read'>): Promise<Plan | undefined> {
  const bytes = await objects.read(planKey(run))
  return bytes === undefined ? undefined : (JSON.parse(bytes.toString('utf8')) as Plan)
}

/** Plans kept: of the runs whose parts one process reads at a time. */
const KEPT = 16

/**
 * The same for the many parts of one run: a plan never changes, and one over 5,100 accounts and Regions takes as long to read as a page.
 * A run's plan that is not there yet is looked for again.
 */
export function keptPlans(objects: Pick<Objects, 'read'>): (run: string) => Promise<Plan | undefined> {
  const kept = new Map<string, Promise<Plan | undefined>>()
  return (run) => {
    const known = kept.get(run)
    if (known !== undefined) return known
    const read = planOf(run, objects)
    kept.set(run, read)
    read.then(
      (plan) => plan ?? kept.delete(run),
      () => kept.delete(run),
    )
    for (const oldest of kept.keys()) {
      if (kept.size <= KEPT) break
      kept.delete(oldest)
    }
    return read
  }
}
