import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Why a test that needs a program is left out; false where there is one. */
export function notInstalled(program: string): string | false {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return folders.some((folder) => existsSync(join(folder, program))) ? false : `there is no ${program} here`
}
