import { readingsOf } from '../request/readings.ts'
import { shapesOf } from '../request/shape.ts'
import { quote } from '../request/words.ts'
import type { ParameterType, ShapeName } from '../runbook/runbook.ts'
import type { Answer, Given } from './answer.ts'
import { joined, type Phrase, say, value } from './phrase.ts'

/** How a name is read that is given for a parameter, and the shapes that are looked for then. */
const READ_AS: { readonly [type in ParameterType]?: { readonly what: string; readonly kinds: readonly ShapeName[] } } =
  {
    principal: { what: 'the name of a user, role or session', kinds: ['user', 'role', 'session'] },
    userName: { what: "a user's name", kinds: ['user'] },
    role: { what: "a role's name", kinds: ['role'] },
    resource: { what: 'the name or id of a resource', kinds: ['resource', 'bucket', 'instance', 'securityGroup'] },
    bucket: { what: "a bucket's name", kinds: ['bucket', 'resource'] },
    eventId: { what: "an event's id", kinds: ['eventId'] },
  }

/** How the names that were asked about were read, and how to ask about what else could be called so. Empty where nothing else could. */
export function readAsPhrase(given: readonly Given[], { parameters }: Pick<Answer, 'parameters'>): Phrase {
  const read = given.map(({ name, type }): Phrase => {
    const as = READ_AS[type]
    const text = parameters[name] ?? ''
    const ways = as === undefined ? [] : otherWays(text, as.kinds)
    const what = saidKind(text) === undefined ? as?.what : `the name of a ${saidKind(text)}`
    return what === undefined || ways.length === 0 ? [] : say`Read as ${what}; ${joined(ways, '; ')}.`
  })
  return joined(read, ' ')
}

/** The kind that was typed with a name: `role/Deploy`. */
function saidKind(text: string): string | undefined {
  return /^(user|role|session)\/./.exec(text)?.[1]
}

function otherWays(text: string, kinds: readonly ShapeName[]): readonly Phrase[] {
  if (text.startsWith('arn:')) return []
  const said = saidKind(text)
  const name = said === undefined ? text : (text.split('/').at(-1) ?? text)
  const others = readingsOf(shapesOf(name)).filter(
    ({ shape }) =>
      said !== undefined || !kinds.includes(shape.kind) || (shape.kind === 'user' && !kinds.includes('role')),
  )
  const ways = others.map(({ what, name: by, shape }) => way(what, `${by}=${quote(shape.value)}`))
  const isWho = kinds.includes('role') && shapesOf(name).some(({ kind }) => kind === 'user')
  const isNamed = others.some(({ shape }) => shape.kind === 'bucket' || shape.kind === 'resource')
  // What was done to a role or user is recorded under its name as well.
  return isWho && !isNamed ? [...ways, way('a resource', `resource=${quote(name)}`)] : ways
}

function way(what: string, words: string): Phrase {
  return say`as ${what}: ${value(words)}`
}
