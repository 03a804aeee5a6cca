import type { Failure } from '../failure.ts'
import { err, ok, type Result } from '../outcome.ts'
import type { Inventory } from '../request/inventory.ts'
import { parseCommand } from '../request/parse.ts'
import { resolveScope } from '../request/scope.ts'
import { toQuery } from '../request/toQuery.ts'
import type { Library } from '../runbook/runbook.ts'
import type { PersonFacts, PlaceFacts } from './person.ts'
import type { Policy } from './policy.ts'
import { defaultScope } from './roles.ts'
import type { Ask } from './weigh.ts'

/** The rules that a question is tried against, with nobody asked anything. */
export type Trial = {
  readonly policy: Policy
  readonly inventory: Inventory
  readonly library: Library
  /** Most rows of an answer. */
  readonly rows: number
  readonly now: Date
}

/**
 * What would be decided if somebody typed a text in a place: the same reading, scope and query as of a real question. A key whose id does
 * not tell its account needs one typed beside it: nothing is asked of AWS.
 */
export function wouldAsk(text: string, person: PersonFacts, place: PlaceFacts, trial: Trial): Result<Ask, Failure> {
  const { policy, inventory, library, rows, now } = trial
  const command = parseCommand(text, library, { now, timeZone: person.timeZone, origin: 'terminal' })
  if (!command.ok) return command
  if (command.value.kind !== 'run') return err({ code: 'unknown_runbook', input: command.value.kind })
  const { request } = command.value
  const runbook = library.find(request.runbook)
  if (runbook === undefined) return err({ code: 'unknown_runbook', input: request.runbook })
  const scope = resolveScope(request, runbook, inventory, defaultScope(person, place, policy))
  if (!scope.ok) return scope
  if (scope.value.kind === 'needs')
    return err({ code: 'no_account', hint: `account=${inventory.accounts[0]?.name ?? '…'}` })
  const query = toQuery(request, scope.value, runbook, rows, now)
  if (!query.ok) return query
  const glass = request.breakGlass === true ? { glass: { reason: request.reason } } : {}
  return ok({ person, place, query: query.value, runbook, inventory, library, ...glass })
}
