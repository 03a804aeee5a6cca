import type { Person } from '../../../domain/policy/person.ts'
import { code } from '../../../domain/result/safe.ts'

/** Slack's ids of users and channels: nothing else is ever written as a mention or a link. */
const USER = /^[UW][A-Z0-9]{2,30}$/
const CHANNEL = /^[CG][A-Z0-9]{2,30}$/
/** People named one by one. */
const NAMED = 15

/** Somebody as Slack shows a person: it tells them. */
export function mention({ user }: Person): string {
  return USER.test(user) ? `<@${user}>` : code(user, 40)
}

/** Several people; beyond some they are counted. */
export function mentions(persons: readonly Person[]): string {
  const more = persons.length - NAMED
  return `${persons.slice(0, NAMED).map(mention).join(' ')}${more > 0 ? ` and ${more} more` : ''}`
}

/** A place where something is asked: a channel, or `direct`. */
export function placeLink(place: string): string {
  if (place === 'direct') return 'by direct message'
  return CHANNEL.test(place) ? `in <#${place}>` : `in ${code(place, 40)}`
}
