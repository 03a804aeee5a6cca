import { pagerDuty, seeSchedule } from '../adapters/oncall/pagerduty.ts'
import type { PagerDutyConfig } from '../config.ts'
import { pagedPersons } from '../domain/policy/onCall.ts'
import type { PagerDutySource, Policy, Schedule } from '../domain/policy/policy.ts'
import { plain } from '../domain/result/safe.ts'
import { bad, type Finding, good, note, untried } from './finding.ts'

type Paged = Schedule & { readonly source: PagerDutySource }

/** The schedules of a policy that are PagerDuty's. */
export function pagedSchedules({ onCall }: Policy): readonly Paged[] {
  return onCall.filter((schedule): schedule is Paged => schedule.source.kind === 'pagerduty')
}

/** PagerDuty: reachable with the key, its schedules there, and somebody on call whom ctq.yml names. */
export async function* pagerFindings(
  schedules: readonly Paged[],
  config: PagerDutyConfig | undefined,
): AsyncGenerator<Finding> {
  for (const schedule of schedules) {
    if (config === undefined)
      yield untried(`schedule ${schedule.name}`, 'PAGERDUTY_TOKEN is not set, or not understood')
    else yield* scheduleFindings(schedule, { ...config, now: Date.now })
  }
}

async function* scheduleFindings(
  { name, levels, source }: Paged,
  options: PagerDutyConfig & { readonly now: () => number },
): AsyncGenerator<Finding> {
  for (const id of source.schedules) {
    const seen = await seeSchedule(id, options)
    const what = `schedule ${id}`
    if (seen.kind === 'there') yield good(what, `PagerDuty calls it ${plain(seen.name, 80)}`)
    else if (seen.kind === 'missing') yield bad(what, 'PagerDuty knows no such schedule', MISSING)
    else return yield bad('PagerDuty', seen.why, seen.why.includes('refuses') ? KEY : REACH)
  }
  const paged = await pagerDuty(options)(source.schedules)
  const state = pagedPersons(source, levels, paged)
  const what = `on call for ${name}`
  if (state.kind === 'unread') return yield bad(what, state.why, REACH)
  const persons = state.persons.map(({ user }) => user)
  if (persons.length > 0) yield good(what, `${persons.join(', ')} now`)
  else yield bad(what, 'nobody whom ctq.yml names', `${NOBODY} (levels: ${levels}).`)
  for (const user of state.unknown)
    yield note(
      what,
      `${plain(user, 20)} is on call, and nobody here`,
      `Name them under people of onCall.${name}, by their Slack id.`,
    )
}

const MISSING = "onCall in ctq.yml names schedules by PagerDuty's id: the last part of the schedule's address."
const KEY = 'PAGERDUTY_TOKEN is a REST API key of the account; read-only is enough. In the EU set PAGERDUTY_API_URL.'
const REACH =
  'Is PAGERDUTY_API_URL reachable from here? Until it answers, the fallback of the schedule approves instead.'
const NOBODY = 'See who is on call in PagerDuty, whether people names them, and how many levels count'
