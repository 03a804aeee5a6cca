import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runbooksDocument } from '../domain/runbook/document.ts'
import { readLibrary } from '../library.ts'
import { packageRoot } from './root.ts'

/** `ctq runbooks docs`: every runbook of the folder, written up for people. */
export async function writeDocs(folder: string, file = join(packageRoot(), 'docs', 'runbooks.md')): Promise<number> {
  await writeFile(file, runbooksDocument((await readLibrary(folder)).all))
  process.stdout.write(`${file}\n`)
  return 0
}
