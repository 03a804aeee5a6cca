import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { nearest } from '../domain/nearest.ts'
import { visibleLines } from '../domain/result/safe.ts'
import { newFixturesText, newRunbookText } from '../domain/runbook/newRunbook.ts'
import { readEventNames } from './eventNames.ts'
import { usage } from './options.ts'

/** `ctq runbooks new`: a runbook about one event and its fixtures, in order as they are, to be made into a question. */
export async function newRunbook(folder: string, name: string, event = 'iam:CreateUser'): Promise<number> {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name))
    return usage(`${visibleLines(name)} is no name: lower-case words joined by hyphens.`)
  const [service = '', eventName = ''] = event.split(':')
  const source = service.endsWith('.amazonaws.com') ? service : `${service}.amazonaws.com`
  const catalogue = await readEventNames()
  if (!catalogue.hasSource(source))
    return usage(`No event source ${visibleLines(source)} is known. Write SERVICE:EVENT, such as iam:CreateUser.`)
  if (!catalogue.sourcesOf(eventName).includes(source)) {
    const near = nearest(eventName, catalogue.namesOf(source))
    const hint = near === undefined ? '' : ` Did you mean ${near}?`
    return usage(`No event ${visibleLines(eventName)} of ${source} is known.${hint}`)
  }
  const made = {
    name,
    eventSource: source,
    eventName,
    isDated: catalogue.isDated(source, eventName),
    isData: catalogue.isData(source, eventName),
    leads: existsSync(join(folder, 'key-activity.yaml')),
  }
  const files = [
    [join(folder, `${name}.yaml`), newRunbookText(made)],
    [join(folder, `${name}.fixtures.yaml`), newFixturesText(made)],
  ] as const
  const there = files.find(([path]) => existsSync(path))
  if (there !== undefined) return usage(`${visibleLines(there[0])} is there already.`)
  for (const [path, text] of files) await writeFile(path, text, { flag: 'wx' })
  process.stdout.write(`${files.map(([path]) => path).join('\n')}\n`)
  return 0
}
