import { iso, seconds } from '../query/plan.ts'
import type { CloudTrailRecord } from '../record.ts'
import { plainText } from '../result/phrase.ts'
import { rowOf } from '../result/row.ts'
import { rowReader } from '../result/rowReader.ts'
import { isFolded } from '../result/summary.ts'
import { bind } from '../runbook/bind.ts'
import { compileMatch, type RecordTest } from '../runbook/evaluate.ts'
import type { Story } from '../runbook/fixtures.ts'
import type { Runbook } from '../runbook/runbook.ts'
import { suggestion } from '../runbook/suggest.ts'
import { textAt } from '../runbook/values.ts'
import { stageCollector } from './collect.ts'
import type { StageAnswer } from './finding.ts'
import { type Followed, keysToFollow } from './follow.ts'
import { mintOf } from './mint.ts'
import { findingPhrase } from './words.ts'

type Fault = readonly [message: string, suggestion?: string]

/** What is wrong with what a runbook's stages find in a story: they must find all that it says, and nothing else. */
export function storyFaults(runbook: Runbook, story: Story, organisation: readonly string[]): readonly Fault[] {
  const names = runbook.stages.map(({ name }) => name)
  const strange = story.find.find(({ stage }) => !names.includes(stage))
  if (strange !== undefined) return [[`there is no stage ${strange.stage}.`, suggestion(strange.stage, names)]]
  const found = tell(runbook, story, organisation).flatMap((stage) =>
    stage.findings.map((finding) => ({
      stage: stage.name,
      says: plainText(findingPhrase(finding, stage, context(story))),
    })),
  )
  const left = [...found]
  const faults = story.find.flatMap(({ stage, says }): readonly Fault[] => {
    const at = left.findIndex((one) => one.stage === stage && one.says.includes(says))
    if (at < 0) return [[`${stage} must find: ${says}`, foundWords(found.filter((one) => one.stage === stage))]]
    left.splice(at, 1)
    return []
  })
  return [...faults, ...left.map(({ stage, says }): Fault => [`${stage} must not find: ${says}`])]
}

function foundWords(found: readonly { readonly says: string }[]): string {
  return found.length === 0 ? 'It finds nothing.' : `It finds: ${found.map(({ says }) => says).join(' | ')}`
}

/** Stories are told as on their last day, of calls. */
function context({ records }: Story): Parameters<typeof findingPhrase>[2] {
  const last =
    records
      .map((record) => textAt(record, 'eventTime') ?? '')
      .toSorted()
      .at(-1) ?? ''
  return { finishedAt: last, runbook: { headline: { noun: 'call', counts: ['changes', 'denied', 'failed'] } } }
}

/** What the stages find in a story's records, as if 90 days had been read up to the last of them. */
function tell(runbook: Runbook, story: Story, organisation: readonly string[]): readonly StageAnswer[] {
  const { match, stages } = bind(runbook, story.parameters, organisation)
  const { matches, followed } = followedIn(runbook, story, organisation, compileMatch(match))
  const reader = rowReader(runbook, () => undefined)
  const labelOf = (address: string): string | undefined =>
    Object.hasOwn(story.addresses, address) ? story.addresses[address] : undefined
  const collector = stageCollector(stages, { columns: runbook.columns, labelOf, organisation, ...followed })
  const told = story.records.filter(matches).map(foundOf).sort(newestFirst)
  for (const found of told) {
    const row = rowOf(found, reader)
    if (!isFolded(row, runbook)) collector.add(row, found.record)
  }
  const until = told[0]?.eventTime ?? 0
  return collector.finish({ window: { since: iso(until - runbook.window.max), until: iso(until) }, whole: true })
}

/** A story's records are all that there is: every key that comes out of one is followed, as far as the runbook goes and our accounts reach. */
function followedIn(
  runbook: Runbook,
  story: Story,
  organisation: readonly string[],
  asked: RecordTest,
): { readonly matches: RecordTest; readonly followed: { readonly followed?: Followed } } {
  const follow = runbook.stages.find((stage) => stage.kind === 'follow')
  const root = follow?.kind === 'follow' ? story.parameters[follow.parameter] : undefined
  if (follow?.kind !== 'follow' || root === undefined) return { matches: asked, followed: {} }
  const keys = new Set([root])
  let matches = asked
  for (let round = 1; round <= follow.depth; round++) {
    const minted = story.records.filter(matches).flatMap((record) => {
      const mint = mintOf(record)
      return mint === undefined ? [] : [{ mint, eventId: textAt(record, 'eventID') ?? '' }]
    })
    for (const { key } of keysToFollow(minted, keys, organisation, follow.keys + 1 - keys.size)) keys.add(key)
    const tests = [...keys].map((key) =>
      compileMatch(bind(runbook, { ...story.parameters, [follow.parameter]: key }, organisation).match),
    )
    matches = (record) => tests.some((test) => test(record))
  }
  return {
    matches,
    followed: { followed: { root, keys, accounts: organisation, readable: organisation, ended: false } },
  }
}

function foundOf(record: CloudTrailRecord) {
  return {
    text: '',
    record,
    eventId: textAt(record, 'eventID') ?? '',
    eventTime: seconds(textAt(record, 'eventTime') ?? ''),
    account: textAt(record, 'recipientAccountId') ?? '',
    region: textAt(record, 'awsRegion') ?? '',
  }
}

function newestFirst(a: ReturnType<typeof foundOf>, b: ReturnType<typeof foundOf>): number {
  return b.eventTime - a.eventTime || (a.eventId < b.eventId ? -1 : 1)
}
