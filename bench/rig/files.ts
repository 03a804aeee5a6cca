import { fileURLToPath } from 'node:url'

/** The compiled `ctq`. */
export const CTQ = fileURLToPath(new URL('../../src/main.js', import.meta.url))

/** A compiled program of bench/beside: what a user would run otherwise. */
export function beside(name: string): string {
  return fileURLToPath(new URL(`../beside/${name}.js`, import.meta.url))
}

/** The runbooks that ctq comes with. */
export const SHIPPED = fileURLToPath(new URL('../../../runbooks', import.meta.url))
