import { cut, meant, quoted } from './words.ts'

/** What was typed cannot be understood. */
export type TypingFailure =
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
  | { readonly code: 'missing_word'; readonly command: string; readonly what: string; readonly example: string }
  | {
      readonly code: 'bad_parameter'
      readonly parameter: string
      readonly input: string
      readonly expected: string
      readonly example: string
      /** What it looks like, where that says more than what is expected. */
      readonly looks?: string
    }
  | { readonly code: 'duplicate_parameter'; readonly parameter: string }
  /** Several keys in one question; `asks`: one question for each, as it is typed. */
  | { readonly code: 'several_keys'; readonly asks: readonly string[] }
  /** A value that may be several things; `asks`: the question about each, as it is typed. */
  | {
      readonly code: 'ambiguous_value'
      readonly input: string
      readonly readings: readonly { readonly what: string; readonly asks: string }[]
    }
  /** A secret where a value belongs: `what` kind; itself it is nowhere. */
  | { readonly code: 'typed_secret'; readonly what: string }
  | { readonly code: 'unexpected_word'; readonly input: string; readonly nearest?: string }
  /** A name stands where Slack's mention of somebody belongs. */
  | { readonly code: 'unknown_person'; readonly input: string }
  | { readonly code: 'unclosed_quote'; readonly input: string }
  | { readonly code: 'bad_time'; readonly input: string; readonly example: string }
  /** Letters such as CET after a time. */
  | { readonly code: 'unclear_zone'; readonly input: string; readonly time: string }
  | { readonly code: 'bad_window'; readonly input: string; readonly why: string }
  | { readonly code: 'too_long'; readonly what: string; readonly limit: number }

const CODES = {
  unknown_runbook: true,
  unknown_parameter: true,
  missing_parameter: true,
  missing_word: true,
  bad_parameter: true,
  duplicate_parameter: true,
  several_keys: true,
  ambiguous_value: true,
  typed_secret: true,
  unexpected_word: true,
  unknown_person: true,
  unclosed_quote: true,
  bad_time: true,
  unclear_zone: true,
  bad_window: true,
  too_long: true,
} as const satisfies { readonly [code in TypingFailure['code']]: true }

/** Whether a failure is one of these. */
export function isTypingFailure(failure: { readonly code: string }): failure is TypingFailure {
  return Object.hasOwn(CODES, failure.code)
}

/** One of these in plain sentences. */
export function explainTypingFailure(failure: TypingFailure): string {
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
    case 'typed_secret':
      return `That looks like a ${failure.what}. It was not used and is not repeated: if it is one, delete what you typed and replace the secret. CloudTrail is asked with the access key's id, which begins with AKIA or ASIA. What is only called so is asked as role=…, user=… or resource=….`
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
  }
}

/** A question that is to be typed again is shown whole up to here. */
const LONGEST_ASKED = 300

function unknownRunbook(failure: Extract<TypingFailure, { code: 'unknown_runbook' }>): string {
  const otherwise = failure.asks === undefined ? '' : ` To ask about what is called so: ${cut(failure.asks)}.`
  return `There is no runbook or command ${quoted(failure.input)}.${meant(failure.nearest)}${otherwise} Ask for "list" to see what there is.`
}

function unknownParameter(failure: Extract<TypingFailure, { code: 'unknown_parameter' }>): string {
  const known = failure.known.join(', ')
  return `${failure.runbook} has no parameter ${quoted(failure.input)}.${meant(failure.nearest)} It takes: ${known}. A value that holds = goes in quotes.`
}

function badParameter(failure: Extract<TypingFailure, { code: 'bad_parameter' }>): string {
  if (failure.input === '')
    return `${failure.parameter} is empty. It wants ${failure.expected}. For example: ${example(failure)}`
  if (failure.looks !== undefined) return `${quoted(failure.input)} ${failure.looks}. For example: ${example(failure)}`
  return `${quoted(failure.input)} is not a value for ${failure.parameter}, which wants ${failure.expected}. For example: ${example(failure)}`
}

/** The first sentence alone is enough where the questions can be pressed. */
function ambiguous({ input, readings }: Extract<TypingFailure, { code: 'ambiguous_value' }>): string {
  const ways = readings.map(({ what, asks }) => `As ${what}: ${asks.length > LONGEST_ASKED ? cut(asks) : asks}.`)
  return `${quoted(input)} may be ${readings.map(({ what }) => what).join(', or ')}: which is meant? ${ways.join(' ')}`
}

function example({ parameter, example: value }: { readonly parameter: string; readonly example: string }): string {
  return `${parameter}=${/\s/.test(value) ? `"${value}"` : value}`
}
