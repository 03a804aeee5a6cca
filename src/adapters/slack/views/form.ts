import type { types } from '@slack/bolt'
import { durationWords } from '../../../domain/request/duration.ts'
import type { AccountChoice, Form } from '../../../domain/request/form.ts'
import type { Runbook } from '../../../domain/runbook/runbook.ts'
import { type Block, section } from '../messages/message.ts'
import { blockId, input } from './formInput.ts'
import { CHOOSE_OFFER, foundBlocks, keptMemory } from './formOffers.ts'
import { OPTIONS_MAX, option, plainText, TITLE, VALUE_MAX, type View } from './view.ts'

/** The form's `callback_id`, and the `action_id`s of what changes it while it is open. */
export const FORM = 'ask_form'
export const CHANGES = { runbook: 'form_runbook', offer: CHOOSE_OFFER } as const
/** The `action_id` of the accounts when they are too many for a menu: Slack asks for those that fit what is typed. */
export const ACCOUNTS = 'form_accounts'
const PLAIN = 'value'

/** Slack: plain text input. */
const INPUT_MAX = 3_000
/** What is shown in the moment before it is known what the person may ask: a trigger is good for 3 seconds (Slack: views.open). */
export function openingView(): View {
  return {
    type: 'modal',
    title: TITLE,
    close: plainText('Close', 24),
    blocks: [...section(['One moment: looking up what you may ask here.'])],
  }
}

/** Something to read instead of the form. */
export function tellingView(lines: readonly string[]): View {
  return { type: 'modal', title: TITLE, close: plainText('Close', 24), blocks: [...section(lines)] }
}

/** The form for a question: what it is about, its parameters, when, where. What is filled in is kept whatever is chosen. */
export function formView(form: Form): View {
  if (form.runbooks.length === 0)
    return tellingView(['You may ask nothing here. `/ctq whoami` shows what ctq knows of you.'])
  const runbook = form.runbooks.find(({ name }) => name === form.filled.runbook)
  const memory = keptMemory(form.memory)
  return {
    type: 'modal',
    callback_id: FORM,
    title: TITLE,
    submit: plainText('Ask', 24),
    close: plainText('Cancel', 24),
    private_metadata: JSON.stringify(memory),
    blocks: [
      ...foundBlocks({ ...form, memory }),
      runbookBlock(form, runbook),
      ...(runbook === undefined ? [] : parameterBlocks(form, runbook)),
      ...windowBlocks(form, runbook),
      accountBlock(form),
      regionBlock(form),
      reasonBlock(form),
      ...placeBlocks(form),
    ],
  }
}

function runbookBlock({ runbooks, memory }: Form, chosen: Runbook | undefined): Block {
  const optionOf = ({ name, title }: Runbook): types.PlainTextOption => option(name, name, title)
  return input({
    id: blockId('runbook', memory),
    label: 'Question',
    dispatches: true,
    ...(chosen === undefined ? {} : { hint: chosen.title }),
    element: {
      type: 'static_select',
      action_id: CHANGES.runbook,
      placeholder: plainText('Choose a runbook', 150),
      options: runbooks.slice(0, OPTIONS_MAX).map(optionOf),
      ...(chosen === undefined ? {} : { initial_option: optionOf(chosen) }),
    },
  })
}

function parameterBlocks({ filled, memory }: Form, runbook: Runbook): readonly Block[] {
  return Object.entries(runbook.parameters).map(([name, { help, example, optional }]) => {
    const held = filled.parameters[name] ?? ''
    return input({
      id: blockId(`parameter:${name}`, memory, runbook.name),
      label: name,
      hint: `${help}, such as ${example}`,
      optional,
      element: {
        type: 'plain_text_input',
        action_id: PLAIN,
        max_length: INPUT_MAX,
        placeholder: plainText(example, 150),
        ...(held === '' ? {} : { initial_value: held.slice(0, INPUT_MAX) }),
      },
    })
  })
}

