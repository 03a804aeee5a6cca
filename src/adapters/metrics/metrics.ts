import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'

/** What ctq counts, in Prometheus's names. No label holds a person, an account's name, or anything from CloudTrail. */
export type Metrics = {
  readonly page: (region: string) => void
  readonly throttled: (region: string) => void
  readonly fault: (queue: string) => void
  readonly ended: (verdict: string) => void
  /** Read when scraped. */
  readonly watch: (name: 'waiting' | 'active', read: () => Promise<{ readonly [queue: string]: number }>) => void
  readonly text: () => Promise<string>
}

const GAUGES = { waiting: 'ctq_jobs_waiting', active: 'ctq_jobs_active' } as const

/** Metrics of one process in a registry of their own. */
export function openMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const pages = new Counter({
    name: 'ctq_lookup_pages_total',
    help: 'Pages of LookupEvents read',
    labelNames: ['region'],
    registers,
  })
  const throttles = new Counter({
    name: 'ctq_lookup_throttled_total',
    help: 'LookupEvents calls that AWS throttled',
    labelNames: ['region'],
    registers,
  })
  const faults = new Counter({
    name: 'ctq_job_faults_total',
    help: 'Jobs that failed once or for good',
    labelNames: ['queue'],
    registers,
  })
  const runs = new Counter({
    name: 'ctq_runs_total',
    help: 'Runs that ended, by verdict',
    labelNames: ['verdict'],
    registers,
  })
  return {
    page: (region) => pages.inc({ region }),
    throttled: (region) => throttles.inc({ region }),
    fault: (queue) => faults.inc({ queue }),
    ended: (verdict) => runs.inc({ verdict }),
    watch: (name, read) => {
      new Gauge({
        name: GAUGES[name],
        help: `Jobs ${name}, by queue`,
        labelNames: ['queue'],
        registers,
        async collect() {
          for (const [queue, count] of Object.entries(await read())) this.set({ queue }, count)
        },
      })
    },
    text: () => registry.metrics(),
  }
}
