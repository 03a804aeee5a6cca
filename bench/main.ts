import { parseArgs } from 'node:util'
import { evaluation } from './evaluation.ts'
import { kill } from './kill.ts'
import { latency } from './latency.ts'
import { type Group, pace } from './pace.ts'
import { machineWords } from './rig/machine.ts'
import { throughput } from './throughput.ts'
import { triage } from './triage.ts'
import { wide } from './wide.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, profile: { type: 'string' } },
})

type Bench = { readonly name: string; readonly run: (quick: boolean) => Promise<string> }

const CTQ = (processes: number): Group => ({ kind: 'ctq', processes })
const SDK = (processes: number): Group => ({ kind: 'sdk', processes })
const PHASES = [[CTQ(1), SDK(1), CTQ(4), SDK(4)], [CTQ(16)], [SDK(16)]]

const BENCHES: readonly Bench[] = [
  {
    name: 'pace',
    run: (quick) =>
      pace(quick ? { phases: [[CTQ(4), SDK(4)]], warmS: 12, windowS: 20 } : { phases: PHASES, warmS: 25, windowS: 40 }),
  },
  {
    name: 'throughput',
    run: (quick) =>
      throughput({
        sizes: quick ? [10_000, 100_000] : [10_000, 1_000_000],
        ...(values.profile === undefined ? {} : { profile: values.profile }),
      }),
  },
  {
    name: 'latency',
    run: (quick) => latency(quick ? { commands: 60, lookups: 20 } : { commands: 300, lookups: 100 }),
  },
  { name: 'wide', run: (quick) => wide(quick ? { accounts: 60, workers: 4 } : { accounts: 300, workers: 4 }) },
  { name: 'evaluation', run: (quick) => evaluation({ records: quick ? 20_000 : 200_000 }) },
  { name: 'triage', run: (quick) => triage({ noise: quick ? [1] : [1, 10] }) },
  { name: 'kill', run: (quick) => kill(quick ? { kills: 4, besideKills: 2 } : { kills: 10, besideKills: 6 }) },
]

const chosen = positionals.length === 0 ? BENCHES : BENCHES.filter(({ name }) => positionals.includes(name))
process.stdout.write(`${machineWords()}${values.quick ? '; quick' : ''}\n`)
for (const { name, run } of chosen) {
  const started = performance.now()
  const text = await run(values.quick)
  const seconds = ((performance.now() - started) / 1000).toFixed(0)
  process.stdout.write(`\n## ${name}\n\n${text}\n\n(${seconds} s)\n`)
}
