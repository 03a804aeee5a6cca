import { parseArn } from '../request/arn.ts'
import { plainRole } from '../runbook/caller.ts'
import { bounded } from './safe.ts'

/** Longest value that stands among other words on a phone. */
const SHORT = 40

/** A value as people recognise it: the two ends of a key, what an ARN names. The whole is in the question, the CSV and the timeline. */
export function shortValue(text: string, most = SHORT): string {
  const key = /^(A[A-Z]{3})[A-Z0-9]{8,}([A-Z0-9]{4})$/.exec(text)
  if (key !== null) return `${key[1]}…${key[2]}`
  const resource = parseArn(text)?.resource ?? text
  return bounded(
    resource.startsWith('assumed-role/') ? plainRole(resource.slice('assumed-role/'.length)) : resource,
    most,
  )
}
