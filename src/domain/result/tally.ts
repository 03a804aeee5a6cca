/** Values counted apart by key, at most so many: what comes with a new key after that is only counted. */
export type Tally<V> = {
  /** Adds to the value of a key; `start` makes it. */
  readonly add: (key: string, start: () => V, more: (value: V) => void) => void
  readonly values: () => V[]
  /** What was added with keys for which there was no room. */
  readonly uncounted: () => number
}

/** A tally with room for `most` keys: the first ones met. */
export function tally<V>(most: number): Tally<V> {
  const values = new Map<string, V>()
  let uncounted = 0
  return {
    add: (key, start, more) => {
      let value = values.get(key)
      if (value === undefined) {
        if (values.size >= most) {
          uncounted += 1
          return
        }
        value = start()
        values.set(key, value)
      }
      more(value)
    },
    values: () => [...values.values()],
    uncounted: () => uncounted,
  }
}
