import type { AuditStep } from '../domain/audit/step.ts'
import type { Failure } from '../domain/failure.ts'
import { err, ok, type Result } from '../domain/outcome.ts'
import type { Approval } from '../domain/policy/approval.ts'
import { approverIn } from '../domain/policy/approvers.ts'
import { placeOf } from '../domain/policy/grant.ts'
import {
  type Investigation,
  type InvestigationEntry,
  isOpen,
  outsideOf,
  type Taken,
} from '../domain/policy/investigation.ts'
import { isSame } from '../domain/policy/membership.ts'
import type { Person, PersonFacts } from '../domain/policy/person.ts'
import type { Policy } from '../domain/policy/policy.ts'
import { idsOf } from '../domain/policy/propose.ts'
import { rolesOf } from '../domain/policy/roles.ts'
import type { Inventory } from '../domain/request/inventory.ts'
import type { Revoke } from '../domain/request/investigate.ts'
import {
  investigationKey,
  investigationOnKey,
  investigationRuns,
  type Objects,
  terminalKey,
} from '../domain/result/objects.ts'
import type { ReadApprovalDeps } from './approvalLog.ts'
import { readAsked, type StopDeps } from './cancelRun.ts'
import { investigationOf, openInvestigations, readInvestigation } from './investigationLog.ts'
import type { WithholdDeps } from './readAnswer.ts'
import { revokeRun } from './revokeRun.ts'
import { type LeavingOut, readEach } from './storedLog.ts'

export type InvestigationDeps = ReadApprovalDeps &
  LeavingOut &
  StopDeps &
  WithholdDeps & {
    readonly objects: Objects
    readonly policy: Policy
    readonly inventory: () => Inventory
    readonly personFacts: (person: Person) => Promise<PersonFacts>
  }

/** Opens what was approved: from then on it is found. Repeating it changes nothing. */
export async function openInvestigation(
  approval: Approval,
  deps: Pick<InvestigationDeps, 'now' | 'audit'> & { readonly objects: Pick<Objects, 'create' | 'read'> },
): Promise<Investigation | undefined> {
  const investigation = (await investigationOf(approval, deps))?.investigation
  if (investigation === undefined) return undefined
  const { id, until, opener } = investigation
  if (await deps.objects.create(investigationOnKey(new Date(until * 1000), id), ''))
    await record('investigation_opened', investigation, opener, deps, {})
  return investigation
}

/** People see and type the first eight digits. */
const SHORTEST = 6

/** The open investigation that somebody means by its id or the beginning of it. */
export async function investigationNamed(
  typed: string,
  deps: Pick<InvestigationDeps, 'objects' | 'now' | 'verifyRequest' | 'verifyClick' | 'leftOut'>,
): Promise<Investigation | undefined> {
  if (typed.length < SHORTEST) return undefined
  const found = (await openInvestigations(deps)).filter(({ id }) => id.startsWith(typed.toLowerCase()))
  return found.length === 1 ? found[0] : undefined
}

/** What was revoked, as it is afterwards, and the runs that were stopped for it. */
export type Revoked = { readonly investigation: Investigation; readonly stopped: readonly string[] }

/**
 * Ends an investigation, or takes away from it what is named, and stops what runs under it and no longer lies within. The right of everybody
 * named in it, of those who could approve it now, and of whoever may cancel what others started.
 */
export async function revoke(command: Revoke, by: Person, deps: InvestigationDeps): Promise<Result<Revoked, Failure>> {
  const named = await investigationNamed(command.id, deps)
  if (named === undefined) return err({ code: 'unknown_grant', input: command.id })
  if (!(await mayRevoke(named, by, deps))) {
    await record('investigation_ended', named, by, deps, { refused: 'not theirs' }, 'deny')
    return err({ code: 'not_yours_to_revoke', id: named.id })
  }
  const taken = takenBy(command, by.team, deps.inventory())
  if (!taken.ok) return taken
  const changed = await append(named.id, by, taken.value, deps)
  if (changed === undefined) return err({ code: 'unknown_grant', input: command.id })
  return ok({ investigation: changed, stopped: await stopOutside(changed, by, deps) })
}

