import { readKeyId } from '../keyId.ts'
import {
  ACCOUNTS,
  type Account,
  flatAccounts,
  LEGACY_KEY,
  MANAGEMENT,
  ORGANISATION_ID,
  PROD_PAYMENTS,
  ROOT_ID,
  SECURITY,
  UNITS,
  type Unit,
} from './accounts.ts'
import {
  type Role,
  readerRole,
  regionGuard,
  type ServiceControlPolicy,
  trailGuard,
  type User,
  type Users,
  users,
} from './identities.ts'
import { DEFAULT_REGIONS } from './regions.ts'

export type Organisation = {
  readonly id: string
  readonly rootId: string
  readonly managementAccount: string
  /** Accounts that may ask Organizations and Account on behalf of the whole. */
  readonly delegated: readonly string[]
  readonly units: readonly Unit[]
  readonly accounts: readonly Account[]
  readonly users: Users
  readonly roles: ReadonlyMap<string, Role>
  readonly guards: readonly ServiceControlPolicy[]
  /** The account a key belongs to: read from the id, or known for keys older than that form. */
  readonly accountOfKey: (accessKeyId: string) => string | undefined
}

/** The organisation of the incident: a few accounts in units, with the reader role rolled out to most of them. */
export function harbour(): Organisation {
  return organisation(ACCOUNTS, users(PROD_PAYMENTS), [
    regionGuard(UNITS.filter(({ name }) => name !== 'security').map(({ id }) => id)),
    trailGuard([ROOT_ID]),
  ])
}

/** An organisation for benchmarks: `count` accounts alike besides management and tooling, and no guard rail. */
export function flatOrganisation(count: number): Organisation {
  const alike = flatAccounts(count)
  const kept = ACCOUNTS.filter(({ id }) => id === MANAGEMENT || id === SECURITY)
  return organisation([...kept, ...alike], users(alike[0]?.id ?? SECURITY), [])
}

function organisation(
  accounts: readonly Account[],
  people: Users,
  guards: readonly ServiceControlPolicy[],
): Organisation {
  const roles = accounts.filter(({ reader }) => reader).map((account) => readerRole(account, people))
  return {
    id: ORGANISATION_ID,
    rootId: ROOT_ID,
    managementAccount: MANAGEMENT,
    delegated: [SECURITY],
    units: UNITS,
    accounts,
    users: people,
    roles: new Map(roles.map((role) => [role.arn, role])),
    guards,
    accountOfKey: (id) => (id === LEGACY_KEY.accessKeyId ? LEGACY_KEY.account : readKeyId(id)?.account),
  }
}

/** All users with keys, as a list. */
export function keyHolders({ users: people }: Organisation): readonly User[] {
  return Object.values(people)
}

export function accountOf({ accounts }: Organisation, id: string): Account | undefined {
  return accounts.find((account) => account.id === id)
}

/** Whether anything answers in that Region for that account. */
export function isEnabled(organisation: Organisation, id: string, region: string): boolean {
  return DEFAULT_REGIONS.includes(region) || (accountOf(organisation, id)?.optedIn.includes(region) ?? false)
}

/** The service control policies that hold for an account: none for the management account. */
export function guardsOf(organisation: Organisation, id: string): readonly ServiceControlPolicy[] {
  if (id === organisation.managementAccount) return []
  const above = new Set<string>()
  let at = accountOf(organisation, id)?.unit
  while (at !== undefined && !above.has(at)) {
    above.add(at)
    const here = at
    at = organisation.units.find((unit) => unit.id === here)?.parent
  }
  return organisation.guards.filter(({ targets }) => targets.some((target) => above.has(target)))
}
