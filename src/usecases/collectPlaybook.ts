import { membersCollector } from '../domain/playbook/collectMembers.ts'
import { type FollowedSoFar, reportCollector } from '../domain/playbook/collectReport.ts'
import type { MemberCoverage } from '../domain/playbook/memberCoverage.ts'
import { patternsOf } from '../domain/playbook/patterns.ts'
import type { BoundMember } from '../domain/playbook/playbook.ts'
import type { MemberAnswer, PlaybookAnswer } from '../domain/playbook/report.ts'
import type { Parameters } from '../domain/query/query.ts'
import type { CloudTrailRecord } from '../domain/record.ts'
import type { Reading } from '../domain/result/facets.ts'
import { type Findings, findingsCollector } from '../domain/result/findings.ts'
import type { Row } from '../domain/result/row.ts'
import { isFolded } from '../domain/result/summary.ts'
import type { Runbook } from '../domain/runbook/runbook.ts'
import type { FinishDeps } from './finishRun.ts'

export type PlaybookCollector = {
  /** Takes a row in, with the record that it is of; gives the names of the members that it is for. */
  readonly add: (row: Row, record: CloudTrailRecord) => readonly string[]
  readonly finish: (
    reading: Reading,
    coverageOf: (member: string) => MemberCoverage,
  ) => Findings & { readonly playbook: PlaybookAnswer }
}

/** Feeds the merged rows of a run to all members of its playbook, and tells findings from what happens anyway. */
export function playbookCollector(
  runbook: Runbook,
  members: readonly BoundMember[],
  organisation: readonly string[],
  asked: Parameters,
  followed: FollowedSoFar,
  { accountName, addressLabel }: Pick<FinishDeps, 'accountName' | 'addressLabel'>,
): PlaybookCollector {
  const collected = membersCollector(members, { labelOf: addressLabel, organisation, accountName })
  const report = reportCollector(addressLabel, followed)
  return {
    add: (row, record) => {
      const { eventId, eventTime, account, region } = row
      const own = collected.add({ text: '', record, eventId, eventTime, account, region })
      if (own.length > 0 && row.noise !== 'ctq') report.add(row, record, own)
      return own.map(({ name }) => name)
    },
    finish: (reading, coverageOf) => {
      const each = collected.finish((member) => ({ ...reading, whole: coverageOf(member).kind === 'full' }))
      const found = new Map(each.map((one) => [one.name, one]))
      const told = report.finish(reading, patternsOf(members, each))
      const { findings, more, uncounted, ofStart, apart, credentials, findingsOf, rows } = told
      // What is told of the calls is told of the findings: everything else is told apart.
      const calls = findingsCollector(runbook, asked, addressLabel)
      for (const row of rows) if (!isFolded(row, runbook)) calls.add(row)
      const answerOf = ({ name, changesAlone, runbook: { title } }: BoundMember): MemberAnswer => {
        const own = found.get(name)
        const about = {
          ...{ name, title, coverage: coverageOf(name), findings: findingsOf(name) },
          ...(changesAlone ? { changesAlone } : {}),
        }
        if (own === undefined) return about
        const { counts, first, last, stages } = own
        return {
          ...about,
          counts,
          stages,
          ...(first === undefined ? {} : { first }),
          ...(last === undefined ? {} : { last }),
        }
      }
      const within = runbook.playbook?.within ?? 0
      return {
        playbook: { within, findings, more, uncounted, ofStart, apart, credentials, members: members.map(answerOf) },
        ...calls.finish(reading),
      }
    },
  }
}
