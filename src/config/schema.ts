import { z } from 'zod'
import {
  approvalRule,
  approverSet,
  breakGlass,
  changes,
  groupRule,
  investigations,
  membership,
  schedule,
} from './approvalSchema.ts'
import { accountWord, channel, duration, group, ownName, person, runbookSelector, tier, words } from './words.ts'

const accountId = z
  .string('an account id is 12 digits in quotes')
  .regex(/^\d{12}$/, 'an account id is 12 digits in quotes')
const region = z.string().regex(/^[a-z]{2,4}(-[a-z]+)+-\d+$/, 'a Region is named like eu-west-1')

const account = z.strictObject({
  id: accountId,
  name: words.describe('how people call it'),
  groups: z.array(words).max(50).default([]).describe('asked for as @group'),
  unit: z.string().max(500).default('').describe('its path of organisational units, such as Workloads/Prod'),
  closed: z.boolean().default(false).describe('a known blind spot: counted in every answer, never asked'),
  partition: z.enum(['aws', 'aws-cn', 'aws-us-gov']).default('aws'),
})

const inventory = z
  .strictObject({
    from: z
      .enum(['list', 'organizations'])
      .default('list')
      .describe('list: the accounts below and no others. organizations: every account of the organisation'),
    accounts: z.array(account).max(10_000).default([]),
    regions: z.array(region).max(50).default([]).describe('Regions that are too new for ctq to know by name'),
  })
  .describe('the accounts that ctq may read')

