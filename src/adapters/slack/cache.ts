/** Remembers what a loader gave, for a while and for at most so many keys; concurrent askers share one load. */
export type Cache<T> = {
  /**
   * What a load gave that began no longer ago than `maxAge` ms (the cache's own time unless given; 0 always loads), else a new load, which
   * then serves the others too. A failed load is not remembered.
   */
  readonly get: (key: string, load: () => Promise<T>, maxAge?: number) => Promise<T>
}

/** `from`: when its load began, and so how old it may be. Whoever comes while it is being loaded waits for it. */
type Entry<T> = { readonly value: Promise<T>; readonly from: number; loaded: boolean }

/** A cache whose entries live `ms` from the moment at which their load began. `now` is in milliseconds since 1970. */
export function cache<T>(ms: number, now: () => number, mostKeys = 5000): Cache<T> {
  const entries = new Map<string, Entry<T>>()
  const start = (key: string, load: () => Promise<T>): Promise<T> => {
    const from = now()
    const value = load()
    const entry: Entry<T> = { value, from, loaded: false }
    entries.delete(key)
    entries.set(key, entry)
    value.then(
      () => {
        entry.loaded = true
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
    get: (key, load, maxAge = ms) => {
      const entry = entries.get(key)
      const good = entry && maxAge > 0 && (!entry.loaded || now() - entry.from < maxAge)
      return good ? entry.value : start(key, load)
    },
  }
}
