import { readFileSync } from 'node:fs'
import { forgiving } from '../adapters/terminal/sink.ts'
import { readSettings } from '../config.ts'
import {
  botPolicy,
  type IamOptions,
  type IamPolicy,
  readerPolicy,
  readerTrust,
  terminalTrust,
  workerPolicy,
} from '../domain/iam.ts'
import { partitionOfRegion } from '../domain/request/regions.ts'
import { takeOptions, usage } from './options.ts'

const USAGE = `usage: ctq iam [reader|trust|worker|bot] [--worker-role ARN] [--config FILE]
       ctq iam trust --terminal --worker-role ARN

  reader  what the reader role in each account may do       worker  what the workers' role may do
  trust   whom the reader role trusts: its trust policy     bot     what the bot's role may do

  Without a name all four, as one JSON object. The reader role's name, the partition and whether Organizations is listed come from
  ctq.yml (--config or CTQ_CONFIG) when there is one. With --terminal: the statement to add to that trust policy for whoever asks with
  "ctq run" from another account; --worker-role is then their role or user.`

const DEFAULTS: IamOptions = {
  readerRole: 'ctq-reader',
  partition: 'aws',
  worker: 'arn:aws:iam::WORKER_ACCOUNT_ID:role/ctq-worker',
  organizations: true,
}

/** `ctq iam`: the IAM policies of a deployment as JSON, each with the least that the code uses. */
export async function iam(args: readonly string[]): Promise<number> {
  forgiving(process.stdout)
  const options = takeOptions(args, { values: ['worker-role', 'config'], flags: ['help', 'terminal'] })
  if (typeof options === 'string') return usage(options)
  const { values, flags, rest } = options
  if (flags.has('help')) return print(USAGE)
  const settings = settingsFrom(values['config'])
  if (typeof settings === 'string') return usage(settings)
  const worker = values['worker-role']
  if (worker !== undefined && !/^arn:[a-z-]+:(?:iam|sts)::\d{12}:/.test(worker))
    return usage('--worker-role is an ARN, such as arn:aws:iam::111122223333:role/ctq-worker.')
  if (flags.has('terminal')) {
    if (rest.length !== 1 || rest[0] !== 'trust' || worker === undefined) return usage(USAGE)
    return print(JSON.stringify(terminalTrust(worker), null, 2))
  }
  const policies = policiesOf({ ...DEFAULTS, ...settings, ...(worker !== undefined && { worker }) })
  const [name, more] = rest
  if (more !== undefined || (name !== undefined && !Object.hasOwn(policies, name))) return usage(USAGE)
  if (worker === undefined && (name === undefined || name === 'trust'))
    process.stderr.write('Put the account of your workers for WORKER_ACCOUNT_ID, or give --worker-role ARN.\n')
  return print(JSON.stringify(name === undefined ? policies : policies[name], null, 2))
}

function policiesOf(options: IamOptions): { readonly [name: string]: IamPolicy } {
  return {
    reader: readerPolicy(),
    trust: readerTrust(options),
    worker: workerPolicy(options),
    bot: botPolicy(options),
  }
}

function settingsFrom(
  told: string | undefined,
): Pick<IamOptions, 'readerRole' | 'partition' | 'organizations' | 'worker'> | Record<string, never> | string {
  const path = told ?? (process.env['CTQ_CONFIG']?.trim() || undefined)
  if (path === undefined) return {}
  const read = readSettings({ ...process.env, CTQ_CONFIG: path }, (file) => readFileSync(file, 'utf8'))
  if (!read.ok) return read.error.join('\n')
  const { aws, inventory } = read.value
  const partition = partitionOfRegion(aws.homeRegion)
  return {
    readerRole: aws.readerRole,
    partition,
    organizations: inventory.from === 'organizations',
    worker: DEFAULTS.worker.replace('arn:aws:', `arn:${partition}:`),
  }
}

function print(text: string): number {
  process.stdout.write(`${text}\n`)
  return 0
}
