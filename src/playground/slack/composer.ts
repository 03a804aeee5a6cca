import type { Json } from './json.ts'
import type { Workspace } from './workspace.ts'

/** What a Slack client makes of typed text: mrkdwn with its escapes, and the rich_text block beside it. */
export type Composed = { readonly text: string; readonly blocks: Json[] }

const URL_PART = 'https?:\\/\\/[^\\s<>|]+'
const EMAIL = '[\\w.+-]+@[\\w-]+\\.[\\w.-]*\\w'
/** Clients make links of bare names under well-known endings, AWS event sources among them. */
const DOMAIN = '(?:[a-z0-9-]+\\.)+(?:com|org|net|io|dev|co|eu|uk|de|fr)\\b(?:\\/[^\\s<>|]*)?'
const TOKEN = new RegExp(`(${URL_PART})|(${EMAIL})|\\b(${DOMAIN})|(?<!\\S)@([\\w.-]+)|(?<!\\S)#([\\w-]+)`, 'gi')

/** `&`, `<` and `>` as Slack writes them in text. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/**
 * Typed text as a Slack client sends it: links, e-mails, people, groups and channels become their codes. In the text of a command that wants them
 * escaped, people have their name beside the id (Slack: interactivity, slash commands).
 */
export function compose(ws: Workspace, typed: string, names: 'bare' | 'named' = 'bare'): Composed {
  const parts: { text: string; leaf: Json }[] = []
  let end = 0
  const plain = (text: string): void => {
    if (text !== '') parts.push({ text: escaped(text), leaf: { type: 'text', text } })
  }
  for (const match of typed.matchAll(TOKEN)) {
    const part = partOf(ws, match, names)
    if (!part) continue
    plain(typed.slice(end, match.index))
    parts.push(part)
    end = match.index + match[0].length
  }
  plain(typed.slice(end))
  const section = { type: 'rich_text_section', elements: parts.map(({ leaf }) => leaf) }
  return { text: parts.map(({ text }) => text).join(''), blocks: [{ type: 'rich_text', elements: [section] }] }
}

function partOf(
  ws: Workspace,
  match: RegExpMatchArray,
  names: 'bare' | 'named',
): { text: string; leaf: Json } | undefined {
  const [, url, email, domain, name, channel] = match
  if (url) return { text: `<${escaped(url)}>`, leaf: { type: 'link', url } }
  if (email) return { text: `<mailto:${email}|${email}>`, leaf: { type: 'link', url: `mailto:${email}`, text: email } }
  if (domain)
    return { text: `<http://${domain}|${domain}>`, leaf: { type: 'link', url: `http://${domain}`, text: domain } }
  return name ? mention(ws, name, names) : channelLink(ws, channel ?? '')
}

function mention(ws: Workspace, name: string, names: 'bare' | 'named'): { text: string; leaf: Json } | undefined {
  if (['here', 'channel', 'everyone'].includes(name))
    return { text: `<!${name}>`, leaf: { type: 'broadcast', range: name } }
  const user = [...ws.users.values()].find((each) => each.name === name)
  const beside = names === 'named' ? `|${name}` : ''
  if (user) return { text: `<@${user.id}${beside}>`, leaf: { type: 'user', user_id: user.id } }
  const group = [...ws.usergroups.values()].find((each) => each.handle === name)
  if (!group) return undefined
  return { text: `<!subteam^${group.id}|@${group.handle}>`, leaf: { type: 'usergroup', usergroup_id: group.id } }
}

function channelLink(ws: Workspace, name: string): { text: string; leaf: Json } | undefined {
  const channel = [...ws.channels.values()].find((each) => each.name === name)
  return channel && { text: `<#${channel.id}|${channel.name}>`, leaf: { type: 'channel', channel_id: channel.id } }
}

/** What phones and Macs make of typed text before Slack sees it: curly quotes, dashes, no-break spaces. */
export function autocorrected(typed: string): string {
  return typed
    .replaceAll(/"([^"]*)"/g, '“$1”')
    .replaceAll("'", '’')
    .replaceAll('--', '—')
    .replaceAll('  ', ' \u00a0')
}
