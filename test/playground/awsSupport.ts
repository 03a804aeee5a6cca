import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import type { Count } from '../../src/playground/aws/counters.ts'
import { type Aws, type AwsOptions, startAws } from '../../src/playground/aws/server.ts'

export type Keys = { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string }

/** A small organisation for as long as the test runs, with a rate nobody reaches unless told. */
export async function anAws(t: TestContext, options: AwsOptions = {}): Promise<Aws> {
  const aws = await startAws({ rate: 10_000, burst: 10_000, noisePerDay: 0, ...options })
  t.after(() => aws.close())
  return aws
}

export function cloudTrail(t: TestContext, aws: Aws, credentials: Keys, region = 'eu-west-1'): CloudTrailClient {
  const client = new CloudTrailClient({ endpoint: aws.url, region, credentials, maxAttempts: 1 })
  t.after(() => client.destroy())
  return client
}

export function stsOf(t: TestContext, aws: Aws, credentials: Keys, region = 'us-east-1'): STSClient {
  const client = new STSClient({ endpoint: aws.url, region, credentials, maxAttempts: 1 })
  t.after(() => client.destroy())
  return client
}

/** The keys of a reader session in an account, as ctq's worker gets them. */
export async function readerKeys(t: TestContext, aws: Aws, account: string, policy?: string): Promise<Keys> {
  const { Credentials } = await stsOf(t, aws, aws.organisation.users.worker).send(
    new AssumeRoleCommand({
      RoleArn: `arn:aws:iam::${account}:role/ctq-reader`,
      RoleSessionName: 'anna',
      SourceIdentity: 'anna',
      DurationSeconds: 900,
      ...(policy !== undefined && { Policy: policy }),
    }),
  )
  return {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  }
}

/** Posts to the control API. */
export async function tell(aws: Aws, path: string, body: unknown, method = 'POST'): Promise<unknown> {
  const response = await fetch(`${aws.url}/_playground/${path}`, {
    method,
    ...(method === 'POST' && { body: JSON.stringify(body) }),
  })
  return response.json()
}

/** What was counted for an operation, by Region. */
export async function counted(aws: Aws, operation: string): Promise<readonly Count[]> {
  const response = await fetch(`${aws.url}/_playground/counters`)
  const counts: unknown = await response.json()
  assert.ok(Array.isArray(counts))
  return counts.filter((count: Count) => count.operation === operation)
}

/** Sets a header of a request on its way through a client's middleware, before it is signed. */
export function setHeader(request: unknown, name: string, value: string): void {
  assert.ok(typeof request === 'object' && request !== null && 'headers' in request)
  Object.assign(request.headers as object, { [name]: value })
}
