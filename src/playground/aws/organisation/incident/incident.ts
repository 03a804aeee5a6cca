import { REGION_GUARD_ARN, TRAIL_GUARD_ARN } from '../identities.ts'
import {
  ATTACK_ADDRESS,
  BUCKET,
  LEAKED_KEY,
  LEAKED_USER,
  ROLE_KEY,
  SCANNER_ADDRESS,
  SECOND_ADDRESS,
  SECOND_KEY,
  SECOND_USER,
} from './cast.ts'
import { damage } from './damage.ts'
import { exposure } from './exposure.ts'
import { leaving } from './leaving.ts'
import { persistence } from './persistence.ts'
import { probing } from './probing.ts'
import { perform } from './script.ts'
import type { Incident } from './story.ts'
import { takeover } from './takeover.ts'

/** The main attack begins so long before the server starts. Seconds. */
const BEFORE_START = 4 * 3600

/**
 * A leaked CI key is found, tried, and used to take an account: every record of it, and what each is. `start` is when
 * the server starts, in seconds since 1970.
 */
export function incident(start: number): Incident {
  const begins = start - BEFORE_START
  const acts = [
    ...probing(REGION_GUARD_ARN),
    ...takeover(begins),
    ...persistence(begins),
    ...exposure(begins),
    ...damage(begins, TRAIL_GUARD_ARN),
    ...leaving(BEFORE_START),
  ]
  const done = acts.flatMap((act, at) => perform(act, begins, at)).sort((a, b) => a.step.time - b.step.time)
  const steps = done.map(({ step }) => step)
  return {
    records: done.map(({ record }) => record),
    story: {
      begins,
      ends: Math.max(...steps.filter(({ time }) => time <= start).map(({ time }) => time)),
      leakedKey: LEAKED_KEY,
      secondKey: SECOND_KEY,
      roleKey: ROLE_KEY,
      leakedUser: LEAKED_USER,
      secondUser: SECOND_USER,
      bucket: BUCKET,
      addresses: [SCANNER_ADDRESS, ATTACK_ADDRESS, SECOND_ADDRESS],
      steps,
    },
  }
}
