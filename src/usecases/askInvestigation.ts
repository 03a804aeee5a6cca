import type { Failure } from '../domain/failure.ts'
import { err, ok, type Result } from '../domain/outcome.ts'
import type { Approval } from '../domain/policy/approval.ts'
import { originOf, type SignedAsk } from '../domain/policy/ask.ts'
import { isSame } from '../domain/policy/membership.ts'
import type { Person } from '../domain/policy/person.ts'
import { propose } from '../domain/policy/propose.ts'
import { accountWords } from '../domain/request/inventory.ts'
import { investigateWords } from '../domain/request/investigate.ts'
import { parseCommand } from '../domain/request/parse.ts'
import { type ApprovalDeps, requestInvestigation } from './approvals.ts'
import type { RequestDeps } from './requestRun.ts'

export type AskInvestigationDeps = Pick<
  RequestDeps,
  'library' | 'inventory' | 'policy' | 'placeFacts' | 'approvers' | 'now' | 'audit'
> & {
  readonly approvals: ApprovalDeps
  /** Facts as they are now. */
  readonly personFacts: (person: Person) => Promise<ApprovalFacts>
  /** Has the request looked after until it ends. */
  readonly advance: (id: string) => Promise<void>
}
type ApprovalFacts = Awaited<ReturnType<RequestDeps['personFacts']>>

/** Named in one investigation, whoever opens it not counted: its card names every one. */
const MOST_PEOPLE = 14

/** Takes a signed ask for an investigation as far as its request for approval. Undefined when the ask is something else. */
export async function askInvestigation(
  ask: SignedAsk,
  deps: AskInvestigationDeps,
): Promise<Result<Approval, Failure> | undefined> {
  const { library, inventory, policy } = deps
  const context = { now: new Date(ask.iat * 1000), timeZone: 'UTC', origin: originOf(ask.entry) }
  const parsed = parseCommand(ask.text, library, context)
  if (!parsed.ok || parsed.value.kind !== 'investigate') return undefined
  const command = parsed.value
  if (command.people.length > MOST_PEOPLE)
    return err({ code: 'too_long', what: 'The list of people', limit: MOST_PEOPLE })
  const place = { channel: ask.channel, ...(ask.thread === undefined ? {} : { thread: ask.thread }) }
  const named = command.people.map((user) => ({ team: ask.person.team, user }))
  const persons = [ask.person, ...named.filter((person) => !isSame(person, ask.person))]
  const [people, facts, approvers] = await Promise.all([
    Promise.all(persons.map((person) => deps.personFacts(person))),
    deps.placeFacts(place, ask.person),
    deps.approvers(),
  ])
  const [opener] = people
  if (opener === undefined) throw new Error('an ask without a person')
  const proposed = propose({
    command,
    opener,
    people,
    place: facts,
    policy,
    inventory: inventory(),
    library,
    approvers,
  })
  if (!proposed.ok) {
    await deps.audit({
      step: 'decided',
      outcome: 'deny',
      at: deps.now().toISOString(),
      run: ask.run,
      person: ask.person,
      checks: [{ check: 'investigation', passed: false, detail: proposed.error.code }],
      detail: { policy: policy.digest, asked: investigateWords(command) },
    })
    return proposed
  }
  const { proposal, needs, role } = proposed.value
  const asking = {
    ...{ id: ask.run, person: ask.person, place, proposal, needs, role, reason: command.reason },
    to: { kind: 'slack' as const, team: ask.person.team, ...place },
    words: investigateWords(command),
    scope: proposal.accounts.map((id) => accountWords(id, inventory())).join(', '),
  }
  const requested = await requestInvestigation(asking, deps.approvals)
  if (!requested.ok) return requested
  await deps.advance(ask.run)
  return ok(requested.value)
}
