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
