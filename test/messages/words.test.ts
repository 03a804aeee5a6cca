import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { announcementMessage } from '../../src/adapters/slack/messages/announcement.ts'
import {
  foundMessage,
  helpMessage,
  listMessage,
  menuMessage,
  runbookHelpMessage,
} from '../../src/adapters/slack/messages/help.ts'
import type { Message } from '../../src/adapters/slack/messages/message.ts'
import { noticeMessage } from '../../src/adapters/slack/messages/notice.ts'
import {
  failedMessage,
  incompleteMessage,
  noteMessage,
  refusalMessage,
} from '../../src/adapters/slack/messages/refusal.ts'
import { exampleOf } from '../../src/adapters/slack/messages/start.ts'
import { statusMessage } from '../../src/adapters/slack/messages/status.ts'
import { whoamiMessage } from '../../src/adapters/slack/messages/whoami.ts'
import { askMessages, failureMessage } from '../../src/bot/messages.ts'
import { explain } from '../../src/domain/failure.ts'
import type { MayInvestigate } from '../../src/domain/policy/mayInvestigate.ts'
import type { Runnable } from '../../src/domain/policy/mayRun.ts'
import { parseCommand } from '../../src/domain/request/parse.ts'
import type { Notice } from '../../src/domain/result/notice.ts'
import { say } from '../../src/domain/result/phrase.ts'
import type { RunStatus } from '../../src/domain/result/runStatus.ts'
import { questionPhrase } from '../../src/domain/result/scopeWords.ts'
import type { Runbook } from '../../src/domain/runbook/runbook.ts'
import { readLibrary } from '../../src/library.ts'
import { HOSTILE, RUN } from '../support/answers.ts'
import { aLibrary, aParameter, aRunbook } from '../support/askRunbooks.ts'
import { FAILURES } from '../support/failures.ts'
import { goldenJson } from '../support/golden.ts'
import { slackProblems } from '../support/slackLimits.ts'

const LIBRARY = await readLibrary('runbooks')
const keyActivity = aRunbook({
  name: 'key-activity',
  aliases: ['key'],
  title: 'What did this access key do?',
  about: 'Every call made with one access key, refused calls included.',
  parameters: {
    accessKeyId: aParameter({ type: 'accessKeyId', example: 'AKIAIOSFODNN7EXAMPLE', help: 'the id of the key' }),
    note: aParameter({ optional: true, example: 'two words', help: 'anything' }),
  },
  window: { default: 90 * 86_400, max: 90 * 86_400 },
  columns: [
    { name: 'eventTime', field: 'eventTime' },
    { name: 'who', field: 'who' },
  ],
  group: ['who'],
  next: [{ runbook: 'principal-writes', with: { principal: 'who' } }],
})
const deniedCalls = aRunbook({ name: 'denied-calls', title: 'What was tried and refused?', regions: ['eu-west-1'] })

function runnable(runbook: Runbook, changes: Partial<Runnable> = {}): Runnable {
  const base = { runbook, role: 'responder', window: 7 * 86_400, accounts: 3 }
  return { ...base, tier: 'open', answerTo: 'here', alone: true, ...changes }
}
const BOTH: MayInvestigate = { open: true, end: true }

test('help tells of investigations only whom they are for', () => {
  const told = (may: MayInvestigate): readonly boolean[] => {
    const text = JSON.stringify(helpMessage([], may))
    return [text.includes('/ctq investigate'), text.includes('/ctq grants')]
  }
  assert.deepEqual(told(BOTH), [true, true])
  assert.deepEqual(told({ open: false, end: true }), [false, true])
  assert.deepEqual(told({ open: false, end: false }), [false, false])
})

