import type { Tier } from '../policy/person.ts'
import { impliedBy } from '../query/pushdown.ts'
import type { Parameters } from '../query/query.ts'
import { type BoundRunbook, bind, bindClause, placeholderOf } from '../runbook/bind.ts'
import type { Match, Next, Parameter, ParameterType, Runbook, ShapeName } from '../runbook/runbook.ts'

/** A question of a playbook: a runbook, and what its parameters are asked with: a text, or `$name` of the playbook's own. */
export type PlaybookMember = {
  readonly runbook: Runbook
  readonly with: { readonly [parameter: string]: string }
  /** What it matches is no finding by itself. */
  readonly context: boolean
  /** Nothing but what changes something is read for it. */
  readonly changesAlone: boolean
}

/** What is told of a call, whichever member it is for. */
export const PLAYBOOK_COLUMNS: readonly string[] = [
  ...['eventTime', 'who', 'service', 'eventName', 'target', 'outcome', 'sourceIPAddress', 'userAgent', 'accessKeyId'],
  ...['account', 'region', 'sharedEventID', 'eventID'],
]

/** Several runbooks that are asked as one question and read CloudTrail once for all of them, in the order of what matters. */
export type Playbook = {
  readonly language: 1
  readonly kind: 'playbook'
  readonly name: string
  readonly aliases: readonly string[]
  readonly title: string
  readonly about: string
  readonly tags: readonly string[]
  /** The highest of its members'. */
  readonly tier: Tier
  readonly parameters: { readonly [name: string]: Parameter }
  readonly answers: readonly ShapeName[]
  /** Seconds. */
  readonly window: { readonly default: number; readonly max: number }
  /** Seconds that reading may take. */
  readonly within: number
  /** What every member is narrowed to; a clause whose parameter is not given is left out. */
  readonly only?: Match
  /** Keys that it goes on with, at most, and the parameter that takes each. */
  readonly follow?: { readonly parameter: string; readonly depth: number; readonly keys: number }
  readonly members: readonly PlaybookMember[]
  readonly next: readonly Next[]
  /** SHA-256 of `text`. */
  readonly digest: string
  /** The playbook's text and those of its members: all that decides what it asks. */
  readonly text: string
}

/** A member with its values in place. */
export type AskedMember = {
  readonly bound: BoundRunbook
  readonly match: Match
  /** About what the playbook was given to begin with, or about keys that it went on with; not about everybody. */
  readonly ofStart: boolean
  /** What was given is something that calls are about, not whoever makes them. */
  readonly ofThing: boolean
}

/** A member that is asked, or why it is not. */
export type BoundMember = {
  readonly name: string
  readonly runbook: Runbook
  readonly context: boolean
  readonly changesAlone: boolean
  /** Takes each key that the playbook goes on with. */
  readonly ofKeys: boolean
} & (AskedMember | { readonly notAsked: string })

/** What calls are about, rather than who makes them or from where. */
const THINGS: readonly ParameterType[] = ['resource', 'instance', 'securityGroup', 'bucket', 'eventName', 'eventSource']

/**
 * Puts a playbook's values in place. A member that needs what was not given is not asked: leaving out its clause would ask a wider question. One that
 * is about keys is asked about each of `keys` too, those that the playbook went on with: a member's own following is the playbook's.
 */
