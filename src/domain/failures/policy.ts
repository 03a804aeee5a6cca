import { cut, cutRun, quoted } from './words.ts'

/** A question that its asker may not ask, not here, or not alone. `nearest` is the nearest question that is allowed, as a phrase after "you may ask"; `type`: as it is typed. */
export type PolicyFailure =
  | { readonly code: 'denied'; readonly nearest?: string; readonly type?: string }
  /** `contact`: whom to ask for a role. */
  | { readonly code: 'no_role'; readonly contact?: string }
  | {
      readonly code: 'tier_beyond_reach'
      readonly tier: string
      readonly reason: string
      readonly nearest?: string
      readonly type?: string
    }
  /** `by`: who must approve, in words. */
  | {
      readonly code: 'needs_approval'
      readonly tier: string
      readonly reason: string
      readonly by: string
      /** Schedules that cannot be read: their fallback approves instead. */
      readonly unread?: readonly string[]
      readonly nearest?: string
      readonly type?: string
    }
  /** `least`: letters; `review`: the run whose review is overdue. */
  | {
      readonly code: 'no_break_glass'
      readonly why: GlassRefusal
      readonly least: number
      readonly review?: string
      /** Nothing shows whether that review was closed. */
      readonly unproven?: true
    }
  /** No run that broke the glass has that id. */
  | { readonly code: 'unknown_review'; readonly input: string }
  /** `least`: letters. */
  | {
      readonly code: 'reason_needed'
      readonly least: number
      /** Who must approve, in words. */
      readonly by?: string
      readonly nearest?: string
      readonly type?: string
    }
  /** No request for approval has that id. */
  | { readonly code: 'unknown_request'; readonly input: string }
  /** There is one, and nothing shows that the bot signed it. */
  | { readonly code: 'request_unproven'; readonly run: string }
  | {
      readonly code: 'no_approvers'
      readonly tier: string
      readonly reason: string
      readonly nearest?: string
      readonly type?: string
    }
  | { readonly code: 'sensitive_tier'; readonly reason: string; readonly nearest?: string; readonly type?: string }
  | { readonly code: 'place_not_allowed'; readonly why: 'archived' | 'not_member' | 'policy' }
  /** No investigation that is open has that id. */
  | { readonly code: 'unknown_grant'; readonly input: string }
  | { readonly code: 'not_yours_to_revoke'; readonly id: string }
  /** `limit`: of what is asked for, in words. */
  | { readonly code: 'no_investigation'; readonly why: InvestigationRefusal; readonly limit?: string }

const CODES = {
  denied: true,
  no_role: true,
  tier_beyond_reach: true,
  needs_approval: true,
  no_break_glass: true,
  unknown_review: true,
  reason_needed: true,
  unknown_request: true,
  request_unproven: true,
  no_approvers: true,
  sensitive_tier: true,
  place_not_allowed: true,
  unknown_grant: true,
  not_yours_to_revoke: true,
  no_investigation: true,
} as const satisfies { readonly [code in PolicyFailure['code']]: true }

/** Whether a failure is one of these. */
export function isPolicyFailure(failure: { readonly code: string }): failure is PolicyFailure {
  return Object.hasOwn(CODES, failure.code)
}

/** One of these in plain sentences. */
export function explainPolicyFailure(failure: PolicyFailure): string {
  switch (failure.code) {
    case 'denied':
      return `You may not ask that here. Ask for "list" to see what you may ask.${allowed(failure)}`
    case 'no_role':
      return `Nobody has given you a role yet, so ctq answers you nothing. ${failure.contact === undefined ? 'Ask whoever runs ctq here for one' : `For one, ask ${cut(failure.contact)}`}; "whoami" shows what to tell them.`
    case 'tier_beyond_reach':
      return `This is ${article(failure.tier)} question (${failure.reason}), above what you may ask by yourself.${allowed(failure)}`
    case 'needs_approval':
      return `This is ${article(failure.tier)} question (${failure.reason}) and needs approval: ${failure.by}.${unreadWords(failure.unread)}${alone(failure)}`
    case 'no_break_glass':
      return noBreakGlass(failure)
    case 'unknown_review':
      return `There is no break-glass run ${quoted(failure.input)} to be reviewed. Its card names it by its first eight digits.`
    case 'reason_needed':
      return `This needs approval${failure.by === undefined ? '' : ` (${failure.by})`}, and whoever approves wants to know why. Add reason="…" with at least ${failure.least} letters.${alone(failure)}`
    case 'unknown_request':
      return `There is no request for approval ${quoted(failure.input)}. Its card names the run by its first eight digits.`
    case 'request_unproven':
      return `What is kept of request ${cutRun(failure.run)} cannot be verified now, so nothing was decided. Try again in a minute; if it stays so, tell whoever runs ctq: its log says why, such as a clock that is wrong.`
    case 'no_approvers':
      return `This is ${article(failure.tier)} question (${failure.reason}) and needs approval, and nobody but you can give it now.${alone(failure)}`
    case 'sensitive_tier':
      return `This is a sensitive question (${failure.reason}). Nobody can approve one in Slack.${alone(failure)}`
    case 'place_not_allowed':
      return PLACE_WORDS[failure.why]
    case 'unknown_grant':
      return `No investigation ${quoted(failure.input)} is open. Ask for "grants" to see those that are.`
    case 'not_yours_to_revoke':
      return `Investigation ${cutRun(failure.id)} is neither yours, nor one that you may approve. Ask somebody of it to end it.`
    case 'no_investigation':
      return noInvestigation(failure)
  }
}

