import type { Logger } from 'pino'
import type { Directory } from '../adapters/slack/directory.ts'
import { announcementMessage } from '../adapters/slack/messages/announcement.ts'
import type { Posting } from '../adapters/slack/posting.ts'
import type { Audit } from '../domain/audit/step.ts'
import type { Everybody } from '../domain/policy/approversNow.ts'
import { groupChangeWords, sinceOf } from '../domain/policy/groupMemory.ts'
import { type OnCallStates, onCallFacts } from '../domain/policy/onCall.ts'
import type { PersonFacts } from '../domain/policy/person.ts'
import type { Policy } from '../domain/policy/policy.ts'
import type { Objects } from '../domain/result/objects.ts'
import { notePolicy } from '../usecases/notePolicy.ts'
import { watchGroups } from '../usecases/watchGroups.ts'

/** So often the groups are looked at when nobody asks anything: a membership is as old as its first sighting. */
const LOOK_EVERY_MS = 10 * 60_000

export type WatchPolicyParts = {
  readonly directory: Directory
  /** The workspace that the groups are of. */
  readonly team: string
  readonly policy: Policy
  readonly objects: Objects
  readonly audit: Audit
  readonly now: () => Date
  readonly log: Logger
  readonly posting: Pick<Posting, 'post'>
  /** Who is on call now. */
  readonly onCall: () => Promise<OnCallStates>
}

export type PolicyWatch = {
  /** The directory, whose person facts say since when somebody has been in each group. */
  readonly directory: Directory
  /** Who could approve something now: whom groups and schedules hold. Throws when Slack does not say. */
  readonly everybody: () => Promise<Everybody>
  /** Hears the users who came into a group that the policy names, or left it. */
  readonly onGroupsChanged: (heard: (users: ReadonlySet<string>) => void) => void
  readonly stop: () => void
}

/** Announces a policy that changed, watches the groups it names, and adds to person facts how old their memberships are. */
export async function watchPolicy(parts: WatchPolicyParts): Promise<PolicyWatch> {
  const { directory, policy, now } = parts
  const announce = async (what: 'policy' | 'groups', lines: readonly string[]): Promise<void> => {
    for (const channel of policy.announceIn)
      await parts.posting
        .post({ channel }, { run: policy.digest, step: what }, () => announcementMessage(what, lines, policy.digest))
        .catch((error) => {
          // The change stands in the record; whoever runs ctq sees in the log that a channel was not told.
          parts.log.error({ channel, message: wordsOf(error) }, 'a change of the policy could not be announced')
        })
  }
  await notePolicy({ ...parts, announce: (lines) => announce('policy', lines) })
  let heard: (users: ReadonlySet<string>) => void = () => undefined
  const remember = watchGroups({
    ...parts,
    announce: async (changes) => {
      heard(new Set(changes.map(({ user }) => user)))
      await announce(
        'groups',
        changes.map((change) => groupChangeWords(change, policy)),
      )
    },
  })
  const look = async (): ReturnType<typeof remember> => await remember(byGroup(await directory.groups()))
  const watch = (): Promise<unknown> =>
    look().catch((error) => parts.log.warn({ message: wordsOf(error) }, 'the user groups could not be looked at'))
  await watch()
  const timer = setInterval(watch, LOOK_EVERY_MS)
  timer.unref()
  return {
    stop: () => clearInterval(timer),
    onGroupsChanged: (listener) => {
      heard = listener
    },
    everybody: async () => {
      const members = byGroup(await directory.groups())
      const [memory, states] = await Promise.all([remember(members), parts.onCall()])
      return { team: parts.team, members, memory, states, at: Math.floor(now().getTime() / 1000) }
    },
    directory: {
      ...directory,
      personFacts: async (person, options = {}): Promise<PersonFacts> => {
        const facts = await directory.personFacts(person, options)
        const [memory, states] = await Promise.all([look(), parts.onCall()])
        return {
          ...facts,
          readAt: Math.floor(now().getTime() / 1000),
          groupsSince: sinceOf(memory, person.user),
          onCall: onCallFacts(person, policy.onCall, states),
        }
      },
    },
  }
}

function byGroup(groups: Awaited<ReturnType<Directory['groups']>>): ReadonlyMap<string, readonly string[]> {
  const members = new Map<string, string[]>()
  for (const [user, ids] of groups) for (const id of ids) members.set(id, [...(members.get(id) ?? []), user])
  return members
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown'
}