function windowBlocks({ filled, memory }: Form, runbook: Runbook | undefined): readonly Block[] {
  const usual = runbook === undefined ? '' : ` Empty: the last ${durationWords(runbook.window.default)}.`
  const most = runbook === undefined ? '' : ` At most ${durationWords(runbook.window.max)}.`
  const picker = (at: number | undefined): types.InputBlock['element'] => ({
    type: 'datetimepicker',
    action_id: PLAIN,
    ...(at === undefined ? {} : { initial_date_time: at }),
  })
  return [
    input({
      id: blockId('since', memory),
      label: 'From',
      hint: `In your own time zone.${usual}${most}`,
      optional: true,
      element: picker(filled.since),
    }),
    input({
      id: blockId('until', memory),
      label: 'Until',
      hint: 'Empty: up to now.',
      optional: true,
      element: picker(filled.until),
    }),
  ]
}

/** Accounts as a menu, or, when they are too many for one, as a menu that asks for what is typed. */
function accountBlock({ filled, accounts, memory }: Form): Block {
  const others = filled.accounts.filter((word) => accounts.every((choice) => choice.word !== word))
  const choices = accountOptions([...accounts, ...others.map((word) => ({ word, label: word }))])
  const initial = choices.filter(({ value: word }) => filled.accounts.includes(String(word)))
  const shared = {
    placeholder: plainText('As the question or this place says', 150),
    ...(initial.length === 0 ? {} : { initial_options: initial }),
  }
  return input({
    id: blockId('account', memory),
    label: 'Accounts',
    hint: 'Empty: the account that the key or ARN names, else the default here.',
    optional: true,
    element:
      choices.length > OPTIONS_MAX || choices.length === 0
        ? { type: 'multi_external_select', action_id: ACCOUNTS, min_query_length: 0, ...shared }
        : { type: 'multi_static_select', action_id: PLAIN, options: choices, ...shared },
  })
}

/** Accounts as choices of a menu. A word too long for one is typed instead. */
export function accountOptions(accounts: readonly AccountChoice[]): types.PlainTextOption[] {
  return accounts.filter(({ word }) => word.length <= VALUE_MAX).map(({ word, label }) => option(label, word))
}

function regionBlock({ filled, regions, memory }: Form): Block {
  const others = filled.regions.filter((name) => name !== 'all' && !regions.includes(name))
  const options = [option('Every enabled Region', 'all'), ...[...regions, ...others].map((name) => option(name, name))]
    .filter(({ value: name }) => String(name).length <= VALUE_MAX)
    .slice(0, OPTIONS_MAX)
  const initial = options.filter(({ value: name }) => filled.regions.includes(String(name)))
  return input({
    id: blockId('region', memory),
    label: 'Regions',
    hint: 'Empty: those of the runbook, or the one that the ARN names.',
    optional: true,
    element: {
      type: 'multi_static_select',
      action_id: PLAIN,
      placeholder: plainText('As the runbook says', 150),
      options,
      ...(initial.length === 0 ? {} : { initial_options: initial }),
    },
  })
}

function reasonBlock({ filled, memory }: Form): Block {
  return input({
    id: blockId('reason', memory),
    label: 'Reason',
    hint: 'For the record, such as the number of the incident.',
    optional: true,
    element: {
      type: 'plain_text_input',
      action_id: PLAIN,
      max_length: INPUT_MAX,
      ...(filled.reason === undefined ? {} : { initial_value: filled.reason.slice(0, INPUT_MAX) }),
    },
  })
}

function placeBlocks({ memory }: Form): readonly Block[] {
  if (!memory.choosesPlace) return []
  return [
    input({
      id: blockId('place', memory),
      label: 'Answer in',
      hint: 'Empty: a direct message to you. Who else can read there is looked at before anything is said.',
      optional: true,
      element: {
        type: 'conversations_select',
        action_id: PLAIN,
        default_to_current_conversation: true,
        filter: { include: ['public', 'private'], exclude_bot_users: true },
      },
    }),
  ]
}
