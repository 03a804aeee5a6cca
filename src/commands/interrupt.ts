import { setMaxListeners } from 'node:events'

/** SIGINT's exit status by custom: 128 and the signal's number. */
const INTERRUPTED = 130

export type Interrupts = {
  /** Aborted by the first Ctrl-C while something is being read. */
  readonly signal: AbortSignal
  /** From now on the first Ctrl-C only stops the reading, and the second ends the process. */
  readonly reading: (onStop: () => void) => void
  /** Back to ending the process at once. */
  readonly done: () => void
  readonly close: () => void
}

/** Ctrl-C and SIGTERM: while reading, the first asks for the answer so far; otherwise, and the second time, the process ends. */
export function interrupts(): Interrupts {
  const controller = new AbortController()
  // Every page that is waited for listens, and many are.
  setMaxListeners(0, controller.signal)
  let stop: (() => void) | undefined
  const onSignal = (): void => {
    if (stop === undefined || controller.signal.aborted) process.exit(INTERRUPTED)
    controller.abort()
    stop()
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const name of signals) process.on(name, onSignal)
  return {
    signal: controller.signal,
    reading: (onStop) => {
      stop = onStop
    },
    done: () => {
      stop = undefined
    },
    close: () => {
      for (const name of signals) process.off(name, onSignal)
    },
  }
}
