import type { Check } from '../audit/step.ts'
import type { Failure } from '../failure.ts'
import type { PlaceFacts } from './person.ts'
import type { PlaceRule, Policy, Role } from './policy.ts'

/**
 * What may be posted in a place. `here`: the answer. `direct`: only the run's id, the answer goes by direct message.
 * `nowhere`: nothing of this question, for the reason in `failure`.
 */
export type PlaceDecision = { readonly checks: readonly Check[] } & (
  | { readonly outcome: 'here' | 'direct' }
  | { readonly outcome: 'nowhere'; readonly failure: PlaceFailure }
)

/**
 * Decides what may be posted in a place as it is now: used when a question is asked and again before each post. Where people
 * outside the team could read, only the run's id is posted, unless the policy names the channel.
 */
export function placeAllows(place: PlaceFacts, policy: Policy): PlaceDecision {
  const rule = ruleFor(place, policy)
  const refused = refusal(place, rule, policy)
  if (refused !== undefined) return nowhere(refused)
  const readers = readersCheck(place)
  if (rule?.answers === 'direct' && place.kind !== 'direct')
    return { outcome: 'direct', checks: [readers, { check: 'place_rule', passed: true, detail: 'answers: direct' }] }
  if (readers.passed) return { outcome: 'here', checks: [readers] }
  const named = rule?.answers === 'here'
  const rules: Check = { check: 'place_rule', passed: named, detail: named ? 'answers: here' : 'not named' }
  return { outcome: named ? 'here' : 'direct', checks: [readers, rules] }
}

function ruleFor(place: PlaceFacts, policy: Policy): PlaceRule | undefined {
  return policy.places.find((rule) => rule.channel === place.channel)
}

type PlaceFailure = Extract<Failure, { code: 'place_not_allowed' }>
type PlaceRefusal = PlaceFailure['why']

function refusal(place: PlaceFacts, rule: PlaceRule | undefined, policy: Policy): PlaceRefusal | undefined {
  if (policy.deny.places.includes(place.channel) || rule?.answers === 'none') return 'policy'
  if (place.archived) return 'archived'
  return place.botIsMember || place.kind === 'direct' ? undefined : 'not_member'
}

function nowhere(why: PlaceRefusal): PlaceDecision {
  const checks = [{ check: 'place', passed: false, detail: why }]
  return { outcome: 'nowhere', failure: { code: 'place_not_allowed', why }, checks }
}

function readersCheck(place: PlaceFacts): Check {
  const outside = [
    place.externallyShared ? 'shared with another organisation' : '',
    place.kind === 'public' ? 'public' : '',
    place.holdsGuests ? 'holds guests' : '',
  ].filter((reason) => reason !== '')
  return { check: 'readers', passed: outside.length === 0, detail: outside.join(', ') || place.kind }
}

/** Whether a role's questions may be asked in a place. A channel shared with another organisation is `shared`, not `public`. */
export function roleReaches(role: Role, place: PlaceFacts): boolean {
  const kind = place.externallyShared ? 'shared' : place.kind
  return role.places.some((word) => word === '*' || word === place.channel || word === kind)
}