async function mayRevoke(investigation: Investigation, by: Person, deps: InvestigationDeps): Promise<boolean> {
  if (investigation.people.some((person) => isSame(person, by))) return true
  if (isSame(investigation.opener, by)) return true
  const facts = await deps.personFacts(by)
  const sets = approverIn(facts, deps.policy)
  const approve = investigation.approvers.some((approver) => approver.sets.some((set) => sets.has(set)))
  return approve || rolesOf(facts, deps.policy).some((role) => role.cancel)
}

/** Whether nothing is named: then all of it is taken. */
export function takesAll({ people, accounts, runbooks, tier, window }: Revoke): boolean {
  return people.length + accounts.length + runbooks.length === 0 && tier === undefined && window === undefined
}

/** Undefined where all of it is taken. */
function takenBy(command: Revoke, team: string, inventory: Inventory): Result<Taken | undefined, Failure> {
  const { people, accounts, runbooks, tier, window } = command
  if (takesAll(command)) return ok(undefined)
  const ids = idsOf(accounts, inventory)
  if (!ids.ok) return ids
  return ok({
    people: people.map((user) => ({ team, user })),
    accounts: ids.value,
    runbooks,
    // "tier elevated" takes elevated away, "tier duty" everything.
    ...(tier === undefined ? {} : { tier: tier === 'elevated' ? ('duty' as const) : ('open' as const) }),
    ...(window === undefined ? {} : { window }),
  })
}

async function append(
  id: string,
  by: Person,
  taken: Taken | undefined,
  deps: InvestigationDeps,
): Promise<Investigation | undefined> {
  for (;;) {
    const read = await readInvestigation(id, deps)
    const at = Math.floor(deps.now().getTime() / 1000)
    if (read === undefined || !isOpen(read.investigation, at)) return undefined
    const entry: InvestigationEntry =
      taken === undefined ? { kind: 'ended', by, at } : { kind: 'narrowed', by, at, taken }
    if (!(await deps.objects.create(investigationKey(id, read.entries + 1), JSON.stringify(entry)))) continue
    const after = (await readInvestigation(id, deps))?.investigation
    if (after?.ended !== undefined) await record('investigation_ended', after, by, deps, {})
    else if (after !== undefined) await record('investigation_narrowed', after, by, deps, {})
    return after
  }
}

/**
 * Stops the runs of an investigation that no longer lie within it: all of them when it has ended. What they have read is answered as policy says.
 * One that cannot be read is looked at again the next time, and keeps no other from being stopped. Gives those it stopped.
 */
export async function stopOutside(
  investigation: Investigation,
  by: Person | undefined,
  deps: InvestigationDeps,
): Promise<readonly string[]> {
  const runs = await deps.objects.list(investigationRuns(investigation.id))
  return await readEach(runs, (run) => stoppedOutside(run, investigation, by, deps), deps)
}

/** Stops one of its runs, and gives it, unless it has ended or still lies within. */
async function stoppedOutside(
  run: string,
  investigation: Investigation,
  by: Person | undefined,
  deps: InvestigationDeps,
): Promise<string | undefined> {
  if ((await deps.objects.size(terminalKey(run))) !== undefined) return undefined
  const found = await readAsked(run, deps)
  if (found === undefined) return undefined
  const { grant, asked } = found
  const at = deps.now().getTime() / 1000
  const within =
    isOpen(investigation, at) && outsideOf(investigation, { ...grant, channel: placeOf(grant)?.channel }) === undefined
  if (within) return undefined
  const why = `it no longer lies within ${investigation.id}`
  const person = by === undefined ? {} : { person: by }
  return (await revokeRun(run, asked.token, { by: 'investigation', why, ...person }, deps)) ? run : undefined
}

async function record(
  step: Extract<AuditStep['step'], `investigation_${string}`>,
  { id, name, hash, until, people }: Investigation,
  person: Person,
  deps: Pick<InvestigationDeps, 'now' | 'audit'>,
  detail: { readonly [name: string]: string },
  outcome: AuditStep['outcome'] = 'done',
): Promise<void> {
  await deps.audit({
    step,
    outcome,
    at: deps.now().toISOString(),
    run: id,
    person,
    checks: [],
    detail: { name, hash, until: new Date(until * 1000).toISOString(), people: people.length, ...detail },
  })
}
