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

type Page = z.output<typeof page>
type Answer = { readonly kind: 'page'; readonly page: Page } | { readonly kind: 'failed'; readonly why: string }
type Reach = Answer | { readonly kind: 'again'; readonly why: string; readonly afterMs: number }

/**
 * Who PagerDuty's schedules have on call now (REST API: GET /oncalls), at every level. Never throws: whatever goes wrong is `unread` with
 * a reason that holds no secret. A partial answer is `unread` too.
 */
export function pagerDuty(options: PagerDutyOptions): (schedules: readonly string[]) => Promise<Paged> {
  return async (schedules) => {
    const until = options.now() + (options.timeoutMs ?? 3_000)
    const users: PagedUser[] = []
    for (let at = 0; at < MOST_PAGES; at += 1) {
      const answer = await patiently(schedules, at * PAGE, until, options)
      if (answer.kind === 'failed') return { kind: 'unread', why: answer.why }
      users.push(...usersOf(answer.page, schedules, options.now()))
      if (!answer.page.more) return { kind: 'read', users }
    }
    return { kind: 'unread', why: 'it lists more people than can be read' }
  }
}

/** On-calls have a beginning and an end, or neither where somebody always is on call. */
function usersOf({ oncalls }: Page, schedules: readonly string[], now: number): readonly PagedUser[] {
  return oncalls
    .filter(({ schedule }) => schedule != null && schedules.includes(schedule.id))
    .filter(({ start, end }) => (start == null || Date.parse(start) <= now) && (end == null || now < Date.parse(end)))
    .map(({ user, escalation_level: level }) => ({ user: user.id, level }))
}

async function patiently(
  schedules: readonly string[],
  offset: number,
  until: number,
  options: PagerDutyOptions,
): Promise<Answer> {
  let why = 'it did not answer in time'
  for (let tries = 0; tries < TRIES; tries += 1) {
    const left = until - options.now()
    if (left <= 0) break
    const answer = await once(schedules, offset, left, options)
    if (answer.kind !== 'again') return answer
    why = answer.why
    if (answer.afterMs >= until - options.now()) break
    await delay(answer.afterMs)
  }
  return { kind: 'failed', why }
}

async function once(
  schedules: readonly string[],
  offset: number,
  timeoutMs: number,
  options: PagerDutyOptions,
): Promise<Reach> {
  const url = new URL('oncalls', options.apiUrl.endsWith('/') ? options.apiUrl : `${options.apiUrl}/`)
  for (const schedule of schedules) url.searchParams.append('schedule_ids[]', schedule)
  url.searchParams.set('limit', String(PAGE))
  url.searchParams.set('offset', String(offset))
  try {
    const response = await fetch(url, {
      headers: {
        authorization: `Token token=${options.token}`,
        accept: 'application/vnd.pagerduty+json;version=2',
      },
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
    return response.ok ? read(await response.json()) : await refusal(response)
  } catch (error) {
    const timedOut = error instanceof Error && error.name === 'TimeoutError'
    if (timedOut) return { kind: 'failed', why: 'it did not answer in time' }
    return { kind: 'again', why: 'it cannot be reached', afterMs: 100 }
  }
}

function read(body: unknown): Answer {
  const parsed = page.safeParse(body)
  return parsed.success
    ? { kind: 'page', page: parsed.data }
    : { kind: 'failed', why: 'its answer is not one that ctq knows' }
}

/** PagerDuty: REST API, errors and rate limits. A rate limit says in `ratelimit-reset` after how many seconds to ask again. */
async function refusal(response: Response): Promise<Reach> {
  await response.body?.cancel()
  const { status } = response
  if (status === 429) {
    const seconds = Number(response.headers.get('ratelimit-reset') ?? '')
    const afterMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 1000
    return { kind: 'again', why: 'it is asked too often', afterMs }
  }
  if (status >= 500) return { kind: 'again', why: `it answers with ${status}`, afterMs: 200 }
  if (status === 401 || status === 403) return { kind: 'failed', why: 'it refuses the key' }
  return { kind: 'failed', why: `it answers with ${status}` }
}
