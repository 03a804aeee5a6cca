import { sha256 } from '../../src/domain/canonical.ts'
import type { Library, Parameter, Runbook } from '../../src/domain/runbook/runbook.ts'

/** A parameter of a test's runbook: required text unless said otherwise. */
export function aParameter(parts: Partial<Parameter> = {}): Parameter {
  return { type: 'text', optional: false, example: 'x', help: 'a value', ...parts }
}

/** A runbook with nothing special about it: a test names only what it is about. */
export function aRunbook(parts: Partial<Runbook> = {}): Runbook {
  const name = parts.name ?? 'any-question'
  return {
    language: 1,
    name,
    aliases: [],
    title: 'A question',
    about: 'About it.',
    tags: [],
    tier: 'open',
    parameters: {},
    answers: [],
    window: { default: 86_400, max: 90 * 86_400 },
    regions: 'enabled',
    records: ['management'],
    match: { field: 'readOnly', equals: false },
    stages: [],
    columns: [{ name: 'eventTime', field: 'eventTime' }],
    group: [],
    fold: ['ctq'],
    headline: {
      noun: 'call',
      counts: ['changes', 'denied', 'failed', 'reads'],
      show: ['addresses', 'changes', 'denied'],
    },
    next: [],
    empty: 'Nothing happened.',
    lint: [],
    digest: sha256(name),
    text: `name: ${name}`,
    ...parts,
  }
}

/** The runbooks given, found by name or alias in any case. */
export function aLibrary(...all: readonly Runbook[]): Library {
  return {
    all,
    find: (typed) => all.find(({ name, aliases }) => [name, ...aliases].includes(typed.toLowerCase())),
  }
}

const accessKeyId = aParameter({ type: 'accessKeyId', example: 'AKIA2E0A8F3B244C9986', help: 'an access key id' })
const principal = aParameter({ type: 'principal', example: 'alice', help: 'a user, role or session' })

export const KEY_ACTIVITY = aRunbook({
  name: 'key-activity',
  aliases: ['key'],
  tags: ['intrusion'],
  parameters: { accessKeyId },
  window: { default: 90 * 86_400, max: 90 * 86_400 },
  match: { field: 'userIdentity.accessKeyId', equals: '$accessKeyId' },
})

export const PRINCIPAL_WRITES = aRunbook({
  name: 'principal-writes',
  tags: ['intrusion'],
  parameters: { principal },
  match: { all: [{ field: 'readOnly', equals: false }, { principal: '$principal' }] },
})

export const CONSOLE_LOGINS = aRunbook({
  name: 'console-logins',
  aliases: ['logins'],
  tags: ['login'],
  parameters: { userName: aParameter({ type: 'userName', optional: true, example: 'alice' }) },
  window: { default: 86_400, max: 30 * 86_400 },
  match: {
    all: [
      { field: 'eventName', equals: 'ConsoleLogin' },
      { field: 'userIdentity.userName', equals: '$userName' },
    ],
  },
})

export const IAM_PERSISTENCE = aRunbook({
  name: 'iam-persistence',
  tags: ['intrusion', 'iam'],
  parameters: { principal: { ...principal, optional: true } },
  regions: 'global',
  match: { all: [{ field: 'eventSource', equals: 'iam.amazonaws.com' }, { principal: '$principal' }] },
})

export const RESOURCE_HISTORY = aRunbook({
  name: 'resource-history',
  tags: ['change'],
  parameters: { resourceName: aParameter({ type: 'resource', example: 'my-bucket', help: 'a resource' }) },
  match: { resource: '$resourceName' },
})

export const SECRETS_READ = aRunbook({
  name: 'secrets-read',
  tags: ['secrets'],
  match: { field: 'eventSource', equals: 'secretsmanager.amazonaws.com' },
})

export const LIBRARY = aLibrary(
  KEY_ACTIVITY,
  PRINCIPAL_WRITES,
  CONSOLE_LOGINS,
  IAM_PERSISTENCE,
  RESOURCE_HISTORY,
  SECRETS_READ,
)
