import { createWriteStream, openSync, rmSync } from 'node:fs'
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** Where an answer is written. */
export type Sink = {
  readonly write: (chunks: AsyncIterable<string | Uint8Array>) => Promise<void>
  /** Takes back what was begun: there is no answer, or not all of it. */
  readonly discard: () => void
}

/** A stream such as stdout. A reader that went away (`| head`) has what it wanted: that is no error. */
export function streamSink(stream: Writable): Sink {
  return {
    write: async (chunks) => {
      try {
        await pipeline(Readable.from(chunks), stream, { end: false })
      } catch (error) {
        if (codeOf(error) !== 'EPIPE' && codeOf(error) !== 'ERR_STREAM_DESTROYED') throw error
      }
    },
    discard: () => undefined,
  }
}

/**
 * A new file for its owner alone. It is made at once, so that a path that cannot be written to is known before anything is read. Throws
 * EEXIST when there is such a file: answers are evidence, and are not overwritten.
 */
export function fileSink(path: string): Sink {
  const descriptor = openSync(path, 'wx', 0o600)
  return {
    write: async (chunks) => {
      await pipeline(Readable.from(chunks), createWriteStream(path, { fd: descriptor }))
    },
    discard: () => rmSync(path, { force: true }),
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

/** Lets a reader of the stream go away without an error; any other fault of it still ends the process. */
export function forgiving(stream: Writable): void {
  stream.on('error', (error) => {
    if (codeOf(error) !== 'EPIPE') throw error
  })
}
