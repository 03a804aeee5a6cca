import { seconds } from '../query/plan.ts'
import { durationWords } from '../request/duration.ts'
import type { Answer } from '../result/answer.ts'
import { isTooShort } from '../result/daily.ts'
import { amountsPhrase, type FacetLine, nameOf } from '../result/facetWords.ts'
import { counted, joined, numberWords, type Phrase, say, value } from '../result/phrase.ts'
import { principalPhrase } from '../result/scopeWords.ts'
import { shortValue } from '../result/shortValue.ts'
import { clockOf, spanOf } from '../result/time.ts'
import type { StageAnswer, StageFinding } from '../stage/finding.ts'
import { NOT_FOLLOWED, findingPhrase as stagePhrase } from '../stage/words.ts'
import type { Apart, PlaybookAnswer, PlaybookCredential, PlaybookFinding, ToldApart } from './report.ts'

/** Findings, credentials, patterns, and moments of the timeline that are told. */
export type ReportRoom = {
  readonly findings: number
  readonly credentials: number
  readonly patterns: number
  readonly moments: number
  /** Where what is beyond it stands. */
  readonly rest: string
}

/** The findings of a playbook: what belongs together, by whoever did it and from where, then what nothing ties to it; then what is told apart. */
export function findingLines(answer: Answer, room: ReportRoom): readonly FacetLine[] {
  const { playbook } = answer
  if (playbook === undefined) return []
  const shown = playbook.findings.slice(0, room.findings)
  const together = shown.filter(({ connection }) => connection !== undefined)
  const others = shown.filter(({ connection }) => connection === undefined)
  const rest = playbook.findings.length - shown.length + playbook.more
  return [
    ...startLine(answer),
    ...(shown.length === 0 ? [{ item: false, phrase: say`Findings: none, in what was read as said below.` }] : []),
    ...callerLines(together, 'Findings, done unless said to be tried:', answer),
    ...callerLines(others, together.length > 0 ? 'Not tied to these:' : 'Findings, tied by nothing:', answer),
    ...(rest > 0 ? [{ item: true, phrase: say`${counted(rest, 'more finding')}, less grave: ${room.rest}` }] : []),
    ...credentialLines(playbook, answer, room.credentials),
    ...patternLines(playbook, answer, room.patterns),
    ...apartLines(playbook),
    ...learnedLine(playbook, answer),
  ]
}

/** Nobody may take what everybody did for what was asked about. */
function startLine({ playbook, parameters }: Answer): readonly FacetLine[] {
  const given = Object.values(parameters)
  if (playbook === undefined || playbook.ofStart > 0 || given.length === 0) return []
  const named = joined(
    given.map((text): Phrase => [value(shortValue(text))]),
    ', ',
  )
  const phrase = say`Of ${named} nothing was found in what was read; what follows is of everybody in these accounts.`
  return [{ item: false, phrase }]
}

/** Whoever did something, from where and with which keys, then what, in the order of their times. */
function callerLines(findings: readonly PlaybookFinding[], heading: string, answer: Answer): readonly FacetLine[] {
  if (findings.length === 0) return []
  const byCaller = new Map<string, PlaybookFinding[]>()
  for (const finding of findings) {
    const { caller, address, account } = finding
    const name = JSON.stringify([caller.who, caller.person, address, account])
    byCaller.set(name, [...(byCaller.get(name) ?? []), finding])
  }
  return [
    { item: false, phrase: say`${heading}` },
    ...[...byCaller.values()].flatMap((own) => [
      { item: false, phrase: callerPhrase(own, answer) },
      ...alikeOf(own).map((finding) => ({ item: true, phrase: findingPhrase(finding, answer) })),
    ]),
  ]
}

/** The same in several Regions, or with several keys, is one line. */
function alikeOf(own: readonly PlaybookFinding[]): readonly PlaybookFinding[] {
  const alike = new Map<string, PlaybookFinding>()
  for (const finding of own) {
    const { eventSource, eventName, target, detail, credential, outcome, errorCode, calls, first, last } = finding
    const name = JSON.stringify([eventSource, eventName, target, detail, credential, outcome, errorCode])
    const before = alike.get(name)
    alike.set(
      name,
      before === undefined
        ? finding
        : {
            ...before,
            calls: before.calls + calls,
            first: before.first < first ? before.first : first,
            last: before.last > last ? before.last : last,
          },
    )
  }
  return [...alike.values()]
}

/** Keys that are named of one caller. */
const KEYS = 2

function callerPhrase(own: readonly PlaybookFinding[], { accounts, finishedAt }: Answer): Phrase {
  const [one] = own
  if (one === undefined) return []
  const { caller, address, account } = one
  const from = address === '' ? [] : say`from ${value(shortValue(address))}`
  const where = accounts.length > 1 ? say`in ${value(accounts.find(({ id }) => id === account)?.name ?? account)}` : []
  const keys = [...new Set(own.map(({ accessKeyId }) => accessKeyId))].filter((key) => key !== '')
  const named = keys.slice(0, KEYS).map((key): Phrase => [value(shortValue(key))])
  const more = keys.length > KEYS ? [say`${keys.length - KEYS} more`] : []
  const used = named.length === 0 ? [] : say`with ${joined([...named, ...more], ', ')}`
  const times = own.flatMap(({ first, last }) => [first, last]).sort()
  const when = spanOf(times[0] ?? '', times.at(-1) ?? '', finishedAt)
  return say`${joined([principalPhrase(caller), from, where, used], ' ')}, ${when}:`
}

