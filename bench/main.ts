import { parseArgs } from 'node:util'
import { pace } from './pace.ts'
import { machineWords } from './rig/machine.ts'

type Bench = { readonly name: string; readonly run: (quick: boolean) => Promise<string> }

const BENCHES: readonly Bench[] = [
  {
    name: 'pace',
    run: (quick) =>
      pace(quick ? { processes: [4], warmS: 10, windowS: 20 } : { processes: [1, 4, 16], warmS: 25, windowS: 40 }),
  },
]

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false } },
})
const chosen = positionals.length === 0 ? BENCHES : BENCHES.filter(({ name }) => positionals.includes(name))
process.stdout.write(`${machineWords()}${values.quick ? '; quick' : ''}\n`)
for (const { name, run } of chosen) {
  const started = performance.now()
  process.stdout.write(`\n## ${name}\n\n`)
  process.stdout.write(`${await run(values.quick)}\n\n(${((performance.now() - started) / 1000).toFixed(0)} s)\n`)
}
