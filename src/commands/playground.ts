import { runPlayground } from '../playground/playground.ts'

/** `ctq playground [aws|slack|redis]`: prints one JSON line with addresses and keys, and runs until told to stop. */
export async function playground(args: readonly string[]): Promise<number> {
  await runPlayground(args)
  return 0
}