export function bindMembers(
  playbook: Playbook,
  parameters: Parameters,
  organisation: readonly string[],
  keys: readonly string[] = [],
): readonly BoundMember[] {
  const only = playbook.only === undefined ? undefined : bindClause(playbook.only, parameters, organisation)
  return playbook.members.map((member) => {
    const { runbook, with: given, context, changesAlone } = member
    const { name } = runbook
    const values = valuesOf(given, parameters)
    const missing = missingOf(runbook, values)
    const ofKeys = isAboutKeys(member, playbook)
    // One that is about everybody is about those keys anyway.
    const about = ofKeys && (missing !== undefined || Object.hasOwn(parameters, playbook.follow?.parameter ?? ''))
    const further = about ? keys.map((key) => valuesOf(given, withKey(playbook, parameters, key))) : []
    const [first, ...others] = [values, ...further]
      .filter((each) => missingOf(runbook, each) === undefined)
      .map((each) => bind(runbook, each, organisation))
    const common = { name, runbook, context, changesAlone, ofKeys }
    if (first === undefined) return { ...common, notAsked: `it needs ${wordFor(missing ?? '', given)}` }
    const bound = { ...first, stages: first.stages.filter(({ kind }) => kind !== 'follow') }
    const all: Match = others.length === 0 ? first.match : { any: [first, ...others].map(({ match }) => match) }
    const types = startTypes(given, playbook, parameters)
    const ofStart = missing !== undefined || types.length > 0
    const ofThing = types.length > 0 && types.every((type) => THINGS.includes(type))
    return { ...common, bound, match: only === undefined ? all : { all: [only, all] }, ofStart, ofThing }
  })
}

/** The types of what a playbook was given that a member takes. */
function startTypes(
  given: PlaybookMember['with'],
  playbook: Playbook,
  parameters: Parameters,
): readonly ParameterType[] {
  return Object.values(given).flatMap((text) => {
    const name = placeholderOf(text) ?? ''
    return Object.hasOwn(parameters, name) ? (playbook.parameters[name]?.type ?? []) : []
  })
}

/** What a playbook asks about a key that it goes on with: what its members do that are about one key. */
export function keyMatch(
  playbook: Playbook,
  parameters: Parameters,
  organisation: readonly string[],
  key: string,
): Match {
  const keyed = withKey(playbook, parameters, key)
  const about = bindMembers(playbook, keyed, organisation).flatMap((member) =>
    member.ofKeys && 'match' in member ? [member.match] : [],
  )
  return { any: about }
}

function withKey({ follow }: Playbook, parameters: Parameters, key: string): Parameters {
  return follow === undefined ? parameters : { ...parameters, [follow.parameter]: key }
}

/** Whether a member, given a key, is about the calls that were made with it: these are found by AccessKeyId. */
export function isAboutKeys(
  { runbook, with: given }: Pick<PlaybookMember, 'runbook' | 'with'>,
  { follow }: Pick<Playbook, 'follow'>,
): boolean {
  return Object.entries(given).some(
    ([parameter, text]) =>
      follow !== undefined &&
      placeholderOf(text) === follow.parameter &&
      impliedBy(runbook.match).some(
        ({ key, values }) => key === 'AccessKeyId' && values.length === 1 && placeholderOf(values[0]) === parameter,
      ),
  )
}

/** The members that are asked with what is given, each with the values of its own parameters. */
export function memberQuestions(
  { members }: Playbook,
  parameters: Parameters,
): readonly { readonly runbook: Runbook; readonly parameters: Parameters }[] {
  return members
    .map(({ runbook, with: given }) => ({ runbook, parameters: valuesOf(given, parameters) }))
    .filter((one) => missingOf(one.runbook, one.parameters) === undefined)
}

function missingOf(runbook: Runbook, values: Parameters): string | undefined {
  return Object.entries(runbook.parameters).find(
    ([parameter, { optional }]) => !optional && !Object.hasOwn(values, parameter),
  )?.[0]
}

function valuesOf(given: PlaybookMember['with'], parameters: Parameters): Parameters {
  const values: { [name: string]: string } = {}
  for (const [name, text] of Object.entries(given)) {
    const from = placeholderOf(text)
    const value = from === undefined ? text : Object.hasOwn(parameters, from) ? parameters[from] : undefined
    if (value !== undefined) values[name] = value
  }
  return values
}

/** A member's parameter as the playbook's asker knows it. */
function wordFor(name: string, given: PlaybookMember['with']): string {
  return placeholderOf(given[name]) ?? name
}
