/**
 * Every refusal a person can meet, as data. `explain` (exhaustive) turns one into words: what was wrong, where, and what to do.
 * What the log knows and the person may not (which rule denied) is not in here.
 */
export type Failure =
  // typing
  /** `asks`: how to ask about something of that name. */
  | { readonly code: 'unknown_runbook'; readonly input: string; readonly nearest?: string; readonly asks?: string }
  | {
      readonly code: 'unknown_parameter'
      readonly runbook: string
      readonly input: string
      readonly nearest?: string
      readonly known: readonly string[]
    }
  | {
      readonly code: 'missing_parameter'
      readonly runbook: string
      readonly parameter: string
      readonly help: string
      readonly example: string
    }
  | {
      readonly code: 'bad_parameter'
      readonly parameter: string
      readonly input: string
      readonly expected: string
      readonly example: string
      /** What it looks like, where that says more than what is expected. */
      readonly looks?: string
    }
  | { readonly code: 'missing_word'; readonly command: string; readonly what: string; readonly example: string }
  | { readonly code: 'duplicate_parameter'; readonly parameter: string }
  /** Several keys in one question; `asks`: one question for each, as it is typed. */
  | { readonly code: 'several_keys'; readonly asks: readonly string[] }
  /** A value that may be several things; `asks`: the question about each, as it is typed. */
  | {
      readonly code: 'ambiguous_value'
      readonly input: string
      readonly readings: readonly { readonly what: string; readonly asks: string }[]
    }
  | { readonly code: 'unexpected_word'; readonly input: string; readonly nearest?: string }
  /** A name stands where Slack's mention of somebody belongs. */
  | { readonly code: 'unknown_person'; readonly input: string }
  | { readonly code: 'unclosed_quote'; readonly input: string }
  | { readonly code: 'bad_time'; readonly input: string; readonly example: string }
  /** Letters such as CET after a time. */
  | { readonly code: 'unclear_zone'; readonly input: string; readonly time: string }
  | { readonly code: 'bad_window'; readonly input: string; readonly why: string }
  | { readonly code: 'too_long'; readonly what: string; readonly limit: number }
  // scope
  /** `known`: units and groups that there are, where one was meant. */
  | {
      readonly code: 'unknown_account'
      readonly input: string
      readonly nearest?: string
      readonly known?: readonly string[]
      /** Questions about what an outside account did in ours, where the account can be one. */
      readonly outside?: readonly string[]
    }
  /** A key or an ARN (`of`) belongs to an account that is not in the inventory. */
  | { readonly code: 'foreign_account'; readonly of: string; readonly account: string }
  /** AWS knows no account for a key whose id does not tell. */
  | { readonly code: 'unknown_key_account'; readonly key: string }
  | { readonly code: 'mixed_partitions'; readonly accounts: readonly string[] }
  /** `hint` is a way to name an account, such as `account=prod`. */
  | { readonly code: 'no_account'; readonly hint: string }
  | { readonly code: 'unknown_region'; readonly input: string; readonly nearest?: string; readonly partition?: string }
  /** `instead`: a question that can be asked over that window. */
  | {
      readonly code: 'window_too_long'
      readonly asked: string
      readonly limit: string
      readonly runbook: string
      readonly instead?: string
    }
  /** Only a trail or an event data store has such records; ctq reads the event history. */
  | { readonly code: 'needs_trail'; readonly runbook: string; readonly kinds: readonly string[] }
  | { readonly code: 'window_too_old'; readonly oldest: string }
  // policy: `nearest` is the nearest question that is allowed, as a phrase after "you may ask"; `type`: as it is typed
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
  /** No investigation that is open has that id. */
  | { readonly code: 'unknown_grant'; readonly input: string }
  | { readonly code: 'not_yours_to_revoke'; readonly id: string }
  /** `limit`: of what is asked for, in words. */
  | { readonly code: 'no_investigation'; readonly why: InvestigationRefusal; readonly limit?: string }
  /** `least`: letters. */
  | { readonly code: 'reason_needed'; readonly least: number }
  /** No request for approval has that id. */
  | { readonly code: 'unknown_request'; readonly input: string }
  | {
      readonly code: 'no_approvers'
      readonly tier: string
      readonly reason: string
      readonly nearest?: string
      readonly type?: string
    }
  | { readonly code: 'sensitive_tier'; readonly reason: string; readonly nearest?: string; readonly type?: string }
  | { readonly code: 'place_not_allowed'; readonly why: 'archived' | 'not_member' | 'policy' }
  // the run
  | { readonly code: 'unknown_run'; readonly input: string }
  /** What a button under an answer stood for is not offered (any more). */
  | { readonly code: 'unknown_pivot'; readonly run?: string }
  | { readonly code: 'not_yours_to_cancel'; readonly run: string }
  | { readonly code: 'already_finished'; readonly run: string }
  | { readonly code: 'no_answer_yet' }
  | { readonly code: 'too_late_to_start'; readonly run: string }
  | { readonly code: 'not_answered'; readonly run: string }
  | { readonly code: 'not_comparable'; readonly runbooks: readonly [string, string] }
  | { readonly code: 'may_not_hold' }
  | { readonly code: 'already_deleted'; readonly run: string }
  // ctq itself
  | { readonly code: 'queue_unavailable' }
  | { readonly code: 'slack_unavailable'; readonly what: string }
  | { readonly code: 'aws_unavailable'; readonly what: string; readonly detail: string }
  | { readonly code: 'internal'; readonly reference: string }

