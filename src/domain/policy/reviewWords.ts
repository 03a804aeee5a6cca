import type { Verdict } from '../request/command.ts'
import { clock } from './approvalWords.ts'
import type { Person } from './person.ts'
import type { ReviewRefusal } from './review.ts'

const VERDICTS: { readonly [verdict in Verdict]: string } = {
  justified: 'justified',
  not_justified: 'not justified',
}

/** What a review came to, in words. */
export function verdictWords(verdict: Verdict): string {
  return VERDICTS[verdict]
}

/** Why a verdict did not count, as whoever gave it is told. `nameOf` says how a person is shown, such as by a mention. */
export function reviewRefusalWords(refusal: ReviewRefusal, nameOf: (person: Person) => string): string {
  switch (refusal.code) {
    case 'already_closed':
      return `This was already found ${VERDICTS[refusal.verdict]} by ${nameOf(refusal.by)} at ${clock(refusal.at)}.`
    case 'own_review':
      return 'You broke the glass yourself: somebody else must review it.'
    case 'took_part':
      return 'You take part in the investigation that this belongs to: somebody else must review it.'
    case 'not_a_reviewer':
      return 'You are not one of those who may close this review now.'
    case 'note_needed':
      return 'Say in a few words what you found.'
    case 'other_review':
      return 'What was on this card is not what was asked. Nothing was decided.'
  }
}
