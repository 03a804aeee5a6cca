import type { Person, PersonFacts } from '../domain/policy/person.ts'
import { mayApprove, type RequestStatus, requestStatus } from '../domain/policy/requestStatus.ts'
import type { Objects } from '../domain/result/objects.ts'
import { recentRequests, requestNamed } from './answerApproval.ts'
import { readApproval } from './approvalLog.ts'
import type { ApprovalDeps } from './approvals.ts'
import { type LeavingOut, readEach } from './storedLog.ts'

export type RequestsSeenDeps = Pick<ApprovalDeps, 'policy' | 'now' | 'verifyRequest' | 'verifyClick'> &
  LeavingOut & {
    readonly objects: Pick<Objects, 'list' | 'read'>
    /** Whether somebody may cancel, and so see, what another asked. */
    readonly mayCancel: (by: PersonFacts, asker: Person) => boolean
  }

/** Requests that somebody may see: those that wait, theirs and by them, oldest first; or the one that they typed the id of, if it is theirs to see. */
export async function requestsSeen(
  person: PersonFacts,
  typed: string | undefined,
  deps: RequestsSeenDeps,
): Promise<readonly RequestStatus[]> {
  if (typed === undefined) return await openRequests(person, deps)
  const request = await requestTyped(person, typed, deps)
  return request === undefined ? [] : [request]
}

async function openRequests(person: PersonFacts, deps: RequestsSeenDeps): Promise<readonly RequestStatus[]> {
  const runs = await recentRequests(deps.objects, deps.now())
  const all = await readEach(runs, (run) => statusOf(run, person, deps), deps)
  return all
    .filter(({ approval, own, answerable }) => approval.status === 'requested' && (own || answerable))
    .toSorted((a, b) => a.approval.request.askedAt - b.approval.request.askedAt)
}

/** Whatever became of it: for whoever asked it, may approve it, or may cancel what the asker asks. For everybody else there is none. */
async function requestTyped(
  person: PersonFacts,
  typed: string,
  deps: RequestsSeenDeps,
): Promise<RequestStatus | undefined> {
  const run = await requestNamed(typed, deps.objects)
  const found = run === undefined ? undefined : await statusOf(run, person, deps)
  if (found === undefined) return undefined
  const { own } = found
  const { request } = found.approval
  const may = own || deps.mayCancel(person, request.person) || mayApprove(request, person, deps.policy)
  return may ? found : undefined
}

async function statusOf(run: string, person: PersonFacts, deps: RequestsSeenDeps): Promise<RequestStatus | undefined> {
  const approval = (await readApproval(run, deps))?.approval
  return approval && requestStatus(approval, person, deps.policy, deps.now().getTime() / 1000)
}
