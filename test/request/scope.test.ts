import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseArn } from '../../src/domain/request/arn.ts'
import type { Request, ScopeWord } from '../../src/domain/request/command.ts'
import { type Inventory, mergeInventory } from '../../src/domain/request/inventory.ts'
import { accountOfKey } from '../../src/domain/request/key.ts'
import { resolveScope, scopeAccountWords } from '../../src/domain/request/scope.ts'
import { scopeWord } from '../../src/domain/request/scopeWords.ts'
import type { Runbook } from '../../src/domain/runbook/runbook.ts'
import { anAccount, CHINA, INVENTORY, PAYMENTS, STAGING, WEB } from '../support/askFacts.ts'
import { aRunbook, CONSOLE_LOGINS, IAM_PERSISTENCE, KEY_ACTIVITY, RESOURCE_HISTORY } from '../support/askRunbooks.ts'

/** Ids that carry 111122223333 and, in the old form, nothing. */
const NEW_KEY = keyOf(PAYMENTS)
const OLD_KEY = 'AKIAIOSFODNN7EXAMPLE'

/** The opposite of `accountOfKey`, written down by itself: account × 128 in 48 bits with the first bit set, then base32. */
function keyOf(account: string): string {
  const bits = ((1n << 47n) | (BigInt(account) << 7n)).toString(2).padStart(48, '0').padEnd(80, '0')
  const letters = bits.match(/.{5}/g) ?? []
  return `AKIA${letters.map((five) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.charAt(Number.parseInt(five, 2))).join('')}`
}

function ask(parts: Partial<Request>): Request {
  return { runbook: 'x', parameters: {}, accounts: [], ...parts }
}

function words(...texts: readonly string[]): readonly ScopeWord[] {
  return texts.map((text) => (text === 'all' ? { kind: 'all' } : scopeWord(text)))
}

type Row = {
  readonly says: string
  readonly runbook?: Runbook
  readonly request: Partial<Request>
  readonly defaults?: readonly ScopeWord[]
  readonly inventory?: Inventory
  readonly hints?: { readonly [key: string]: string | null }
  readonly expected: string
}

const AWS_ONLY: Inventory = { accounts: INVENTORY.accounts.slice(0, 3), regions: ['xx-new-1'] }

