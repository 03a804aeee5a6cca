import { hash32, letters } from '../random.ts'

export type Unit = { readonly id: string; readonly name: string; readonly parent: string }

export type Account = {
  readonly id: string
  readonly name: string
  readonly email: string
  /** The id of the unit (or of the root) it is directly in. */
  readonly unit: string
  readonly status: 'ACTIVE' | 'SUSPENDED'
  /** Opt-in Regions that this account has enabled. */
  readonly optedIn: readonly string[]
  /** Whether the role that lets ctq read has been rolled out here. */
  readonly reader: boolean
}

export const ORGANISATION_ID = 'o-h4rb0urxmp'
export const ROOT_ID = 'r-hb01'

export const UNITS: readonly Unit[] = [
  { id: 'ou-hb01-prod0001', name: 'prod', parent: ROOT_ID },
  { id: 'ou-hb01-dev00001', name: 'dev', parent: ROOT_ID },
  { id: 'ou-hb01-security', name: 'security', parent: ROOT_ID },
  { id: 'ou-hb01-sandbox1', name: 'sandbox', parent: ROOT_ID },
  { id: 'ou-hb01-prodpci1', name: 'pci', parent: 'ou-hb01-prod0001' },
]

/** Ids in the form of AWS's documentation, so that none is somebody's account. */
export const MANAGEMENT = '123456789012'
export const SECURITY = '777788889999'
export const LOG_ARCHIVE = '666677778888'
export const PROD_PAYMENTS = '111122223333'
export const PROD_WEB = '444455556666'
export const PROD_DATA = '555566667777'
export const DEV_PAYMENTS = '222233334444'
export const DEV_PLATFORM = '012345678901'
export const SANDBOX = '888899990000'
export const SANDBOX_CLOSED = '333344445555'

export const ACCOUNTS: readonly Account[] = [
  account(MANAGEMENT, 'harbour-management', ROOT_ID),
  account(PROD_PAYMENTS, 'prod-payments', 'ou-hb01-prodpci1', { optedIn: ['eu-south-1'] }),
  account(PROD_WEB, 'prod-web', 'ou-hb01-prod0001'),
  account(PROD_DATA, 'prod-data', 'ou-hb01-prod0001', { optedIn: ['eu-central-2'] }),
  account(DEV_PAYMENTS, 'dev-payments', 'ou-hb01-dev00001'),
  account(DEV_PLATFORM, 'dev-platform', 'ou-hb01-dev00001'),
  account(SECURITY, 'security-tooling', 'ou-hb01-security'),
  account(LOG_ARCHIVE, 'log-archive', 'ou-hb01-security'),
  account(SANDBOX, 'sandbox', 'ou-hb01-sandbox1', { reader: false }),
  account(SANDBOX_CLOSED, 'sandbox-old', 'ou-hb01-sandbox1', { status: 'SUSPENDED', reader: false }),
]

/** Accounts for a benchmark, as many as wanted, all alike, in one unit. */
export function flatAccounts(count: number): readonly Account[] {
  return Array.from({ length: count }, (_, at) =>
    account(String(100_000_000_001 + at), `flat-${at + 1}`, 'ou-hb01-prod0001'),
  )
}

function account(id: string, name: string, unit: string, rest: Partial<Account> = {}): Account {
  return { id, name, email: `aws+${name}@harbour.example`, unit, status: 'ACTIVE', optedIn: [], reader: true, ...rest }
}

/** An IAM unique id (AIDA…, AROA…), always the same for the same account and name. */
export function uniqueId(prefix: 'AIDA' | 'AROA' | 'ANPA', account: string, name: string): string {
  return prefix + letters(hash32(prefix, account, name), 17, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')
}

/** A key from before 2019, whose id says nothing of its account (the id is AWS's documentation example). */
export const LEGACY_KEY = { accessKeyId: 'AKIAI44QH8DHBEXAMPLE', account: PROD_WEB, user: 'metrics-legacy' } as const
