import type { PersonFacts, PlaceFacts } from '../../src/domain/policy/person.ts'
import type { Members, Policy, Role } from '../../src/domain/policy/policy.ts'
import type { Query } from '../../src/domain/query/query.ts'
import type { Account, Inventory } from '../../src/domain/request/inventory.ts'
import type { Runbook } from '../../src/domain/runbook/runbook.ts'

/** A Friday, 14:08:30Z. */
export const NOW = new Date('2026-11-20T14:08:30Z')
export const DAY = 86_400

export const PAYMENTS = '111122223333'
export const WEB = '222233334444'
export const STAGING = '333344445555'
export const CHINA = '555566667777'

/** An account of a test: only its id matters unless said otherwise. */
export function anAccount(id: string, parts: Partial<Account> = {}): Account {
  return { id, name: `account-${id}`, groups: [], unit: '', closed: false, partition: 'aws', ...parts }
}

export const INVENTORY: Inventory = {
  accounts: [
    anAccount(PAYMENTS, { name: 'prod-payments', groups: ['prod', 'payments'], unit: 'Workloads/Prod' }),
    anAccount(WEB, { name: 'prod-web', groups: ['prod'], unit: 'Workloads/Prod/Web' }),
    anAccount(STAGING, { name: 'staging', groups: ['test'], unit: 'Workloads/Test' }),
    anAccount(CHINA, { name: 'china', partition: 'aws-cn', unit: 'China' }),
  ],
  regions: [],
}

/** A full member of the workspace who holds no role. */
export function aPerson(parts: Partial<PersonFacts> = {}): PersonFacts {
  return {
    person: { team: 'T1', user: 'UALICE' },
    name: 'alice',
    timeZone: 'Europe/Berlin',
    bot: false,
    deactivated: false,
    guest: false,
    stranger: false,
    groups: [],
    ...parts,
  }
}

/** A private channel with nobody strange in it. */
export function aPlace(parts: Partial<PlaceFacts> = {}): PlaceFacts {
  return {
    team: 'T1',
    channel: 'C0INCIDENT',
    kind: 'private',
    externallyShared: false,
    holdsGuests: false,
    archived: false,
    botIsMember: true,
    ...parts,
  }
}

/** Nobody, unless said otherwise. */
export function aMembership(parts: Partial<Members> = {}): Members {
  return { persons: [], groups: [], emails: [], onCall: [], ...parts }
}

/** A role that allows everything up to duty to nobody. */
export function aRole(parts: Partial<Role> = {}): Role {
  return {
    name: 'responder',
    members: aMembership(),
    runbooks: ['*'],
    accounts: [{ kind: 'all' }],
    regions: ['*'],
    window: 90 * DAY,
    rows: 100_000,
    tier: 'duty',
    ceiling: parts.tier ?? 'duty',
    places: ['*'],
    cancel: false,
    defaultAccounts: [],
    ...parts,
  }
}

/** A policy that allows nothing. */
export function aPolicy(parts: Partial<Policy> = {}): Policy {
  return {
    digest: 'd'.repeat(64),
    roles: [],
    deny: { persons: [], groups: [], places: [] },
    places: [],
    emails: false,
    raise: [],
    groups: [],
    settleFor: 0,
    approvers: [],
    approvals: [],
    onCall: [],
    announceIn: [],
    ...parts,
  }
}

/** A query of a runbook over the last `days`, as it is made when it is asked. */
export function aQuery(runbook: Runbook, parts: Partial<Query> & { readonly days?: number } = {}): Query {
  const { days = 1, ...rest } = parts
  const since = new Date(NOW.getTime() - days * DAY * 1000)
  return {
    runbook: { name: runbook.name, digest: runbook.digest },
    parameters: {},
    accounts: [PAYMENTS],
    regions: 'enabled',
    engines: ['lookup'],
    limit: 100_000,
    window: { since: iso(since), until: { atStart: true, notAfter: iso(new Date(NOW.getTime() + 3_600_000)) } },
    ...rest,
  }
}

function iso(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`
}

/** `&`, `<` and `>` as Slack sends them in what a person typed. */
export function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
