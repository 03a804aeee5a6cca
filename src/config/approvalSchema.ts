import { z } from 'zod'
import { accountWord, channel, duration, group, ownName, person, runbookSelector, words } from './words.ts'

/** A Slack user group. */
export const groupRule = z.strictObject({
  name: words.describe('how people call it'),
  managed: z
    .boolean()
    .default(false)
    .describe('its members come from the identity provider: then it may give tiers above duty, and approvers'),
})

export const membership = z
  .strictObject({
    countsAfter: duration
      .default('24h')
      .describe('a membership of a user group counts once it was seen for so long; 0m: at once'),
  })
  .describe('when being in a user group counts')

export const changes = z
  .strictObject({
    announceIn: z.array(channel).max(10).default([]).describe('channels'),
  })
  .describe('where changes of these rules, and of the groups they name, are announced')

export const investigations = z
  .strictObject({
    longest: duration.default('8h').describe('how long one is open at most; 24h is the most'),
    window: duration.default('7d').describe('the longest window of a question under one that does not say its own'),
  })
  .describe('wider grants for some hours, opened by one approval; without this section there are none')

const people = {
  persons: z.array(person).max(1000).default([]),
  groups: z.array(group).max(100).default([]).describe('user groups with managed: true'),
}

export const approverSet = z.strictObject({
  title: words.exactOptional().describe('how people are told of them; else their name'),
  ...people,
  onCall: z.array(ownName).max(20).default([]).describe('whoever these schedules have on call now'),
})

const seat = z.strictObject({
  by: z
    .array(ownName)
    .min(1)
    .max(10)
    .describe('approvers by name, in the order in which they are asked; any of them may approve at once'),
  count: z.int().min(1).max(10).default(1).describe('so many different people'),
})

export const approvalRule = z.strictObject({
  name: ownName,
  roles: z
    .array(z.union([z.literal('*'), ownName]))
    .min(1)
    .max(100)
    .default(['*'])
    .describe('of whoever asks'),
  runbooks: z.array(runbookSelector).min(1).max(500).default(['*']),
  accounts: z.array(accountWord).min(1).max(500).default(['*']),
  tier: z.enum(['duty', 'elevated']).default('elevated').describe('the highest tier that can be approved so'),
  seats: z.array(seat).min(1).max(10).describe('who must approve: each person fills one seat'),
  onCallAlone: z
    .array(runbookSelector)
    .max(500)
    .default([])
    .describe('runbooks that one of these approvers may run alone while on call'),
  selfApproval: z
    .array(runbookSelector)
    .max(500)
    .default([])
    .describe('runbooks for which whoever asks counts as one of the approvers'),
  places: z
    .array(z.union([z.literal('direct'), channel]))
    .min(1)
    .max(20)
    .default(['direct'])
    .describe('where it is asked: channels, or direct messages'),
  expires: duration.default('30m').describe('how long after asking'),
  remind: z.array(duration).max(5).default(['3m', '6m']).describe('how long after asking'),
  escalate: duration.default('10m').describe('after so long the next of `by` are asked'),
  reason: z.int().min(0).max(500).default(10).describe('least length of the reason that must be typed'),
})

const shift = z.strictObject({
  from: z.iso.datetime({ offset: true, error: 'a time is written like 2026-11-20T08:00:00Z' }),
  until: z.iso.datetime({ offset: true, error: 'a time is written like 2026-11-20T20:00:00Z' }),
  persons: z.array(person).min(1).max(100),
  level: z.int().min(1).max(20).default(1),
})

export const schedule = z
  .strictObject({
    pagerduty: z
      .array(z.string().regex(/^[A-Z0-9]{5,20}$/, "a schedule is PagerDuty's id, such as PI7DH85"))
      .min(1)
      .max(20)
      .exactOptional()
      .describe('schedules by id'),
    people: z
      .record(z.string().regex(/^[A-Z0-9]{5,20}$/, "a user is PagerDuty's id, such as PT23IWX"), person)
      .default({})
      .describe("who PagerDuty's users are in Slack; whoever is not listed is nobody here"),
    shifts: z.array(shift).max(2000).exactOptional().describe('who is on call when, where there is no PagerDuty'),
    levels: z.int().min(1).max(20).default(1).describe('how many escalation levels count, from the first'),
    fallback: z.strictObject(people).prefault({}).describe('who may approve while the schedule cannot be read'),
  })
  .refine(({ pagerduty, shifts }) => (pagerduty === undefined) !== (shifts === undefined), {
    error: 'a schedule is from pagerduty or from shifts, one of the two',
  })

export const breakGlass = z
  .strictObject({
    ...people,
    onCall: z.array(ownName).max(20).default([]).describe('whoever these schedules have on call now'),
    reason: z.int().min(10).max(500).default(30).describe('least length of the reason that must be typed'),
    tier: z.enum(['duty', 'elevated']).default('elevated').describe('the highest tier that can be asked so'),
    reviewers: z
      .array(ownName)
      .max(10)
      .default([])
      .describe('approvers by name who may close a review; unless told those whose approval was skipped'),
    places: z
      .array(z.union([z.literal('direct'), channel]))
      .max(20)
      .default([])
      .describe('where reviews are shown, beside where the approval would have been asked'),
    within: duration.default('24h').describe('a review open for longer suspends break-glass for whoever used it'),
    remind: duration.default('4h').describe('how often reviewers are reminded of an open review'),
    alarmIn: z
      .array(channel)
      .max(10)
      .default([])
      .describe('channels that are told when the glass is broken twice in a day; unless told where reviews are shown'),
  })
  .describe('who may run at once what would wait for approval, to be reviewed afterwards; without this section nobody')

export type RawApprovalRule = z.output<typeof approvalRule>
export type RawApproverSet = z.output<typeof approverSet>
export type RawSchedule = z.output<typeof schedule>
