import { parse } from 'yaml'
import { isObject, type Json, objects, textOr } from './json.ts'
import type { Command, Settings, Shortcut, WorkflowStep } from './settings.ts'

const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, name) => (isObject(inner) ? inner[name] : undefined), value)

const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : []

function commandOf(json: Json): Command {
  return {
    command: textOr(json['command'], ''),
    description: textOr(json['description'], ''),
    usage_hint: textOr(json['usage_hint'], ''),
    should_escape: json['should_escape'] === true,
  }
}

function shortcutOf(json: Json): Shortcut {
  return {
    type: json['type'] === 'message' ? 'message' : 'global',
    callback_id: textOr(json['callback_id'], ''),
    name: textOr(json['name'], ''),
  }
}

function stepsOf(functions: unknown): WorkflowStep[] {
  if (!isObject(functions)) return []
  return Object.entries(functions).map(([callback_id, step]) => ({
    callback_id,
    title: textOr(at(step, 'title'), ''),
    required: strings(at(step, 'input_parameters', 'required')),
    outputs: Object.keys((at(step, 'output_parameters', 'properties') ?? {}) as object),
  }))
}

/**
 * What an app's manifest (YAML or JSON) makes of the simulated Slack: the scopes its token has, optional ones included, the events it
 * hears of, its commands, its shortcuts, its steps for workflows and whether people may write to it. Slack: app manifest reference.
 * @throws YAMLParseError when it is neither.
 */
export function settingsOfManifest(text: string): Partial<Settings> {
  const manifest: unknown = parse(text)
  const scopes = at(manifest, 'oauth_config', 'scopes')
  return {
    scopes: [...strings(at(scopes, 'bot')), ...strings(at(scopes, 'bot_optional'))],
    events: strings(at(manifest, 'settings', 'event_subscriptions', 'bot_events')),
    commands: objects(at(manifest, 'features', 'slash_commands')).map(commandOf),
    shortcuts: objects(at(manifest, 'features', 'shortcuts')).map(shortcutOf),
    functions: stepsOf(at(manifest, 'functions')),
    messagesTab: at(manifest, 'features', 'app_home', 'messages_tab_enabled') === true,
  }
}
