import type { PersonFacts, PlaceFacts } from '../domain/policy/person.ts'

/** What `ctq policy explain` is told of somebody and of a place. */
export type Told = { readonly values: { readonly [name: string]: string }; readonly flags: ReadonlySet<string> }

export const FACT_VALUES = ['groups', 'on-call', 'unread', 'email', 'in', 'zone'] as const
export const FACT_FLAGS = ['new', 'guest', 'bot', 'stranger', 'deactivated', 'shared', 'guests', 'archived'] as const

/** Memberships are taken to be that old unless `--new` says otherwise. */
const OLD_S = 365 * 86_400

/** Who is meant, as they would be if Slack and the pager said so; a sentence when the person or a value cannot be read. */
export function personTold(text: string, { values, flags }: Told, now: Date): PersonFacts | string {
  const [, team, user] = /^(T[A-Z0-9]{2,20})\/([UW][A-Z0-9]{2,20})$/.exec(text) ?? []
  if (team === undefined || user === undefined)
    return `${text} is no person: write team/user by Slack's ids, such as T0EXAMPLE/U0ALICE.`
  const list = (name: string): readonly string[] => values[name]?.split(',').filter(Boolean) ?? []
  const groups = list('groups')
  const readAt = Math.floor(now.getTime() / 1000)
  const since = readAt - (flags.has('new') ? 0 : OLD_S)
  return {
    person: { team, user },
    name: user,
    timeZone: values['zone'] ?? 'UTC',
    bot: flags.has('bot'),
    deactivated: flags.has('deactivated'),
    guest: flags.has('guest'),
    stranger: flags.has('stranger'),
    groups,
    ...(values['email'] === undefined ? {} : { email: values['email'] }),
    readAt,
    groupsSince: Object.fromEntries(groups.map((group) => [group, since])),
    onCall: { now: list('on-call'), unread: list('unread') },
  }
}

const KINDS = ['direct', 'private', 'public'] as const

/** Where it is asked: a kind of place, a channel by id, or both (`C0INCIDENT:public`). A private channel unless told. */
export function placeTold(team: string, { values, flags }: Told): PlaceFacts | string {
  const told = values['in'] ?? 'private'
  const [, channel, kind] = /^(?:([CGD][A-Z0-9]{5,20}))?:?(direct|private|public)?$/.exec(told) ?? []
  if (channel === undefined && kind === undefined)
    return `--in ${told} is no place: write ${KINDS.join(', ')}, a channel's id, or C0INCIDENT:public.`
  const known = KINDS.find((one) => one === kind) ?? (channel?.startsWith('D') ? 'direct' : 'private')
  return {
    team,
    channel: channel ?? (known === 'direct' ? 'D0DIRECT' : 'C0CHANNEL'),
    kind: known,
    externallyShared: flags.has('shared'),
    holdsGuests: flags.has('guests'),
    archived: flags.has('archived'),
    botIsMember: true,
  }
}
