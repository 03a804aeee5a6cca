import type { Person } from '../../domain/policy/person.ts'
import type { Verdict } from '../../domain/request/command.ts'
import type { AccountChoice, FieldError } from '../../domain/request/form.ts'
import type { FormState } from './views/readForm.ts'
import type { HomeView, View } from './views/view.ts'

/** What Slack shows: `text` is for notifications and screen readers, always there; `blocks` are what is seen. */
export type Message = { readonly text: string; readonly blocks?: readonly object[] }

/** A logger as pino has it. */
export type Log = {
  readonly info: (fields: object, message: string) => void
  readonly warn: (fields: object, message: string) => void
  readonly error: (fields: object, message: string) => void
}

/** Something somebody asked of ctq, wherever they typed it. `text` is as Slack sent it: escaped, not normalised. */
export type Ask = {
  readonly entry: 'command' | 'mention' | 'direct'
  readonly text: string
  readonly person: Person
  readonly channel: string
  /** The thread it was typed in. Slash commands never have one. */
  readonly thread?: string
  /** The timestamp of the message that asked. Slash commands have none. */
  readonly ts?: string
  /** Slack's id of the event, the same when it is delivered again. Slash commands have none and are never redelivered. */
  readonly eventId?: string
  /** Single use, good for 3 seconds (Slack: handling user interaction). */
  readonly trigger?: string
  readonly isEnterpriseInstall: boolean
  /** Tells only the asker something, later. Throws a SlackFault when Slack does not take it. */
  readonly respond: (message: Message) => Promise<void>
}

/** What the asker gets at once. `accepted`: the rest comes through the delivery queue. */
export type Reply =
  | { readonly kind: 'ephemeral'; readonly message: Message }
  | { readonly kind: 'accepted'; readonly message?: Message }
  /** Something needed is missing: the form opens with these words filled in. `message` says so where no form can be opened. */
  | { readonly kind: 'form'; readonly words: string; readonly message: Message }

/** Somebody wants the form. Without a place they were in none, such as when they chose a shortcut of Slack's own menu. */
export type FormWanted = {
  readonly person: Person
  readonly place?: { readonly channel: string; readonly thread?: string }
  /** What it is prefilled with, as typed. */
  readonly words?: string
  /** The text of the message that it was opened under: everything that it shows. */
  readonly message?: string
}

/** A form as it is filled in at the moment. */
export type FormHeld = FormState & { readonly person: Person }

/** A run that a workflow asks for, and where its verdict is given back: Slack's id of this execution. */
export type Step = {
  readonly execution: string
  readonly question: string
  readonly channel: string
}

/** A button somebody pressed under one of our messages. */
export type Press = {
  readonly action: string
  readonly value: string
  readonly person: Person
  readonly channel: string
  readonly ts: string
  readonly thread?: string
  readonly trigger?: string
  readonly respond: (message: Message) => Promise<void>
}

/** Why somebody denies a request. `run` and `hash` are what the button carried. */
export type Denied = { readonly run: string; readonly hash: string; readonly person: Person; readonly reason: string }

/** What somebody found in the review of a run that broke the glass. `run` and `hash` are what the button carried. */
export type Reviewed = {
  readonly run: string
  readonly hash: string
  readonly person: Person
  readonly verdict: Verdict
  readonly note: string
}

/** What the wiring does with what comes in. */
export type Handlers = {
  readonly onAsk: (ask: Ask) => Promise<Reply>
  /** A reply is shown to the presser alone; none shows nothing. */
  readonly onAction: (press: Press) => Promise<Message | undefined>
  readonly onForm: (wanted: FormWanted) => Promise<View>
  /** Something was chosen in the open form: `offer` when it was one of the questions that fit. */
  readonly onFormChange: (held: FormHeld) => Promise<View>
  /** What is wrong with a form that was sent; nothing when it was taken. Slack waits 3 seconds for it. */
  readonly onFormSent: (held: FormHeld) => Promise<readonly FieldError[]>
  /** The accounts that fit what is typed into the form. */
  readonly onAccounts: (held: FormHeld, typed: string) => Promise<readonly AccountChoice[]>
  readonly onHome: (person: Person) => Promise<HomeView>
  /** What is wrong with a denial, in words; undefined when it was taken. Slack waits 3 seconds for it. */
  readonly onDenied: (denied: Denied) => Promise<string | undefined>
  /** The same of a verdict. */
  readonly onReviewed: (reviewed: Reviewed) => Promise<string | undefined>
  /** A workflow's step: its end is told to Slack by itself, when there is one. */
  readonly onStep: (step: Step) => Promise<void>
  /** What somebody is told when a handler throws: it must not carry the error's own words. */
  readonly onFailure: (error: unknown) => Message
  /** Remembers an event id: true when it was seen before. */
  readonly seen: (eventId: string) => Promise<boolean>
}
