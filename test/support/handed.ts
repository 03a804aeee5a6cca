/**
 * How many characters a piece of code hands to regular expressions, each time the whole text: what grows with the square of a text's
 * length grows so here too, on any machine. Replaces RegExp's methods while it counts.
 */
export function charactersHanded(work: () => void): number {
  const prototype = RegExp.prototype as unknown as { [name: string | symbol]: (...args: unknown[]) => unknown }
  const names = ['exec', 'test', Symbol.replace, Symbol.match, Symbol.matchAll, Symbol.search, Symbol.split]
  const own = names.map((name) => prototype[name])
  let characters = 0
  let isInside = false
  names.forEach((name, at) => {
    prototype[name] = function (this: RegExp, ...args: unknown[]): unknown {
      const method = own[at] as (...given: unknown[]) => unknown
      // One method calls another, once for each match.
      if (isInside) return method.apply(this, args)
      const text = String(args[0])
      const from = this.global && name === 'exec' ? this.lastIndex : 0
      isInside = true
      try {
        const found = method.apply(this, args)
        // One step of an iteration goes on from the step before it.
        characters += (found !== null && this.global && name === 'exec' ? this.lastIndex : text.length) - from
        return found
      } finally {
        isInside = false
      }
    }
  })
  try {
    work()
  } finally {
    names.forEach((name, at) => {
      prototype[name] = own[at] as (...given: unknown[]) => unknown
    })
  }
  return characters
}
