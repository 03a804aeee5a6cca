import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { App, LogLevel } from '@slack/bolt'
import { WebClient, type WebClientOptions } from '@slack/web-api'
import { type Slack, type SlackOptions, startSlack } from '../../src/playground/slack/server.ts'
import type { Message } from '../../src/playground/slack/types.ts'
import { waitFor } from '../../src/playground/slack/workspace.ts'

/** A simulated Slack, and the apps that must stop before it does. */
export type Rig = Slack & { readonly stops: (() => Promise<unknown>)[] }

/** A simulated Slack that is closed when the test ends; files share and events come again quickly. */
export async function aSlack(t: TestContext, options: SlackOptions = {}): Promise<Rig> {
  const settings = { fileShareMs: 20, redeliveryMs: [10, 20, 30], ...options.settings }
  const slack = await startSlack({ ...options, settings })
  const stops: Rig['stops'] = []
  t.after(async () => {
    for (const stop of stops) await stop()
    await slack.close()
  })
  return { ...slack, stops }
}

/** The real Bolt app in Socket Mode against it, started and connected; stopped when the test ends. */
export async function anApp(slack: Rig): Promise<App> {
  const app = new App({
    token: slack.botToken,
    appToken: slack.appToken,
    socketMode: true,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: slack.apiUrl },
  })
  await app.start()
  slack.stops.push(() => app.stop())
  return app
}

/** The real WebClient, with the bot token and no retries unless told otherwise. */
export function aClient(slack: Slack, token: string = slack.botToken, options: WebClientOptions = {}): WebClient {
  return new WebClient(token, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logLevel: LogLevel.ERROR,
    ...options,
  })
}

/** Resolves with a channel's messages as soon as there are `count` of them. @throws Error after two seconds. */
export async function until(slack: Slack, channel: string, count: number): Promise<Message[]> {
  const enough = (): Message[] | undefined => {
    const shown = (slack.workspace.messages.get(channel) ?? []).filter((message) => !message.deleted)
    return shown.length >= count ? shown : undefined
  }
  const found = await waitFor(slack.workspace, enough, 2000)
  if (!found) throw new Error(`fewer than ${count} messages in ${channel}`)
  return found
}

/** Asserts that a call is refused with this error name; gives Slack's detailed messages back. */
export async function fails(call: Promise<unknown>, error: string): Promise<string[]> {
  let messages: string[] = []
  await assert.rejects(call, (thrown: unknown) => {
    assert.ok(thrown instanceof Error, String(thrown))
    const data =
      'data' in thrown ? (thrown.data as { error: string; response_metadata?: { messages?: string[] } }) : null
    assert.equal(data?.error ?? thrown.message, error)
    messages = data?.response_metadata?.messages ?? []
    return true
  })
  return messages
}

/** The real Bolt app behind signed HTTP on a free port, made the place where Slack posts. */
export async function anHttpApp(slack: Rig, signingSecret: string = slack.signingSecret): Promise<App> {
  const app = new App({
    token: slack.botToken,
    signingSecret,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: slack.apiUrl },
  })
  const server = await app.start({ port: 0, host: '127.0.0.1' })
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  slack.workspace.settings.eventsUrl = `http://127.0.0.1:${port}/slack/events`
  slack.stops.push(() => app.stop())
  return app
}

/** One call of the control API, as the page makes it. */
export async function control(slack: Slack, path: string, input: object): Promise<unknown> {
  const response = await fetch(`${slack.url}/_playground/${path}`, { method: 'POST', body: JSON.stringify(input) })
  return response.json()
}
