import type { Person, PersonFacts, PlaceFacts } from '../../domain/policy/person.ts'
import { type Cache, cache } from './cache.ts'
import type { Self, SlackClient } from './client.ts'
import { refusedAs } from './errors.ts'
import { type Groups, readGroups } from './groups.ts'
import { guestsAmong } from './guests.ts'
import { isStranger, type SlackUser } from './users.ts'

export type DirectoryOptions = {
  readonly client: SlackClient
  readonly self: Self
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** How long an answer of Slack's serves: 60 000 ms unless told. Who is in which group serves no longer than `GROUPS_MS`. */
  readonly cacheMs?: number
  /** Larger channels are not searched for guests, and count as holding some. 80 unless told: users.info allows 100 a minute. */
  readonly mostMembers?: number
}

/**
 * Who is in which group may be that old, whatever is decided by it: usergroups.list is tier 2, 20 calls a minute for the whole workspace
 * (Slack: rate limits).
 */
const GROUPS_MS = 15_000

/**
 * How long ago Slack may have said what a channel is, for what nobody waits for: many of those come together, and conversations.info takes
 * about 50 calls a minute (Slack: rate limits, tier 3).
 */
const BACKGROUND_MS = 5_000

/** `fresh`: asked of Slack now, whatever is remembered; groups may be 15 s old all the same, and a channel 5 s when it is `background`. */
export type Freshness = { readonly fresh?: boolean; readonly background?: boolean }

export type Place = { readonly channel: string; readonly thread?: string }

export type Directory = {
  /** Throws a SlackFault when Slack does not say; nobody is ever taken to be in no group because a read failed. */
  readonly personFacts: (person: Person, options?: Freshness) => Promise<PersonFacts>
  readonly placeFacts: (place: Place, person: Person, options?: Freshness) => Promise<PlaceFacts>
  /** Who is in which user group, as read no longer than 15 s ago. */
  readonly groups: () => Promise<Groups>
  /** The direct-message channel of the bot and a user. */
  readonly directChannel: (user: string) => Promise<string>
}

/** What conversations.info says (Slack: the conversation object). */
type Conversation = {
  readonly id: string
  readonly is_im?: boolean
  readonly is_mpim?: boolean
  readonly is_private?: boolean
  readonly is_archived?: boolean
  readonly is_member?: boolean
  readonly is_shared?: boolean
  readonly is_ext_shared?: boolean
  readonly is_org_shared?: boolean
  readonly is_pending_ext_shared?: boolean
  readonly num_members?: number
}

type ChannelFacts = Omit<PlaceFacts, 'thread'>

type Caches = {
  readonly users: Cache<SlackUser>
  readonly groups: Cache<Groups>
  readonly places: Cache<ChannelFacts>
  readonly directs: Cache<string>
}

/** Who people are and what places are, as Slack says, remembered for a short time. */
export function slackDirectory(options: DirectoryOptions): Directory {
  const { now, cacheMs = 60_000 } = options
  const caches: Caches = {
    users: cache(cacheMs, now),
    groups: cache(Math.min(GROUPS_MS, cacheMs), now),
    places: cache(cacheMs, now),
    directs: cache(24 * 3600_000, now), // the channel of two never changes
  }
  const directChannel = (user: string): Promise<string> =>
    caches.directs.get(user, async () => {
      const answer = await options.client.write<{ channel: { id: string } }>('conversations.open', { users: user })
      return answer.channel.id
    })
  const groups: Directory['groups'] = () => caches.groups.get('all', () => readGroups(options.client))
  return {
    directChannel,
    groups,
    personFacts: (person, { fresh = false } = {}) => personFacts(options, caches, person, fresh, groups),
    placeFacts: async (place, person, { fresh = false, background = false } = {}) => {
      const { channel } = place
      // who asks matters only for telling their own direct messages with the bot from other people's
      const key = channel.startsWith('D') ? `${channel} ${person.user}` : channel
      const load = (): Promise<ChannelFacts> => channelFacts(options, caches, channel, person, directChannel)
      const facts = await caches.places.get(key, load, fresh ? (background ? BACKGROUND_MS : 0) : undefined)
      return { ...facts, ...(place.thread === undefined ? {} : { thread: place.thread }) }
    },
  }
}

async function personFacts(
  { client, self }: DirectoryOptions,
  caches: Caches,
  person: Person,
  fresh: boolean,
  readAll: Directory['groups'],
): Promise<PersonFacts> {
  const [user, groups] = await Promise.all([userOf(client, caches, person.user, fresh), readAll()])
  const email = user.profile?.email
  return {
    person,
    name: user.real_name || user.profile?.display_name || user.name || person.user,
    timeZone: user.tz || 'UTC',
    bot: user.is_bot === true || person.user === 'USLACKBOT',
    deactivated: user.deleted === true,
    guest: user.is_restricted === true || user.is_ultra_restricted === true,
    stranger: isStranger(user, self) || person.team !== self.team,
    groups: groups.get(person.user) ?? [],
    ...(email === undefined ? {} : { email }),
  }
}

async function userOf(client: SlackClient, caches: Caches, id: string, fresh: boolean): Promise<SlackUser> {
  const load = async (): Promise<SlackUser> => (await client.read<{ user: SlackUser }>('users.info', { user: id })).user
  return await caches.users.get(id, load, fresh ? 0 : undefined)
}

async function channelFacts(
  options: DirectoryOptions,
  caches: Caches,
  channel: string,
  person: Person,
  directChannel: (user: string) => Promise<string>,
): Promise<ChannelFacts> {
  const base = { team: options.self.team, channel }
  // a direct message is ours when it is the one Slack opens for us and this person: no im:read scope is needed to know
  if (channel.startsWith('D')) {
    return channel === (await directChannel(person.user)) ? { ...base, ...DIRECT } : { ...base, ...UNSEEN }
  }
  try {
    const answer = await options.client.read<{ channel: Conversation }>('conversations.info', {
      channel,
      include_num_members: true,
    })
    return { ...base, ...(await describe(options, caches, answer.channel)) }
  } catch (error) {
    if (refusedAs(error, 'channel_not_found')) return { ...base, ...UNSEEN }
    throw error
  }
}

type PlaceWithoutName = Omit<PlaceFacts, 'team' | 'channel' | 'thread'>

const DIRECT: PlaceWithoutName = {
  kind: 'direct',
  externallyShared: false,
  holdsGuests: false,
  archived: false,
  botIsMember: true,
}

/** A private channel, or other people's direct messages, that the bot is not in: who reads there cannot be known. */
const UNSEEN: PlaceWithoutName = {
  kind: 'private',
  externallyShared: true,
  holdsGuests: true,
  archived: false,
  botIsMember: false,
}

async function describe(
  { client, mostMembers = 80 }: DirectoryOptions,
  caches: Caches,
  channel: Conversation,
): Promise<PlaceWithoutName> {
  // who is a member is read now; whether somebody is a guest changes rarely and may be some seconds old
  const lookUp = (id: string): Promise<SlackUser> => userOf(client, caches, id, false)
  return {
    kind: channel.is_private || channel.is_mpim ? 'private' : 'public',
    externallyShared: isExternallyShared(channel),
    holdsGuests: await guestsAmong(client, channel.id, channel.num_members, mostMembers, lookUp),
    archived: channel.is_archived === true,
    botIsMember: channel.is_member === true,
  }
}

/** An invitation that is not yet taken counts: whoever takes it reads what was posted before. */
function isExternallyShared(channel: Conversation): boolean {
  if (channel.is_ext_shared || channel.is_pending_ext_shared) return true
  return channel.is_shared === true && channel.is_org_shared !== true
}
