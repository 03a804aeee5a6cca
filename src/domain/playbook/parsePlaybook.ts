import { canonicalJson, sha256 } from '../canonical.ts'
import { TIERS, type Tier } from '../policy/person.ts'
import { placeholderOf } from '../runbook/bind.ts'
import { checkAnswers, checkOneParameter, checkWindow } from '../runbook/check.ts'
import { checkMatch } from '../runbook/checkMatch.ts'
import { checkPath } from '../runbook/checkPath.ts'
import { parseDuration } from '../runbook/duration.ts'
import { checkParameter } from '../runbook/parameters.ts'
import { parseRunbook } from '../runbook/parse.ts'
import type { Match, Problem, Runbook } from '../runbook/runbook.ts'
import { reportIssues } from '../runbook/shape.ts'
import { suggestion } from '../runbook/suggest.ts'
import { listOf, member, objectOf } from '../runbook/values.ts'
import { type Report, readYaml, reporter } from '../runbook/yaml.ts'
import { isAboutKeys, PLAYBOOK_COLUMNS, type Playbook, type PlaybookMember } from './playbook.ts'
import { playbookKeys, type RawPlaybook, rawPlaybook } from './playbookSchema.ts'

const LONGEST_TEXT = 64 * 1024
/** Longer than a person waits for a first look. */
const LONGEST_WITHIN = 86_400

export type Parsed = { readonly playbook?: Playbook; readonly problems: readonly Problem[] }

/** The runbooks that a playbook may name. */
export type Known = { readonly find: (name: string) => Runbook | undefined; readonly names: readonly string[] }

/** Whether a text is a playbook rather than a runbook. */
export function isPlaybook(text: string): boolean {
  return /^kind:\s*playbook\s*$/m.test(text)
}

/**
 * Reads a playbook's text with the runbooks that it names. All that is wrong is in `problems`, with file, line and column; without an error there is a
 * playbook, complete and checked. Never throws, whatever the text.
 */
export function parsePlaybook(text: string, file: string, known: Known): Parsed {
  const source = readYaml(text, file, LONGEST_TEXT)
  if (source.problems.length > 0) return { problems: source.problems }
  const { report, problems } = reporter(source, file)
  const shaped = rawPlaybook.safeParse(source.value, { reportInput: true })
  if (!shaped.success) reportIssues(shaped.error.issues, report, playbookKeys)
  check(source.value, known, report)
  const sorted = [...problems].sort((a, b) => a.line - b.line || a.column - b.column)
  if (!shaped.success || sorted.some(({ severity }) => severity === 'error')) return { problems: sorted }
  return { playbook: complete(shaped.data, text, known), problems: sorted }
}

function check(raw: unknown, known: Known, report: Report): void {
  const parameters = Object.entries(objectOf(member(raw, 'parameters')))
  const names = parameters.map(([name]) => name)
  for (const [name, parameter] of parameters) checkOneParameter(name, parameter, report)
  checkAnswers(listOf(member(raw, 'answers')), parameters, report)
  checkWindow(member(raw, 'window'), report)
  checkWithin(member(raw, 'within'), report)
  const only = member(raw, 'only')
  const used = new Set(only === undefined ? [] : checkMatch(only, ['only'], names, report))
  for (const [index, one] of listOf(member(raw, 'members')).entries())
    for (const name of checkMember(one, index, raw, known, report)) used.add(name)
  checkFollow(member(raw, 'follow'), raw, known, report)
  for (const [index, next] of listOf(member(raw, 'next')).entries())
    for (const [parameter, from] of Object.entries(objectOf(member(next, 'with'))))
      if (typeof from === 'string' && !PLAYBOOK_COLUMNS.includes(from))
        checkPath(from, ['next', index, 'with', parameter], report, PLAYBOOK_COLUMNS)
  for (const name of names.filter((each) => !used.has(each)))
    report(['parameters', name], `No member uses $${name}, nor does only.`, {
      on: 'key',
      suggestion: 'Use it, or leave it out.',
    })
}

function checkWithin(raw: unknown, report: Report): void {
  if (typeof raw !== 'string') return
  const length = parseDuration(raw)
  if (length === undefined || length > LONGEST_WITHIN)
    report(['within'], `${raw} is no length of time that reading may take.`, {
      suggestion: 'Such as 10m; at most 24h.',
    })
}

/** Keys are gone on with by members that are about one key. */
function checkFollow(follow: unknown, raw: unknown, known: Known, report: Report): void {
  const parameter = member(follow, 'parameter')
  if (typeof parameter !== 'string') return
  const at = ['follow', 'parameter']
  const own = objectOf(member(raw, 'parameters'))
  if (!Object.hasOwn(own, parameter)) {
    report(at, `$${parameter} is no parameter of this playbook.`, {
      suggestion: suggestion(parameter, Object.keys(own)),
    })
    return
  }
  if (member(own[parameter], 'type') !== 'accessKeyId') report(at, `$${parameter} is not of the type accessKeyId.`)
  const some = listOf(member(raw, 'members')).some((one) => {
    const runbook = known.find(String(member(one, 'runbook')))
    const given = objectOf(member(one, 'with')) as PlaybookMember['with']
    return runbook !== undefined && isAboutKeys({ runbook, with: given }, { follow: { parameter, depth: 1, keys: 1 } })
  })
  if (!some) report(at, `No member is about the calls of $${parameter}.`, { suggestion: 'Such as key-activity.' })
}

