import { accountOfKeyByAws, callerIdentity, enabledRegions, organisationAccounts } from '../adapters/aws/accounts.ts'
import { callerKeys } from '../adapters/aws/caller.ts'
import { assumedSessions, type Sessions, transport } from '../adapters/aws/sessions.ts'
import type { Settings, Which } from '../config.ts'
import type { Person } from '../domain/policy/person.ts'
import { type Account, accountWords, type Inventory, mergeInventory } from '../domain/request/inventory.ts'
import { globalRegion, partitionOfRegion } from '../domain/request/regions.ts'
import { retried } from '../retried.ts'
import { bad, type Finding, faultFinding, good, note, untried } from './finding.ts'
import { lookupFindings, type Pace } from './lookups.ts'

/** Whose name is on the sessions that are tried: it has the form that the reader role's trust asks for. */
const DOCTOR: Person = { team: 'T0DOCTOR', user: 'ctq-doctor' }
const AT_ONCE = 8
/** Accounts told one by one when all is well. */
const TOLD = 20

export type AwsOptions = {
  readonly settings: Settings
  readonly which: Which
  readonly pace: Pace
  readonly now: () => Date
}

/** AWS as bot and workers use it. */
export async function* awsFindings(options: AwsOptions): AsyncGenerator<Finding> {
  const { settings, which, now } = options
  const { homeRegion, readerRole } = settings.aws
  const shared = transport()
  try {
    const caller = await retried(() => callerIdentity(homeRegion, shared))
    yield good('credentials', caller.arn)
    if (which !== 'worker') yield await keyFinding(homeRegion, shared, caller.account)
    const inventory = await inventoryOf(settings, homeRegion, shared)
    if ('state' in inventory) yield inventory
    if (which === 'bot' || 'state' in inventory) return
    if (settings.inventory.from === 'organizations')
      yield good('organisation', `${inventory.accounts.length} accounts listed`)
    const partition = (id: string) => inventory.accounts.find((one) => one.id === id)?.partition ?? 'aws'
    const roleArn = (id: string) => `arn:${partition(id)}:iam::${id}:role/${readerRole}`
    const sessions = assumedSessions({ roleArn, region: homeRegion, transport: shared, now })
    const readable = yield* readerFindings(inventory, sessions, settings, shared)
    if (readable === undefined) yield untried('lookups', 'no account can be read')
    else
      yield* lookupFindings({
        sessions,
        shared,
        pace: options.pace,
        now,
        place: { account: readable.id, region: globalRegion(readable.partition), person: DOCTOR },
        words: accountWords(readable.id, inventory),
      })
  } catch (error) {
    yield faultFinding('credentials', error)
  } finally {
    shared.httpAgent.destroy()
    shared.httpsAgent.destroy()
  }
}

type Shared = ReturnType<typeof transport>

/** The bot asks AWS for the account of keys whose id does not tell: tried with its own. */
async function keyFinding(region: string, shared: Shared, account: string): Promise<Finding> {
  const what = 'account of a key'
  try {
    const { accessKeyId } = await callerKeys(shared, region).credentials()
    const found = await retried(() => accountOfKeyByAws(region, shared)(accessKeyId))
    return found === account ? good(what, 'AWS tells it') : note(what, `AWS tells ${found ?? 'none'} for the own key`)
  } catch (error) {
    return faultFinding(what, error, 'ctq iam bot')
  }
}

async function inventoryOf(settings: Settings, region: string, shared: Shared): Promise<Inventory | Finding> {
  if (settings.inventory.from === 'list') {
    if (settings.inventory.accounts.length > 0) return settings.inventory
    return bad('accounts', 'ctq.yml lists none', 'List them, or say inventory: { from: organizations }.')
  }
  try {
    const listed = await retried(() => organisationAccounts(region, shared))
    return mergeInventory(settings.inventory, listed, partitionOfRegion(region))
  } catch (error) {
    return faultFinding('organisation', error, 'ctq iam worker')
  }
}

/** Becomes the reader of every account and lists its Regions. Gives the first account that can be read. */
async function* readerFindings(
  { accounts }: Inventory,
  sessions: Sessions,
  settings: Settings,
  shared: Shared,
): AsyncGenerator<Finding, Account | undefined> {
  const regions = enabledRegions(sessions, shared, settings.aws.homeRegion)
  const open = accounts.filter(({ closed }) => !closed)
  let readable: Account | undefined
  let fine = 0
  for (let start = 0; start < open.length; start += AT_ONCE) {
    const batch = open.slice(start, start + AT_ONCE)
    const findings = await Promise.all(batch.map((account) => readerFinding(account, regions)))
    for (const [index, finding] of findings.entries()) {
      if (finding.state === 'ok') readable ??= batch[index]
      if (finding.state === 'ok') fine += 1
      if (finding.state !== 'ok' || open.length <= TOLD) yield finding
    }
  }
  if (open.length > TOLD) yield good('reader roles', `${fine} of ${open.length} accounts can be read`)
  const closed = accounts.length - open.length
  if (closed > 0) yield untried('closed accounts', `${closed} declared closed: known blind spots`)
  return readable
}

async function readerFinding(account: Account, regions: ReturnType<typeof enabledRegions>): Promise<Finding> {
  const what = `reader in ${account.name || account.id}`
  try {
    const enabled = await retried(() => regions(account.id, DOCTOR))
    return good(what, `${account.id}, ${enabled.length} Regions enabled`)
  } catch (error) {
    return faultFinding(what, error, 'ctq iam reader, trust and worker; or declare the account closed in ctq.yml')
  }
}
