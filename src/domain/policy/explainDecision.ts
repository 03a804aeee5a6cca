import { explain } from '../failure.ts'
import { durationWords } from '../request/duration.ts'
import { accountWords } from '../request/inventory.ts'
import { windowLength } from '../request/toQuery.ts'
import { seatWords } from './approvers.ts'
import { admit, type Decision, decide, type Granted } from './decide.ts'
import type { PersonFacts, PlaceFacts } from './person.ts'
import type { Policy } from './policy.ts'
import { heldRoles, newGroups } from './roles.ts'
import { tierOf } from './tier.ts'
import { type Ask, type Weighed, weighed } from './weigh.ts'

/** The path of a decision for whoever writes the policy, one line each: the person, the place, the tier, what each role says, the end. */
export function explainDecision(ask: Ask, policy: Policy): readonly string[] {
  const decision = decide(ask, policy)
  const entry = admit(ask.person, ask.place, policy)
  const before = [
    ...personLines(ask.person, policy),
    ...placeLines(ask.place, entry.checks.length > 4 ? decision : undefined),
  ]
  if (entry.outcome === 'refuse') return [...before, ...endLines(decision, policy)]
  return [
    ...before,
    ...questionLines(ask, policy),
    ...weighed(ask, policy).flatMap((one) => roleLines(one, ask, policy)),
    ...endLines(decision, policy),
  ]
}

function personLines(person: PersonFacts, policy: Policy): readonly string[] {
  const held = heldRoles(person, policy)
  const roles = held.map(({ role, by, tier }) => {
    const capped = tier === role.tier ? '' : `, so at most ${tier}`
    return `${role.name} (${BY[by]}${capped})`
  })
  const { user, team } = person.person
  const fresh = newGroups(person, policy)
  return [
    `Person    ${team}/${user}`,
    `Roles     ${roles.length === 0 ? 'none' : roles.join(', ')}`,
    ...(fresh.length === 0 ? [] : [`Too new   in ${fresh.join(', ')}`]),
  ]
}

const BY = {
  id: 'by id',
  pager: 'on call',
  managed_group: 'by a managed group',
  group: 'by an ordinary group',
  email: 'by e-mail',
}

function placeLines(place: PlaceFacts, decided: Decision | undefined): readonly string[] {
  const kinds = [
    place.kind,
    place.externallyShared ? 'shared with another organisation' : '',
    place.holdsGuests ? 'with guests' : '',
    place.archived ? 'archived' : '',
    place.botIsMember || place.kind === 'direct' ? '' : 'without ctq',
  ].filter((word) => word !== '')
  const where = decided === undefined || decided.outcome === 'refuse' ? '' : ANSWERED[grantedBy(decided).answerTo]
  return [`Place     ${place.channel}, ${kinds.join(', ')}${where}`]
}

function grantedBy(decision: Exclude<Decision, { outcome: 'refuse' }>): Granted {
  return decision.outcome === 'allow' ? decision : decision.wanted
}

const ANSWERED = { here: '; answered there', direct: '; answered by direct message' }

function questionLines({ query, runbook, inventory }: Ask, policy: Policy): readonly string[] {
  const tier = tierOf(query, runbook, policy.raise, inventory)
  const parameters = Object.entries(query.parameters).map(([name, value]) => ` ${name}=${value}`)
  const accounts = query.accounts.map((account) => accountWords(account, inventory)).join(', ')
  const regions = query.regions === 'enabled' ? 'every enabled Region' : query.regions.join(', ')
  return [
    `Question  ${runbook.name}${parameters.join('')}`,
    `          over ${durationWords(windowLength(query))} in ${accounts}; ${regions}`,
    `Tier      ${tier.tier}: ${tier.reason}`,
  ]
}

function roleLines({ role, checks, verdict }: Weighed, { query }: Ask, policy: Policy): readonly string[] {
  const lines = checks.map(({ check, passed, detail }) => {
    const more = WITH_DETAIL.includes(check) && detail !== undefined ? ` (${detail})` : ''
    return `  ${passed ? 'yes' : 'no '}  ${CHECKS[check] ?? check}${more}`
  })
  const limit = query.limit > role.rows && verdict.outcome !== 'refuse' ? `; at most ${role.rows} rows` : ''
  const says =
    verdict.outcome === 'approve'
      ? `needs approval: ${seatWords(verdict.needs.seats, policy)}, by the rule ${verdict.needs.rules.join(' and ')}`
      : `${verdict.outcome === 'allow' ? 'allows it' : 'refuses it'}: ${verdict.reason}${limit}`
  return [`Role ${role.name}: tier ${role.tier}, ceiling ${role.ceiling}`, ...lines, `  ${says}`]
}

const WITH_DETAIL = ['role_tier', 'approval', 'break_glass']
const CHECKS: { readonly [check: string]: string } = {
  runbook_text: 'the query is of this text of the runbook',
  accounts_known: 'the accounts are in the inventory',
  role_place: 'the place is the role’s',
  role_runbook: 'the runbook is the role’s',
  role_accounts: 'the accounts are the role’s',
  role_regions: 'the Regions are the role’s',
  role_window: 'the window is the role’s',
  role_tier: 'the tier is the role’s alone',
  approval: 'it needs no approval',
  break_glass: 'it may do without, by break-glass',
}

function endLines(decision: Decision, policy: Policy): readonly string[] {
  const said = decision.outcome === 'allow' ? [] : [`Told      ${explain(decision.failure)}`]
  return [`Decision  ${decision.outcome}: ${decision.reason}`, ...said, `Policy    ${policy.digest}`]
}
