import type { Queues } from '../adapters/bullmq/queues.ts'
import type { KeySet } from '../adapters/jose/keys.ts'
import type { Sign } from '../adapters/jose/tokens.ts'
import type { RunBoard } from '../adapters/redis/runs.ts'
import type { Self, SlackClient } from '../adapters/slack/client.ts'
import type { Directory } from '../adapters/slack/directory.ts'
import type { Message } from '../adapters/slack/messages/message.ts'
import type { Posting } from '../adapters/slack/posting.ts'
import type { BotConfig } from '../config.ts'
import type { Everybody } from '../domain/policy/approversNow.ts'
import type { Person } from '../domain/policy/person.ts'
import type { Objects } from '../domain/result/objects.ts'
import type { Library } from '../domain/runbook/runbook.ts'
import type { Host } from '../host.ts'
import type { OpenInventory } from '../inventory.ts'
import type { GrantTimes } from '../usecases/mint.ts'
import type { PendingAsks } from './recovery.ts'

/** What the bot is made of: opened once at the start, shared by everything that comes in. */
export type Bot = {
  readonly config: BotConfig
  readonly host: Host
  readonly objects: Objects
  readonly library: Library
  readonly inventory: OpenInventory
  readonly board: RunBoard
  readonly quickBoard: RunBoard
  readonly queues: Queues
  readonly quickQueues: Queues
  readonly client: SlackClient
  readonly self: Self
  readonly directory: Directory
  /** Who could approve something now. */
  readonly everybody: () => Promise<Everybody>
  readonly knownZone: (person: Person) => string | undefined
  readonly posting: Posting
  readonly keys: KeySet
  readonly sign: Sign
  readonly times: GrantTimes
  /** How to reach who asked, while this process knows: a response_url never leaves it. */
  readonly responders: Map<string, (message: Message) => Promise<void>>
  readonly pending: PendingAsks
  readonly now: () => Date
}

/** Where Slack is, when it is not slack.com. */
export function apiUrlOf(config: BotConfig): { readonly apiUrl?: string } {
  return config.slack.apiUrl === undefined ? {} : { apiUrl: config.slack.apiUrl }
}
