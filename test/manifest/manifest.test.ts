import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { Ajv } from 'ajv'
import { parse } from 'yaml'
import { SHORTCUTS, STEP } from '../../src/adapters/slack/listenForms.ts'
import { APP_SCOPES, BOT_EVENTS, BOT_SCOPES, COMMAND, OPTIONAL_SCOPES } from '../../src/adapters/slack/scopes.ts'
import type { StepOutputs } from '../../src/usecases/completeStep.ts'

const SCHEMA = JSON.parse(readFileSync('test/manifest/fixtures/slack-manifest.schema.2.0.0.json', 'utf8')) as object

type Manifest = {
  readonly features: {
    readonly shortcuts: readonly { readonly type: string; readonly callback_id: string }[]
    readonly app_home: {
      readonly home_tab_enabled: boolean
      readonly messages_tab_enabled: boolean
      readonly messages_tab_read_only_enabled: boolean
    }
    readonly slash_commands: readonly { readonly command: string }[]
  }
  readonly functions: {
    readonly [callback: string]: {
      readonly input_parameters: { readonly properties: object }
      readonly output_parameters: { readonly properties: object }
    }
  }
  readonly oauth_config: {
    readonly scopes: { readonly bot: readonly string[]; readonly bot_optional: readonly string[] }
  }
  readonly settings: {
    readonly event_subscriptions: { readonly bot_events: readonly string[] }
    readonly interactivity: { readonly is_enabled: boolean }
    readonly socket_mode_enabled: boolean
    readonly function_runtime: string
    readonly org_deploy_enabled: boolean
  }
}

const read = (): Manifest => parse(readFileSync('manifest.yml', 'utf8')) as Manifest

/** What Slack's schema says against a manifest. Its `regex` keywords are Slack's own and say nothing to a validator. */
function faults(manifest: unknown): readonly string[] {
  const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(SCHEMA)
  return validate(manifest)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

test("the manifest is valid by Slack's own schema", () => {
  assert.deepEqual(faults(read()), [])
})

test('the schema refuses a command without its slash, a name that is too long and a key nobody knows', () => {
  const manifest = read()
  const [first] = manifest.features.slash_commands
  const command = { ...manifest, features: { ...manifest.features, slash_commands: [{ ...first, command: 'ctq' }] } }
  assert.match(faults(command).join(), /slash_commands\/0\/command/)
  assert.match(
    faults({ ...manifest, display_information: { name: 'x'.repeat(36) } }).join(),
    /display_information\/name/,
  )
  assert.match(faults({ ...manifest, settings: { ...manifest.settings, socket_mode: true } }).join(), /settings/)
})

test('the manifest asks for the scopes that the code needs, no more and no less', () => {
  const { bot, bot_optional } = read().oauth_config.scopes
  assert.deepEqual(bot, BOT_SCOPES)
  assert.deepEqual(bot_optional, OPTIONAL_SCOPES)
})

test('the manifest subscribes to the events that the code listens to, no more and no less', () => {
  assert.deepEqual(read().settings.event_subscriptions.bot_events, BOT_EVENTS)
})

test('the manifest declares the shortcuts that the code listens to', () => {
  const { shortcuts } = read().features
  assert.deepEqual(
    shortcuts.map(({ type, callback_id }) => [type, callback_id]),
    [
      ['global', SHORTCUTS.global],
      ['message', SHORTCUTS.message],
    ],
  )
  assert.equal(read().features.app_home.home_tab_enabled, true)
})

test('the manifest declares the step for workflows with the inputs that the code reads and the outputs that it gives', () => {
  const { functions, settings } = read()
  assert.deepEqual(Object.keys(functions), [STEP])
  const { input_parameters: inputs, output_parameters: outputs } = functions[STEP] ?? {}
  assert.deepEqual(Object.keys(inputs?.properties ?? {}), ['question', 'channel'])
  const given: { readonly [name in keyof StepOutputs]: true } = {
    verdict: true,
    summary: true,
    run: true,
    permalink: true,
  }
  assert.deepEqual(Object.keys(outputs?.properties ?? {}), Object.keys(given))
  assert.deepEqual([settings.function_runtime, settings.org_deploy_enabled], ['remote', true])
})

test('the manifest declares the one command, buttons, Socket Mode and direct messages', () => {
  const { features, settings } = read()
  assert.deepEqual(
    features.slash_commands.map(({ command }) => command),
    [COMMAND],
  )
  assert.equal(settings.interactivity.is_enabled, true)
  assert.equal(settings.socket_mode_enabled, true)
  assert.equal(features.app_home.messages_tab_enabled, true)
  assert.equal(features.app_home.messages_tab_read_only_enabled, false)
  assert.deepEqual(APP_SCOPES, ['connections:write'])
})
