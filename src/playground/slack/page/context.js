import { canSignIn } from './people.js'

/** What messages need to know of the workspace, as one person sees it: names, groups, who can be chosen. */
export function contextOf(state, user) {
  const users = new Map(state.users.map((each) => [each.id, each]))
  const channels = new Map(state.channels.map((each) => [each.id, each]))
  const groups = new Map(state.usergroups.map((each) => [each.id, each]))
  const people = state.users.filter(canSignIn)
  return {
    user,
    team: state.team,
    app: state.app,
    commands: state.commands,
    shortcuts: state.shortcuts,
    /** Another text when something that messages show of people, groups or shortcuts is another. */
    version: JSON.stringify([user.id, state.users, state.usergroups, state.shortcuts]),
    userOf: (id) => users.get(id),
    userName: (id) => users.get(id)?.name ?? id,
    groupHandle: (id) => groups.get(id)?.handle ?? id,
    inGroup: (id) => groups.get(id)?.users.includes(user.id) ?? false,
    channelName: (id) => channels.get(id)?.name,
    people: () => people,
    channels: () => state.channels.filter((each) => each.kind === 'public' || each.kind === 'private'),
    mentionable: () => [
      { name: state.app.name, detail: 'app' },
      ...people.map((each) => ({ name: each.name, detail: each.real_name })),
      ...state.usergroups.map((each) => ({ name: each.handle, detail: each.name })),
    ],
  }
}
