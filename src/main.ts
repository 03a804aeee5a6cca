#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8'
import { calledAs, goWhereTyped, thisCall } from './commands/calledAs.ts'
import { COMMANDS } from './commands/commands.ts'

/** Exit code of a command that threw; the others give their own. */
const FAILED = 1

// V8 lets garbage grow to four times what is in use before it looks for it. Nearly all of ctq's is garbage at once, and a machine must
// hold its peak: half as much again costs no time that was measured (docs/benchmarks.md, throughput).
setFlagsFromString('--heap-growing-percent=50')

goWhereTyped()
const [name, ...args] = process.argv.slice(2)
const command = COMMANDS.find((candidate) => candidate.name === name)

if (name === '--version') {
  process.stdout.write(`${(await import('./commands/version.ts')).version()}\n`)
} else if (command === undefined) {
  const { help } = await import('./commands/help.ts')
  process.exitCode = await help(process.argv.slice(2), calledAs(thisCall()))
} else {
  try {
    process.exitCode = await command.run(args)
  } catch (error) {
    process.stderr.write(`ctq ${command.name}: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = FAILED
  }
}