/** Gives the names of the playbook's parameters that a member uses. */
function checkMember(one: unknown, index: number, raw: unknown, known: Known, report: Report): readonly string[] {
  const name = member(one, 'runbook')
  if (typeof name !== 'string') return []
  const runbook = known.find(name)
  if (runbook === undefined) {
    report(['members', index, 'runbook'], `There is no runbook ${name}.`, { suggestion: suggestion(name, known.names) })
    return []
  }
  const others = listOf(member(raw, 'members')).slice(0, index)
  if (others.some((other) => member(other, 'runbook') === name))
    report(['members', index, 'runbook'], `${name} is a member already.`)
  checkReach(runbook, member(raw, 'window'), index, report)
  const given = objectOf(member(one, 'with'))
  for (const [parameter, { optional }] of Object.entries(runbook.parameters))
    if (!optional && !Object.hasOwn(given, parameter)) report(['members', index], `${name} needs ${parameter}.`)
  return Object.entries(given).flatMap(([parameter, value]) =>
    checkGiven(runbook, parameter, value, index, raw, report),
  )
}

/** A member must be able to look as far back as its playbook. */
function checkReach(runbook: Runbook, window: unknown, index: number, report: Report): void {
  const max = member(window, 'max') ?? '90d'
  const longest = typeof max === 'string' ? (parseDuration(max) ?? 0) : 0
  if (longest > runbook.window.max)
    report(['members', index, 'runbook'], `${runbook.name} may not be asked about so long a window.`, {
      suggestion: `Make max at most ${runbook.window.max / 86_400}d.`,
    })
}

function checkGiven(
  runbook: Runbook,
  parameter: string,
  value: unknown,
  index: number,
  raw: unknown,
  report: Report,
): readonly string[] {
  const at = ['members', index, 'with', parameter]
  const wanted = Object.hasOwn(runbook.parameters, parameter) ? runbook.parameters[parameter] : undefined
  if (wanted === undefined) {
    const hint = suggestion(parameter, Object.keys(runbook.parameters))
    report(at, `${runbook.name} has no parameter ${parameter}.`, { on: 'key', suggestion: hint })
    return []
  }
  const from = placeholderOf(value)
  if (from === undefined) {
    const checked =
      typeof value === 'string' ? checkParameter(wanted.type, parameter, wanted.example, value) : undefined
    if (checked?.ok === false && checked.error.code === 'bad_parameter')
      report(at, `${parameter} is not ${checked.error.expected}.`)
    return []
  }
  const own = objectOf(member(raw, 'parameters'))
  if (!Object.hasOwn(own, from)) {
    const hint = suggestion(
      from,
      Object.keys(own).map((name) => `$${name}`),
    )
    report(at, `$${from} is no parameter of this playbook.`, { suggestion: hint })
  } else if (member(own[from], 'type') !== wanted.type)
    report(at, `$${from} is not of the type of ${parameter}, ${wanted.type}.`)
  return [from]
}

function complete(raw: RawPlaybook, text: string, known: Known): Playbook {
  const members = raw.members.flatMap(({ runbook: name, with: given, context, read }): readonly PlaybookMember[] => {
    const runbook = known.find(name)
    return runbook === undefined ? [] : [{ runbook, with: given, context, changesAlone: read !== undefined }]
  })
  const { only, within, window, follow, ...rest } = raw
  const bundle = bundleOf(text, members)
  return Object.freeze({
    ...rest,
    tier: highest(members.map(({ runbook }) => runbook.tier)),
    window: { default: parseDuration(window.default) ?? 0, max: parseDuration(window.max) ?? 0 },
    within: parseDuration(within) ?? 0,
    // Its clauses have one form each, by checkMatch.
    ...(follow === undefined ? {} : { follow }),
    ...(only === undefined ? {} : { only: only as Match }),
    members,
    digest: sha256(bundle),
    text: bundle,
  })
}

function highest(tiers: readonly Tier[]): Tier {
  return TIERS.findLast((tier) => tiers.includes(tier)) ?? 'open'
}

/** What is asked depends on the members' texts as much as on the playbook's: their digest is of all. */
function bundleOf(text: string, members: readonly PlaybookMember[]): string {
  return canonicalJson({
    playbook: text,
    members: members.map(({ runbook }) => ({ name: runbook.name, text: runbook.text })),
  })
}

/** A playbook's own text, as it was written, out of its `text`. */
export function ownText({ text }: Pick<Playbook, 'text'>): string {
  return String(objectOf(jsonOf(text))['playbook'] ?? '')
}

/** A playbook out of its `text`, members and all, as it was when it was allowed; undefined when it is none. Never throws. */
export function readBundle(bundle: string): Playbook | undefined {
  const { playbook, members } = objectOf(jsonOf(bundle))
  if (typeof playbook !== 'string') return undefined
  const found = new Map<string, Runbook>()
  for (const one of listOf(members)) {
    const [name, text] = [member(one, 'name'), member(one, 'text')]
    if (typeof name !== 'string' || typeof text !== 'string') return undefined
    const { runbook } = parseRunbook(text, `${name}.yaml`)
    if (runbook === undefined || runbook.name !== name) return undefined
    found.set(name, runbook)
  }
  return parsePlaybook(playbook, 'playbook.yaml', { find: (name) => found.get(name), names: [...found.keys()] })
    .playbook
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
