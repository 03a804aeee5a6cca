import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import type { Paged, PagedUser } from '../../domain/policy/onCall.ts'

export type PagerDutyOptions = {
  /** A REST API key; read-only is enough. */
  readonly token: string
  /** https://api.pagerduty.com, or https://api.eu.pagerduty.com for accounts in the EU. */
  readonly apiUrl: string
  /** For all calls of one reading; 3 000 ms unless told: somebody waits for the decision. */
  readonly timeoutMs?: number
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** Most on-calls of one page (PagerDuty: REST API, pagination: `limit` is at most 100). */
const PAGE = 100
/** Classic pagination ends at offset + limit 10,000 (PagerDuty: REST API, pagination); no organisation has so many on call at once. */
const MOST_PAGES = 20
/** A line that failed, or a server that did, is tried once more. */
const TRIES = 2

const page = z.object({
  oncalls: z.array(
    z.object({
      escalation_level: z.int().min(1),
      user: z.object({ id: z.string() }),
      schedule: z.object({ id: z.string() }).nullish(),
      start: z.iso.datetime({ offset: true }).nullish(),
      end: z.iso.datetime({ offset: true }).nullish(),
    }),
  ),
  more: z.boolean(),
})

const schedule = z.object({ schedule: z.object({ id: z.string(), name: z.string() }) })

type Page = z.output<typeof page>
type Failed = { readonly kind: 'failed'; readonly why: string; readonly status?: number }
type Answer<T> = { readonly kind: 'answer'; readonly answer: T } | Failed
type Reach<T> = Answer<T> | { readonly kind: 'again'; readonly why: string; readonly afterMs: number }
/** What is asked for, and how its answer looks. */
type Call<T> = {
  readonly path: string
  readonly query: readonly (readonly [string, string])[]
  readonly shape: z.ZodType<T>
}

const TIMEOUT_MS = 3_000

/**
 * Who PagerDuty's schedules have on call now (REST API: GET /oncalls), at every level. Never throws: whatever goes wrong is `unread` with
 * a reason that holds no secret. A partial answer is `unread` too.
 */
export function pagerDuty(options: PagerDutyOptions): (schedules: readonly string[]) => Promise<Paged> {
  return async (schedules) => {
    const until = options.now() + (options.timeoutMs ?? TIMEOUT_MS)
    const users: PagedUser[] = []
    for (let at = 0; at < MOST_PAGES; at += 1) {
      const found = await patiently(onCallsOf(schedules, at * PAGE), until, options)
      if (found.kind === 'failed') return { kind: 'unread', why: found.why }
      users.push(...usersOf(found.answer, schedules, options.now()))
      if (!found.answer.more) return { kind: 'read', users }
    }
    return { kind: 'unread', why: 'it lists more people than can be read' }
  }
}

function onCallsOf(schedules: readonly string[], offset: number): Call<Page> {
  const wanted = schedules.map((id) => ['schedule_ids[]', id] as const)
  return { path: 'oncalls', query: [...wanted, ['limit', `${PAGE}`], ['offset', `${offset}`]], shape: page }
}

/** What a schedule is to PagerDuty: its name; that there is none; or why nobody can say. */
export type ScheduleSeen =
  | { readonly kind: 'there'; readonly name: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unread'; readonly why: string }

/** Looks whether a schedule exists (REST API: GET /schedules/{id}). Never throws. */
export async function seeSchedule(id: string, options: PagerDutyOptions): Promise<ScheduleSeen> {
  const until = options.now() + (options.timeoutMs ?? TIMEOUT_MS)
  const path = `schedules/${encodeURIComponent(id)}`
  const found = await patiently({ path, query: [], shape: schedule }, until, options)
  if (found.kind === 'answer') return { kind: 'there', name: found.answer.schedule.name }
  return found.status === 404 ? { kind: 'missing' } : { kind: 'unread', why: found.why }
}

/** On-calls have a beginning and an end, or neither where somebody always is on call. */
function usersOf({ oncalls }: Page, schedules: readonly string[], now: number): readonly PagedUser[] {
  return oncalls
    .filter(({ schedule }) => schedule != null && schedules.includes(schedule.id))
    .filter(({ start, end }) => (start == null || Date.parse(start) <= now) && (end == null || now < Date.parse(end)))
    .map(({ user, escalation_level: level }) => ({ user: user.id, level }))
}

async function patiently<T>(call: Call<T>, until: number, options: PagerDutyOptions): Promise<Answer<T>> {
  let why = 'it did not answer in time'
  for (let tries = 0; tries < TRIES; tries += 1) {
    const left = until - options.now()
    if (left <= 0) break
    const found = await once(call, left, options)
    if (found.kind !== 'again') return found
    why = found.why
    if (found.afterMs >= until - options.now()) break
    await delay(found.afterMs)
  }
  return { kind: 'failed', why }
}

async function once<T>(call: Call<T>, timeoutMs: number, options: PagerDutyOptions): Promise<Reach<T>> {
  const url = new URL(call.path, options.apiUrl.endsWith('/') ? options.apiUrl : `${options.apiUrl}/`)
  for (const [name, value] of call.query) url.searchParams.append(name, value)
  try {
    const response = await fetch(url, {
      headers: {
        authorization: `Token token=${options.token}`,
        accept: 'application/vnd.pagerduty+json;version=2',
      },
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
    return response.ok ? read(await response.json(), call.shape) : await refusal(response)
  } catch (error) {
    const timedOut = error instanceof Error && error.name === 'TimeoutError'
    if (timedOut) return { kind: 'failed', why: 'it did not answer in time' }
    return { kind: 'again', why: 'it cannot be reached', afterMs: 100 }
  }
}

function read<T>(body: unknown, shape: z.ZodType<T>): Answer<T> {
  const parsed = shape.safeParse(body)
  return parsed.success
    ? { kind: 'answer', answer: parsed.data }
    : { kind: 'failed', why: 'its answer is not one that ctq knows' }
}

/** PagerDuty: REST API, errors and rate limits. A rate limit says in `ratelimit-reset` after how many seconds to ask again. */
async function refusal(response: Response): Promise<Reach<never>> {
  await response.body?.cancel()
  const { status } = response
  if (status === 429) {
    const seconds = Number(response.headers.get('ratelimit-reset') ?? '')
    const afterMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 1000
    return { kind: 'again', why: 'it is asked too often', afterMs }
  }
  if (status >= 500) return { kind: 'again', why: `it answers with ${status}`, afterMs: 200 }
  if (status === 401 || status === 403) return { kind: 'failed', why: 'it refuses the key', status }
  return { kind: 'failed', why: `it answers with ${status}`, status }
}