/** Repeated input is cut: it is there to be recognised, not to fill the message. */
const SHOWN = 80
/** A question that is to be typed again is shown whole up to here. */
const LONGEST_ASKED = 300

/**
 * A failure in plain sentences: what was wrong, where, and what to do. It holds no mark-up of its own, but it repeats what
 * was typed: escape it where it is shown.
 */
export function explain(failure: Failure): string {
  switch (failure.code) {
    case 'unknown_runbook':
      return unknownRunbook(failure)
    case 'unknown_parameter':
      return unknownParameter(failure)
    case 'missing_parameter':
      return `${failure.runbook} needs ${failure.parameter}: ${failure.help}. For example: ${failure.runbook} ${example(failure)}`
    case 'missing_word':
      return `${failure.command} needs ${failure.what}. For example: ${failure.command} ${failure.example}`
    case 'bad_parameter':
      return badParameter(failure)
    case 'duplicate_parameter':
      return `${failure.parameter} is given twice. Give it once.`
    case 'several_keys':
      return `A question is about one key. Ask one at a time: ${failure.asks.map(cut).join(', then ')}`
    case 'ambiguous_value':
      return ambiguous(failure)
    case 'unexpected_word':
      return `${quoted(failure.input)} does not belong there.${meant(failure.nearest)} Values are written name=value; put one with spaces in quotes.`
    case 'unknown_person':
      return `${quoted(failure.input)} is not somebody that Slack has named here. Choose people from the list that Slack opens when you type @.`
    case 'unclosed_quote':
      return `A quote is opened and not closed at ${quoted(failure.input)}. Close it, or leave it out.`
    case 'bad_time':
      return `${quoted(failure.input)} cannot be read as a time. For example: ${failure.example}`
    case 'unclear_zone':
      return `${quoted(failure.input)} is not read as a time zone: such letters name several. Write ${cut(failure.time)} and the difference (+01:00), Z for UTC, or a place (Europe/Berlin). Without one, times are in your own zone.`
    case 'bad_window':
      return `The window (${cut(failure.input)}) cannot be read: ${failure.why}. For example: last 24h, or since 13:00 until 14:05`
    case 'too_long':
      return `${failure.what} is longer than ${failure.limit} characters. Shorten it.`
    case 'unknown_account':
      if (failure.outside !== undefined) return outsideAccount(failure.input, failure.outside)
      return `No account is called ${quoted(failure.input)}.${meant(failure.nearest)}${knownWords(failure.known)} An account is named by its id, its name, @group, or its organisational unit (ou:name).`
    case 'foreign_account':
      return `${cut(failure.of)} belongs to account ${failure.account}, which is not one that ctq reads. To look for it in yours, add account=…`
    case 'unknown_key_account':
      return `AWS does not say whose key ${cut(failure.key)} is. If it is copied whole, name the account to look in with account=…, or ask account=all.`
    case 'mixed_partitions':
      return `The accounts ${failure.accounts.join(' and ')} are in different AWS partitions. Ask about each partition by itself.`
    case 'no_account':
      return `It is not said which account to look in, and there is no default here. Add an account, for example ${failure.hint}, or account=all.`
    case 'unknown_region':
      return unknownRegion(failure)
    case 'window_too_long':
      return `A window of ${failure.asked} is too long for ${failure.runbook}: at most ${failure.limit}. Ask for less, for example last ${failure.limit}.${failure.instead === undefined ? '' : ` Over ${failure.asked} you can ask: ${failure.instead}`}`
    case 'needs_trail':
      return `What ${failure.runbook} asks about are ${failure.kinds.join(' and ')} events. CloudTrail's event history, which ctq reads, has management events only: these are where a trail or an event data store was told to record them (its files in S3, Athena, CloudWatch Logs, Lake).`
    case 'window_too_old':
      return `CloudTrail's event history reaches back 90 days. Begin later, for example since ${failure.oldest}`
    default:
      return explainRefusal(failure)
  }
}

