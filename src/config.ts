import { type Common, type ConfigOptions, commonOf, settingsOf } from './config/common.ts'
import type { Complain, Env, ReadFile } from './config/env.ts'
import { signingKeysOf, type VerifyingKeys, verifyingKeysOf } from './config/keys.ts'
import { type PagerDutyConfig, pagerDutyOf } from './config/pagerDuty.ts'
import type { Settings } from './config/settings.ts'
import { type SlackConfig, slackOf } from './config/slack.ts'
import { err, ok, type Result } from './domain/outcome.ts'

export type { Common, ConfigOptions, LogLevel } from './config/common.ts'
export type { Env, ReadFile } from './config/env.ts'
export type { VerifyingKeys } from './config/keys.ts'
export { type PagerDutyConfig, pagerDutyOf } from './config/pagerDuty.ts'
export { type Parts, readParts, type Which } from './config/parts.ts'
export type { Settings } from './config/settings.ts'
export { type SlackConfig, slackApiOf } from './config/slack.ts'

/** Process 1: Slack in and out, tokens minted. */
export type BotConfig = Common & {
  readonly slack: SlackConfig
  /** Absent where no key is set. */
  readonly pagerDuty?: PagerDutyConfig
  /** A private JSON Web Key Set; the last key signs. */
  readonly signingKeys: string
  /** Folder of the runbooks. */
  readonly runbooks: string
}

/** Process 2: tokens verified, AWS read. It holds nothing that could mint or post. */
export type WorkerConfig = Common & {
  readonly verifyingKeys: VerifyingKeys
}

/** Reads the bot's configuration from the environment and the files it names: all that is missing or wrong, at once. */
export function readBotConfig(
  env: Env,
  read: ReadFile,
  options: ConfigOptions = {},
): Result<BotConfig, readonly string[]> {
  const problems: string[] = []
  const complain: Complain = (problem) => problems.push(problem)
  const slack = slackOf(env, read, complain)
  const signingKeys = signingKeysOf(env, read, complain)
  const common = commonOf(env, read, options, complain)
  const pagerDuty = pagerDutyOf(env, read, common?.settings.policy, complain)
  if (problems.length > 0 || slack === undefined || signingKeys === undefined || common === undefined)
    return err(problems)
  return ok({
    ...common,
    slack,
    ...(pagerDuty !== undefined && { pagerDuty }),
    signingKeys,
    runbooks: env['CTQ_RUNBOOKS']?.trim() || 'runbooks',
  })
}

/** Reads a worker's configuration likewise. Slack's tokens and signing keys are neither needed nor looked at. */
export function readWorkerConfig(
  env: Env,
  read: ReadFile,
  options: ConfigOptions = {},
): Result<WorkerConfig, readonly string[]> {
  const problems: string[] = []
  const complain: Complain = (problem) => problems.push(problem)
  const verifyingKeys = verifyingKeysOf(env, read, complain)
  const common = commonOf(env, read, options, complain)
  if (problems.length > 0 || verifyingKeys === undefined || common === undefined) return err(problems)
  return ok({ ...common, verifyingKeys })
}

/** Reads ctq.yml alone, which is all that a question at a terminal needs. */
export function readSettings(env: Env, read: ReadFile): Result<Settings, readonly string[]> {
  const problems: string[] = []
  const settings = settingsOf(env, read, (problem) => problems.push(problem))
  return settings === undefined || problems.length > 0 ? err(problems) : ok(settings)
}

/** AWS's variables that say nothing about an account. */
const HARMLESS = [
  'AWS_CA_BUNDLE',
  'AWS_CLI_AUTO_PROMPT',
  'AWS_CLI_HISTORY',
  'AWS_DEFAULT_OUTPUT',
  'AWS_DEFAULT_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_PAGER',
  'AWS_REGION',
  'AWS_SDK_LOAD_CONFIG',
]

/** The settings of a real deployment that are present: beside any of them ctq never falls back to the playground's keys. */
export function realSettings(env: Env): readonly string[] {
  const real = /^(?:SLACK_|AWS_|PAGERDUTY_|REDIS_URL$|RESULTS_URL$|CTQ_(?:SIGNING_KEYS|VERIFYING_KEYS|CONFIG)$)/
  return Object.keys(env)
    .filter((name) => real.test(name) && !HARMLESS.includes(name) && (env[name] ?? '') !== '')
    .toSorted()
}

/** True when nothing of a real deployment is set: then `npm start` may bring up the playground. */
export function isBare(env: Env): boolean {
  return realSettings(env).length === 0
}
