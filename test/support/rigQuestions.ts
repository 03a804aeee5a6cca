import type { Rec } from './rigTruth.ts'

/** A time so many hours ago, to the second, as questions are typed. */
export function hoursAgo(hours: number): string {
  return new Date(Math.floor(Date.now() / 1000) * 1000 - hours * 3_600_000).toISOString().replace('.000Z', 'Z')
}

/** A refusal for want of permission, by a reading of its own: nothing of ctq's runbooks is used. */
export function isRefused({ errorCode = '', errorMessage = '' }: Rec): boolean {
  return /AccessDenied|Unauthorized/.test(errorCode) || /is not authorized to perform|explicit deny/.test(errorMessage)
}