const ROWS: readonly Row[] = [
  { says: 'an account by id', request: { accounts: words(WEB) }, expected: `${WEB} as asked / enabled` },
  {
    says: 'an account by name in any case',
    request: { accounts: words('Prod-Web') },
    expected: `${WEB} as asked / enabled`,
  },
  {
    says: 'accounts by group',
    request: { accounts: words('@prod') },
    expected: `${PAYMENTS},${WEB} as asked / enabled`,
  },
  {
    says: 'accounts by unit, with the units below',
    request: { accounts: words('ou:prod') },
    expected: `${PAYMENTS},${WEB} as asked / enabled`,
  },
  {
    says: 'accounts by a path of units',
    request: { accounts: words('Workloads/Test') },
    expected: `${STAGING} as asked / enabled`,
  },
  {
    says: 'several words, each account once',
    request: { accounts: words('@prod', WEB, 'staging') },
    expected: `${PAYMENTS},${WEB},${STAGING} as asked / enabled`,
  },
  {
    says: 'all, when typed',
    request: { accounts: words('all') },
    expected: `${PAYMENTS},${WEB},${STAGING} as asked / enabled`,
  },
  {
    says: 'a name that is nearly right',
    request: { accounts: words('prod-payment') },
    expected: 'unknown_account prod-payment → prod-payments',
  },
  {
    says: 'a group that is nearly right',
    request: { accounts: words('@prd') },
    expected: 'unknown_account @prd → @prod',
  },
  { says: 'a name like no other', request: { accounts: words('zzzzzzzz') }, expected: 'unknown_account zzzzzzzz' },
  {
    says: 'a key’s own account',
    runbook: KEY_ACTIVITY,
    request: { parameters: { accessKeyId: NEW_KEY } },
    defaults: words('staging'),
    expected: `${PAYMENTS} from the key id / enabled`,
  },
  {
    says: 'a typed account before a key’s',
    runbook: KEY_ACTIVITY,
    request: { parameters: { accessKeyId: NEW_KEY }, accounts: words('staging') },
    expected: `${STAGING} as asked / enabled`,
  },
  {
    says: 'a key whose id does not tell',
    runbook: KEY_ACTIVITY,
    request: { parameters: { accessKeyId: OLD_KEY } },
    defaults: words('staging'),
    expected: `needs key-account ${OLD_KEY}`,
  },
  {
    says: 'the same key once AWS has told',
    runbook: KEY_ACTIVITY,
    request: { parameters: { accessKeyId: OLD_KEY } },
    hints: { [OLD_KEY]: WEB },
    expected: `${WEB} from the key id / enabled`,
  },
  {
    says: 'the same key when AWS does not know it',
    runbook: KEY_ACTIVITY,
    request: { parameters: { accessKeyId: OLD_KEY } },
    hints: { [OLD_KEY]: null },
    defaults: words('staging'),
    expected: `${STAGING} the default / enabled`,
  },
  {
    says: 'a key of somebody else',
    runbook: KEY_ACTIVITY,
    request: { parameters: { accessKeyId: keyOf('999999999999') } },
    expected: 'foreign_account 999999999999',
  },
  {
    says: 'a key as the resource that is asked about, in its own account',
    runbook: RESOURCE_HISTORY,
    request: { parameters: { resourceName: NEW_KEY } },
    defaults: words('staging'),
    expected: `${PAYMENTS} from the key id / enabled`,
  },
  {
    says: "another organisation's key as the resource is no hint",
    runbook: RESOURCE_HISTORY,
    inventory: { accounts: [anAccount(STAGING, { name: 'staging' })], regions: [] },
    request: { parameters: { resourceName: NEW_KEY } },
    defaults: words('staging'),
    expected: `${STAGING} the default / enabled`,
  },
  {
    says: 'a key whose id does not tell, as the resource, asks nobody',
    runbook: RESOURCE_HISTORY,
    request: { parameters: { resourceName: OLD_KEY } },
    defaults: words('staging'),
    expected: `${STAGING} the default / enabled`,
  },
  {
    says: 'an ARN’s account and Region',
    runbook: RESOURCE_HISTORY,
    request: { parameters: { resourceName: `arn:aws:ec2:eu-west-1:${WEB}:instance/i-1` } },
    expected: `${WEB} from the ARN / eu-west-1`,
  },
  {
    says: 'an ARN without a Region',
    runbook: RESOURCE_HISTORY,
    request: { parameters: { resourceName: `arn:aws:iam::${WEB}:role/admin` } },
    expected: `${WEB} from the ARN / enabled`,
  },
  {
    says: 'an ARN without an account',
    runbook: RESOURCE_HISTORY,
    request: { parameters: { resourceName: 'arn:aws:s3:::my-bucket' } },
    defaults: words('@prod'),
    expected: `${PAYMENTS},${WEB} the default / enabled`,
  },
  {
    says: 'an ARN of AWS’s own',
    runbook: RESOURCE_HISTORY,
    request: { parameters: { resourceName: 'arn:aws:iam::aws:policy/AdministratorAccess' } },
    defaults: words('staging'),
    expected: `${STAGING} the default / enabled`,
  },
  {
    says: 'an ARN with a Region of another partition',
    runbook: RESOURCE_HISTORY,
    request: { parameters: { resourceName: `arn:aws:ec2:cn-north-1:${WEB}:instance/i-1` } },
    expected: 'unknown_region cn-north-1',
  },
  {
    says: 'the default where nothing is said',
    request: {},
    defaults: words('@prod'),
    expected: `${PAYMENTS},${WEB} the default / enabled`,
  },
  { says: 'no default', request: {}, expected: 'no_account account=prod-payments' },
  {
    says: 'no default, but only one account',
    request: {},
    inventory: { accounts: [anAccount(WEB)], regions: [] },
    expected: `${WEB} the only account / enabled`,
  },
  {
    says: 'no account known at all',
    request: {},
    inventory: { accounts: [], regions: [] },
    expected: 'no_account account=111122223333',
  },
  {
    says: 'a default that means nothing any more',
    request: {},
    defaults: words('gone'),
    expected: 'unknown_account gone',
  },
  {
    says: 'Regions as typed',
    request: { accounts: words(WEB), regions: ['us-east-1', 'eu-west-1', 'us-east-1'] },
    expected: `${WEB} as asked / eu-west-1,us-east-1`,
  },
  {
    says: 'a Region that is nearly right',
    request: { accounts: words(WEB), regions: ['eu-wst-1'] },
    expected: 'unknown_region eu-wst-1 → eu-west-1',
  },
  {
    says: 'an availability zone',
    request: { accounts: words(WEB), regions: ['eu-west-1a'] },
    expected: 'unknown_region eu-west-1a → eu-west-1',
  },
  {
    says: 'a Region that only the settings know',
    request: { accounts: words(WEB), regions: ['xx-new-1'] },
    expected: `${WEB} as asked / xx-new-1`,
  },
  {
    says: 'global as typed',
    request: { accounts: words(WEB), regions: ['global'] },
    expected: `${WEB} as asked / us-east-1`,
  },
  {
    says: 'every Region as typed',
    runbook: IAM_PERSISTENCE,
    request: { accounts: words(WEB), regions: 'enabled' },
    expected: `${WEB} as asked / enabled`,
  },
  {
    says: 'global as the runbook says',
    runbook: IAM_PERSISTENCE,
    request: { accounts: words(WEB) },
    expected: `${WEB} as asked / us-east-1`,
  },
  {
    says: 'global in China',
    runbook: IAM_PERSISTENCE,
    inventory: INVENTORY,
    request: { accounts: words(CHINA) },
    expected: `${CHINA} as asked / cn-north-1`,
  },
  {
    says: 'a Region of another partition',
    inventory: INVENTORY,
    request: { accounts: words(CHINA), regions: ['eu-west-1'] },
    expected: 'unknown_region eu-west-1',
  },
  {
    says: 'a list of Regions as the runbook says',
    runbook: aRunbook({ regions: ['us-west-2', 'eu-west-1'] }),
    request: { accounts: words(WEB) },
    expected: `${WEB} as asked / eu-west-1,us-west-2`,
  },
  {
    says: 'two partitions at once',
    inventory: INVENTORY,
    request: { accounts: words('all') },
    expected: `mixed_partitions ${PAYMENTS},${CHINA}`,
  },
]

