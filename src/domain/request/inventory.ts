import { nearest } from '../nearest.ts'
import type { ScopeWord } from './command.ts'
import type { Partition } from './regions.ts'

/** An AWS account that ctq may read. `unit` is its path of organisational units, such as `Workloads/Prod`. */
export type Account = {
  readonly id: string
  readonly name: string
  readonly groups: readonly string[]
  readonly unit: string
  /** Declared closed: a known blind spot, counted in every verdict, never asked. */
  readonly closed: boolean
  readonly partition: Partition
}

/** The accounts that ctq knows, from ctq.yml or AWS Organizations, and Regions too new for the built-in table. */
export type Inventory = { readonly accounts: readonly Account[]; readonly regions: readonly string[] }

/** The accounts that a word means; undefined when it means none. Names, groups and units compare without case. */
export function accountsMeant(word: ScopeWord, inventory: Inventory): readonly Account[] | undefined {
  const found = inventory.accounts.filter((account) => isMeant(word, account))
  return found.length === 0 ? undefined : found
}

/** The ids of the accounts that some words mean; a word that means none adds none. */
export function idsMeant(words: readonly ScopeWord[], inventory: Inventory): ReadonlySet<string> {
  return new Set(words.flatMap((word) => accountsMeant(word, inventory) ?? []).map(({ id }) => id))
}

function isMeant(word: ScopeWord, account: Account): boolean {
  switch (word.kind) {
    case 'all':
      return true
    case 'id':
      return account.id === word.id
    case 'name':
      return same(account.name, word.name)
    case 'group':
      return account.groups.some((group) => same(group, word.name))
    case 'unit':
      return isInUnit(account.unit, word.name)
  }
}

/** `Prod` is a unit of that name anywhere on the path, `Workloads/Prod` the path from its beginning; units below count too. */
function isInUnit(path: string, wanted: string): boolean {
  const units = path.toLowerCase().split('/').filter(Boolean)
  const asked = wanted.toLowerCase().split('/').filter(Boolean)
  if (asked.length === 0) return false
  if (asked.length === 1) return units.includes(asked[0] ?? '')
  return asked.every((unit, at) => units[at] === unit)
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}

/** The account word that was probably meant by one that means nothing. */
export function nearestAccount(typed: string, inventory: Inventory): string | undefined {
  const groups = inventory.accounts.flatMap((account) => account.groups.map((group) => `@${group}`))
  const units = inventory.accounts.flatMap((account) => (account.unit === '' ? [] : [account.unit]))
  const names = inventory.accounts.flatMap((account) => [account.name, account.id])
  return nearest(typed, new Set([...names, ...groups, ...units]))
}

/** The units and groups that accounts are in, as words to type. */
export function groupWords({ accounts }: Inventory): readonly string[] {
  const units = accounts.flatMap(({ unit }) =>
    unit
      .split('/')
      .filter(Boolean)
      .map((name) => `ou:${name}`),
  )
  const groups = accounts.flatMap((account) => account.groups.map((group) => `@${group}`))
  return [...new Set([...units.toSorted(), ...groups.toSorted()])]
}

/** An account by name and id, as people are shown it. */
export function accountWords(id: string, inventory: Inventory): string {
  const name = inventory.accounts.find((account) => account.id === id)?.name
  return name === undefined || name === '' || name === id ? id : `${name} (${id})`
}

/** An account as AWS Organizations lists it. */
export type ListedAccount = Pick<Account, 'id' | 'name' | 'unit' | 'closed'>

/** The organisation's accounts, with what ctq.yml adds to them: its names, groups and `closed` win; its own accounts stay. */
export function mergeInventory(own: Inventory, listed: readonly ListedAccount[], partition: Partition): Inventory {
  const known = new Map(own.accounts.map((account) => [account.id, account]))
  const added = listed.filter(({ id }) => !known.has(id)).map((account) => ({ ...account, groups: [], partition }))
  const kept = own.accounts.map((account) => {
    const found = listed.find(({ id }) => id === account.id)
    return { ...account, unit: account.unit || found?.unit || '', closed: account.closed || found?.closed === true }
  })
  return { ...own, accounts: [...kept, ...added] }
}
