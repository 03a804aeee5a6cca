import { HEX, hash32, letters } from '../../random.ts'
import type { Account } from '../accounts.ts'

/** What an account holds: the names that its records are about. */
export type Estate = {
  readonly account: string
  readonly name: string
  /** The Region where nearly everything is. */
  readonly region: string
  readonly instances: readonly string[]
  readonly groups: readonly string[]
  readonly volumes: readonly string[]
  /** Each with the volume it is of, before it: `vol-… snap-…`. */
  readonly snapshots: readonly string[]
  readonly buckets: readonly string[]
  readonly functions: readonly string[]
  readonly secrets: readonly string[]
  readonly parameters: readonly string[]
  readonly keys: readonly string[]
  readonly roles: readonly string[]
  readonly databases: readonly string[]
  readonly topics: readonly string[]
  readonly clusters: readonly string[]
}

/** The same account always holds the same things. Payments shares a few names with the incident. */
export function estateOf({ id: account, name }: Account, region: string): Estate {
  const id = (prefix: string, at: number) => `${prefix}0${letters(hash32(account, prefix, at), 16, HEX)}`
  const many = (count: number, make: (at: number) => string) => Array.from({ length: count }, (_, at) => make(at))
  const short = name.replace(/^(prod|dev)-/, '')
  return {
    account,
    name,
    region,
    instances: many(6, (at) => id('i-', at)),
    groups: [...(name === 'prod-payments' ? ['sg-0a91c27e55d3f8b40'] : []), ...many(5, (at) => id('sg-', at))],
    volumes: many(8, (at) => id('vol-', at)),
    snapshots: many(40, (at) => `${id('vol-', at % 8)} ${id('snap-', at)}`),
    buckets: ['exports', 'artifacts', 'logs', 'uploads'].map((use) => `harbour-${name.replace('prod-', '')}-${use}`),
    functions: ['webhook', 'thumbnails', 'reconcile', 'notify'].map((use) => `${short}-${use}`),
    secrets: [`${short}/db-app`, `${short}/api-token`, `deploy/github-token`].map(
      (path) =>
        `arn:aws:secretsmanager:${region}:${account}:secret:${path}-${letters(hash32(account, path), 6, 'abcdefghkmnpqrstuvwxyz')}`,
    ),
    parameters: [`/${short}/feature-flags`, `/${short}/smtp/host`, `/${short}/limits`],
    keys: many(3, (at) => `arn:aws:kms:${region}:${account}:key/${uuid(hash32(account, 'kms', at))}`),
    roles: [`${short}-api`, `${short}-webhook`, 'terraform', 'github-deploy', 'ctq-reader'],
    databases: [`${short}-main`, `${short}-replica`],
    topics: [`arn:aws:sns:${region}:${account}:${short}-alerts`],
    clusters: [`${short}-cluster`],
  }
}

function uuid(seed: number): string {
  const hex = letters(seed, 32, HEX)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-b${hex.slice(17, 20)}-${hex.slice(20)}`
}
