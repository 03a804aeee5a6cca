import type { Answer } from '../result/answer.ts'
import { callPhrase, type FacetLine, nameOf } from '../result/facetWords.ts'
import { counted, joined, numberWords, type Phrase, say, value } from '../result/phrase.ts'
import { principalPhrase } from '../result/scopeWords.ts'
import { shortValue } from '../result/shortValue.ts'
import { clockOf } from '../result/time.ts'
import type { StageAnswer, StageFinding } from '../stage/finding.ts'
import { findingPhrase as stagePhrase } from '../stage/words.ts'
import { memberCoverageWords } from './memberCoverage.ts'
import type { Apart, MemberAnswer, PlaybookAnswer, PlaybookFinding, ToldApart } from './report.ts'

/** Findings, and moments of the timeline, that are told. */
export type ReportRoom = { readonly findings: number; readonly patterns: number; readonly moments: number }

const NOTE = say`no finding is no all-clear: it is of what was read, as said below.`

/** The findings of a playbook: what belongs together, by whoever did it and from where, then what nothing ties to it; then what is told apart. */
export function findingLines(answer: Answer, room: ReportRoom): readonly FacetLine[] {
  const { playbook } = answer
  if (playbook === undefined) return []
  const shown = playbook.findings.slice(0, room.findings)
  const together = shown.filter(({ connection }) => connection !== undefined)
  const others = shown.filter(({ connection }) => connection === undefined)
  const rest = playbook.findings.length - shown.length + playbook.more
  return [
    ...(shown.length === 0 ? [{ item: false, phrase: say`Findings: none; ${NOTE}` }] : []),
    ...listed(together, 'Findings:', answer),
    ...listed(others, together.length > 0 ? 'Not tied to these:' : 'Findings, tied by nothing:', answer),
    ...(rest > 0 ? [{ item: true, phrase: say`${counted(rest, 'more finding')} in the CSV` }] : []),
    ...patternLines(playbook, answer, room.patterns),
    ...apartLines(playbook),
  ]
}

/** Stages that see what no call shows by itself. */
const PATTERNS: readonly StageAnswer['kind'][] = ['distinct', 'sequence', 'elsewhere', 'firstSeen']

/** Bystanders do the same in good faith: what is told is of those who are behind a finding. */
function isTheirs({ addresses, tells }: StageFinding, theirs: ReadonlySet<string>): boolean {
  return (tells.kind === 'elsewhere' ? [tells.address] : addresses).some((address) => theirs.has(address))
}

/** What members saw in how calls came together, the news of it alone. */
function patternLines({ members, findings }: PlaybookAnswer, answer: Answer, most: number): readonly FacetLine[] {
  const theirs = new Set(findings.map(({ address }) => address))
  const found = members.flatMap(({ name, stages = [] }) =>
    stages
      .filter(({ kind }) => PATTERNS.includes(kind))
      .flatMap((stage) =>
        stage.findings
          .filter((finding) => !finding.usual && (theirs.size === 0 || isTheirs(finding, theirs)))
          .map((finding) => say`${stage.finds} (${name}): ${stagePhrase(finding, stage, answer)}`),
      ),
  )
  if (found.length === 0) return []
  const rest = found.length - most
  return [
    { item: false, phrase: say`How calls came together:` },
    ...found.slice(0, most).map((phrase) => ({ item: true, phrase })),
    ...(rest > 0 ? [{ item: true, phrase: say`${counted(rest, 'more')}` }] : []),
  ]
}

/** Those who did it, each with where from, then what, done before tried. */
function listed(findings: readonly PlaybookFinding[], heading: string, answer: Answer): readonly FacetLine[] {
  if (findings.length === 0) return []
  return [
    { item: false, phrase: say`${heading}` },
    ...findings.map((finding) => ({ item: true, phrase: findingPhrase(finding, answer) })),
  ]
}

const OUTCOME: { readonly [outcome in PlaybookFinding['outcome']]: string } = {
  done: 'done',
  denied: 'denied',
  failed: 'failed',
}

