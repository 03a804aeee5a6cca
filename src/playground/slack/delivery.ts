import type { Json } from './json.ts'
import { postSigned } from './signedHttp.ts'
import type { Sockets } from './sockets.ts'
import type { Delivery, Envelope, Outcome } from './types.ts'
import { changed, isExternallyShared, later, newId, type Workspace } from './workspace.ts'

/** The log keeps this many deliveries; older ones are forgotten. */
const DELIVERIES_KEPT = 2000

/** Sends a payload to the app the way the workspace is set up, and writes down what became of it. */
export type Deliver = (envelope: Envelope) => Promise<Outcome>

/** The way to the app: signed HTTP when `eventsUrl` is set, else one of its Socket Mode connections. */
export function createDelivery(ws: Workspace, sockets: Sockets): Deliver {
  return async (envelope) => {
    const { eventsUrl } = ws.settings
    const via = eventsUrl === '' ? 'socket' : 'http'
    const delivery: Delivery = { at: ws.now(), via, connection: undefined, envelope, outcome: undefined }
    ws.deliveries.push(delivery)
    if (ws.deliveries.length > DELIVERIES_KEPT) ws.deliveries.splice(0, ws.deliveries.length - DELIVERIES_KEPT)
    if (eventsUrl === '') {
      const { connection, outcome } = await sockets.send(envelope)
      delivery.connection = connection
      delivery.outcome = outcome
    } else delivery.outcome = await postSigned(ws, eventsUrl, envelope)
    changed(ws, { type: 'delivery' })
    return delivery.outcome
  }
}

/** An event in the wrapping that Slack gives it. */
export function eventPayload(ws: Workspace, event: Json): Json {
  const channel = ws.channels.get(String(event['channel'] ?? ''))
  const { app, team } = ws
  return {
    token: app.verificationToken,
    team_id: team.id,
    context_team_id: team.id,
    context_enterprise_id: null,
    api_app_id: app.id,
    event,
    type: 'event_callback',
    event_id: newId(ws, 'Ev'),
    event_time: Math.floor(ws.now() / 1000),
    authorizations: [
      { enterprise_id: null, team_id: team.id, user_id: app.botUserId, is_bot: true, is_enterprise_install: false },
    ],
    is_ext_shared_channel: channel ? isExternallyShared(channel) : false,
    event_context: newId(ws, '4'),
  }
}

/**
 * Sends an event and, while it is not acknowledged, sends it again after each of `redeliveryMs`, as Slack does, with
 * the same event_id and a rising retry number. Resolves to the last outcome.
 */
export async function deliverEvent(ws: Workspace, deliver: Deliver, payload: Json): Promise<Outcome> {
  let outcome = await deliver({ type: 'events_api', payload })
  for (const [index, wait] of ws.settings.redeliveryMs.entries()) {
    if (outcome.status === 'acked' || (outcome.status === 'failed' && outcome.noRetry)) return outcome
    const reason = outcome.status === 'timeout' ? 'http_timeout' : outcome.reason
    await new Promise<void>((resolve) => later(ws, wait, resolve))
    outcome = await deliver({ type: 'events_api', payload, retry: { num: index + 1, reason } })
  }
  return outcome
}
