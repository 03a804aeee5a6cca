import type { DetailsFile } from '../domain/policy/approvalDetails.ts'
import { retryAt, type Sending, type SendOutcome } from './deliverOnce.ts'
import { type DeliverySlack, isSlackFault, type Sent } from './deliverTypes.ts'

/** Before asking again whether Slack shows a file, and when it is not waited for any longer. */
const LOOK_AGAIN_MS = 2_000
const SHOWN_WITHIN_MS = 30_000
/** A file that Slack takes and does not show so often is given up. */
const MOST_TRIES = 3

/**
 * Gives the file that a card names, in its thread, once. `wait`: not yet. Undefined: it is there, or there is none, or Slack does not take it,
 * and then the memory says `<step>-file.refused`.
 */
export async function giveFile<M>(
  work: Sending<M> & { readonly deps: { readonly slack: Pick<DeliverySlack<M>, 'upload' | 'fileState'> } },
  step: string,
  card: Sent,
  file: DetailsFile | undefined,
): Promise<Extract<SendOutcome, { kind: 'wait' }> | undefined> {
  const { memory, deps } = work
  const name = `${step}-file`
  if (file === undefined || memory.has(`${name}.done`) || memory.has(`${name}.refused`)) return undefined
  const at = (): string => deps.now().toISOString()
  const soon = { kind: 'wait' as const, until: new Date(deps.now().getTime() + LOOK_AGAIN_MS) }
  let tries = 0
  while (memory.has(`${name}.${tries + 1}`)) tries += 1
  try {
    const last = await memory.get<{ file: string; at: string }>(`${name}.${tries}`)
    const state = last === undefined ? 'absent' : await deps.slack.fileState(last.file, card.channel)
    if (state === 'shown') {
      await memory.put(`${name}.done`, { at: at(), file: last?.file })
      return undefined
    }
    const age = last === undefined ? 0 : deps.now().getTime() - Date.parse(last.at)
    if (state === 'hidden' && age < SHOWN_WITHIN_MS) return soon
    if (tries >= MOST_TRIES) {
      await memory.put(`${name}.refused`, { at: at(), reason: 'never_shown' })
      return undefined
    }
    const bytes = Buffer.from(file.text)
    await deps.slack.upload({
      name: file.name,
      title: file.name,
      bytes: bytes.length,
      chunks: once(bytes),
      channel: card.channel,
      thread: card.ts,
      onFile: async (id) => {
        await memory.put(`${name}.${tries + 1}`, { at: at(), file: id })
      },
    })
    return soon
  } catch (error) {
    if (!isSlackFault(error)) throw error
    if (error.kind !== 'refused') return { kind: 'wait', until: retryAt(work, error, tries) }
    await memory.put(`${name}.refused`, { at: at(), reason: error.reason })
    return undefined
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
