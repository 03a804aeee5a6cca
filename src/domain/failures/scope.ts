import { cut, meant, quoted } from './words.ts'

/** A question that is understood, about accounts, Regions or times that cannot be asked about. */
export type ScopeFailure =
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
  | { readonly code: 'window_too_old'; readonly oldest: string }
  /** Only a trail or an event data store has such records; ctq reads the event history. */
  | { readonly code: 'needs_trail'; readonly runbook: string; readonly kinds: readonly string[] }

const CODES = {
  unknown_account: true,
  foreign_account: true,
  unknown_key_account: true,
  mixed_partitions: true,
  no_account: true,
  unknown_region: true,
  window_too_long: true,
  window_too_old: true,
  needs_trail: true,
} as const satisfies { readonly [code in ScopeFailure['code']]: true }

/** Whether a failure is one of these. */
export function isScopeFailure(failure: { readonly code: string }): failure is ScopeFailure {
  return Object.hasOwn(CODES, failure.code)
}

/** One of these in plain sentences. */
export function explainScopeFailure(failure: ScopeFailure): string {
  switch (failure.code) {
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
    case 'window_too_old':
      return `CloudTrail's event history reaches back 90 days. Begin later, for example since ${failure.oldest}`
    case 'needs_trail':
      return `What ${failure.runbook} asks about are ${failure.kinds.join(' and ')} events. CloudTrail's event history, which ctq reads, has management events only: these are where a trail or an event data store was told to record them (its files in S3, Athena, CloudWatch Logs, Lake).`
  }
}

function outsideAccount(account: string, questions: readonly string[]): string {
  const ask = questions.length === 0 ? '' : ` What outside accounts did in yours: ask ${questions.join(' or ')}.`
  return `Account ${cut(account)} is not one that ctq reads.${ask} An account is named by its id, its name, @group, or its organisational unit (ou:name).`
}

function unknownRegion(failure: Extract<ScopeFailure, { code: 'unknown_region' }>): string {
  const where = failure.partition === undefined ? '' : ` in the partition ${failure.partition}`
  return `There is no Region ${quoted(failure.input)}${where}.${meant(failure.nearest)} A Region is named like eu-west-1; region=all means every Region enabled.`
}

function knownWords(known: readonly string[] | undefined): string {
  return known === undefined ? '' : ` There are ${known.map(cut).join(', ')}.`
}