/** When, what, on what, what it led to, and whether it was only tried. */
function findingPhrase(finding: PlaybookFinding, { finishedAt }: Answer): Phrase {
  const { eventName, target, detail, outcome, errorCode, credential, calls, first } = finding
  const on = target === '' ? [] : say` ${value(shortValue(target))}`
  const said = detail === '' ? [] : say`: ${value(detail)}`
  const gave = credential === '' ? [] : say` → ${value(shortValue(credential))}`
  const times = calls > 1 ? ` ×${numberWords(calls)}` : ''
  const code = outcome === 'failed' && errorCode !== '' ? say` (${value(errorCode)})` : []
  const tried = outcome === 'done' ? [] : say`, tried: ${outcome}${code}`
  return say`${clockOf(first, finishedAt)} ${nameOf(eventName)}${on}${said}${gave}${tried}${times}`
}

/** Those of which nothing is known come first: they are what to ask next. */
function credentialLines({ credentials }: PlaybookAnswer, answer: Answer, most: number): readonly FacetLine[] {
  if (credentials.length === 0) return []
  const sorted = credentials.toSorted(
    (a, b) => Number(a.notFollowed === undefined) - Number(b.notFollowed === undefined) || (a.time < b.time ? -1 : 1),
  )
  const rest = sorted.length - most
  return [
    { item: false, phrase: say`Credentials that came of it:` },
    ...sorted.slice(0, most).map((one) => ({ item: true, phrase: credentialPhrase(one, answer) })),
    ...(rest > 0 ? [{ item: true, phrase: say`${numberWords(rest)} more` }] : []),
  ]
}

function credentialPhrase(one: PlaybookCredential, answer: Answer): Phrase {
  const { key, of, account, time, calls, notFollowed } = one
  const named = answer.accounts.find(({ id }) => id === account)?.name ?? account
  const whose = joined(
    [of === '' ? [] : say`of ${value(shortValue(of))}`, named === undefined ? [] : say`in ${value(named)}`],
    ' ',
  )
  const came = say`${clockOf(time, answer.finishedAt)} ${joined([[value(shortValue(key))], whose], ' ')}`
  if (notFollowed !== undefined) return say`${came}: not followed, ${NOT_FOLLOWED[notFollowed]}`
  return calls === 0 ? say`${came}: no call with it` : say`${came}: ${amountsPhrase({ ...one, count: calls }, answer)}`
}

/** Stages that see what no call shows by itself. */
const PATTERNS: readonly StageAnswer['kind'][] = ['distinct', 'sequence', 'elsewhere', 'firstSeen']

/** Bystanders do the same in good faith: what is told is of those who are behind a finding. */
function isTheirs({ addresses, tells }: StageFinding, theirs: ReadonlySet<string>): boolean {
  return (tells.kind === 'elsewhere' ? [tells.address] : addresses).some((address) => theirs.has(address))
}

/** What members saw in how calls came together, the news of it alone, what several of them saw once. */
function patternLines({ members, findings }: PlaybookAnswer, answer: Answer, most: number): readonly FacetLine[] {
  const theirs = new Set(findings.map(({ address }) => address))
  const found = new Map<string, Phrase>()
  for (const { name, stages = [] } of members)
    for (const stage of stages.filter(({ kind }) => PATTERNS.includes(kind)))
      for (const finding of stage.findings) {
        if (finding.usual || (theirs.size > 0 && !isTheirs(finding, theirs))) continue
        const { callers, addresses, tells, first } = finding
        const alike = JSON.stringify([tells.kind, callers.map(({ who }) => who), addresses, first])
        if (!found.has(alike)) found.set(alike, say`${stage.finds} (${name}): ${stagePhrase(finding, stage, answer)}`)
      }
  if (found.size === 0) return []
  const rest = found.size - most
  return [
    { item: false, phrase: say`How calls came together:` },
    ...[...found.values()].slice(0, most).map((phrase) => ({ item: true, phrase })),
    ...(rest > 0 ? [{ item: true, phrase: say`${numberWords(rest)} more` }] : []),
  ]
}

const APART: { readonly [why in Apart]: string } = {
  looked: 'with which those behind it only looked',
  service: 'by services on their own behalf',
  known: 'from addresses of yours',
  home: 'from networks that several callers use all day and that nobody named',
  usual: 'as all day or on most days',
  unconnected: 'tied to nothing',
}

function apartLines({ apart, uncounted }: PlaybookAnswer): readonly FacetLine[] {
  const told = [
    ...apart.map(apartPhrase),
    ...(uncounted > 0 ? [say`${counted(uncounted, 'call')} too many to be told apart`] : []),
  ]
  return told.length === 0 ? [] : [{ item: false, phrase: say`Told apart, no findings: ${joined(told, '; ')}` }]
}

/** Where addresses of ours have no names and the window is short, who is at home where is a guess, and is said to be. */
function learnedLine({ findings, apart }: PlaybookAnswer, { coverage: { window } }: Answer): readonly FacetLine[] {
  const met = (why: Apart): boolean => apart.some((one) => one.why === why)
  if (findings.length === 0 || !isTooShort(window) || (met('known') && !met('home'))) return []
  const length = durationWords(seconds(window.until) - seconds(window.since))
  const phrase = say`${length} are too short to tell what is done on most days. Which addresses are yours was learned from them alone: name yours in ctq.yml.`
  return [{ item: false, phrase }]
}

function apartPhrase({ why, calls, callers, more }: ToldApart): Phrase {
  const who = joined(
    callers.map((caller): Phrase => [value(shortValue(caller))]),
    ', ',
  )
  return say`${counted(calls, 'call')} ${APART[why]}${who.length === 0 ? [] : say` (${who}${more ? ', …' : ''})`}`
}
