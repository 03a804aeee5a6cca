import type { Objects } from '../domain/result/objects.ts'

/** Every entry of a log in the result store, in its order. Logs are numbered from 1 without a gap; the next entry is created only if absent. */
export async function entriesOf<T>(
  keyOf: (seq: number) => string,
  objects: Pick<Objects, 'read'>,
): Promise<readonly T[]> {
  const entries: T[] = []
  for (;;) {
    const bytes = await objects.read(keyOf(entries.length + 1))
    if (bytes === undefined) return entries
    entries.push(JSON.parse(bytes.toString('utf8')) as T)
  }
}

/** Says in the log which of a list is left out for now, and why: it is damaged, or something it needs is away. */
export type LeavingOut = { readonly leftOut: (id: string, error: unknown) => void }

/** Reads each of a list by itself: one that cannot be read keeps nobody from the others. What is not there is left out without a word. */
export async function readEach<T>(
  ids: readonly string[],
  read: (id: string) => Promise<T | undefined>,
  { leftOut }: LeavingOut,
): Promise<readonly T[]> {
  const found = await Promise.all(
    ids.map((id) =>
      read(id).catch((error: unknown) => {
        leftOut(id, error)
        return undefined
      }),
    ),
  )
  return found.filter((one) => one !== undefined)
}