test('help and the menu lead with the playbook, then a value alone, then what is asked first', () => {
  const playbook = { name: 'triage', tags: ['triage'], members: [] }
  const all = [
    runnable(aRunbook({ name: 'account-changes' })),
    runnable(aRunbook({ name: 'denied', tags: ['triage'] })),
    runnable(aRunbook({ name: 'key-activity', answers: ['accessKeyId'] })),
    runnable({ ...aRunbook({ name: 'triage' }), playbook: playbook as unknown as NonNullable<Runbook['playbook']> }),
  ]
  for (const message of [helpMessage(all, BOTH), menuMessage(all)]) {
    const text = JSON.stringify(message)
    const places = ['triage AKIAIOSFODNN7EXAMPLE', 'AKIAIOSFODNN7EXAMPLE` ', 'denied', 'account-changes'].map((words) =>
      text.indexOf(`/ctq ${words}`),
    )
    assert.ok(places.every((place) => place > 0) && places.join() === places.toSorted((a, b) => a - b).join(), text)
  }
})

test('the menu is short however much may be asked, has every name once, and leaves what needs approval to the end', () => {
  const many = LIBRARY.all.map((runbook, index) => runnable(runbook, index % 7 === 0 ? { alone: false, approval } : {}))
  const { blocks } = menuMessage(many)
  const texts = blocks.flatMap((block) => (block.type === 'section' ? [block.text?.text ?? ''] : []))
  assert.ok(texts.join('\n').split('\n').length <= 24, `${texts.join('\n').split('\n').length} lines`)
  const names = texts.slice(1).join('\n')
  for (const { runbook } of many)
    assert.equal(names.match(new RegExp(`[ ,:*]${runbook.name}(?=,|$)`, 'gm'))?.length, 1, runbook.name)
  assert.ok(names.indexOf('Needs approval') > names.indexOf('First ten minutes'))
})

test('a search that finds nothing says what else to do', () => {
  const text = JSON.stringify(foundMessage([], ['zzzz', '<!channel>']))
  assert.match(text, /No question that you may ask here is about/)
  assert.match(text, /\/ctq list/)
  assert.doesNotMatch(text, /<!channel>|0 questions/)
})

const both = [runnable(keyActivity), runnable(deniedCalls)]
const approval = { tier: 'elevated', by: '1 of payments on call or security, and 1 of leads' } as const
const withApproval = [
  runnable(keyActivity, { tier: 'duty', approval }),
  runnable(deniedCalls, { alone: false, approval }),
]

/** Stores of secrets need somebody else; longer questions about the rest do. */
const approvalOf = ({ name }: Runbook) => ({ alone: name !== 'secrets-read', approval })

const question = questionPhrase('key-activity', { accessKeyId: 'AKIAIOSFODNN7EXAMPLE' })
const person = {
  person: { team: 'T01', user: 'U01' },
  name: 'alice',
  timeZone: 'Europe/Berlin',
  bot: false,
  deactivated: false,
  guest: false,
  stranger: false,
  groups: [],
}
const place = {
  team: 'T01',
  channel: 'C01',
  kind: 'private',
  externallyShared: false,
  holdsGuests: false,
  archived: false,
  botIsMember: true,
} as const
const role = {
  name: 'responder',
  members: { persons: [], groups: [], emails: [], onCall: [] },
  runbooks: ['*'],
  accounts: [{ kind: 'all' }],
  regions: ['*'],
  window: 7 * 86_400,
  rows: 20_000,
  tier: 'open',
  ceiling: 'open',
  places: ['*'],
  cancel: false,
  defaultAccounts: [],
} as const

const running: RunStatus = {
  run: RUN,
  question: 'key-activity accessKeyId=AKIAIOSFODNN7EXAMPLE last 24h',
  askedAt: '2026-11-20T14:23:00Z',
  state: 'running',
  progress: { pages: 3, records: 150, matched: 2, parts: { done: 1, total: 17 } },
  mayCancel: true,
}
const delivered: RunStatus = {
  run: `9${RUN.slice(1)}`,
  question: 'denied-calls last 24h',
  askedAt: '2026-11-20T13:00:00Z',
  state: 'partial',
  mayCancel: true,
  delivery: { message: 'sent', csv: 'unsure' },
}

