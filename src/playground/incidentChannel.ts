import type { Story } from './aws/organisation/incident/story.ts'
import type { OnCall } from './pagerduty/state.ts'
import type { Json } from './slack/json.ts'
import { DEFAULT_SEED, type Seed, type SeedMessage } from './slack/seed.ts'

const CHANNEL = 'C0INCPAY1'
const [ALICE, BOB, CAROL] = ['U0ALICE01', 'U0BOB0001', 'U0CAROL01'] as const
const ALERTS = { id: 'U0GUARDD1', name: 'guardduty', real_name: 'GuardDuty alerts', is_bot: true } as const

/** Who the simulated pager has on call for payments: Carol, and Alice when Carol does not answer. */
export const ON_CALL: readonly OnCall[] = [
  { user: 'PCAROL1', schedule: 'PPAYMNT', level: 1 },
  { user: 'PALICE1', schedule: 'PPAYMNT', level: 2 },
]

/** What the simulated workspace starts with around an incident: the alert that began it, and what the people said since. */
export function incidentSeed(story: Story | undefined): Seed {
  if (story === undefined) return DEFAULT_SEED
  const channels = DEFAULT_SEED.channels.map((channel) =>
    channel.id === CHANNEL ? { ...channel, members: [...channel.members, ALERTS.id] } : channel,
  )
  return { ...DEFAULT_SEED, users: [...DEFAULT_SEED.users, ALERTS], channels, messages: messages(story) }
}

function messages(story: Story): readonly SeedMessage[] {
  const { leakedKey, leakedUser } = story
  return [
    {
      channel: CHANNEL,
      user: ALERTS.id,
      minutesAgo: 21,
      text: `GuardDuty, high: API calls by access key ${leakedKey} of ${leakedUser} from an address it never used`,
      attachments: [finding(story)],
      reactions: [{ name: 'eyes', users: [ALICE, BOB] }],
    },
    {
      channel: CHANNEL,
      user: CAROL,
      minutesAgo: 17,
      text: 'SEV2. I have command, @alice investigates, @bob holds deploys. Status page stays quiet until we know more.',
    },
    {
      channel: CHANNEL,
      user: BOB,
      minutesAgo: 14,
      text: `Deploys are on hold. ${leakedUser} is the CI user of prod-payments, and IAM says that its key is gone already: not by us.`,
      reactions: [{ name: '+1', users: [CAROL] }],
    },
    {
      channel: CHANNEL,
      user: CAROL,
      minutesAgo: 12,
      text: 'So: who minted that key, what did it do, and where did it go from there?',
    },
  ]
}

/** A finding in the words of GuardDuty (AWS: GuardDuty IAM finding types), shown as its chat integration shows it. */
function finding({ leakedKey, leakedUser, addresses }: Story): Json {
  const field = (title: string, value: string): Json => ({ title, value, short: true })
  return {
    color: '#d1242f',
    fallback: `UnauthorizedAccess:IAMUser/MaliciousIPCaller.Custom, access key ${leakedKey}`,
    title: 'UnauthorizedAccess:IAMUser/MaliciousIPCaller.Custom',
    text: `API calls were made with the access key \`${leakedKey}\` from \`${addresses[1] ?? 'an address'}\`, an address on your threat list.`,
    fields: [
      field('Account', '111122223333 (prod-payments)'),
      field('Severity', '8 (high)'),
      field('User', `\`${leakedUser}\``),
      field('Access key', `\`${leakedKey}\``),
    ],
    mrkdwn_in: ['text', 'fields'],
    footer: 'Amazon GuardDuty',
  }
}
