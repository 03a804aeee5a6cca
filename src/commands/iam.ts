import { readFileSync } from 'node:fs'
import { readSettings } from '../config.ts'
import { type IamPolicies, type IamRoles, iamPolicies } from '../domain/iam.ts'
import { partitionOfRegion } from '../domain/request/regions.ts'
import { takeOptions, usage } from './options.ts'

const USAGE = `usage: ctq iam [reader|trust|worker|bot|inventory] [--worker-role ARN] [--config FILE]

  reader     what the reader role in each account may do     worker  what the workers' role may do
  trust      whom the reader role trusts: its trust policy   bot     what the bot's role may do
  inventory  what bot and workers need besides to list the accounts from Organizations

  Without a name all of them, as one JSON object. The reader role's name and the partition are those of ctq.yml (--config or
  CTQ_CONFIG), or ctq-reader and aws.`

/** Not an account: AWS refuses it, so that a policy that was not finished cannot be used. */
const UNKNOWN_ACCOUNT = 'WORKER_ACCOUNT_ID'

/** `ctq iam`: the IAM policies of a deployment as JSON. */
export async function iam(args: readonly string[]): Promise<number> {
  const options = takeOptions(args, { values: ['worker-role', 'config'], flags: ['help'] })
  if (typeof options === 'string') return usage(options)
  const { values, flags, rest } = options
  if (flags.has('help')) return print(USAGE)
  const known = readerFrom(values['config'])
  if (typeof known === 'string') return usage(known)
  const worker = values['worker-role']
  if (worker !== undefined && !/^arn:[a-z-]+:iam::\d{12}:role\/.+$/.test(worker))
    return usage('--worker-role is the ARN of a role, such as arn:aws:iam::111122223333:role/ctq-worker.')
  const [name = 'all', more] = rest
  const policies = iamPolicies({
    ...known,
    worker: worker ?? `arn:${known.partition}:iam::${UNKNOWN_ACCOUNT}:role/ctq-worker`,
  })
  if (more !== undefined || !(name === 'all' || isPolicy(name, policies))) return usage(USAGE)
  if (worker === undefined && (name === 'all' || name === 'trust'))
    process.stderr.write(`Put your workers' account for ${UNKNOWN_ACCOUNT}, or give --worker-role ARN.\n`)
  return print(JSON.stringify(name === 'all' ? policies : policies[name], null, 2))
}

function isPolicy(name: string, policies: IamPolicies): name is keyof IamPolicies {
  return Object.hasOwn(policies, name)
}

function readerFrom(told: string | undefined): Pick<IamRoles, 'reader' | 'partition'> | string {
  const path = told ?? (process.env['CTQ_CONFIG']?.trim() || undefined)
  if (path === undefined) return { reader: 'ctq-reader', partition: 'aws' }
  const read = readSettings({ ...process.env, CTQ_CONFIG: path }, (file) => readFileSync(file, 'utf8'))
  if (!read.ok) return read.error.join('\n')
  const { aws } = read.value
  return { reader: aws.readerRole, partition: partitionOfRegion(aws.homeRegion) }
}

function print(text: string): number {
  process.stdout.write(`${text}\n`)
  return 0
}
