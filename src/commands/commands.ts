/** One subcommand: gives the exit code (0 done, 1 failed, 2 wrong usage; others are its own). */
export type CliCommand = {
  readonly name: string
  readonly usage: string
  readonly does: string
  readonly run: (args: readonly string[]) => Promise<number>
}

/** Every subcommand of `ctq`. Each is loaded when it is called: whoever asks at a terminal does not wait for Slack's and the queue's code. */
export const COMMANDS: readonly CliCommand[] = [
  {
    name: 'run',
    usage: '<runbook> [name=value …] [--last 24h] [options]',
    does: 'one question, with your own AWS credentials',
    run: async (args) => (await import('./run.ts')).run(args),
  },
  {
    name: 'last',
    usage: '[options]',
    does: 'the answer given last, of those that are kept',
    run: async (args) => (await import('./run.ts')).kept('last', args),
  },
  {
    name: 'show',
    usage: '<run> [options]',
    does: "a kept run's answer, once more",
    run: async (args) => (await import('./run.ts')).kept('show', args),
  },
  {
    name: 'text',
    usage: '[<run>] [options]',
    does: 'an answer as a timeline to paste, with event ids and run',
    run: async (args) => (await import('./run.ts')).kept('text', args),
  },
  {
    name: 'status',
    usage: '[<run>] [options]',
    does: 'the runs that are kept, and how they ended',
    run: async (args) => (await import('./run.ts')).kept('status', args),
  },
  {
    name: 'again',
    usage: '<run> [options]',
    does: "a kept run's question, asked anew",
    run: async (args) => (await import('./run.ts')).kept('again', args),
  },
  {
    name: 'diff',
    usage: '<run> <run> [options]',
    does: 'what is new and what is gone from one to the other',
    run: async (args) => (await import('./run.ts')).kept('diff', args),
  },
  {
    name: 'runbooks',
    usage: 'list|show|lint|test|new|docs',
    does: 'the questions there are, and whether they hold',
    run: async (args) => (await import('./runbooks.ts')).runbooks(args),
  },
  {
    name: 'policy',
    usage: 'test|explain|lint',
    does: 'what ctq.yml allows whom, and why',
    run: async (args) => (await import('./policy.ts')).policy(args),
  },
  {
    name: 'start',
    usage: '',
    does: 'serve with your settings, or the playground when there are none',
    run: async (args) => (await import('./start.ts')).start(args),
  },
  {
    name: 'serve',
    usage: '',
    does: 'bot and worker in one process',
    run: async () => (await import('./serve.ts')).serve(),
  },
  {
    name: 'bot',
    usage: '',
    does: 'Slack in and out, tokens minted',
    run: async () => (await import('./serve.ts')).bot(),
  },
  {
    name: 'worker',
    usage: '',
    does: 'CloudTrail read, answers made',
    run: async () => (await import('./serve.ts')).worker(),
  },
  {
    name: 'keys',
    usage: 'new|rotate|list [--file FILE]',
    does: 'the keys that sign tokens',
    run: async (args) => (await import('./keys.ts')).keys(args),
  },
  {
    name: 'iam',
    usage: '[reader|trust|worker|bot]',
    does: 'the IAM policies of a deployment, as JSON',
    run: async (args) => (await import('./iam.ts')).iam(args),
  },
  {
    name: 'doctor',
    usage: '[bot|worker|serve]',
    does: 'whether all is there that ctq needs, and how to mend it',
    run: async (args) => (await import('./doctor.ts')).doctor(args),
  },
  {
    name: 'playground',
    usage: '[aws|slack|redis] [options]',
    does: 'a simulated AWS, Slack and queue',
    run: async (args) => (await import('./playground.ts')).playground(args),
  },
  {
    name: 'completion',
    usage: 'bash|zsh|fish',
    does: "completes ctq's words in your shell",
    run: async (args) => (await import('./completion.ts')).completion(args, COMMANDS),
  },
]