function wordsOf(row: Row): string {
  const defaults = row.defaults && { accounts: row.defaults, words: 'the default' }
  const request = ask(row.request)
  const found = resolveScope(request, row.runbook ?? CONSOLE_LOGINS, row.inventory ?? AWS_ONLY, defaults, row.hints)
  if (found.ok && found.value.kind === 'needs') return `needs ${found.value.needs.kind} ${found.value.needs.key}`
  if (found.ok && found.value.kind === 'scope') {
    const { accounts, regions, words: say } = found.value
    return `${accounts} ${say.accounts} / ${regions}`
  }
  const failure = found.ok ? assert.fail() : found.error
  const nearest = 'nearest' in failure && failure.nearest !== undefined ? ` → ${failure.nearest}` : ''
  if ('input' in failure) return `${failure.code} ${failure.input}${nearest}`
  if ('accounts' in failure) return `${failure.code} ${failure.accounts}`
  if ('account' in failure) return `${failure.code} ${failure.account}`
  return `${failure.code} ${'hint' in failure ? failure.hint : ''}`
}

for (const row of ROWS)
  test(`scope: ${row.says}`, () => {
    assert.equal(wordsOf(row), row.expected)
  })

test('accounts are shown by name and id, with where they came from, long lists cut', () => {
  const all = resolveScope(ask({ accounts: words('all') }), CONSOLE_LOGINS, AWS_ONLY, undefined)
  assert.ok(all.ok && all.value.kind === 'scope')
  assert.equal(
    scopeAccountWords({ ...all.value, accounts: [...all.value.accounts, '444455556666'] }, AWS_ONLY),
    'prod-payments (111122223333), prod-web (222233334444), staging (333344445555) and 1 more, as asked',
  )
})

test('an access key id tells its account when it is of the new form', () => {
  // The example of Aidan Steele's and Tal Be'ery's articles.
  assert.equal(accountOfKey('ASIAQNZGKIQY56JQ7WML'), '029608264753')
  assert.equal(accountOfKey(NEW_KEY), PAYMENTS)
  assert.equal(accountOfKey(OLD_KEY), undefined)
  assert.equal(accountOfKey('AKIAJ5Q7KZTQ4EXAMPLE'), undefined)
  assert.equal(accountOfKey('AKIA777777777777'), undefined)
  assert.equal(accountOfKey('AKIA7777777777777777'), undefined)
  assert.equal(accountOfKey('AROAQNZGKIQY56JQ7WML'), undefined)
})

test('an ARN is taken apart, and nothing else is', () => {
  assert.deepEqual(parseArn('arn:aws-cn:sts::555566667777:assumed-role/a:b/c'), {
    partition: 'aws-cn',
    service: 'sts',
    region: '',
    account: '555566667777',
    resource: 'assumed-role/a:b/c',
  })
  for (const text of ['arn:aws:iam', 'arn:aws:iam::123:user/a', 'arn:aws:iam::111122223333:', 'x', 'ARN:aws:s3:::b'])
    assert.equal(parseArn(text), undefined, text)
})

test('Organizations adds accounts to the list of ctq.yml, whose own words win', () => {
  const listed = [
    { id: WEB, name: 'Web', unit: 'Elsewhere', closed: true },
    { id: '666677778888', name: 'new', unit: 'Workloads', closed: false },
  ]
  const merged = mergeInventory(INVENTORY, listed, 'aws')
  assert.equal(merged.accounts.length, INVENTORY.accounts.length + 1)
  assert.deepEqual(
    merged.accounts.find(({ id }) => id === WEB),
    anAccount(WEB, { name: 'prod-web', groups: ['prod'], unit: 'Workloads/Prod/Web', closed: true }),
  )
  assert.deepEqual(merged.accounts.at(-1), anAccount('666677778888', { name: 'new', unit: 'Workloads' }))
})

test('a unit or group that nobody has: the units and groups that there are', () => {
  const inventory: Inventory = {
    accounts: [
      anAccount(PAYMENTS, { groups: ['payments'], unit: 'prod/pci' }),
      anAccount(WEB, { groups: ['payments'], unit: 'prod' }),
    ],
    regions: [],
  }
  for (const [typed, nearest] of [
    ['ou:Workloads', undefined],
    ['ou:prd', 'ou:prod'],
    ['@paiments', '@payments'],
  ] as const) {
    const scope = resolveScope(ask({ accounts: words(typed) }), aRunbook(), inventory, undefined)
    assert.deepEqual(scope, {
      ok: false,
      error: {
        code: 'unknown_account',
        input: typed,
        ...(nearest !== undefined && { nearest }),
        known: ['ou:pci', 'ou:prod', '@payments'],
      },
    })
  }
})
