import { chooseSelection, type Selection } from '../query/pushdown.ts'
import { bind } from './bind.ts'
import { type Rule, warning } from './lintRule.ts'
import type { Parameter, Runbook } from './runbook.ts'

/** A question that reads every record is bearable for a day: about 9 million at most at LookupEvents' pace of 100 a second. */
const LONGEST_UNINDEXED = 86_400
/** One that reads every write, or everything of a busy service, is bearable for a week. */
const LONGEST_BROAD = 7 * 86_400

/** Services that other services and scripts call all day long: looked up by source alone, most of what is read is thrown away. */
const BUSY = ['ec2', 'sts', 'kms', 's3', 'logs', 'lambda', 'ssm', 'monitoring', 'dynamodb'].map(
  (service) => `${service}.amazonaws.com`,
)

/** Events that services make for themselves all day long. */
const BUSY_EVENTS = ['AssumeRole', 'Decrypt', 'GenerateDataKey', 'DescribeInstances', 'GetParameter']

/** Asked with nothing optional, a question must not read more than can be borne. */
export const isBounded: Rule = (runbook) => {
  const { window, records } = runbook
  if (!records.includes('management') || window.default <= LONGEST_UNINDEXED) return []
  const selection = chosen(runbook, false)
  if (selection === undefined) {
    const message =
      'Without its optional parameters nothing in match is indexed, so every record of the window is read.'
    const hint = 'Make the default 24h or less, or fix eventName, eventSource or readOnly.'
    return [warning('wide-window', ['window', 'default'], message, hint)]
  }
  const broad = broadly(selection)
  if (broad === undefined) return []
  const message = `Without its optional parameters ${broad} of the window is read.`
  return [warning('wide-window', ['window', 'default'], message, 'Make the default 24h or less.')]
}

/** Asked as narrowly as can be, its longest window must still be one that can be read. */
export const hasHope: Rule = (runbook) => {
  const { window, records } = runbook
  if (!records.includes('management')) return []
  const selection = chosen(runbook, true)
  const broad = selection === undefined ? 'every record' : broadly(selection)
  const longest = selection === undefined ? LONGEST_UNINDEXED : LONGEST_BROAD
  if (broad === undefined || window.max <= longest) return []
  const message = `Whatever is given, ${broad} of the window is read: LookupEvents selects by no more.`
  const hint = `Make max ${longest / 86_400}d or less, or let a key, a session, a resource or an event name be given.`
  return [warning('hopeless-plan', ['window'], message, hint)]
}

function broadly(selection: Selection | undefined): string | undefined {
  if (selection?.key === 'ReadOnly') return 'every write'
  const event = selection?.key === 'EventName' ? selection.values.find((name) => BUSY_EVENTS.includes(name)) : undefined
  if (event !== undefined) return `every ${event}`
  const busy = selection?.key === 'EventSource' ? selection.values.find((source) => BUSY.includes(source)) : undefined
  return busy === undefined ? undefined : `everything of ${busy}`
}

/** What AWS would be asked to select by, with or without the optional parameters. */
function chosen(runbook: Runbook, withOptional: boolean): Selection | undefined {
  const given = Object.entries(runbook.parameters).filter(([, { optional }]) => withOptional || !optional)
  const values = given.map(([name, parameter]) => [name, withOptional ? narrowest(parameter) : widest(parameter)])
  return chooseSelection(bind(runbook, Object.fromEntries(values), []).match)
}

/** A principal may be given as an ARN, which CloudTrail's index knows, whatever the example is; or by a bare name, which it does not. */
function narrowest({ type, example }: Parameter): string {
  return type === 'principal' ? 'arn:aws:iam::111122223333:user/alice' : example
}

function widest({ type, example }: Parameter): string {
  return type === 'principal' ? 'alice' : example
}
