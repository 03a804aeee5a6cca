import { compose } from './composer.ts'
import { storeAt } from './messages.ts'
import type { Workspace } from './workspace.ts'

/** Puts what the seed says was said into its channels, oldest first. @throws Error when it names a channel that is not there. */
export function tellHistory(ws: Workspace): void {
  const told = [...(ws.seed.messages ?? [])].sort((a, b) => b.minutesAgo - a.minutesAgo)
  for (const { channel: id, user, text: typed, minutesAgo, attachments = [], reactions = [] } of told) {
    const channel = ws.channels.get(id)
    if (!channel) throw new Error(`the seed says something in ${id}, which is no channel`)
    const { text, blocks } = compose(ws, typed)
    const said = {
      user,
      text,
      blocks: attachments.length > 0 ? [] : blocks,
      attachments: attachments.map((each) => structuredClone(each)),
      reactions: reactions.map(({ name, users }) => ({ name, users: [...users] })),
    }
    storeAt(ws, channel, said, secondsAgo(ws, minutesAgo * 60))
  }
}

/** A message timestamp so many seconds before now. */
function secondsAgo(ws: Workspace, seconds: number): string {
  return (ws.now() / 1000 - seconds).toFixed(6)
}
