import type { Json } from '../json.ts'
import type { Workspace } from '../workspace.ts'
import type { Args } from './args.ts'

/** Calls a minute by Slack's rate tiers; methods marked special get the number that Slack describes in words. */
export const TIER = { one: 1, two: 20, three: 50, four: 100, special: 300 } as const

/** One Web API method: who may call it, how often a minute, and what it does. */
export type Method = {
  readonly token: 'bot' | 'app' | 'any'
  /** Any one of these scopes is enough; none means any token will do. */
  readonly scopes: readonly string[]
  readonly perMinute: number
  readonly run: (ws: Workspace, args: Args) => Json
}

export type Methods = Readonly<Record<string, Method>>
