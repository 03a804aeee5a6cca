import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileObjects } from '../adapters/resultStore/file.ts'
import { type Objects, runKey } from '../domain/result/objects.ts'

export type Store = {
  readonly objects: Objects
  readonly folder: string
  readonly folderOf: (run: string) => string
  /** Removes it, unless it is kept. */
  readonly close: () => void
}

/** The result store of one run: the folder that was told, or a private one that goes when the process ends, however it ends. */
export function openStore(keep: string | undefined): Store {
  const root = keep === undefined ? mkdtempSync(join(tmpdir(), 'ctq-')) : resolve(keep)
  const remove = (): void => {
    if (keep === undefined) rmSync(root, { recursive: true, force: true })
  }
  process.once('exit', remove)
  return {
    objects: fileObjects(root, { outlastsPowerLoss: keep !== undefined }),
    folder: root,
    folderOf: (run) => join(root, runKey(run)),
    close: () => {
      process.off('exit', remove)
      remove()
    },
  }
}
