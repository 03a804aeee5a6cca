/** Options of a command that are followed by a value, and those that are not. */
export type OptionNames = { readonly values: readonly string[]; readonly flags: readonly string[] }

export type Options = {
  readonly values: { readonly [name: string]: string }
  readonly flags: ReadonlySet<string>
  /** Everything else, in order. */
  readonly rest: readonly string[]
}

/**
 * Takes a command's own options (`--name value`, `--name=value`) out of its arguments and leaves the rest, in which words may begin with
 * dashes too. Gives a sentence when a value is missing.
 */
export function takeOptions(args: readonly string[], names: OptionNames): Options | string {
  const values: { [name: string]: string } = {}
  const flags = new Set<string>()
  const rest: string[] = []
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? ''
    const [, name = '', given] = /^--([a-z][a-z-]*)(?:=(.*))?$/s.exec(arg) ?? []
    if (names.flags.includes(name) && given === undefined) flags.add(name)
    else if (names.values.includes(name)) {
      const value = given ?? args[at + 1]
      if (value === undefined || value === '') return `--${name} needs a value.`
      if (Object.hasOwn(values, name)) return `--${name} is given twice.`
      values[name] = value
      if (given === undefined) at += 1
    } else rest.push(arg)
  }
  return { values, flags, rest }
}

/** Says what is wrong with how a command was called. Exit status 2. */
export function usage(words: string): number {
  process.stderr.write(`${words}\n`)
  return 2
}
