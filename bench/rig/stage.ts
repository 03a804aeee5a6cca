import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'

/** A process that a benchmark started. */
export type Started = {
  readonly pid: number
  readonly process: ChildProcess
  /** The first line of its output (or of what it says on stderr) that `wanted` accepts. Rejects when it ends before. */
  readonly line: (wanted: (line: string) => boolean) => Promise<string>
  /** What it said last. */
  readonly said: () => string
  readonly ended: Promise<void>
  /** Sends a signal and waits until it has ended. */
  readonly end: (signal: NodeJS.Signals) => Promise<void>
}

/** A folder and processes of one benchmark, all gone when it is over. */
export type Stage = {
  readonly folder: string
  readonly node: (file: string, args: readonly string[], env: Env, flags?: readonly string[]) => Started
  readonly program: (file: string, args: readonly string[]) => Started
  readonly strike: () => Promise<void>
}

export type Env = { readonly [name: string]: string }

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
/** A process has so long to end by itself. */
const ENDS_WITHIN_MS = 5_000
/** Lines of a process that are kept to say why it ended. */
const LAST_LINES = 5

/** Opens a stage. Nothing of this process's own settings reaches the processes on it, so that none of them leaves this machine. */
export async function openStage(): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'ctq-bench-'))
  const all: Started[] = []
  const kept = (started: Started): Started => {
    all.push(started)
    return started
  }
  const abandoned = (): void => {
    for (const { process: child } of all) child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
    process.exit(1)
  }
  for (const signal of SIGNALS) process.once(signal, abandoned)
  const own = { PATH: process.env['PATH'] ?? '', HOME: folder, TZ: 'UTC' }
  return {
    folder,
    node: (file, args, env, flags = []) =>
      kept(
        watched(
          fork(file, [...args], {
            execArgv: ['--enable-source-maps', ...flags],
            env: { ...own, ...env },
            stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
          }),
          file,
        ),
      ),
    program: (file, args) =>
      kept(watched(spawn(file, [...args], { env: own, stdio: ['ignore', 'pipe', 'pipe'] }), file)),
    strike: async () => {
      for (const signal of SIGNALS) process.off(signal, abandoned)
      await Promise.all(all.map((one) => one.end('SIGKILL')))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function watched(child: ChildProcess, file: string): Started {
  const seen: string[] = []
  const listeners = new Set<(line: string) => void>()
  const hear = (line: string): void => {
    seen.push(line)
    if (seen.length > LAST_LINES && listeners.size === 0) seen.shift()
    for (const listener of listeners) listener(line)
  }
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream as Readable }).on('line', hear)
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  return {
    pid: child.pid ?? -1,
    process: child,
    said: () => seen.slice(-LAST_LINES).join('\n'),
    ended,
    line: async (wanted) => {
      const early = seen.find(wanted)
      if (early !== undefined) return early
      let listener: (line: string) => void = () => undefined
      const found = new Promise<string>((resolve) => {
        listener = (line) => wanted(line) && resolve(line)
        listeners.add(listener)
      })
      try {
        const line = await Promise.race([found, ended])
        if (line === undefined) throw new Error(`${file} ended too early:\n${seen.slice(-LAST_LINES).join('\n')}`)
        return line
      } finally {
        listeners.delete(listener)
      }
    },
    end: async (signal) => {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
      const gone = once(child, 'exit')
      child.kill(signal)
      const late = new AbortController()
      await Promise.race([gone, delay(ENDS_WITHIN_MS, undefined, { signal: late.signal }).catch(() => undefined)])
      late.abort()
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL')
        await gone
      }
    },
  }
}
