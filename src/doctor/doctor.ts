import { setTimeout as delay } from 'node:timers/promises'
import { localPacer } from '../adapters/memory/pacer.ts'
import { impatientRedis } from '../adapters/redis/connection.ts'
import { redisPacer } from '../adapters/redis/pacer.ts'
import type { Parts, Settings, Which } from '../config.ts'
import { awsFindings } from './aws.ts'
import type { Section } from './finding.ts'
import { keyFindings } from './keys.ts'
import type { Pace } from './lookups.ts'
import { pagedSchedules, pagerFindings } from './pager.ts'
import { settingsFindings } from './settings.ts'
import { slackFindings } from './slack.ts'
import { redisFindings, resultFindings } from './store.ts'

const LONGEST_WAIT_MS = 20_000

/** Everything that a deployment needs, section by section; what cannot be read from the settings is left out: they say so. */
export function examination(parts: Parts, which: Which): readonly Section[] {
  const { slack, redis, results, settings, pagerDuty } = parts
  const paged = settings === undefined ? [] : pagedSchedules(settings.policy)
  const now = (): Date => new Date()
  const isBot = which !== 'worker'
  return [
    { title: 'Settings', findings: () => settingsFindings(parts, isBot) },
    { title: 'Keys', findings: () => keyFindings(parts, now()) },
    ...(slack === undefined ? [] : [{ title: 'Slack', findings: () => slackFindings(slack, settings) }]),
    ...(isBot && paged.length > 0 ? [{ title: 'Pager', findings: () => pagerFindings(paged, pagerDuty) }] : []),
    ...(redis === undefined && which !== 'serve' ? [] : [{ title: 'Queue', findings: () => redisFindings(redis) }]),
    ...(results === undefined ? [] : [{ title: 'Results', findings: () => resultFindings(results.path) }]),
    ...(settings === undefined ? [] : [{ title: 'AWS', findings: () => aws(settings, redis, which) }]),
  ]
}

async function* aws(settings: Settings, redis: string | undefined, which: Which) {
  const turns = pacing(settings, redis)
  try {
    yield* awsFindings({ settings, which, pace: turns.pace, now: () => new Date() })
  } finally {
    turns.close()
  }
}

/** Workers may be reading the same account: the turn is taken among them where their queue can be reached. */
function pacing(
  { aws: { paceMs } }: Settings,
  url: string | undefined,
): { readonly pace: Pace; readonly close: () => void } {
  const own = localPacer(paceMs, () => performance.now())
  const redis = url === undefined ? undefined : impatientRedis(url)
  const shared = redis && redisPacer(redis, { intervalMs: paceMs, longestWaitMs: LONGEST_WAIT_MS })
  return {
    pace: async (account, region) => {
      const slot = await shared?.reserve(account, region, 'interactive').catch(() => undefined)
      if (slot === undefined) await delay(own.reserve(account, region))
      else await delay('waitMs' in slot ? slot.waitMs : slot.laterMs)
    },
    close: () => redis?.disconnect(),
  }
}
