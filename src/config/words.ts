import { z } from 'zod'

/** What ctq.yml is made of: each kind of value with what is said of a wrong one. */
export const words = z.string().min(1).max(200)
export const accountWord = words.describe('an account id or name, @group, ou:unit, a path of units, or *')
export const channel = z.string().regex(/^[CGD][A-Z0-9]{5,20}$/, "a channel is Slack's id, such as C0INCIDENT")
export const group = z.string().regex(/^S[A-Z0-9]{5,20}$/, "a user group is Slack's id, such as S0ONCALL")
export const person = z
  .string()
  .regex(/^T[A-Z0-9]{2,20}\/[UW][A-Z0-9]{2,20}$/, 'a person is team/user by Slack ids, such as T0EXAMPLE/U0ALICE')
export const duration = z.string().describe('a length such as 30m, 24h, 7d or 2w')
export const runbookSelector = words.describe("a runbook's name, tag:…, or *")
export const tier = z.enum(['open', 'duty', 'elevated'])
/** A name of the file's own: of a role, a rule, a schedule, some approvers. */
export const ownName = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'a name is in lower case, with digits and dashes')
