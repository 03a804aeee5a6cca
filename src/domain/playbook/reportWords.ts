import type { Answer } from '../result/answer.ts'
import { callPhrase, type FacetLine } from '../result/facetWords.ts'
import { counted, joined, type Phrase, say, value } from '../result/phrase.ts'
import { clockOf } from '../result/time.ts'
import type { Moment } from '../result/timeline.ts'
import type { ReportRoom } from './findingWords.ts'
import { memberCoverageWords } from './memberCoverage.ts'
import type { MemberAnswer, PlaybookAnswer } from './report.ts'

/** The findings in the order of their times, then for each question how far it was read. */
export function reportLines(answer: Answer, room: ReportRoom): readonly FacetLine[] {
  const { playbook } = answer
  return playbook === undefined ? [] : [...momentLines(answer, room), ...memberLines(playbook, answer)]
}

function momentLines({ timeline, finishedAt }: Answer, { moments, rest: beyond }: ReportRoom): readonly FacetLine[] {
  const { rows, more } = timeline
  if (rows.length === 0) return []
  const lines = together(rows)
  const shown = chosen(lines, moments)
  const rest = lines.filter((line) => !shown.includes(line)).reduce((sum, { count }) => sum + count, more)
  return [
    { item: false, phrase: say`Timeline of the findings:` },
    ...shown.map(({ moment }) => {
      const { time, errorCode, outcome } = moment
      const code = errorCode === '' ? [] : say` (${value(errorCode)})`
      const tried = outcome === 'done' ? [] : say`, tried: ${outcome}${code}`
      return { item: true, phrase: say`${callPhrase({ ...moment, last: time, count: 1 }, finishedAt, true)}${tried}` }
    }),
    ...(rest > 0 ? [{ item: true, phrase: say`${counted(rest, 'other')}: ${beyond}` }] : []),
  ]
}

/** In the order of their times; what was done first of all, where there is no room for everything. */
function chosen<T extends { readonly moment: Moment }>(lines: readonly T[], room: number): readonly T[] {
  const done = lines.filter(({ moment }) => moment.outcome === 'done')
  const kept = new Set([...done, ...lines.filter((line) => !done.includes(line))].slice(0, room))
  return lines.filter((line) => kept.has(line))
}

/** Neighbours that say the same are one. How many they are is said of the finding: of each only some are known here. */
function together(rows: readonly Moment[]): readonly { readonly moment: Moment; readonly count: number }[] {
  const lines: { moment: Moment; count: number }[] = []
  for (const moment of rows) {
    const before = lines.at(-1)
    if (before !== undefined && before.moment.credential === '' && saysOf(before.moment) === saysOf(moment))
      before.count += 1
    else lines.push({ moment, count: 1 })
  }
  return lines
}

function saysOf({ who, eventName, target, detail, credential, outcome, errorCode, account }: Moment): string {
  return JSON.stringify([who, eventName, target, detail, credential, outcome, errorCode, account])
}

const CHANGES_ALONE =
  ', but of changes alone, since what only looks would be looked up name by name; it was looked for in what was read for the others'

/** Questions that were read alike stand together, in their order; those that were not asked last, with why. */
function memberLines({ members }: PlaybookAnswer, { finishedAt }: Answer): readonly FacetLine[] {
  const asked = members.filter(({ coverage }) => coverage.kind !== 'not asked')
  const others = members.filter(({ coverage }) => coverage.kind === 'not asked')
  const words = ({ coverage, changesAlone }: MemberAnswer): string =>
    `${memberCoverageWords(coverage, (iso) => clockOf(iso, finishedAt))}${changesAlone === true ? CHANGES_ALONE : ''}`
  const why = ({ coverage }: MemberAnswer): string => (coverage.kind === 'not asked' ? coverage.why : '')
  return [
    { item: false, phrase: say`How far each question was read:` },
    ...alike(asked, words).map(([said, names]) => ({ item: true, phrase: say`${said}: ${names}` })),
    ...(others.length === 0
      ? []
      : [
          {
            item: true,
            phrase: say`not asked: ${joined(
              alike(others, why).map(([said, names]) => say`${names}: ${said}`),
              '; ',
            )}`,
          },
        ]),
  ]
}

function alike(
  members: readonly MemberAnswer[],
  wordsOf: (member: MemberAnswer) => string,
): readonly (readonly [words: string, names: Phrase])[] {
  const found = new Map<string, Phrase[]>()
  for (const member of members)
    found.set(wordsOf(member), [...(found.get(wordsOf(member)) ?? []), memberPhrase(member)])
  return [...found].map(([words, phrases]) => [words, joined(phrases, ', ')])
}

function memberPhrase({ name, counts, findings }: MemberAnswer): Phrase {
  if (counts === undefined || counts.matched === 0) return say`${name}`
  if (findings > 0) return say`${name} (${counted(findings, 'finding')})`
  return say`${name} (${counted(counts.matched, 'call')}, no finding)`
}