/** Why an investigation cannot be asked for. */
export type InvestigationRefusal =
  | 'switched_off'
  | 'too_long'
  | 'direct'
  | 'nobody_reads'
  | 'person'
  | 'no_rule'
  | 'nothing_more'
  | 'no_approvers'

function noInvestigation({ why, limit = '' }: Extract<PolicyFailure, { code: 'no_investigation' }>): string {
  switch (why) {
    case 'switched_off':
      return 'Investigations are not opened here: ctq.yml has no section "investigations".'
    case 'too_long':
      return `An investigation is open for ${limit} at most. Ask for less; another one can follow it.`
    case 'direct':
      return 'An investigation belongs to a channel: ask for it where you work on the incident.'
    case 'nobody_reads':
      return 'Answers are not given in this channel, because others could read them. Ask for the investigation in a private one.'
    case 'person':
      return `${cut(limit)} has no role that reaches this channel, so an investigation gives them nothing. Leave them out.`
    case 'no_rule':
      return 'Nobody can approve this: no rule covers all of it. Name fewer accounts, or runbooks.'
    case 'nothing_more':
      return 'All of you may ask that without an investigation. For more, add tier elevated or a longer window.'
    case 'no_approvers':
      return 'This needs approval, and nobody but you can give it now.'
  }
}

/** Why somebody cannot do without approval. */
export type GlassRefusal = 'switched_off' | 'not_theirs' | 'suspended' | 'tier' | 'reason_short'

function noBreakGlass({
  why,
  least,
  review = '',
  unproven,
}: Extract<PolicyFailure, { code: 'no_break_glass' }>): string {
  switch (why) {
    case 'switched_off':
      return 'Nobody may break the glass here: ctq.yml has no section "breakGlass". Ask without it: then it waits for approval.'
    case 'not_theirs':
      return 'You are not one of those who may break the glass. Ask without it: then it waits for approval.'
    case 'suspended':
      if (unproven)
        return `You cannot break the glass: what is kept about the review of your run ${cutRun(review)} cannot be verified, so nothing shows that it was closed. Whoever runs ctq can look into it. Ask without it: then it waits for approval.`
      return `You cannot break the glass: the review of your run ${cutRun(review)} is overdue. Once somebody else has closed it, you can. Ask without it: then it waits for approval.`
    case 'tier':
      return 'Break-glass does not reach so far here. Ask without it: then it waits for approval.'
    case 'reason_short':
      return `Whoever breaks the glass says why nobody can be asked. Add reason="…" with at least ${least} letters.`
  }
}

const PLACE_WORDS: { readonly [why in Extract<PolicyFailure, { code: 'place_not_allowed' }>['why']]: string } = {
  archived:
    'This channel is archived, so nothing can be posted in it. Ask in another one, or in a direct message to ctq.',
  not_member:
    'ctq is not a member of this channel, so it cannot answer in it. Type /invite @ctq and ask again, or ask in a direct message to ctq.',
  policy:
    'Questions are not answered in this channel. Ask in a direct message to ctq, or in the channel of your incident.',
}

function article(tier: string): string {
  return /^[aeiou]/.test(tier) ? `an ${tier}` : `a ${tier}`
}

type Allowed = { readonly nearest?: string; readonly type?: string }

function allowed(question: Allowed): string {
  return offer('You may ask', question)
}

function unreadWords(unread: readonly string[] | undefined): string {
  if (unread === undefined || unread.length === 0) return ''
  const [what, their] = unread.length === 1 ? ['schedule', 'its'] : ['schedules', 'their']
  return ` Who is on call cannot be read (${what} ${unread.join(', ')}), so ${their} fallback approves instead.`
}

function alone(question: Allowed): string {
  return offer('Without approval you may ask', question)
}

/** What is typed stands last, so that it can be taken as it is. */
function offer(words: string, { nearest, type }: Allowed): string {
  if (nearest === undefined) return ''
  return ` ${words} ${nearest}${type === undefined ? '.' : `: /ctq ${type}`}`
}
