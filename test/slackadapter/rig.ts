import type { TestContext } from 'node:test'
import { type AppOptions, type SlackApps, slackApps } from '../../src/adapters/slack/app.ts'
import { type Self, type SlackClient, slackClient, whoAmI } from '../../src/adapters/slack/client.ts'
import type { Ask, Handlers, Log, Press } from '../../src/adapters/slack/entry.ts'
import { openingView } from '../../src/adapters/slack/views/form.ts'
import { type Slack, type SlackOptions, startSlack } from '../../src/playground/slack/server.ts'
import type { Call, Message } from '../../src/playground/slack/types.ts'

export const ALICE = 'U0ALICE01'
export const BOB = 'U0BOB0001'
export const TEAM = 'T0CTQ0001'
/** Public, with the bot in it. */
export const OPS = 'C0OPS0001'
/** Private, with Alice, Carol and the bot. */
export const SECRET = 'C0SECRESP'

/** A logger that keeps its lines as text. */
export function aLog(): Log & { readonly lines: string[] } {
  const lines: string[] = []
  const keep =
    (level: string) =>
    (fields: object, message: string): void => {
      lines.push(`${level} ${message} ${JSON.stringify(fields)}`)
    }
  return { lines, info: keep('info'), warn: keep('warn'), error: keep('error') }
}

export type Rig = {
  readonly slack: Slack
  readonly client: SlackClient
  readonly self: Self
  readonly log: ReturnType<typeof aLog>
  /** The next calls of a method fail like this (the playground's faults). */
  readonly fault: (fault: {
    readonly method: string
    readonly kind: string
    readonly [name: string]: unknown
  }) => Promise<void>
  /** The control API of the playground. */
  readonly control: (method: 'GET' | 'POST' | 'DELETE', path: string, body?: object) => Promise<unknown>
  readonly calls: (method: string) => readonly Call[]
  /** Messages of a channel that are not deleted, oldest first. */
  readonly messages: (channel: string) => readonly Message[]
  /** Ends before Slack does when the test ends. */
  readonly onEnd: (stop: () => Promise<unknown>) => void
}

/** A simulated Slack and the client for it, both gone when the test ends. */
export async function aRig(t: TestContext, options: SlackOptions = {}, timeoutMs = 400): Promise<Rig> {
  const settings = { fileShareMs: 10, redeliveryMs: [10, 20, 30], ...options.settings }
  const slack = await startSlack({ ...options, settings })
  const stops: (() => Promise<unknown>)[] = []
  t.after(async () => {
    for (const stop of stops.reverse()) await stop()
    await slack.close()
  })
  const log = aLog()
  const client = slackClient({ token: slack.botToken, apiUrl: slack.apiUrl, timeoutMs, log })
  const control: Rig['control'] = async (method, path, body) => {
    const init = { method, ...(body ? { body: JSON.stringify(body) } : {}) }
    const response = await fetch(`${slack.url}/_playground/${path}`, init)
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`)
    return await response.json()
  }
  return {
    slack,
    client,
    self: await whoAmI(client),
    log,
    control,
    fault: async (fault) => void (await control('POST', 'faults', fault)),
    calls: (method) => slack.workspace.calls.filter((call) => call.method === method),
    messages: (channel) => (slack.workspace.messages.get(channel) ?? []).filter((message) => !message.deleted),
    onEnd: (stop) => void stops.push(stop),
  }
}

/** What an app does about forms of which a test says nothing. */
export const NO_FORMS: Pick<
  Handlers,
  'onForm' | 'onFormChange' | 'onFormSent' | 'onAccounts' | 'onHome' | 'onStep' | 'onDenied' | 'onReviewed'
> = {
  onForm: async () => openingView(),
  onFormChange: async () => openingView(),
  onFormSent: async () => [],
  onAccounts: async () => [],
  onStep: async () => undefined,
  onDenied: async () => undefined,
  onReviewed: async () => undefined,
  onHome: async () => ({ type: 'home', blocks: [] }),
}

export type Heard = { readonly asks: Ask[]; readonly presses: Press[] }

/** The apps in Socket Mode or on signed HTTP, started; what comes in is kept and answered by the given handlers. */
export async function anApp(
  rig: Rig,
  handlers: Partial<Handlers> = {},
  mode: 'socket' | 'http' = 'socket',
  options: Partial<AppOptions> = {},
): Promise<SlackApps & Heard> {
  const heard: Heard = { asks: [], presses: [] }
  const seen = new Set<string>()
  const { slack, client, self, log } = rig
  const apps = slackApps(
    {
      token: slack.botToken,
      self,
      client,
      apiUrl: slack.apiUrl,
      log,
      mode:
        mode === 'socket'
          ? { kind: 'socket', appToken: slack.appToken }
          : { kind: 'http', signingSecret: slack.signingSecret, port: 0, host: '127.0.0.1' },
      ...options,
    },
    {
      ...NO_FORMS,
      ...handlers,
      onAsk: async (ask) => {
        heard.asks.push(ask)
        return handlers.onAsk
          ? await handlers.onAsk(ask)
          : { kind: 'ephemeral', message: { text: `heard ${ask.text}` } }
      },
      onAction: async (press) => {
        heard.presses.push(press)
        return await handlers.onAction?.(press)
      },
      onFailure: handlers.onFailure ?? (() => ({ text: 'That did not work. Reference 1234.' })),
      seen:
        handlers.seen ??
        (async (id) => {
          if (seen.has(id)) return true
          seen.add(id)
          return false
        }),
    },
  )
  await apps.start()
  rig.onEnd(() => apps.stop())
  if (mode === 'http')
    await rig.control('POST', 'settings', { eventsUrl: `http://127.0.0.1:${apps.port()}/slack/events` })
  return { ...apps, ...heard }
}

/** Resolves as soon as `look` finds something. Throws after `ms`. */
export async function until<T>(look: () => T | undefined | false, what: string, ms = 3000): Promise<T> {
  const end = Date.now() + ms
  for (;;) {
    const found = look()
    if (found) return found
    if (Date.now() > end) throw new Error(`not in time: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** A promise and the function that resolves it. */
export function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open: () => void = () => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}
