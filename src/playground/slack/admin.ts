import { joinedEvent } from './events.ts'
import type { Json } from './json.ts'
import { channelOf, usergroupOf, userOf } from './seed.ts'
import type { Channel, User, Usergroup } from './types.ts'
import { changed, newId, type Workspace } from './workspace.ts'

/** Takes over the fields that the record has and that keep their type. @throws Error naming the first that does not. */
function merge<T extends object>(record: T, fields: Json): T {
  const known = record as Record<string, unknown>
  for (const [name, value] of Object.entries(fields)) {
    if (!(name in known)) throw new Error(`no such field: ${name}`)
    if (typeof value !== typeof known[name] || Array.isArray(value) !== Array.isArray(known[name]))
      throw new Error(`${name} has another type`)
  }
  return Object.assign(record, fields)
}

function find<T extends { id: string }>(all: Map<string, T>, fields: Json, name: (record: T) => string): T | undefined {
  const wanted = String(fields['id'] ?? fields['name'] ?? fields['handle'] ?? '')
  return all.get(wanted) ?? [...all.values()].find((each) => name(each) === wanted)
}

/** Changes a user, named by id or name, or adds one. */
export function putUser(ws: Workspace, fields: Json): User {
  const old = find(ws.users, fields, (user) => user.name)
  const id = String(fields['id'] ?? newId(ws, 'U'))
  const name = String(fields['name'] ?? id.toLowerCase())
  const user = merge(old ?? userOf({ id, name }, ws.team.id), fields)
  ws.users.set(user.id, user)
  changed(ws, { type: 'workspace' })
  return user
}

/** Changes a channel, named by id or name, or adds one; people who become members are announced to the app. */
export function putChannel(ws: Workspace, fields: Json): Channel {
  const old = find(ws.channels, fields, (channel) => channel.name)
  const before = [...(old?.members ?? [])]
  const id = String(fields['id'] ?? newId(ws, 'C'))
  const name = String(fields['name'] ?? id.toLowerCase())
  const channel = merge(old ?? channelOf({ id, name }, Math.floor(ws.now() / 1000)), fields)
  ws.channels.set(channel.id, channel)
  changed(ws, { type: 'workspace' })
  for (const member of channel.members) if (old && !before.includes(member)) joinedEvent(ws, channel, member)
  return channel
}

/** Adds a member to a channel. @throws Error when channel or user does not exist. */
export function addMember(ws: Workspace, channelId: string, userId: string): Channel {
  const channel = find(ws.channels, { id: channelId }, ({ name }) => name)
  const user = find(ws.users, { id: userId }, ({ name }) => name)
  if (!channel || !user) throw new Error(`no such ${channel ? 'user' : 'channel'}`)
  if (channel.members.includes(user.id)) return channel
  return putChannel(ws, { id: channel.id, members: [...channel.members, user.id] })
}

/** Takes a member out of a channel. @throws Error when the channel does not exist. */
export function removeMember(ws: Workspace, channelId: string, userId: string): Channel {
  const channel = find(ws.channels, { id: channelId }, ({ name }) => name)
  const user = find(ws.users, { id: userId }, ({ name }) => name)
  if (!channel || !user) throw new Error(`no such ${channel ? 'user' : 'channel'}`)
  return putChannel(ws, { id: channel.id, members: channel.members.filter((id) => id !== user.id) })
}

/** Changes a user group, named by id or handle, or adds one. */
export function putUsergroup(ws: Workspace, fields: Json): Usergroup {
  const old = find(ws.usergroups, fields, (group) => group.handle)
  const id = String(fields['id'] ?? newId(ws, 'S'))
  const handle = String(fields['handle'] ?? id.toLowerCase())
  const group = merge(old ?? usergroupOf({ id, handle }), fields)
  ws.usergroups.set(group.id, group)
  changed(ws, { type: 'workspace' })
  return group
}
