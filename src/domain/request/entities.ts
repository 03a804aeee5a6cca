import { readPrincipal } from '../runbook/principal.ts'
import { messageText } from './messageText.ts'
import { type Shape, shapesOf } from './shape.ts'
import { type FoundThing, thingsIn } from './thingsIn.ts'
import { timesIn } from './timesIn.ts'

/** What a message speaks of: a thing that can be asked about, or a time (seconds since 1970). `text` is how it is written there. */
export type Entity =
  | (Shape & { readonly text: string })
  | { readonly kind: 'time'; readonly at: number; readonly text: string }

/** A longer message is not read to its end: Slack's are cut at 40 000 characters (chat.postMessage), with blocks and attachments a few times that. */
const LONGEST = 400_000

/** More than this nobody looks through. */
const MOST = 50

/**
 * Keys, ARNs, addresses, instances, security groups, accounts, event ids, names that are labelled as such, and times in any text: Slack's mrkdwn, links
 * and code, an alert's lines, JSON. Each once; the most useful first, times last, in the order they stand. `zone` is whose clock a time
 * without a zone is on. Never throws, and takes time linear in the text's length.
 */
export function entitiesIn(text: string, now: Date, zone: string): readonly Entity[] {
  const { things, rest } = thingsIn(messageText(text.slice(0, LONGEST)))
  const useful = things.toSorted((a, b) => a.rank - b.rank || a.index - b.index)
  const times = timesIn(rest, { now, zone }).map(({ at, text: written }) => ({
    kind: 'time' as const,
    at,
    text: written,
  }))
  return [...once(useful).slice(0, MOST), ...times]
}

function once(things: readonly FoundThing[]): readonly Entity[] {
  const seen = new Set<string>()
  const entities: Entity[] = []
  for (const { shape, text } of things) {
    const [own, ...also] = namesOf(shape)
    if (!seen.has(own)) entities.push({ ...shape, text })
    for (const name of [own, ...also]) seen.add(name)
  }
  return entities
}

/** What makes two mentions one thing: its own name, and lesser names that it is also mentioned by. */
function namesOf(shape: Shape): readonly [string, ...string[]] {
  switch (shape.kind) {
    case 'user':
    case 'role':
    case 'session':
      return whoNames(shape)
    case 'bucket':
      return [`bucket ${shape.value.replace(/^arn:[^:]*:s3:::/, '')}`]
    case 'resource':
      // EC2's ids are nobody else's; the last part of another ARN may be.
      return [`resource ${/[/:]([a-z]{1,12}-[0-9a-f]{8,17})$/.exec(shape.value)?.[1] ?? shape.value}`]
    default:
      return [`${shape.kind} ${shape.id ?? shape.value}`]
  }
}

/** Two ARNs of one name in two accounts are two; a bare name is one of those that were named in full. */
function whoNames({ kind, value }: Shape): readonly [string, ...string[]] {
  const who = readPrincipal(value)
  if (who === undefined) return [`${kind} ${value}`]
  switch (who.kind) {
    case 'name':
      return [`name ${who.name}`]
    case 'root':
      return [`root ${who.account ?? ''}`, 'root ', 'name root']
    case 'session':
      return [
        `session ${who.account ?? ''} ${who.role ?? ''} ${who.name}`,
        `name ${who.name}`,
        `name ${who.role ?? ''}`,
      ]
    default:
      return [`${who.kind} ${who.account ?? ''} ${who.name}`, `name ${who.name}`]
  }
}

/** The shapes that an entity has, as if it had been typed. */
export function shapesOfEntity(entity: Exclude<Entity, { readonly kind: 'time' }>): readonly Shape[] {
  const { text: _, ...shape } = entity
  const others = shapesOf(shape.value).filter(
    ({ kind, value }) => kind !== shape.kind && kind !== 'eventName' && value !== shape.value,
  )
  return [shape, ...others]
}
