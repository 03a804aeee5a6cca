import type { Json } from '../json.ts'
import { SlackError } from '../slackError.ts'
import { newId, type Workspace } from '../workspace.ts'
import { type Args, required } from './args.ts'
import { type Methods, TIER } from './method.ts'

export const team: Methods = {
  'api.test': { token: 'any', scopes: [], perMinute: TIER.four, run: (_ws, args) => ({ args }) },
  'auth.test': { token: 'any', scopes: [], perMinute: TIER.special, run: authTest },
  'apps.connections.open': { token: 'app', scopes: [], perMinute: TIER.three, run: openConnection },
  'team.info': { token: 'bot', scopes: ['team:read'], perMinute: TIER.three, run: teamInfo },
  'bots.info': { token: 'bot', scopes: ['users:read'], perMinute: TIER.three, run: botInfo },
}

function authTest(ws: Workspace): Json {
  const { botUserId, botId, name } = ws.app
  return {
    url: `${ws.url}/`,
    team: ws.team.name,
    user: name,
    team_id: ws.team.id,
    user_id: botUserId,
    bot_id: botId,
    is_enterprise_install: false,
  }
}

/** A Socket Mode address with a ticket that is good for one connection. */
function openConnection(ws: Workspace): Json {
  const ticket = newId(ws, 't')
  ws.tickets.set(ticket, ws.now() + ws.settings.ticketMs)
  return { url: `${ws.url.replace(/^http/, 'ws')}/link/?ticket=${ticket}&app_id=${ws.app.id}` }
}

function teamInfo(ws: Workspace): Json {
  const { id, name, domain } = ws.team
  return { team: { id, name, domain, email_domain: '', url: `${ws.url}/` } }
}

function botInfo(ws: Workspace, args: Args): Json {
  const { botId, botUserId, id, name } = ws.app
  if (required(args, 'bot') !== botId) throw new SlackError('bot_not_found')
  return { bot: { id: botId, deleted: false, name, updated: 0, app_id: id, user_id: botUserId } }
}
