import { existsSync } from 'node:fs'
import { basename, delimiter, isAbsolute, join, relative } from 'node:path'
import { shellWord } from '../adapters/terminal/shell.ts'
import { packageRoot } from './root.ts'

/** What tells how this program was called. */
export type Call = {
  /** The program as Node was given it, an absolute path. */
  readonly program: string
  readonly env: { readonly [name: string]: string | undefined }
  readonly cwd: string
  /** The project's folder. */
  readonly root: string
  readonly exists: (path: string) => boolean
}

/** How this process was called. */
export function thisCall(): Call {
  const { argv, env } = process
  return { program: argv[1] ?? '', env, cwd: process.cwd(), root: packageRoot(), exists: existsSync }
}

/**
 * What a command that is pasted where somebody called ctq must begin with: `ctq` where the PATH has it, `npm run -s ctq --` in a clone that was
 * called by npm, else Node and the program's file.
 */
export function calledAs(call: Call): string {
  const { program, env, root } = call
  if (isScript(env)) return isWithin(typedIn(call), root) ? NPM : `npm --prefix ${shellWord(root)} ${NPM.slice(4)}`
  if (env['npm_command'] === 'exec' && env['npm_lifecycle_event'] === 'npx') return 'npx ctq'
  const name = basename(program)
  if (name !== 'ctq') return `node ${fileWord(call)}`
  return onPath(name, call) ? name : fileWord(call)
}

const NPM = 'npm run -s ctq --'

/** Files that are named on the command line are where it was typed, npm or not. */
export function goWhereTyped(): void {
  const folder = typedIn({ env: process.env, cwd: process.cwd() })
  if (folder !== process.cwd() && existsSync(folder)) process.chdir(folder)
}

/** npm runs a script in the project's folder, wherever it was called, and says where that was (npm: run-script, INIT_CWD). */
export function typedIn({ env, cwd }: Pick<Call, 'env' | 'cwd'>): string {
  return (isScript(env) && env['INIT_CWD']) || cwd
}

function isScript(env: Call['env']): boolean {
  return env['npm_lifecycle_event'] === 'ctq' && env['npm_package_name'] === 'ctq'
}

function isWithin(folder: string, root: string): boolean {
  const way = relative(root, folder)
  return !way.startsWith('..') && !isAbsolute(way)
}

function onPath(name: string, { env, exists }: Call): boolean {
  return (env['PATH'] ?? '').split(delimiter).some((folder) => folder !== '' && exists(join(folder, name)))
}

/** The program's file as the shortest path from where it was called. */
function fileWord({ program, cwd }: Call): string {
  const way = relative(cwd, program)
  const near = way.startsWith('..') || isAbsolute(way) ? program : way
  return shellWord(near.includes('/') ? near : `./${near}`)
}
