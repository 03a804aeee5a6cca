import { bounded } from './safe.ts'

/** Longest name of an agent that none of the rules knows. */
const UNKNOWN_MAX = 30

/** What people call the program behind a user agent; the first that fits. Programs name the libraries they are built on after themselves. */
const KNOWN: readonly (readonly [RegExp, string])[] = [
  [/terraform/i, 'Terraform'],
  [/pulumi/i, 'Pulumi'],
  [/\baws-cli\//, 'aws-cli'],
  [/\bboto3\//i, 'Boto3'],
  [/\bbotocore\//i, 'Botocore'],
  [/^\[?(?:S3Console|console\.|signin\.)/, 'console'],
  [/Mozilla\/\d/, 'browser'],
]

/** A user agent in a word: `aws-cli`, `Terraform`, `browser`, `aws-sdk-go`, else the name of its first product. Who calls chose this text. */
export function shortAgent(userAgent: string): string {
  if (userAgent === '') return ''
  const known = KNOWN.find(([pattern]) => pattern.test(userAgent))?.[1]
  if (known !== undefined) return known
  const kit = /\baws-sdk-[a-z0-9.-]{1,20}(?=\/)/i.exec(userAgent)?.[0]
  return kit ?? bounded(userAgent.replace(/^\[/, '').split(/[/\s\]]/, 1)[0] ?? '', UNKNOWN_MAX)
}
