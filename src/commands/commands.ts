import { doctor } from './doctor.ts'
import { iam } from './iam.ts'
import { keys } from './keys.ts'
import { playground } from './playground.ts'
import { run } from './run.ts'
import { runbooks } from './runbooks.ts'
import { bot, serve, worker } from './serve.ts'
import { start } from './start.ts'

/** One subcommand: gives the exit code (0 done, 1 failed, 2 wrong usage; others are its own). */
export type CliCommand = {
  readonly name: string
  readonly usage: string
  readonly does: string
  readonly run: (args: readonly string[]) => Promise<number>
}

/** Every subcommand of `ctq`. */
export const COMMANDS: readonly CliCommand[] = [
  {
    name: 'run',
    usage: '<runbook> [name=value …] [--last 24h] [options]',
    does: 'one question, with your own AWS credentials',
    run,
  },
  {
    name: 'runbooks',
    usage: 'list|show|lint|test',
    does: 'the questions there are, and whether they hold',
    run: runbooks,
  },
  { name: 'start', usage: '', does: 'serve with your settings, or the playground when there are none', run: start },
  { name: 'serve', usage: '', does: 'bot and worker in one process', run: serve },
  { name: 'bot', usage: '', does: 'Slack in and out, tokens minted', run: bot },
  { name: 'worker', usage: '', does: 'CloudTrail read, answers made', run: worker },
  { name: 'keys', usage: 'new|rotate|list [--file FILE]', does: 'the keys that sign tokens', run: keys },
  {
    name: 'iam',
    usage: '[reader|trust|worker|bot]',
    does: 'the IAM policies of a deployment, as JSON',
    run: iam,
  },
  {
    name: 'doctor',
    usage: '[bot|worker|serve]',
    does: 'whether all is there that ctq needs, and how to mend it',
    run: doctor,
  },
  {
    name: 'playground',
    usage: '[aws|slack|redis] [options]',
    does: 'a simulated AWS, Slack and queue',
    run: playground,
  },
]
