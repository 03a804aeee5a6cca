import type { Objects } from '../domain/result/objects.ts'

/** People see and type the first eight digits. */
const SHORTEST = 6

/** The only id in a folder that begins as somebody typed it, in any case. Undefined: none, more than one, or too little was typed. */
export async function idNamed(
  folder: string,
  typed: string,
  objects: Pick<Objects, 'list'>,
): Promise<string | undefined> {
  const prefix = typed.toLowerCase()
  if (prefix.length < SHORTEST || !/^[0-9a-f-]+$/.test(prefix)) return undefined
  const found = (await objects.list(folder)).filter((id) => id.startsWith(prefix))
  return found.length === 1 ? found[0] : undefined
}
