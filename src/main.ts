#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8'
import { goWhereTyped } from './commands/calledAs.ts'
import { COMMANDS } from './commands/commands.ts'

/** Exit codes of every command: a script can tell them apart. */
const USAGE = 2
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
  const lines = COMMANDS.map(({ name: known, usage, does }) => `  ctq ${`${known} ${usage}`.padEnd(58)} ${does}`)
  const stream = name === undefined || name === 'help' || name === '--help' ? process.stdout : process.stderr
  if (stream === process.stderr) {
    const { nearest } = await import('./domain/nearest.ts')
    const meant = nearest(
      String(name),
      COMMANDS.map(({ name: known }) => known),
    )
    const guess = meant === undefined ? '' : ` Did you mean "ctq ${meant}"?`
    stream.write(`ctq has no command "${String(name).slice(0, 40)}".${guess}\n`)
  }
  stream.write(`ctq answers questions about AWS from CloudTrail.\n\n${lines.join('\n')}\n`)
  process.exitCode = stream === process.stderr ? USAGE : 0
} else {
  try {
    process.exitCode = await command.run(args)
  } catch (error) {
    process.stderr.write(`ctq ${command.name}: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = FAILED
  }
}
