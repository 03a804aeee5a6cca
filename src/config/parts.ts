import { type Common, commonOf, redisOf, resultsOf, settingsOf } from './common.ts'
import type { Env, ReadFile } from './env.ts'
import { signingKeysOf, type VerifyingKeys, verifyingKeysOf } from './keys.ts'
import { type PagerDutyConfig, pagerDutyOf } from './pagerDuty.ts'
import type { Settings } from './settings.ts'
import { type SlackConfig, slackOf } from './slack.ts'

/** A process of ctq; `serve` is bot and worker in one. */
export type Which = 'bot' | 'worker' | 'serve'

/** What of a configuration can be read although the rest may be wrong: for `ctq doctor`. */
export type Parts = {
  readonly problems: readonly string[]
  readonly slack?: SlackConfig
  readonly pagerDuty?: PagerDutyConfig
  readonly signingKeys?: string
  readonly verifyingKeys?: VerifyingKeys
  readonly redis?: string
  readonly results?: Common['results']
  readonly settings?: Settings
  /** Folder of the runbooks. */
  readonly runbooks: string
}

/** Reads whatever the process needs, each part by itself; the problems are all that would keep it from starting. */
export function readParts(env: Env, read: ReadFile, which: Which): Parts {
  const problems: string[] = []
  const complain = (problem: string): number => problems.push(problem)
  const slack = which === 'worker' ? undefined : slackOf(env, read, complain)
  const signingKeys = which === 'worker' ? undefined : signingKeysOf(env, read, complain)
  const needsPublic = which === 'worker' || (which === 'serve' && (env['CTQ_VERIFYING_KEYS']?.trim() ?? '') !== '')
  const verifyingKeys = needsPublic ? verifyingKeysOf(env, read, complain) : undefined
  const options = { embeddedQueue: which === 'serve' }
  commonOf(env, read, options, complain)
  const silent = (): void => undefined
  const redis = redisOf(env, read, options, silent)
  const results = resultsOf(env, silent)
  const settings = settingsOf(env, read, silent)
  const pagerDuty = which === 'worker' ? undefined : pagerDutyOf(env, read, settings?.policy, complain)
  return {
    problems,
    runbooks: env['CTQ_RUNBOOKS']?.trim() || 'runbooks',
    ...(slack !== undefined && { slack }),
    ...(pagerDuty !== undefined && { pagerDuty }),
    ...(signingKeys !== undefined && { signingKeys }),
    ...(verifyingKeys !== undefined && { verifyingKeys }),
    ...(redis !== undefined && { redis }),
    ...(results !== undefined && { results }),
    ...(settings !== undefined && { settings }),
  }
}