const held: RunStatus = {
  run: RUN,
  question: 'denied-calls last 60d',
  askedAt: '2026-11-20T14:07:00Z',
  state: 'held',
  mayCancel: true,
  takes: { seconds: 260, requests: 512 },
}

const NOTICES: { readonly [name: string]: Notice } = {
  moved: { kind: 'moved', run: RUN },
  'why-direct-place': { kind: 'why_direct', run: RUN, channel: 'C0123ABC', cause: 'place', why: 'it is public' },
  'why-direct-slack': { kind: 'why_direct', run: RUN, channel: 'C0123ABC', cause: 'slack', why: 'is_archived' },
  'csv-unknown': { kind: 'csv_missing', run: RUN, why: 'unknown' },
  'csv-never-shown': { kind: 'csv_missing', run: RUN, why: 'never_shown' },
  'csv-too-large': { kind: 'csv_missing', run: RUN, why: 'larger_than_1_gb' },
  'csv-disabled': { kind: 'csv_missing', run: RUN, why: 'file_uploads_disabled' },
  'csv-full': { kind: 'csv_missing', run: RUN, why: 'storage_limit_reached' },
  'csv-other': { kind: 'csv_missing', run: RUN, why: 'posting_to_channel_denied' },
  withheld: { kind: 'withheld', run: RUN },
  unshowable: { kind: 'unshowable', run: RUN, why: 'invalid_blocks' },
}

const MESSAGES: { readonly [name: string]: Message } = {
  help: helpMessage(both, BOTH),
  'help-runbook': runbookHelpMessage(runnable(keyActivity)),
  'help-runbook-without-parameters': runbookHelpMessage(runnable(deniedCalls)),
  list: listMessage(both, say`You may ask here`),
  'announcement-policy': announcementMessage(
    'policy',
    ['role responder changed', 'approval rule production added'],
    'a5357685fd05c62c'.repeat(4),
  ),
  'announcement-groups': announcementMessage(
    'groups',
    ['U0MALLORY came into security (S0SECURIT)', `${HOSTILE} left S0TEAM`],
    'a5357685fd05c62c'.repeat(4),
  ),
  'list-approval': listMessage(withApproval, say`You may ask here`),
  'help-runbook-approval': runbookHelpMessage(runnable(deniedCalls, { alone: false, approval })),
  'help-runbook-approval-beyond': runbookHelpMessage(runnable(keyActivity, { tier: 'duty', approval })),
  menu: menuMessage(both),
  'menu-all': menuMessage(LIBRARY.all.map((runbook) => runnable(runbook, { tier: 'duty', ...approvalOf(runbook) }))),
  'menu-direct': menuMessage([runnable(keyActivity, { answerTo: 'direct' })]),
  'menu-nothing': menuMessage([]),
  status: statusMessage([running, delivered]),
  'status-held': statusMessage([held, delivered]),
  'status-none': statusMessage([]),
  'whoami-approval': whoamiMessage({
    person,
    place,
    roles: [{ ...role, ceiling: 'elevated' }],
    runnable: withApproval,
  }),
  whoami: whoamiMessage({ person, place, roles: [role], runnable: both }),
  'whoami-nobody': whoamiMessage({ person: { ...person, guest: true }, place, roles: [], runnable: [] }),
  'refusal-typing': refusalMessage(explain({ code: 'unknown_runbook', input: 'key-activty', nearest: 'key-activity' })),
  'refusal-mistyped': askMessages.mistyped({ code: 'unknown_runbook', input: 'key-activty', nearest: 'key-activity' }, [
    'key-activity AKIAIOSFODNN7EXAMPLE last 3h',
    'user=key-activty last 3h',
  ]),
  'refusal-incomplete': incompleteMessage(
    explain({
      code: 'missing_parameter',
      runbook: 'key-activity',
      parameter: 'accessKeyId',
      help: 'the id of the key',
      example: 'AKIAIOSFODNN7EXAMPLE',
    }),
    'key-activity last 3h',
  ),
  'refusal-run': refusalMessage(explain({ code: 'already_finished', run: RUN.slice(0, 8) }), RUN),
  'refusal-hostile': refusalMessage(explain({ code: 'unexpected_word', input: HOSTILE })),
  ...Object.fromEntries(
    Object.entries(FAILURES).flatMap(([code, examples]) =>
      examples.slice(0, 1).map((failure) => [`refused-${code.replaceAll('_', '-')}`, failureMessage(failure)]),
    ),
  ),
  failed: failedMessage(RUN, question, 'authorisation lapsed'),
  'failed-without-reason': failedMessage(RUN, question, undefined),
  note: noteMessage(say`Run cancelled.`),
  ...Object.fromEntries(Object.entries(NOTICES).map(([name, notice]) => [`notice-${name}`, noticeMessage(notice)])),
}
for (const [name, message] of Object.entries(MESSAGES)) {
  test(`the message ${name} reads as before and keeps every limit of Slack`, () => {
    assert.deepEqual(slackProblems(message), [])
    goldenJson(`slack/${name}.json`, message)
  })
}

