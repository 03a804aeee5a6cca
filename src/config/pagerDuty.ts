import type { Policy } from '../domain/policy/policy.ts'
import { type Complain, type Env, type ReadFile, secret, url } from './env.ts'

/** How PagerDuty is asked who is on call. */
export type PagerDutyConfig = { readonly token: string; readonly apiUrl: string }

const PAGERDUTY = 'https://api.pagerduty.com'

/** Reads PagerDuty's key, which must be there when the policy has a schedule of PagerDuty's. */
export function pagerDutyOf(
  env: Env,
  read: ReadFile,
  policy: Policy | undefined,
  complain: Complain,
): PagerDutyConfig | undefined {
  const token = secret(env, 'PAGERDUTY_TOKEN', read, complain)
  const api = env['PAGERDUTY_API_URL']?.trim() || PAGERDUTY
  const apiUrl = url('PAGERDUTY_API_URL', api, ['https'], complain)
  const wanted = policy?.onCall.find(({ source }) => source.kind === 'pagerduty')
  if (wanted !== undefined && token === undefined && (env['PAGERDUTY_TOKEN'] ?? '').trim() === '')
    complain(`PAGERDUTY_TOKEN is not set: the schedule ${wanted.name} in ctq.yml is PagerDuty's`)
  return token === undefined || apiUrl === undefined ? undefined : { token, apiUrl: apiUrl.href }
}
