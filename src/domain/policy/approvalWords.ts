import type { ApprovalStatus, VoteRefusal } from './approval.ts'
import type { Person } from './person.ts'

const ENDED: { readonly [status in ApprovalStatus]: string } = {
  requested: 'asked for',
  approved: 'approved',
  denied: 'denied',
  expired: 'expired',
  withdrawn: 'withdrawn',
}

/** Why a click did not count, as whoever clicked is told. `nameOf` says how a person is shown, such as by a mention. */
export function voteRefusalWords(refusal: VoteRefusal, nameOf: (person: Person) => string): string {
  switch (refusal.code) {
    case 'already_handled':
      return `This was already ${ENDED[refusal.status]}${refusal.by === undefined ? '' : ` by ${nameOf(refusal.by)}`} at ${clock(refusal.at)}.`
    case 'expired':
      return 'This has expired. Whoever needs it can ask again.'
    case 'own_request':
      return 'You asked this yourself: somebody else must approve it. You can withdraw it.'
    case 'not_an_approver':
      return 'You are not one of those who may approve this now.'
    case 'not_the_asker':
      return 'Somebody else asked this, and only they can withdraw it. Whoever may approve it can deny it, or revoke it once it is approved.'
    case 'already_voted':
      return 'You have answered this already. One person fills one seat.'
    case 'no_seat':
      return 'The seats that you could fill are taken. It waits for others.'
    case 'reason_needed':
      return 'Say in a few words why you deny it.'
    case 'other_request':
      return 'What was on this card is no longer what is asked. Nothing was decided.'
  }
}

/** A time of day in UTC, such as `14:02Z`. */
export function clock(at: number): string {
  return `${new Date(at * 1000).toISOString().slice(11, 16)}Z`
}

/** Why something that was approved did not start, for whoever asked. */
export function notStartedWords(
  why: 'not_approved' | 'ended' | 'no_runbook' | 'refused' | 'other_approvers' | 'changed' | 'too_late',
): string {
  switch (why) {
    case 'not_approved':
      return 'It is not approved'
    case 'ended':
      return 'It has run already: one approval is for one run'
    case 'no_runbook':
      return 'It was not started: the runbook that was approved is not there any more'
    case 'refused':
      return 'It was not started: it may no longer be asked, or not here'
    case 'other_approvers':
      return 'It was not started: the rules want other approvers by now. Ask again'
    case 'too_late':
      return 'It was not started: its approval has expired by now. Ask again'
    case 'changed':
      return 'It was not started: the rules would allow something else by now. Ask again'
  }
}
