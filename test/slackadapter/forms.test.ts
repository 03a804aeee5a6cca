import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formView } from '../../src/adapters/slack/views/form.ts'
import { emptyForm, type Form } from '../../src/domain/request/form.ts'
import { SHIPPED } from '../support/stories.ts'
import { ALICE, anApp, aRig, OPS, type Rig, until } from './rig.ts'

const FORM: Form = {
  filled: emptyForm('denied-calls'),
  runbooks: SHIPPED.all,
  accounts: [{ word: '111122223333', label: 'prod' }],
  regions: ['eu-west-1'],
  memory: { channel: OPS, choosesPlace: false, turn: 0, offers: [], found: [] },
}

const GLOBAL = { user: ALICE, callback_id: 'ask_cloudtrail' }

async function opened(rig: Rig) {
  return await until(() => {
    const view = rig.slack.workspace.modals.get(ALICE)?.at(-1)
    return view?.json['callback_id'] === 'ask_form' ? view : undefined
  }, 'the form')
}

for (const mode of ['socket', 'http'] as const)
  test(`the form opens at once and is filled when it is known what may be asked (${mode})`, async (t) => {
    const rig = await aRig(t)
    let resolve = (): void => undefined
    const promise = new Promise<void>((done) => {
      resolve = done
    })
    const app = await anApp(
      rig,
      {
        onForm: async () => {
          await promise
          return formView(FORM)
        },
      },
      mode,
    )
    if (mode === 'http') rig.slack.workspace.settings.eventsUrl = `http://127.0.0.1:${app.port()}/slack/events`
    await rig.slack.people.shortcut(GLOBAL)
    await until(() => rig.slack.workspace.modals.get(ALICE)?.at(-1), 'a view at once')
    assert.equal(rig.slack.workspace.modals.get(ALICE)?.at(-1)?.json['callback_id'], undefined)
    resolve()
    await opened(rig)
    assert.equal(rig.calls('views.open').length, 1)
  })

test('errors of a form that was sent are shown beside its fields; when it is taken it closes', async (t) => {
  const rig = await aRig(t)
  let errors: readonly { field: 'since'; why: string }[] = [{ field: 'since', why: 'too long ago' }]
  await anApp(rig, { onForm: async () => formView(FORM), onFormSent: async () => errors })
  await rig.slack.people.shortcut(GLOBAL)
  await opened(rig)
  const refused = await rig.slack.people.submit({ user: ALICE })
  assert.deepEqual(refused.errors, { 'since//0': 'too long ago' })
  errors = []
  const taken = await rig.slack.people.submit({ user: ALICE })
  assert.equal(taken.ok, true)
  assert.equal(rig.slack.workspace.modals.get(ALICE)?.length ?? 0, 0)
})

test('a handler that throws is told in the form, without the error’s own words', async (t) => {
  const rig = await aRig(t)
  const failing = async (): Promise<never> => {
    throw new Error('secret detail')
  }
  await anApp(rig, { onForm: failing, onFormSent: failing, onHome: failing, onStep: failing })
  await rig.slack.people.shortcut(GLOBAL)
  await until(
    () => (/Reference 1234/.test(JSON.stringify(rig.slack.workspace.modals.get(ALICE))) ? true : undefined),
    'the reference',
  )
  rig.slack.people.openHome(ALICE)
  await until(() => rig.log.lines.find((line) => /Home tab could not be shown/.test(line)), 'a line in the log')
  assert.ok(!rig.log.lines.join().includes('secret detail'))
})

test('a trigger serves once: opened twice, the second form is not shown and it is in the log', async (t) => {
  const rig = await aRig(t)
  await anApp(rig, { onForm: async () => formView(FORM) })
  await rig.fault({ method: 'views.open', kind: 'error', error: 'exchanged_trigger_id', times: 1 })
  await rig.slack.people.shortcut(GLOBAL)
  await until(() => rig.log.lines.find((line) => /a form was not opened/.test(line)), 'a line in the log')
  assert.equal(rig.slack.workspace.modals.get(ALICE), undefined)
})

test('a choice in a form that was changed since comes too late and changes nothing', async (t) => {
  const rig = await aRig(t)
  const changed = { ...FORM, filled: emptyForm('console-logins') }
  await anApp(rig, { onForm: async () => formView(FORM), onFormChange: async () => formView(changed) })
  await rig.slack.people.shortcut(GLOBAL)
  const view = await opened(rig)
  await rig.fault({ method: 'views.update', kind: 'error', error: 'hash_conflict', times: 1 })
  const choice = { user: ALICE, view_id: view.id, action_id: 'form_runbook', value: 'console-logins' }
  await rig.slack.people.click(choice)
  await until(() => rig.log.lines.find((line) => /did not reach Slack/.test(line)), 'a line in the log')
  await rig.slack.people.click(choice)
  await until(
    () => (/"initial_option":\{[^}]*\{[^}]*"console-logins/.test(JSON.stringify(view.json)) ? true : undefined),
    'the changed form',
  )
})

test('a form that is none of ours closes without a word', async (t) => {
  const rig = await aRig(t)
  const app = await anApp(rig, { onForm: async () => ({ ...formView(FORM), private_metadata: '{}' }) })
  await rig.slack.people.shortcut(GLOBAL)
  await opened(rig)
  assert.equal((await rig.slack.people.submit({ user: ALICE })).ok, true)
  assert.deepEqual(app.asks, [])
})
