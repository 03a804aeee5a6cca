import { z } from 'zod'
import type { Problem } from '../domain/runbook/runbook.ts'
import { type Complain, type Env, isLoopback, port, type ReadFile, readable, required, secret, url } from './env.ts'
import { parseSettings, type Settings } from './settings.ts'

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'

const ADDRESS = z.union([z.ipv4(), z.ipv6()])

const LOG_LEVELS: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

/** AWS allows two LookupEvents a second per account and Region (API reference): a shorter pace is for a simulated AWS. */
const SHORTEST_PACE_MS = 500

/** What both processes need. */
export type Common = {
  /** A redis: or rediss: address, which may hold a password. Absent only with the embedded queue. */
  readonly redis?: string
  /** Where results are kept: an absolute folder. */
  readonly results: { readonly kind: 'file'; readonly path: string }
  /** Where health, metrics and, in HTTP mode, Slack's requests are served. */
  readonly port: number
  /** The address that is listened on: every one unless told. */
  readonly listen: string
  readonly logLevel: LogLevel
  readonly settings: Settings
}

export type ConfigOptions = {
  /** `ctq serve` may bring its own queue: then REDIS_URL need not be set. */
  readonly embeddedQueue?: boolean
}

/** Reads what bot and worker have in common. */
export function commonOf(env: Env, read: ReadFile, options: ConfigOptions, complain: Complain): Common | undefined {
  const redis = redisOf(env, read, options, complain)
  const results = resultsOf(env, complain)
  const settings = settingsOf(env, read, complain)
  const logLevel = logLevelOf(env, complain)
  const served = port(env, 'PORT', 3000, complain)
  const listen = env['CTQ_LISTEN']?.trim() || '0.0.0.0'
  if (!ADDRESS.safeParse(listen).success)
    complain('CTQ_LISTEN is not an IP address (0.0.0.0 for every one, 127.0.0.1 for this machine alone)')
  if (results === undefined || settings === undefined || logLevel === undefined) return undefined
  return { ...(redis !== undefined && { redis }), results, port: served, listen, logLevel, settings }
}

/** The address of the queue's server. */
export function redisOf(env: Env, read: ReadFile, options: ConfigOptions, complain: Complain): string | undefined {
  const take = options.embeddedQueue === true ? secret : required
  const value = take(env, 'REDIS_URL', read, complain)
  return value === undefined ? undefined : url('REDIS_URL', value, ['redis', 'rediss'], complain) && value
}

/** Where results are kept. */
export function resultsOf(env: Env, complain: Complain): Common['results'] | undefined {
  const value = env['RESULTS_URL']?.trim() ?? ''
  if (value === '') complain('RESULTS_URL is not set (file:/var/lib/ctq, for example)')
  const path = /^file:(?:\/\/)?(\/.*)$/.exec(value)?.[1] ?? (value.startsWith('/') ? value : undefined)
  if (value !== '' && path === undefined) complain('RESULTS_URL is not file: and an absolute path')
  return path === undefined ? undefined : { kind: 'file', path }
}

/** Reads ctq.yml. */
export function settingsOf(env: Env, read: ReadFile, complain: Complain): Settings | undefined {
  const path = env['CTQ_CONFIG']?.trim() || 'ctq.yml'
  const text = readable('CTQ_CONFIG', path, read, complain)
  if (text === undefined) return undefined
  const parsed = parseSettings(text, path)
  if (!parsed.ok) {
    for (const problem of parsed.error) complain(problemLine(problem))
    return undefined
  }
  const { paceMs } = parsed.value.aws
  if (paceMs < SHORTEST_PACE_MS && !isSimulated(env))
    complain(`${path}: aws.paceMs is ${paceMs}: AWS allows one LookupEvents every ${SHORTEST_PACE_MS} ms`)
  return parsed.value
}

/** A problem as one line: `ctq.yml:12:5: roles.responder.window is missing.` */
export function problemLine({ file, line, column, message, suggestion }: Problem): string {
  return `${file}:${line}:${column}: ${message}${suggestion === undefined ? '' : ` ${suggestion}`}`
}

function isSimulated(env: Env): boolean {
  const endpoint = env['AWS_ENDPOINT_URL_CLOUDTRAIL'] || env['AWS_ENDPOINT_URL'] || ''
  return URL.canParse(endpoint) && isLoopback(new URL(endpoint).hostname)
}

function logLevelOf(env: Env, complain: Complain): LogLevel | undefined {
  const value = env['LOG_LEVEL']?.trim() || 'info'
  const level = LOG_LEVELS.find((known) => known === value)
  if (level === undefined) complain(`LOG_LEVEL is not one of ${LOG_LEVELS.join(', ')}`)
  return level
}
