import type { CloudTrailRecord } from '../record.ts'
import { compareTexts, kept, keyOf } from '../result/kept.ts'
import { tally } from '../result/tally.ts'
import { allowing, type TooMuch } from '../runbook/policyAllows.ts'
import { POLICY_PLACES, readPolicy } from '../runbook/policyDocument.ts'
import type { StageTask } from '../runbook/stages.ts'
import { someValue, textAt } from '../runbook/values.ts'
import { addTo, type Cast, castOf } from './cast.ts'
import type { StageFold } from './collect.ts'
import { findingOf } from './findingOf.ts'

type Task = Extract<StageTask, { kind: 'policy' }>

/** Statements that are kept apart: by what they allow, on what, by whom and in which call. */
const KEPT = 2_000
const LIMITS = 4
const VALUE_MAX = 200

type Found = { readonly allows: TooMuch; readonly target: string; readonly cast: Cast }

/** Policies in requests that allow too much. The accounts of `organisation`, and the one that the call was recorded in, are not outside. */
export function policyStage(task: Task, organisation: readonly string[]): StageFold {
  const places = task.in.length > 0 ? task.in.map((path) => path.split('.')) : POLICY_PLACES
  const found = tally<Found>(KEPT)
  return {
    add: (row, record) => {
      const ours = [...organisation, textAt(record, 'recipientAccountId') ?? row.account]
      for (const allows of policiesOf(record, places).flatMap((policy) => allowing(policy, task.allows, ours))) {
        const { target } = row.telling.about()
        let isNew = false
        found.add(
          keyOf([row.telling.who, row.eventName, row.outcome, target, allows.words, ...allows.limits]),
          () => {
            isNew = true
            return { allows: shortened(allows), target: kept(target, VALUE_MAX), cast: castOf(row) }
          },
          ({ cast }) => {
            if (!isNew) addTo(cast, row)
          },
        )
      }
    },
    finish: () => ({
      findings: found
        .values()
        .sort(
          (a, b) =>
            Number(isTried(a.cast)) - Number(isTried(b.cast)) ||
            b.cast.last - a.cast.last ||
            compareTexts(keyOf([a.target, a.allows.words]), keyOf([b.target, b.allows.words])) ||
            compareTexts(a.cast.newest.eventId, b.cast.newest.eventId),
        )
        .map(({ allows, target, cast }) =>
          findingOf([], cast, false, { kind: 'policy', allows: allows.words, limits: allows.limits, target }),
        ),
      uncounted: found.uncounted(),
    }),
  }
}

/** What was done is told before what was only tried. */
function isTried({ count, denied, failed }: Cast): boolean {
  return denied + failed === count
}

function shortened({ words, limits }: TooMuch): TooMuch {
  return { words: kept(words, VALUE_MAX), limits: limits.slice(0, LIMITS).map((limit) => kept(limit, VALUE_MAX)) }
}

/** SNS and SQS carry other attributes at the same places: what is no policy is none. */
function policiesOf(record: CloudTrailRecord, places: readonly (readonly string[])[]): readonly unknown[] {
  const found: unknown[] = []
  for (const place of places)
    someValue(record, place, (value) => {
      found.push(readPolicy(value))
      return false
    })
  return found
}
