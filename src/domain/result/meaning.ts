import type { Parameters } from '../query/query.ts'
import type { ParameterType, Runbook } from '../runbook/runbook.ts'
import type { Answer, Given } from './answer.ts'
import { standingOf } from './headline.ts'
import { counted, joined, type Phrase, say, value } from './phrase.ts'
import { readAsPhrase } from './readAs.ts'
import { isNarrow } from './scopeWords.ts'
import { shortValue } from './shortValue.ts'

/** What somebody called something by a name of their own choice, which nobody can check, is called here. */
const NAMED: { readonly [type in ParameterType]?: string } = {
  principal: 'a caller',
  userName: 'a user',
  role: 'a role',
  eventName: 'a call',
  resource: 'a resource',
  bucket: 'a bucket',
}

const KIND: { readonly [type in ParameterType]?: string } = {
  principal: 'caller',
  userName: 'user',
  role: 'role',
  accessKeyId: 'key',
  eventName: 'call',
  eventSource: 'service',
  address: 'address',
  resource: 'resource',
  bucket: 'bucket',
  securityGroup: 'security group',
  instance: 'instance',
  account: 'account',
}

/** What of a runbook's parameters was given. */
export function givenOf({ parameters }: Pick<Runbook, 'parameters'>, asked: Parameters): readonly Given[] {
  return Object.entries(parameters)
    .filter(([name]) => Object.hasOwn(asked, name))
    .map(([name, { type, optional }]) => ({ name, type, optional }))
}

/**
 * What "none" means, in the runbook's words, of what it was narrowed to; and that a name which nobody can check may be another's. Only where
 * "none" is said; empty elsewhere.
 */
export function meaningPhrase(answer: Answer): Phrase {
  const { empty, given = [] } = answer.runbook
  if (answer.counts.matched > 0 || standingOf(answer) !== 'complete') return []
  const of = given
    .filter(({ optional }) => optional)
    .map((one) => [`${KIND[one.type] ?? one.name} `, shown(one, answer)])
  const words = empty === undefined || empty === '' ? [] : say`${of.length === 0 ? empty : lowerFirst(empty)}`
  const narrowed = of.length === 0 || words.length === 0 ? words : say`Of ${joined(of, ' and ')}: ${words}`
  return joined([narrowed, readAsPhrase(given, answer), spellingPhrase(given, answer), narrowPhrase(answer)], ' ')
}

/** "None" in one account says nothing of the others. */
function narrowPhrase(answer: Answer): Phrase {
  const [only] = answer.accounts
  if (only === undefined || !isNarrow(answer)) return []
  const others = counted(answer.asked.others ?? 0, 'other account')
  return say`Only ${value(only.name ?? only.id)} was asked, ${others} not: add account=all.`
}

/** An answer about a name is none about whoever was meant by it. */
function spellingPhrase(given: readonly Given[], answer: Answer): Phrase {
  const named = given.filter(
    (one) => NAMED[one.type] !== undefined && !(answer.parameters[one.name] ?? '').startsWith('arn:'),
  )
  if (named.length === 0) return []
  const called = named.map((one): Phrase => [`${NAMED[one.type]} is called `, shown(one, answer)])
  return say`Is it spelt so? ctq cannot know whether ${joined(called, ', or ')}: spelt otherwise, this is no all-clear.`
}

function shown({ name }: Given, { parameters }: Answer): Phrase[number] {
  return value(shortValue(parameters[name] ?? ''))
}

function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text
}
