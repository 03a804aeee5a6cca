import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { packageRoot } from '../../src/commands/root.ts'

/** One process of ctq, started as an operator starts it: a command and environment variables. */
export type Ctq = {
  readonly command: string
  readonly pid: number
  /** Everything it has written so far, both streams. */
  readonly said: () => string
  /** Resolves when it says that it is ready; rejects, with what it said, when it ends or is silent before. */
  readonly ready: Promise<void>
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>
  /** Sends a signal and waits for the end. */
  readonly stop: (signal: NodeJS.Signals) => Promise<number | NodeJS.Signals>
}

/** A process loads in about two seconds; two busy cores take longer. */
const READY_WITHIN_MS = 30_000
/** Whoever has not stopped by then is ended by force, so that no test leaves a process behind. */
const STOPS_WITHIN_MS = 15_000

/** Starts `ctq <command>` with these variables and nothing else of this process's environment but what node itself needs. */
export function startCtq(command: string, env: Readonly<Record<string, string>>): Ctq {
  const { PATH = '', NODE_V8_COVERAGE } = process.env
  const child = spawn(process.execPath, [join(packageRoot(), 'dist/src/main.js'), command], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH, ...(NODE_V8_COVERAGE === undefined ? {} : { NODE_V8_COVERAGE }), ...env },
  })
  const leave = endWithUs(child)
  let text = ''
  let heard = (): void => undefined
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      heard()
    })
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('close', (code, signal) => {
      leave()
      resolve(signal ?? code ?? 1)
    })
  })
  const ready = new Promise<void>((resolve, reject) => {
    const failed = (why: string): void => reject(new Error(`ctq ${command} ${why}:\n${text}`))
    const timer = setTimeout(() => failed('is not ready'), READY_WITHIN_MS)
    heard = () => {
      if (text.includes('"msg":"ready"')) resolve()
    }
    void ended.then((how) => failed(`ended with ${how}`))
    void Promise.allSettled([ended]).then(() => clearTimeout(timer))
    child.once('exit', () => clearTimeout(timer))
    child.stdout.once('close', () => clearTimeout(timer))
  })
  ready.catch(() => undefined)
  return {
    command,
    pid: child.pid ?? 0,
    said: () => text,
    ready,
    ended,
    stop: async (signal) => {
      child.kill(signal)
      const force = setTimeout(() => child.kill('SIGKILL'), STOPS_WITHIN_MS)
      const how = await ended
      clearTimeout(force)
      return how
    },
  }
}

/** Not SIGPIPE: to hear of it is to get it whenever something is written to a connection that the other side has closed. */
const BREAKS_OFF = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** A test that is broken off leaves no process behind. Gives a function that takes this back. */
function endWithUs(child: ChildProcess): () => void {
  const end = (): void => {
    child.kill('SIGKILL')
  }
  const brokenOff = (): never => process.exit(1)
  process.once('exit', end)
  for (const signal of BREAKS_OFF) process.once(signal, brokenOff)
  return () => {
    process.off('exit', end)
    for (const signal of BREAKS_OFF) process.off(signal, brokenOff)
  }
}
