import { join } from 'node:path'
import { bindQuestion } from '../../src/domain/playbook/asRunbook.ts'
import type { FollowedSoFar } from '../../src/domain/playbook/collectReport.ts'
import type { MemberCoverage } from '../../src/domain/playbook/memberCoverage.ts'
import type { CloudTrailRecord } from '../../src/domain/record.ts'
import { addressLabels } from '../../src/domain/result/addressLabels.ts'
import type { Answer } from '../../src/domain/result/answer.ts'
import { csvWriter } from '../../src/domain/result/csv.ts'
import { findingsCollector } from '../../src/domain/result/findings.ts'
import { givenOf } from '../../src/domain/result/meaning.ts'
import { type Row, rowOf } from '../../src/domain/result/row.ts'
import { rowReader } from '../../src/domain/result/rowReader.ts'
import { summariser } from '../../src/domain/result/summary.ts'
import type { Library, Runbook } from '../../src/domain/runbook/runbook.ts'
import { readLibrary } from '../../src/library.ts'
import { playbookCollector } from '../../src/usecases/collectPlaybook.ts'
import { aCoverage, anAnswer } from './answers.ts'
import { GOLDEN } from './golden.ts'
import { BYSTANDERS, LEAKED_KEY, LEAKED_KEY_RECORDS, NEW_KEY, NINETY_DAYS } from './leakedKey.ts'
import { IAM_RECORDS, SIGN_INS } from './moreRecords.ts'

/** The runbooks that ctq ships. */
export const SHIPPED = await readLibrary(join(GOLDEN, '..', '..', 'runbooks'))

/** Some of them, always the same: what is offered beside does not change with each runbook that is added. */
export const FEW: Library = fewOf([
  'console-logins',
  'denied-calls',
  'event',
  'ip-activity',
  'key-activity',
  'principal-writes',
  'resource-history',
])

function fewOf(names: readonly string[]): Library {
  const all = SHIPPED.all.filter(({ name }) => names.includes(name))
  return { all, find: (word) => all.find(({ name }) => name === word) }
}

/** Addresses that people know, as ctq.yml would name them. */
export const LABELS = addressLabels([{ range: '198.51.100.0/28', label: 'CI egress' }])

/** The rows of records as a run gives them: newest first, those of one second by their eventIDs. */
export function rowsOf(runbook: Runbook, records: readonly CloudTrailRecord[]): readonly Row[] {
  const reader = rowReader(runbook, (id) => (id === '444455556666' ? 'prod-data' : undefined))
  const found = records.map((record) => ({
    text: JSON.stringify(record),
    record,
    eventId: String(record['eventID']),
    eventTime: Date.parse(String(record['eventTime'])) / 1000,
    account: String(record['recipientAccountId']),
    region: String(record['awsRegion']),
  }))
  found.sort((a, b) => b.eventTime - a.eventTime || (a.eventId < b.eventId ? -1 : 1))
  return found.map((one) => rowOf(one, reader))
}

/** The answer that a run gives whose records these are; tests say what differs. */
export function answerFrom(
  runbook: Runbook,
  records: readonly CloudTrailRecord[],
  changes: Partial<Answer> = {},
): Answer {
  const base = anAnswer(changes)
  const summary = summariser(runbook)
  const findings = findingsCollector(runbook, base.parameters, LABELS)
  const csv = csvWriter(runbook.columns)
  let bytes = csv.header().length
  for (const row of rowsOf(runbook, records)) {
    summary.add(row)
    findings.add(row)
    bytes += Buffer.byteLength(csv.row(row))
  }
  const { coverage } = base
  return {
    ...base,
    runbook: {
      name: runbook.name,
      digest: runbook.digest,
      title: runbook.title,
      empty: runbook.empty,
      given: givenOf(runbook, base.parameters),
      headline: runbook.headline,
    },
    ...summary.finish({ read: records.length, cut: base.cut }),
    ...findings.finish({ window: coverage.window, whole: coverage.verdict === 'complete' && !base.cut }),
    csv: { ...base.csv, rows: records.length, bytes },
  }
}

/** A shipped runbook; throws when there is none of that name. */
export function shipped(name: string): Runbook {
  const runbook = SHIPPED.find(name)
  if (runbook === undefined) throw new Error(`no runbook ${name}`)
  return runbook
}

/** Answers made of records, by the runbooks that ctq ships. */
export const STORIES: { readonly [name: string]: Answer } = {
  'leaked-key': answerFrom(shipped('key-activity'), LEAKED_KEY_RECORDS, {
    parameters: { accessKeyId: LEAKED_KEY },
    coverage: NINETY_DAYS,
    asked: { regions: 'enabled', openEnd: true },
  }),
  'iam-persistence': answerFrom(shipped('iam-persistence'), IAM_RECORDS, {
    parameters: {},
    asked: { regions: ['us-east-1'], openEnd: true },
    coverage: { ...anAnswer().coverage, parts: { asked: 1, complete: 1, blind: 0 } },
  }),
  'console-logins': answerFrom(shipped('console-logins'), SIGN_INS, { parameters: {} }),
}

/** What a worker still does not know when a playbook's time is over. */
const READ: { readonly [member: string]: MemberCoverage } = {
  'secrets-read': { kind: 'back', to: '2026-11-20T12:20:00Z' },
  'ip-changes': { kind: 'not asked', why: 'it needs sourceIPAddress' },
  'resource-history': { kind: 'not asked', why: 'it needs resourceName' },
  'principal-writes': { kind: 'not asked', why: 'it needs principal' },
}

const FOLLOWED: FollowedSoFar = { root: LEAKED_KEY, found: new Set([NEW_KEY]), whyNot: () => 'account' }

/** The answer of a playbook to records, as a run puts it together. */
function playbookFrom(playbook: Runbook, records: readonly CloudTrailRecord[], changes: Partial<Answer>): Answer {
  const base = answerFrom(playbook, records, changes)
  const organisation = ['111122223333', '444455556666']
  const { members = [], matches } = bindQuestion(playbook, base.parameters, organisation)
  const collector = playbookCollector(playbook, members, organisation, base.parameters, FOLLOWED, {
    accountName: () => undefined,
    addressLabel: LABELS,
  })
  const byId = new Map(records.map((record) => [String(record['eventID']), record]))
  for (const row of rowsOf(playbook, records.filter(matches))) collector.add(row, byId.get(row.eventId) ?? {})
  const { window } = base.coverage
  return { ...base, ...collector.finish({ window, whole: false }, (name) => READ[name] ?? { kind: 'full' }) }
}

/** Some of the hour in which the key was leaked, and what others did meanwhile as ever. */
const HOUR_OF_THE_LEAK: readonly CloudTrailRecord[] = [
  ...LEAKED_KEY_RECORDS.filter(({ eventTime }) => String(eventTime) >= '2026-11-20T00'),
  ...BYSTANDERS,
]

/** A playbook's answers. */
export const TRIAGES: { readonly [name: string]: Answer } = {
  triage: playbookFrom(shipped('triage'), HOUR_OF_THE_LEAK, {
    parameters: { accessKeyId: LEAKED_KEY },
    coverage: aCoverage({ verdict: 'partial' }),
  }),
  'triage-accounts': playbookFrom(shipped('triage'), HOUR_OF_THE_LEAK, { parameters: {} }),
  'triage-nothing': playbookFrom(shipped('triage'), BYSTANDERS, { parameters: {} }),
}

/** The moment at which the answers of tests are read. */
export const READ_AT = new Date('2026-11-20T14:25:00Z')
