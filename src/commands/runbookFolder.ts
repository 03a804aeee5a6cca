import { join } from 'node:path'
import type { Env } from '../config.ts'
import { packageRoot } from './root.ts'

/** Where runbooks are read from: as told, else CTQ_RUNBOOKS, else those that ctq comes with. */
export function runbookFolder(told: string | undefined, env: Env): string {
  return told ?? (env['CTQ_RUNBOOKS']?.trim() || join(packageRoot(), 'runbooks'))
}
