/** What holds no words of a message: kinds, ids, times, addresses of pictures. */
const SILENT: ReadonlySet<string> = new Set([
  'type',
  'subtype',
  'block_id',
  'action_id',
  'ts',
  'thread_ts',
  'user',
  'team',
  'bot_id',
  'app_id',
  'client_msg_id',
  'color',
  'style',
  'icons',
  'reactions',
  'files',
  'metadata',
  'image_url',
  'thumb_url',
  'id',
  'value',
])

/** Deeper than this no block of Slack's goes. */
const DEEPEST = 20

/** Everything that a message says: its text, its blocks, its attachments, each line once. */
export function messageWords(message: { readonly [name: string]: unknown }): string {
  const lines = new Set<string>()
  collect(message, lines, 0)
  return [...lines].join('\n')
}

/** A field of an attachment is a title and a value: together they say what the value is. */
function collect(value: unknown, lines: Set<string>, depth: number): void {
  if (typeof value === 'string') {
    if (value.trim() !== '') lines.add(value)
    return
  }
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return
  if (Array.isArray(value)) {
    for (const item of value) collect(item, lines, depth + 1)
    return
  }
  const { title, value: said } = value as { readonly title?: unknown; readonly value?: unknown }
  if (typeof title === 'string' && typeof said === 'string') lines.add(`${title}: ${said}`)
  for (const [name, member] of Object.entries(value)) if (!SILENT.has(name)) collect(member, lines, depth + 1)
}
