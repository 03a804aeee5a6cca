import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { packageRoot } from '../../src/commands/root.ts'
import { type Aws, type AwsOptions, startAws } from '../../src/playground/aws/server.ts'
import { scratch } from '../support/here.ts'

/** How a command ended and what it wrote. */
export type Ended = { readonly code: number | null; readonly out: string; readonly err: string }

export type Place = {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** Told the process as soon as it runs. */
  readonly meanwhile?: (child: ChildProcessWithoutNullStreams) => void
}

export const MAIN = join(packageRoot(), 'dist/src/main.js')

/** Runs `ctq` as a person does, with these variables and nothing else of this process's environment but what node needs. */
export function ctq(args: readonly string[], place: Place = {}): Promise<Ended> {
  return program(process.execPath, [MAIN, ...args], place)
}

/** Runs a program and waits for its end. */
export function program(file: string, args: readonly string[], { env, cwd, meanwhile }: Place): Promise<Ended> {
  const { PATH = '', NODE_V8_COVERAGE } = process.env
  const child = spawn(file, args, {
    env: { PATH, ...(NODE_V8_COVERAGE !== undefined && { NODE_V8_COVERAGE }), ...env },
    ...(cwd !== undefined && { cwd }),
  })
  child.stdin.end()
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
  meanwhile?.(child)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) =>
      resolve({ code, out: Buffer.concat(out).toString('utf8'), err: Buffer.concat(err).toString('utf8') }),
    )
  })
}

export const PAYMENTS = '111122223333'
export const WEB = '444455556666'

/** A small simulated AWS for as long as the test runs, with a rate that nobody reaches unless told. */
export async function anAws(t: TestContext, options: AwsOptions = {}): Promise<Aws> {
  const aws = await startAws({ rate: 10_000, burst: 10_000, noisePerDay: 0, ...options })
  t.after(() => aws.close())
  return aws
}

/** The standard AWS variables of one of the organisation's users; the responder, in prod-payments, unless told. */
export function keysOf(aws: Aws, user: keyof Aws['organisation']['users'] = 'responder'): Record<string, string> {
  const { accessKeyId, secretAccessKey } = aws.organisation.users[user]
  return {
    AWS_ENDPOINT_URL: aws.url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  }
}

/** A ctq.yml with two accounts and a pace that only a simulated AWS takes. */
export async function aConfig(t: TestContext, more = ''): Promise<string> {
  const file = join(await scratch(t), 'ctq.yml')
  await writeFile(
    file,
    `version: 1
inventory:
  accounts:
    - { id: '${PAYMENTS}', name: prod-payments, groups: [prod] }
    - { id: '${WEB}', name: prod-web, groups: [prod] }
aws: { paceMs: 1 }
${more}`,
  )
  return file
}

/** Posts to the simulated AWS's control API. */
export async function tell(aws: Aws, path: string, body: object): Promise<void> {
  const response = await fetch(`${aws.url}/_playground/${path}`, { method: 'POST', body: JSON.stringify(body) })
  if (!response.ok) throw new Error(await response.text())
}

/** Exact texts of the records that the simulated AWS has, newest first as an answer has them: by time, then by id. */
export async function recordsOf(
  aws: Aws,
  regions: readonly string[],
  query: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const texts = await Promise.all(
    regions.map(async (region) => {
      const response = await fetch(
        `${aws.url}/_playground/truth?${new URLSearchParams({ account: PAYMENTS, region, ...query })}`,
      )
      return (await response.text()).split('\n').filter((line) => line !== '')
    }),
  )
  const keyed = texts.flat().map((text) => {
    const { eventTime, eventID } = JSON.parse(text) as { eventTime: string; eventID: string }
    return { text, eventTime, eventID }
  })
  keyed.sort((a, b) =>
    a.eventTime === b.eventTime ? (a.eventID < b.eventID ? -1 : 1) : a.eventTime < b.eventTime ? 1 : -1,
  )
  return keyed.map(({ text }) => text)
}
