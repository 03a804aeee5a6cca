/** Remembers what a loader gave, for a while and for at most so many keys; concurrent askers share one load. */
export type Cache<T> = {
  /** `fresh` always loads, and what it loads serves the others. A failed load is not remembered. */
  readonly get: (key: string, load: () => Promise<T>, fresh?: boolean) => Promise<T>
}

type Entry<T> = { readonly value: Promise<T>; until: number }

/** A cache whose entries live `ms` from the moment they were loaded. `now` is in milliseconds since 1970. */
export function cache<T>(ms: number, now: () => number, mostKeys = 5000): Cache<T> {
  const entries = new Map<string, Entry<T>>()
  const start = (key: string, load: () => Promise<T>): Promise<T> => {
    const value = load()
    const entry: Entry<T> = { value, until: Number.POSITIVE_INFINITY }
    entries.delete(key)
    entries.set(key, entry)
    value.then(
      () => {
        entry.until = now() + ms
      },
      () => {
        if (entries.get(key) === entry) entries.delete(key)
      },
    )
    const [oldest] = entries.keys()
    if (entries.size > mostKeys && oldest !== undefined) entries.delete(oldest)
    return value
  }
  return {
    get: (key, load, fresh = false) => {
      const entry = entries.get(key)
      if (!fresh && entry && now() < entry.until) return entry.value
      return start(key, load)
    },
  }
}