const aws = z
  .strictObject({
    readerRole: z
      .string()
      .regex(/^(?:[\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/, 'a role name, with its path if it has one')
      .default('ctq-reader')
      .describe('the role that is assumed in each account'),
    homeRegion: region.default('us-east-1').describe('where STS, Organizations and account:ListRegions are called'),
    paceMs: z
      .number()
      .min(0.1)
      .max(10_000)
      .default(505)
      .describe('milliseconds between two LookupEvents per account and Region: AWS allows 2 a second'),
  })
  .describe('how AWS is read')

const role = z.strictObject({
  persons: z.array(person).max(1000).default([]),
  groups: z.array(group).max(100).default([]).describe('Slack user groups by id'),
  emails: z.array(z.email()).max(1000).default([]).describe('only where matchEmails is true'),
  onCall: z.array(ownName).max(20).default([]).describe('whoever these schedules have on call now'),
  runbooks: z.array(runbookSelector).min(1).max(500),
  accounts: z.array(accountWord).min(1).max(500),
  regions: z
    .array(z.union([z.literal('*'), region]))
    .min(1)
    .max(100)
    .default(['*']),
  window: duration.describe('the longest window that may be asked'),
  rows: z.int().min(1).max(10_000_000).default(100_000).describe('most rows of one answer; the newest are kept'),
  tier: tier.describe('the highest tier that needs nobody else; above duty only for ids, the pager and managed groups'),
  ceiling: tier.exactOptional().describe('the highest tier that can be asked for at all, with approval; else the tier'),
  places: z
    .array(z.union([z.enum(['*', 'direct', 'private', 'public', 'shared']), channel]))
    .min(1)
    .max(500)
    .describe('where it may be asked: kinds of channels, or channels by id'),
  cancel: z.boolean().default(false).describe('may cancel what others started'),
  hold: z.boolean().default(false).describe("may keep a run's messages and files from being deleted, and release them"),
  defaultAccounts: z
    .array(accountWord)
    .max(100)
    .default([])
    .describe('where it is asked when the question does not say'),
})

const place = z.strictObject({
  answers: z
    .enum(['here', 'direct', 'none'])
    .default('here')
    .describe(
      'here: even where guests, another organisation or everybody can read. direct: by direct message. none: refused',
    ),
  accounts: z.array(accountWord).max(100).default([]).describe('where questions asked here go when they do not say'),
})

const deny = z
  .strictObject({
    persons: z.array(person).max(1000).default([]),
    groups: z.array(group).max(100).default([]),
    places: z.array(channel).max(1000).default([]),
  })
  .describe('wins over every role')

const raise = z.strictObject({
  runbooks: z.array(runbookSelector).min(1).max(500),
  accounts: z.array(accountWord).min(1).max(500).default(['*']),
  tier: z.enum(['duty', 'elevated', 'sensitive']),
})

const answerRule = z.strictObject({
  csv: z
    .enum(['attach', 'direct', 'none'])
    .default('attach')
    .describe("the CSV: in the answer's thread, by direct message to whoever asked, or not in Slack at all"),
  keep: duration
    .exactOptional()
    .describe('after so long ctq deletes its messages and files of a run; for ever unless told'),
  revoked: z
    .enum(['partial', 'withhold'])
    .exactOptional()
    .describe(
      'what becomes of what was read when the right to it is taken away meanwhile: given as a partial answer, unless told, or kept back',
    ),
})

const answers = z
  .strictObject({
    open: answerRule.exactOptional(),
    duty: answerRule.exactOptional(),
    elevated: answerRule.exactOptional(),
    sensitive: answerRule.exactOptional(),
  })
  .describe('what becomes of answers in Slack, by tier')

const grants = z
  .strictObject({
    minutes: z.number().min(1).max(60).default(10).describe('how long one token is good; a run renews it'),
    renewFor: duration.default('12h').describe('how long after asking a run may still renew its token'),
    deliverWithin: duration.default('24h').describe('how long after asking its answer may still be posted'),
  })
  .describe("a run's token")

const limits = z.strictObject({
  rows: z.int().min(1).max(10_000_000).default(100_000).describe('most rows of any answer'),
})

/** ctq.yml as it is written. What shapes cannot say is checked in file.ts. */
export const rawSettings = z.strictObject({
  version: z.literal(1).describe('the version of this file'),
  inventory: inventory.prefault({}),
  aws: aws.prefault({}),
  roles: z.record(ownName, role).default({}),
  contact: words.optional().describe('whom somebody without a role asks for one, such as #security or a name'),
  matchEmails: z.boolean().default(false).describe('whether an e-mail address in Slack may give a role'),
  deny: deny.prefault({}),
  places: z.record(channel, place).default({}).describe('channels by id'),
  groups: z.record(group, groupRule).default({}).describe('user groups by id'),
  membership: membership.prefault({}),
  onCall: z.record(ownName, schedule).default({}).describe('schedules by name'),
  approvers: z.record(ownName, approverSet).default({}).describe('who may approve, by name'),
  approvals: z
    .array(approvalRule)
    .max(200)
    .default([])
    .describe('what must be approved by whom; for each account the first rule that covers it'),
  investigations: investigations.exactOptional(),
  breakGlass: breakGlass.exactOptional(),
  changes: changes.prefault({}),
  raise: z.array(raise).max(200).default([]).describe('questions of a higher tier than ctq finds; nothing lowers one'),
  answers: answers.prefault({}),
  grants: grants.prefault({}),
  limits: limits.prefault({}),
  addresses: z
    .record(z.string().max(60), words)
    .default({})
    .describe('addresses and ranges that people know, and what they are called'),
})

export type RawSettings = z.output<typeof rawSettings>
export type RawRole = z.output<typeof role>

const SHAPES: { readonly [section: string]: { readonly [key: string]: unknown } } = {
  roles: role.shape,
  places: place.shape,
  raise: raise.shape,
  deny: deny.shape,
  aws: aws.shape,
  answers: answers.shape,
  grants: grants.shape,
  limits: limits.shape,
  inventory: inventory.shape,
  groups: groupRule.shape,
  membership: membership.shape,
  changes: changes.shape,
  investigations: investigations.shape,
  breakGlass: breakGlass.shape,
  onCall: schedule.shape,
  approvers: approverSet.shape,
  approvals: approvalRule.shape,
}

/** The keys that are known at a place of ctq.yml, for suggestions. */
export function knownSettings(at: readonly (string | number)[]): readonly string[] {
  const [section, part] = at
  if (section === undefined) return Object.keys(rawSettings.shape)
  if (section === 'inventory' && part === 'accounts') return Object.keys(account.shape)
  return Object.keys(SHAPES[String(section)] ?? {})
}

/** The text of schema/ctq.json, for editors and CI. */
export function settingsSchemaText(): string {
  const { $schema, ...rest } = z.toJSONSchema(rawSettings, { io: 'input' })
  return `${JSON.stringify({ $schema, title: "ctq's settings", ...rest }, null, 2)}\n`
}