/** Who, from where, what, tried or done, when, and what it leads to. */
function findingPhrase(finding: PlaybookFinding, { finishedAt, accounts }: Answer): Phrase {
  const { caller, address, eventName, target, detail, outcome, credential, calls, last, account } = finding
  const from = address === '' ? [] : say` from ${value(shortValue(address))}`
  const where = accounts.length > 1 ? say` in ${value(accounts.find(({ id }) => id === account)?.name ?? account)}` : []
  const on = target === '' ? [] : say` ${value(shortValue(target))}`
  const said = detail === '' ? [] : say`: ${value(detail)}`
  const gave = credential === '' ? [] : say` → ${value(shortValue(credential))}`
  const times = calls > 1 ? ` ×${numberWords(calls)}` : ''
  return say`${clockOf(last, finishedAt)} ${nameOf(eventName)}${on}${said}${gave}, ${OUTCOME[outcome]}${times}: ${principalPhrase(caller)}${from}${where}`
}

const APART: { readonly [why in Apart]: string } = {
  looked: 'with which those behind it only looked',
  service: 'by services on their own behalf',
  known: 'from addresses of yours',
  usual: 'as all day or on most days',
  unconnected: 'tied to nothing',
}

function apartLines({ apart, uncounted }: PlaybookAnswer): readonly FacetLine[] {
  const told = [
    ...apart.map(apartPhrase),
    ...(uncounted > 0 ? [say`${counted(uncounted, 'call')} too many to be told apart`] : []),
  ]
  return told.length === 0 ? [] : [{ item: false, phrase: say`Told apart from findings: ${joined(told, '; ')}` }]
}

function apartPhrase({ why, calls, callers, more }: ToldApart): Phrase {
  const who = joined(
    callers.map((caller): Phrase => [value(shortValue(caller))]),
    ', ',
  )
  return say`${counted(calls, 'call')} ${APART[why]}${who.length === 0 ? [] : say` (${who}${more ? ', …' : ''})`}`
}

/** The findings in the order of their times, then for each question how far it was read. */
export function reportLines(answer: Answer, room: ReportRoom): readonly FacetLine[] {
  const { playbook } = answer
  return playbook === undefined ? [] : [...momentLines(answer, room), ...memberLines(playbook, answer)]
}

function momentLines({ timeline, finishedAt }: Answer, { moments }: ReportRoom): readonly FacetLine[] {
  const { rows, more } = timeline
  if (rows.length === 0) return []
  const shown = rows.slice(0, moments)
  const rest = rows.length - shown.length + more
  return [
    { item: false, phrase: say`Timeline of the findings:` },
    ...shown.map((moment) => {
      const { time, errorCode, outcome } = moment
      const tried = outcome === 'done' ? [] : say`, ${outcome}${errorCode === '' ? [] : say` (${value(errorCode)})`}`
      return { item: true, phrase: say`${callPhrase({ ...moment, last: time, count: 1 }, finishedAt, true)}${tried}` }
    }),
    ...(rest > 0 ? [{ item: true, phrase: say`${counted(rest, 'later one')} in the CSV` }] : []),
  ]
}

/** Questions that were read alike stand together, in their order. */
function memberLines({ members }: PlaybookAnswer, { finishedAt }: Answer): readonly FacetLine[] {
  const byCoverage = new Map<string, Phrase[]>()
  for (const member of members) {
    const words = memberCoverageWords(member.coverage, (iso) => clockOf(iso, finishedAt))
    const alike = byCoverage.get(words) ?? []
    alike.push(memberPhrase(member))
    byCoverage.set(words, alike)
  }
  return [
    { item: false, phrase: say`How far each question was read:` },
    ...[...byCoverage].map(([words, phrases]) => ({
      item: true,
      phrase: say`${value(words)}: ${joined(phrases, ', ')}`,
    })),
  ]
}

function memberPhrase({ name, counts, findings }: MemberAnswer): Phrase {
  if (counts === undefined || counts.matched === 0) return say`${name}`
  const told = findings > 0 ? counted(findings, 'finding') : counted(counts.matched, 'call')
  return say`${name} (${told})`
}
