/** Environment variables by name. */
export type Env = { readonly [name: string]: string | undefined }

/** Reads a file's text; throws when it cannot. */
export type ReadFile = (path: string) => string

/** Collects what is wrong, each line naming a variable and never its value. */
export type Complain = (problem: string) => void

/**
 * A value of the environment, or the text of the file that it names (`/…` or `file:…`), without the line end. Undefined when it is
 * not set or empty, or when its file cannot be read: then that is a problem.
 */
export function secret(env: Env, name: string, read: ReadFile, complain: Complain): string | undefined {
  const value = env[name]?.trim()
  if (value === undefined || value === '') return undefined
  const path = pathIn(value)
  if (path === undefined) return value
  const text = readable(name, path, read, complain)?.trim()
  if (text === '') complain(`${name}: ${path} is empty`)
  return text === '' ? undefined : text
}

/** As `secret`, and a problem when there is none. */
export function required(env: Env, name: string, read: ReadFile, complain: Complain): string | undefined {
  if ((env[name]?.trim() ?? '') === '') complain(`${name} is not set`)
  return secret(env, name, read, complain)
}

function pathIn(value: string): string | undefined {
  if (value.startsWith('/')) return value
  return value.startsWith('file:') ? value.replace(/^file:(?:\/\/(?=\/))?/, '') : undefined
}

/** The text of a file; a problem that names the variable and the path when it cannot be read. */
export function readable(name: string, path: string, read: ReadFile, complain: Complain): string | undefined {
  try {
    return read(path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    complain(`${name}: ${path} cannot be read (${code})`)
    return undefined
  }
}

/** A whole number within bounds, or the default when not set. */
export function port(env: Env, name: string, usual: number, complain: Complain): number {
  const value = env[name]?.trim()
  if (value === undefined || value === '') return usual
  const number = Number(value)
  if (/^\d{1,5}$/.test(value) && number <= 65_535) return number
  complain(`${name} is not a port number from 0 to 65535`)
  return usual
}

/** True for an address of this machine. */
export function isLoopback(hostname: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname)
}

/** A URL by one of the schemes, or a problem. A plain `http:` is only for this machine: a token would travel in the clear. */
export function url(name: string, value: string, schemes: readonly string[], complain: Complain): URL | undefined {
  if (!URL.canParse(value)) {
    complain(`${name} is not a URL`)
    return undefined
  }
  const parsed = new URL(value)
  const scheme = parsed.protocol.slice(0, -1)
  if (scheme === 'http' && schemes.includes('https') && isLoopback(parsed.hostname)) return parsed
  if (schemes.includes(scheme)) return parsed
  const local = scheme === 'http' && schemes.includes('https')
  complain(local ? `${name} is http: on another machine; use https` : `${name} is not ${schemes.join(' or ')}:`)
  return undefined
}
