import type { Objects } from '../domain/result/objects.ts'

/** An entry and its number. */
export type Link<T> = { readonly seq: number; readonly entry: T }

/** Entries in the result store, numbered from 1 without a gap; each is written once, so that of several writers one is first. */
export type Chain<T> = {
  /** The newest entry, looked for in the store each time. */
  readonly last: () => Promise<Link<T> | undefined>
  /** Adds an entry after one that was decided on. False: somebody else was first; look again and decide anew. */
  readonly add: (after: Link<T> | undefined, entry: T) => Promise<boolean>
}

/** Opens the chain below `prefix`. What was read is kept: looking again costs one look for the next entry. */
export function openChain<T>(
  prefix: string,
  keyOf: (seq: number) => string,
  parse: (value: unknown) => T,
  { objects }: { readonly objects: Pick<Objects, 'create' | 'read' | 'list'> },
): Chain<T> {
  let newest: Link<T> | undefined
  const readAt = async (seq: number): Promise<Link<T> | undefined> => {
    const found = await objects.read(keyOf(seq))
    return found === undefined ? undefined : { seq, entry: parse(JSON.parse(found.toString('utf8'))) }
  }
  const begin = async (): Promise<Link<T> | undefined> => {
    const numbers = (await objects.list(prefix)).map((name) => Number.parseInt(name, 10)).filter(Number.isSafeInteger)
    return numbers.length === 0 ? undefined : await readAt(Math.max(...numbers))
  }
  return {
    last: async () => {
      let last = newest ?? (await begin())
      for (let next = await readAt((last?.seq ?? 0) + 1); next !== undefined; next = await readAt(next.seq + 1))
        last = next
      if ((last?.seq ?? 0) > (newest?.seq ?? 0)) newest = last
      return last
    },
    add: async (after, entry) => await objects.create(keyOf((after?.seq ?? 0) + 1), JSON.stringify(entry)),
  }
}
