import type { Runnable } from '../../../domain/policy/mayRun.ts'
import type { PersonFacts, PlaceFacts } from '../../../domain/policy/person.ts'
import type { Role } from '../../../domain/policy/policy.ts'
import type { TooNew } from '../../../domain/policy/roles.ts'
import { durationWords } from '../../../domain/request/duration.ts'
import { scopeWordText } from '../../../domain/request/scopeWords.ts'
import { counted, joined, type Phrase, say, value } from '../../../domain/result/phrase.ts'
import { isoOf, minuteOf } from '../../../domain/result/time.ts'
import { mrkdwnOf, sentence } from './markup.ts'
import { compose, type Message, section, sections, TEXT_MAX } from './message.ts'

/** What ctq knows of somebody who asks, here. */
export type WhoAmI = {
  readonly person: PersonFacts
  readonly place: PlaceFacts
  readonly roles: readonly Role[]
  readonly runnable: readonly Runnable[]
  /** Memberships that do not count yet. */
  readonly tooNew?: readonly TooNew[]
}

/** Who somebody is to ctq, which roles that gives, and what they may ask in this place. */
export function whoamiMessage({ person, place, roles, runnable, tooNew = [] }: WhoAmI): Message {
  const who = say`You are ${value(person.name)}, user ${value(person.person.user)} of workspace ${value(person.person.team)}${kinds(person)}. Times without a zone are read in ${value(person.timeZone)}.`
  const here = herePhrase(runnable, place)
  return {
    text: sentence([who, here], TEXT_MAX),
    blocks: compose([
      () => section([mrkdwnOf(who)]),
      (room) =>
        sections(roles.length === 0 ? [NO_ROLE] : roles.map((role) => mrkdwnOf(rolePhrase(role))), room - 2_500, ''),
      () => section(tooNew.slice(0, 10).map((one) => mrkdwnOf(tooNewPhrase(one), 300))),
      () => section([mrkdwnOf(here, 2_000)]),
    ]),
  }
}

const NO_ROLE = 'You have no role: the policy in `ctq.yml` gives none to you.'

function kinds({ guest, bot, stranger, deactivated }: PersonFacts): string {
  const said = [
    guest ? 'a guest' : '',
    bot ? 'a bot' : '',
    stranger ? 'of another workspace' : '',
    deactivated ? 'deactivated' : '',
  ].filter((kind) => kind !== '')
  return said.length === 0 ? '' : ` (${said.join(', ')})`
}

function rolePhrase(role: Role): Phrase {
  const accounts = role.accounts.map(scopeWordText).slice(0, 8)
  const more = role.accounts.length - accounts.length
  return joined(
    [
      say`• Role ${value(role.name)}: tier ${role.tier}${role.ceiling === role.tier ? '' : `, ${role.ceiling} with approval`}`,
      say`accounts ${value(accounts.join(', '))}${more > 0 ? ` and ${more} more` : ''}`,
      say`Regions ${value(role.regions.join(', '))}`,
      say`at most ${durationWords(role.window)} and ${counted(role.rows, 'row')}`,
    ],
    ', ',
  )
}

function tooNewPhrase({ name, countsAt }: TooNew): Phrase {
  const from = countsAt === undefined ? 'once ctq has seen it for long enough' : `from ${minuteOf(isoOf(countsAt))} on`
  return say`• Group ${value(name)}: too new, counts ${from}`
}

function herePhrase(runnable: readonly Runnable[], place: PlaceFacts): Phrase {
  const where = place.kind === 'direct' ? 'in this direct message' : 'in this channel'
  if (runnable.length === 0) return say`You may ask nothing ${where}.`
  const direct = runnable.every(({ answerTo }) => answerTo === 'direct')
    ? ' The answers come to you by direct message.'
    : ''
  return say`You may ask ${where}: ${runnable.map(({ runbook }) => runbook.name).join(', ')}.${direct}`
}