test('the example of a runbook is understood by the grammar', () => {
  const parsed = parseCommand(exampleOf(keyActivity, 86_400), aLibrary(keyActivity), {
    now: new Date('2026-11-20T14:00:00Z'),
    timeZone: 'UTC',
  })
  assert.ok(parsed.ok && parsed.value.kind === 'run')
})

test('a place that may not have the answer learns the run and nothing of the question', () => {
  assert.doesNotMatch(JSON.stringify(noticeMessage({ kind: 'moved', run: RUN })), /key-activity|AKIA/)
})

test('a membership that is too new to count is said to be that, with the moment from which it counts', () => {
  const tooNew = [{ name: 'security', countsAt: Date.parse('2026-11-21T14:00:00Z') / 1000 }, { name: HOSTILE }]
  const message = whoamiMessage({ person, place, roles: [role], runnable: both, tooNew })
  assert.deepEqual(slackProblems(message), [])
  const text = JSON.stringify(message)
  assert.match(text, /Group `security`: too new, counts from 2026-11-21 14:00Z on/)
  assert.match(text, /too new, counts once ctq has seen it for long enough/)
})

test('only a run that goes on, and that this person may cancel, has a button', () => {
  const buttons = (runs: readonly RunStatus[]) =>
    JSON.stringify(statusMessage(runs).blocks).split('cancel_run').length - 1
  assert.equal(buttons([running, delivered, { ...running, mayCancel: false }, { ...running, state: 'cancelling' }]), 1)
})

test('hundreds of runbooks with any text give a list within every limit', () => {
  const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.constant(HOSTILE.repeat(20)))
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 300 }), (hostile, count) => {
      const runbook = aRunbook({
        name: 'any',
        title: hostile,
        about: hostile.repeat(10),
        aliases: [hostile],
        parameters: Object.fromEntries(
          Array.from({ length: 30 }, (_, index) => [
            `p${index}${hostile}`,
            aParameter({ help: hostile, example: hostile }),
          ]),
        ),
        columns: Array.from({ length: 40 }, () => ({ name: hostile, field: 'x' })),
      })
      const all = Array.from({ length: count }, () => runnable(runbook))
      for (const message of [
        listMessage(all, say`Found`),
        menuMessage(all),
        helpMessage(all, BOTH),
        runbookHelpMessage(runnable(runbook)),
        refusalMessage(hostile || 'x'),
        failedMessage(RUN, questionPhrase('k', { a: hostile }), hostile),
        statusMessage(Array.from({ length: Math.min(count, 60) }, () => ({ ...running, question: hostile }))),
        whoamiMessage({
          person: { ...person, name: hostile },
          place,
          roles: Array.from({ length: 40 }, () => role),
          runnable: all,
        }),
        noticeMessage({ kind: 'why_direct', run: RUN, channel: hostile, cause: 'slack', why: hostile }),
      ])
        assert.deepEqual(slackProblems(message), [])
    }),
    { numRuns: 30 },
  )
})
