/**
 * What may be completed at the end of the typed text: a command or an app's shortcut at its start, or a name after `@`.
 * `inThread` leaves commands out: Slack takes none there.
 */
export function completions(text, context, inThread) {
  if (/^\/\S*$/.test(text)) return inThread ? [] : slash(text, context)
  const name = /(?:^|\s)@([\w.-]*)$/.exec(text)
  if (!name) return []
  const people = context.mentionable().filter((each) => each.name.startsWith(name[1]))
  const before = text.slice(0, text.length - name[1].length)
  return people
    .slice(0, 6)
    .map((each) => ({ insert: `${before}${each.name} `, label: `@${each.name}`, detail: each.detail }))
}

function slash(text, context) {
  const commands = context.commands
    .filter((each) => each.command.startsWith(text))
    .map((each) => ({
      insert: `${each.command} `,
      label: `${each.command} ${each.usage_hint}`,
      detail: each.description,
    }))
  const words = text.slice(1).toLowerCase()
  const shortcuts = context.shortcuts
    .filter(({ type, name }) => type === 'global' && name.toLowerCase().includes(words))
    .map(({ name, callback_id }) => ({ shortcut: callback_id, label: name, detail: 'shortcut' }))
  return [...commands, ...shortcuts]
}