type Typing = Extract<Failure, { readonly code: TypingCode }>
type TypingCode =
  | 'unknown_runbook'
  | 'unknown_parameter'
  | 'missing_parameter'
  | 'missing_word'
  | 'bad_parameter'
  | 'duplicate_parameter'
  | 'several_keys'
  | 'ambiguous_value'
  | 'unexpected_word'
  | 'unknown_person'
  | 'unclosed_quote'
  | 'bad_time'
  | 'unclear_zone'
  | 'bad_window'
  | 'too_long'
  | 'unknown_account'
  | 'foreign_account'
  | 'unknown_key_account'
  | 'mixed_partitions'
  | 'no_account'
  | 'unknown_region'
  | 'window_too_long'
  | 'window_too_old'
  | 'needs_trail'

function explainRefusal(failure: Exclude<Failure, Typing>): string {
  switch (failure.code) {
    case 'denied':
      return `You may not ask that here. Ask for "list" to see what you may ask.${allowed(failure)}`
    case 'no_role':
      return `Nobody has given you a role yet, so ctq answers you nothing. ${failure.contact === undefined ? 'Ask whoever runs ctq here for one' : `For one, ask ${cut(failure.contact)}`}; "whoami" shows what to tell them.`
    case 'tier_beyond_reach':
      return `This is ${article(failure.tier)} question (${failure.reason}), above what you may ask by yourself.${allowed(failure)}`
    case 'needs_approval':
      return `This is ${article(failure.tier)} question (${failure.reason}) and needs approval: ${failure.by}.${unreadWords(failure.unread)}${alone(failure)}`
    case 'unknown_grant':
      return `No investigation ${quoted(failure.input)} is open. Ask for "grants" to see those that are.`
    case 'not_yours_to_revoke':
      return `Investigation ${cutRun(failure.id)} is neither yours, nor one that you may approve. Ask somebody of it to end it.`
    case 'no_investigation':
      return noInvestigation(failure)
    case 'reason_needed':
      return `This needs approval, and whoever approves wants to know why. Add reason="…" with at least ${failure.least} letters.`
    case 'unknown_request':
      return `There is no request for approval ${quoted(failure.input)}. Its card names the run by its first eight digits.`
    case 'no_approvers':
      return `This is ${article(failure.tier)} question (${failure.reason}) and needs approval, and nobody but you can give it now.${alone(failure)}`
    case 'sensitive_tier':
      return `This is a sensitive question (${failure.reason}). Nobody can approve one in Slack.${alone(failure)}`
    case 'place_not_allowed':
      return PLACE_WORDS[failure.why]
    case 'unknown_run':
      return `There is no run ${quoted(failure.input)} that you can see. Ask for "status" to see yours.`
    case 'unknown_pivot':
      return `What this button stood for is not offered${failure.run === undefined ? '' : ` under the answer of run ${cut(failure.run)}`} any more. Ask for "list" to see what you may ask.`
    case 'not_yours_to_cancel':
      return `Run ${cutRun(failure.run)} was started by somebody else. Ask them, or somebody on the incident, to cancel it.`
    case 'already_finished':
      return `Run ${cutRun(failure.run)} has already ended. There is nothing to cancel.`
    case 'too_late_to_start':
      return `Run ${cutRun(failure.run)} was asked too long ago to begin now. Ask again.`
    case 'no_answer_yet':
      return 'You have no answer that ctq still knows of. Ask for "status" to see your runs.'
    case 'not_answered':
      return `Run ${cutRun(failure.run)} has no answer (yet). Ask for "status" to see how it stands.`
    case 'not_comparable':
      return `Answers of ${failure.runbooks.join(' and ')} cannot be compared: what is new or gone is told between two answers of one runbook.`
    case 'may_not_hold':
      return 'You may not hold or release runs. Ask whoever your ctq.yml lets do that.'
    case 'already_deleted':
      return `What run ${failure.run.slice(0, 8)} left in Slack is deleted already. The result store may still have its answer.`
    case 'queue_unavailable':
      return 'The queue cannot be reached, so nothing was started. Try again in a minute; if it stays so, tell whoever runs ctq.'
    case 'slack_unavailable':
      return `Slack did not answer (${failure.what}). Nothing was started. Try again in a minute.`
    case 'aws_unavailable':
      return `AWS did not answer (${failure.what}): ${cut(failure.detail)}. Nothing was started. Try again in a minute.`
    case 'internal':
      return `Something went wrong inside ctq. Try again; if it happens again, give whoever runs ctq this reference: ${failure.reference}`
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

function noInvestigation({ why, limit = '' }: Extract<Failure, { code: 'no_investigation' }>): string {
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

const PLACE_WORDS: { readonly [why in Extract<Failure, { code: 'place_not_allowed' }>['why']]: string } = {
  archived:
    'This channel is archived, so nothing can be posted in it. Ask in another one, or in a direct message to ctq.',
  not_member:
    'ctq is not a member of this channel, so it cannot answer in it. Type /invite @ctq and ask again, or ask in a direct message to ctq.',
  policy:
    'Questions are not answered in this channel. Ask in a direct message to ctq, or in the channel of your incident.',
}

function unknownRunbook(failure: Extract<Failure, { code: 'unknown_runbook' }>): string {
  const otherwise = failure.asks === undefined ? '' : ` To ask about what is called so: ${cut(failure.asks)}.`
  return `There is no runbook or command ${quoted(failure.input)}.${meant(failure.nearest)}${otherwise} Ask for "list" to see what there is.`
}

function unknownParameter(failure: Extract<Failure, { code: 'unknown_parameter' }>): string {
  const known = failure.known.join(', ')
  return `${failure.runbook} has no parameter ${quoted(failure.input)}.${meant(failure.nearest)} It takes: ${known}. A value that holds = goes in quotes.`
}

function badParameter(failure: Extract<Failure, { code: 'bad_parameter' }>): string {
  if (failure.input === '')
    return `${failure.parameter} is empty. It wants ${failure.expected}. For example: ${example(failure)}`
  if (failure.looks !== undefined) return `${quoted(failure.input)} ${failure.looks}. For example: ${example(failure)}`
  return `${quoted(failure.input)} is not a value for ${failure.parameter}, which wants ${failure.expected}. For example: ${example(failure)}`
}

/** The first sentence alone is enough where the questions can be pressed. */
function ambiguous({ input, readings }: Extract<Failure, { code: 'ambiguous_value' }>): string {
  const ways = readings.map(({ what, asks }) => `As ${what}: ${asks.length > LONGEST_ASKED ? cut(asks) : asks}.`)
  return `${quoted(input)} may be ${readings.map(({ what }) => what).join(', or ')}: which is meant? ${ways.join(' ')}`
}

function outsideAccount(account: string, questions: readonly string[]): string {
  const ask = questions.length === 0 ? '' : ` What outside accounts did in yours: ask ${questions.join(' or ')}.`
  return `Account ${cut(account)} is not one that ctq reads.${ask} An account is named by its id, its name, @group, or its organisational unit (ou:name).`
}

function unknownRegion(failure: Extract<Failure, { code: 'unknown_region' }>): string {
  const where = failure.partition === undefined ? '' : ` in the partition ${failure.partition}`
  return `There is no Region ${quoted(failure.input)}${where}.${meant(failure.nearest)} A Region is named like eu-west-1; region=all means every Region enabled.`
}

function example({ parameter, example: value }: { readonly parameter: string; readonly example: string }): string {
  return `${parameter}=${/\s/.test(value) ? `"${value}"` : value}`
}

function article(tier: string): string {
  return /^[aeiou]/.test(tier) ? `an ${tier}` : `a ${tier}`
}

function meant(nearest: string | undefined): string {
  return nearest === undefined ? '' : ` Did you mean ${quoted(nearest)}?`
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

function knownWords(known: readonly string[] | undefined): string {
  return known === undefined ? '' : ` There are ${known.map(cut).join(', ')}.`
}

/** A run as its message shows it. */
function cutRun(run: string): string {
  return run.slice(0, 8)
}

function quoted(input: string): string {
  return `"${cut(input)}"`
}

function cut(input: string): string {
  const letters = [...input]
  return letters.length <= SHOWN ? input : `${letters.slice(0, SHOWN - 1).join('')}…`
}
