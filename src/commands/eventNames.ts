import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Catalogue, readCatalogue } from '../domain/runbook/catalogue.ts'
import { packageRoot } from './root.ts'

/** The catalogue of events that ctq comes with. It is some 400 KB: only what needs it reads it. */
export async function readEventNames(): Promise<Catalogue> {
  return readCatalogue(await readFile(join(packageRoot(), 'data', 'event-names.json'), 'utf8'))
}
