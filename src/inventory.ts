import type { Logger } from 'pino'
import { organisationAccounts } from './adapters/aws/accounts.ts'
import { transport } from './adapters/aws/sessions.ts'
import type { Settings } from './config.ts'
import { type Inventory, mergeInventory } from './domain/request/inventory.ts'
import { partitionOfRegion } from './domain/request/regions.ts'

/** The accounts as they are known at the moment. */
export type OpenInventory = { readonly current: () => Inventory; readonly close: () => void }

/** How often the organisation is listed again. */
const REFRESH_MS = 15 * 60_000

/** The accounts as they are known now: from ctq.yml, or listed from Organizations at the start and every 15 minutes. */
export async function openInventory(
  settings: Pick<Settings, 'inventory' | 'aws'>,
  log: Logger,
): Promise<OpenInventory> {
  const { inventory, aws } = settings
  if (inventory.from === 'list') return { current: () => inventory, close: () => undefined }
  const shared = transport()
  const partition = partitionOfRegion(aws.homeRegion)
  const read = async (): Promise<Inventory> => {
    return mergeInventory(inventory, await organisationAccounts(aws.homeRegion, shared), partition)
  }
  let current = await read()
  const timer = setInterval(() => {
    read().then(
      (next) => {
        current = next
      },
      (error: unknown) =>
        log.warn(
          { message: error instanceof Error ? error.message : 'unknown' },
          'the organisation could not be listed again; the last list is used',
        ),
    )
  }, REFRESH_MS)
  timer.unref()
  return { current: () => current, close: () => clearInterval(timer) }
}
