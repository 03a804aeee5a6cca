import type { PartCoverage } from '../domain/query/coverage.ts'
import type { PageHead } from '../domain/query/page.ts'
import { chainIn, iso, type Plan, seconds } from '../domain/query/plan.ts'
import { chainKey, type Objects } from '../domain/result/objects.ts'
import { countPages, isOrderly, pageAt } from './readChain.ts'

/** A part's coverage with what its pages in the store add up to. */
export async function withPages(coverage: PartCoverage, plan: Plan, objects: Objects): Promise<PartCoverage> {
  const { account, region } = coverage
  const counts = plan.chains.map((_, chain) => countPages(chainKey(plan.run, account, region, chain), objects))
  return await totalled(coverage, plan, await Promise.all(counts), objects)
}

/** The same where not all pages count. `pages`: how many of each chain do. */
export async function totalled(
  coverage: PartCoverage,
  plan: Plan,
  pages: readonly number[],
  objects: Objects,
): Promise<PartCoverage> {
  const place = { run: plan.run, account: coverage.account, region: coverage.region }
  const heads = await Promise.all(
    plan.chains.map(async (_, chain) => {
      const count = pages[chain] ?? 0
      return count === 0 ? undefined : (await pageAt({ ...place, chain }, count - 1, objects)).head
    }),
  )
  const read = heads.filter((head) => head !== undefined)
  return {
    ...coverage,
    pages: read.reduce((sum, head) => sum + head.seq + 1, 0),
    records: read.reduce((sum, head) => sum + head.records, 0),
    matched: read.reduce((sum, head) => sum + head.matched, 0),
    ...readBack(coverage, heads, plan),
  }
}

/**
 * How far back an unfinished part is gapless: to just after the newest moment at which one of its chains stopped, as the page that would
 * follow may hold more of that second. One without a page, or with pages out of order, stopped before its newest second.
 */
function readBack(
  { status, account, region }: PartCoverage,
  heads: readonly (PageHead | undefined)[],
  plan: Plan,
): { readBackTo?: string } {
  if (status === 'complete') return {}
  const stops = plan.chains.flatMap((chain, index) => {
    if (!chainIn(chain, { account, region })) return []
    const head = heads[index]
    if (head?.end === 'read') return []
    return [(head !== undefined && isOrderly(head) ? head.watermark : seconds(chain.until)) + 1]
  })
  const newest = iso(stops.reduce((latest, stop) => Math.max(latest, stop), 0))
  return stops.length === 0 || newest > plan.window.until ? {} : { readBackTo: newest }
}
