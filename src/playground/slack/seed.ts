import type { Json } from './json.ts'
import type { Channel, User, Usergroup } from './types.ts'

export const TEAM_ID = 'T0CTQ0001'
export const OTHER_TEAM_ID = 'T0PARTNER'
export const BOT_USER_ID = 'U0CTQBOT1'

/** What a seeded user or channel must say; the rest has plain defaults. */
export type SeedUser = Partial<User> & { readonly id: string; readonly name: string }
export type SeedChannel = Partial<Channel> & { readonly id: string; readonly name: string }
export type SeedUsergroup = Partial<Usergroup> & { readonly id: string; readonly handle: string }

/** Something said before the workspace started: `text` as a person types it. Without `blocks` and `attachments` it is only text. */
export type SeedMessage = {
  readonly channel: string
  readonly user: string
  readonly text: string
  readonly minutesAgo: number
  readonly attachments?: readonly Json[]
  readonly reactions?: readonly { readonly name: string; readonly users: readonly string[] }[]
}

export type Seed = {
  readonly team?: { readonly id?: string; readonly name?: string; readonly domain?: string }
  readonly users?: readonly SeedUser[]
  readonly channels?: readonly SeedChannel[]
  readonly usergroups?: readonly SeedUsergroup[]
  readonly messages?: readonly SeedMessage[]
}

/** A user with every field set. */
export function userOf(seed: SeedUser, teamId: string): User {
  return {
    team_id: teamId,
    real_name: seed.name,
    title: '',
    email: `${seed.name}@example.com`,
    tz: 'Etc/UTC',
    deleted: false,
    is_bot: false,
    is_admin: false,
    is_restricted: false,
    is_ultra_restricted: false,
    ...seed,
  }
}

/** A channel with every field set; `created` is in seconds. */
export function channelOf(seed: SeedChannel, createdSeconds: number): Channel {
  return {
    kind: 'public',
    topic: '',
    purpose: '',
    creator: '',
    created: createdSeconds,
    is_archived: false,
    is_general: false,
    connected_team_ids: [],
    is_pending_ext_shared: false,
    ...seed,
    members: [...(seed.members ?? [])],
  }
}

/** A user group with every field set. */
export function usergroupOf(seed: SeedUsergroup): Usergroup {
  return { name: seed.handle, deleted: false, ...seed, users: [...(seed.users ?? [])] }
}

const ALICE = 'U0ALICE01'
const BOB = 'U0BOB0001'
const CAROL = 'U0CAROL01'
const DAVE = 'U0DAVE001'
const ERIN = 'U0ERIN001'
const FRANK = 'U0FRANK01'
const BUILDBOT = 'U0BUILDB1'
const EVERYBODY = [ALICE, BOB, CAROL, BUILDBOT]

/** The workspace that `npm start` shows: a few people of every kind, and channels of every kind. */
export const DEFAULT_SEED = {
  team: { id: TEAM_ID, name: 'Northwind', domain: 'northwind' },
  users: [
    { id: ALICE, name: 'alice', real_name: 'Alice Moreau', title: 'Incident responder', tz: 'Europe/Paris' },
    { id: BOB, name: 'bob', real_name: 'Bob Okafor', title: 'On-call, platform', tz: 'America/New_York' },
    {
      id: CAROL,
      name: 'carol',
      real_name: 'Carol Lindqvist',
      title: 'Engineering manager',
      tz: 'Europe/Stockholm',
      is_admin: true,
    },
    { id: DAVE, name: 'dave', real_name: 'Dave Singh', title: 'Contractor', tz: 'Asia/Kolkata', is_restricted: true },
    { id: ERIN, name: 'erin', real_name: 'Erin Walsh', title: 'Left in May', deleted: true },
    { id: FRANK, name: 'frank', real_name: 'Frank Partner', title: 'Vendor support', team_id: OTHER_TEAM_ID },
    { id: BUILDBOT, name: 'buildbot', real_name: 'Build Bot', is_bot: true },
  ],
  channels: [
    {
      id: 'C0INCPAY1',
      name: 'incident-payments',
      topic: 'SEV2: unusual IAM activity in prod-payments. Commander: Carol',
      members: [...EVERYBODY, BOT_USER_ID],
    },
    { id: 'C0OPS0001', name: 'ops', topic: 'Deploys, alerts, hand-overs', members: [...EVERYBODY, BOT_USER_ID] },
    { id: 'C0GENERAL', name: 'general', is_general: true, topic: 'Company-wide', members: [...EVERYBODY, DAVE] },
    { id: 'C0SECRESP', name: 'sec-response', kind: 'private', members: [ALICE, CAROL, BOT_USER_ID] },
    { id: 'C0HRPRIV1', name: 'people-team', kind: 'private', members: [CAROL] },
    {
      id: 'C0VENDOR1',
      name: 'ext-vendor-support',
      connected_team_ids: [OTHER_TEAM_ID],
      members: [ALICE, BOB, FRANK, BOT_USER_ID],
    },
    { id: 'C0CONTRAC', name: 'contractors', kind: 'private', members: [ALICE, DAVE, BOT_USER_ID] },
    { id: 'C0OLDINC1', name: 'incident-2025-search', is_archived: true, members: [ALICE, BOB, BOT_USER_ID] },
  ],
  usergroups: [
    { id: 'S0RESPOND', handle: 'responders', name: 'Incident responders', users: [ALICE, BOB] },
    { id: 'S0SECURIT', handle: 'security', name: 'Security team', users: [ALICE, CAROL] },
  ],
} as const satisfies Seed
