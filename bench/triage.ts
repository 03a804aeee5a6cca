import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { memberQuestions, type PlaybookMember } from '../src/domain/playbook/playbook.ts'
import type { Answer } from '../src/domain/result/answer.ts'
import { placeholderOf } from '../src/domain/runbook/bind.ts'
import { readLibrary } from '../src/library.ts'
import { ACCOUNTS } from '../src/playground/aws/organisation/accounts.ts'
import { LEAKED_KEY } from '../src/playground/aws/organisation/incident/cast.ts'
import { type Aws, awsSettings, startAws } from './rig/aws.ts'
import { lastHours } from './rig/ctq.ts'
import { CTQ, SHIPPED } from './rig/files.ts'
import { openStage, type Stage } from './rig/stage.ts'
import { table } from './rig/table.ts'

export type TriageOptions = {
  /** How much happens besides the incident, as a multiple of the playground's everyday life. */
  readonly noise: readonly number[]
}

const HOURS = 24
const PRODUCTION = ACCOUNTS.filter(({ name }) => name.startsWith('prod-'))

type Given = { readonly [parameter: string]: string }
type Start = { readonly from: string; readonly given: Given }
const STARTS: readonly Start[] = [
  { from: 'the leaked key', given: { accessKeyId: LEAKED_KEY } },
  { from: 'accounts alone', given: {} },
]

/** What triage asks of AWS, beside its questions asked one by one: counted by AWS, over the wire. */
export async function triage({ noise }: TriageOptions): Promise<string> {
  const { all } = await readLibrary(SHIPPED)
  const playbook = all.find(({ name }) => name === 'triage')?.playbook
  if (playbook === undefined) throw new Error('there is no playbook triage')
  const rows: string[][] = []
  for (const level of noise) {
    const stage = await openStage()
    try {
      const aws = await startAws(stage, ['--rate', '2000', '--burst', '50', '--noise', String(level)])
      const asks = await asker(stage, aws)
      for (const { from, given } of STARTS) {
        const { answer, requests } = await asks('triage', given)
        const members = answer.playbook?.members ?? []
        // What is asked about keys that were found alone, nobody could have asked before.
        const asked = new Set(memberQuestions(playbook, given).map(({ runbook }) => runbook.name))
        const answered = members
          .filter(({ name, coverage }) => asked.has(name) && coverage.kind !== 'not asked')
          .map(({ name }) => name)
        let sum = 0
        for (const member of playbook.members.filter(({ runbook }) => answered.includes(runbook.name))) {
          const alone = await asks(member.runbook.name, valuesOf(member, given))
          sum += alone.requests
        }
        const full = members.filter(({ coverage }) => coverage.kind === 'full').length
        rows.push([
          from,
          `×${level}`,
          `${full} of ${members.length}`,
          String(requests),
          String(sum),
          (requests / sum).toFixed(2),
        ])
      }
    } finally {
      await stage.strike()
    }
  }
  return `The playground's incident in ${PRODUCTION.length} accounts, every enabled Region, ${HOURS} h. LookupEvents requests that AWS served: of \`ctq run triage\`, and of \`ctq run\` for each of the questions
that triage answers, one after the other, with the same values and window.

${table(['triage from', 'everyday life', 'read fully', 'requests', 'one by one', 'share'], rows)}`
}

type Asked = { readonly answer: Answer; readonly requests: number }

async function asker(stage: Stage, aws: Aws): Promise<(runbook: string, given: Given) => Promise<Asked>> {
  const config = join(stage.folder, 'ctq.yml')
  const accounts = PRODUCTION.map(({ id, name }) => `    - { id: '${id}', name: ${name} }`).join('\n')
  await writeFile(config, `version: 1\naws: { paceMs: 0.5 }\ninventory:\n  accounts:\n${accounts}\n`)
  const { since, until } = lastHours(HOURS, new Date())
  const options = ['--since', since, '--until', until, '--config', config, '--runbooks', SHIPPED, '--format', 'json']
  const env = { ...awsSettings(aws.url, aws.worker), TMPDIR: stage.folder }
  let runs = 0
  return async (runbook, given) => {
    await aws.reset()
    const words = Object.entries(given).map(([name, value]) => `${name}=${value}`)
    const out = join(stage.folder, `${runs++}.json`)
    const program = stage.node(CTQ, ['run', runbook, ...words, '--account', 'all', ...options, '--out', out], env)
    await program.ended
    if (![0, 3].includes(program.process.exitCode ?? 1)) throw new Error(`ctq run ${runbook}: ${program.said()}`)
    const answer = JSON.parse(await readFile(out, 'utf8')) as Answer
    const counts = await aws.counts()
    const lookups = counts.filter(({ operation }) => operation === 'LookupEvents')
    return { answer, requests: lookups.reduce((sum, { served }) => sum + served, 0) }
  }
}

function valuesOf(member: PlaybookMember, given: Given): Given {
  return Object.fromEntries(
    Object.entries(member.with).flatMap(([name, text]) => {
      const value = given[placeholderOf(text) ?? ''] ?? (placeholderOf(text) === undefined ? text : undefined)
      return value === undefined ? [] : [[name, value]]
    }),
  )
}
