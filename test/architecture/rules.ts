import { type Import, importsOf, type SourceFile, withoutComments } from './imports.ts'

/** A rule of the house: what it says, and what it finds wrong with a file. */
export type Rule = { readonly says: string; readonly faults: (file: SourceFile) => readonly string[] }

/** Pure packages: they reach nothing outside the process. */
const DOMAIN_PACKAGES = ['zod', 'yaml', 'csv-stringify', 'ipaddr.js', 're2js', 'luxon', 'fastest-levenshtein']

/** What each adapter may talk through; each package is some one adapter's. Beside them, Node's own modules. */
const ADAPTER_PACKAGES: { readonly [adapter: string]: readonly string[] } = {
  aws: [
    '@aws-sdk/client-account',
    '@aws-sdk/client-cloudtrail',
    '@aws-sdk/client-organizations',
    '@aws-sdk/client-sts',
    '@aws-sdk/credential-providers',
  ],
  bullmq: ['bullmq', 'ioredis'],
  http: [],
  jose: ['jose', 'zod'],
  memory: [],
  metrics: ['prom-client'],
  oncall: ['zod'],
  pino: ['pino'],
  redis: ['ioredis'],
  resultStore: [],
  slack: ['@slack/bolt', '@slack/web-api', 'undici'],
  terminal: [],
}

const PLAYGROUND_PACKAGES: { readonly [part: string]: readonly string[] } = {
  redis: ['js-redis-server'],
  slack: ['ws', 'yaml'],
}

/** What ties the processes together. `main.ts` hands over to `commands/`, which are part of it. */
const PROCESSES = ['src/bot.ts', 'src/worker.ts', 'src/main.ts']

const domain: Rule = {
  says: 'domain imports domain, createHash and a short list of pure packages',
  faults: eachImport('src/domain/', ({ target, ours, names }) => {
    if (ours) return target.startsWith('src/domain/')
    if (target === 'node:crypto') return /^\{\s*createHash,?\s*\}$/.test(names)
    return DOMAIN_PACKAGES.includes(target)
  }),
}

const adapters: Rule = {
  says: 'an adapter imports domain, its own folder and its own packages; no other adapter, no use case',
  faults: eachImport('src/adapters/', ({ target, ours }, path) => {
    const own = path.split('/')[2] ?? ''
    if (ours) return target.startsWith('src/domain/') || target.startsWith(`src/adapters/${own}/`)
    return target.startsWith('node:') || (ADAPTER_PACKAGES[own] ?? []).includes(target)
  }),
}

const usecases: Rule = {
  says: 'use cases import domain and each other; what they need from outside are functions',
  faults: eachImport('src/usecases/', ({ target, ours }) => ours && /^src\/(domain|usecases)\//.test(target)),
}

const config: Rule = {
  says: 'configuration is pure: it imports domain and its schema packages',
  faults: eachImport(/^src\/config(\.ts$|\/)/, ({ target, ours }) =>
    ours ? /^src\/(domain|config)\//.test(target) : ['zod', 'ipaddr.js'].includes(target),
  ),
}

const processes: Rule = {
  says: 'bot.ts with its bot/, worker.ts and main.ts tie it together, and only a command imports one',
  faults: eachImport('src/', ({ target }, path) => {
    if (target === 'src/main.ts') return false
    if (target.startsWith('src/bot/')) return path === 'src/bot.ts' || path.startsWith('src/bot/')
    if (PROCESSES.includes(target)) return path.startsWith('src/commands/')
    return !target.startsWith('src/commands/') || path.startsWith('src/commands/') || path === 'src/main.ts'
  }),
}

const wiring: Rule = {
  says: 'what ties together talks to the outside through adapters: of packages it knows types alone',
  faults: eachImport(
    /^src\/((commands|bot)\/)?[^/]+$/,
    ({ target, ours, typeOnly }, path) =>
      ours || target.startsWith('node:') || typeOnly || /^src\/config(\.ts|\/)/.test(path),
  ),
}

const playground: Rule = {
  says: 'the playground imports nothing of ours, and only commands import it',
  faults: (file) => [
    ...eachImport('src/playground/', ({ target, ours }, path) => {
      const part = path.split('/')[2] ?? ''
      if (ours) return target.startsWith('src/playground/')
      return target.startsWith('node:') || (PLAYGROUND_PACKAGES[part] ?? []).includes(target)
    })(file),
    ...eachImport(
      /^src\/(?!playground\/)/,
      ({ target }, path) => !target.startsWith('src/playground/') || path.startsWith('src/commands/'),
    )(file),
  ],
}

const MOST_LINES = 400
const size: Rule = {
  says: `no file is longer than ${MOST_LINES} lines`,
  faults: ({ path, text }) => {
    const lines = text.split('\n').length - 1
    return lines > MOST_LINES ? [`${path} has ${lines} lines`] : []
  },
}

const exportsByName: Rule = {
  says: 'everything is exported by name',
  faults: finds(/^src\//, /^\s*export\s+(default\b|\{[^}]*\bas\s+default\b)/m, 'has a default export'),
}

const noModuleState: Rule = {
  says: 'no module holds state',
  faults: finds(/^src\/.*\.ts$/, /^(export )?(let|var)\s/m, 'has a variable of its own'),
}

const environment: Rule = {
  says: 'the environment is read by commands, configuration and the playground alone',
  faults: finds(/^src\/(?!commands\/|config\/|config\.ts$|playground\/)/, /\bprocess\.env\b/, 'reads process.env'),
}

const AMBIENT =
  /\b(Date\.now\(|Math\.random\b|new Date\(\s*\)|Date\(\s*\)|performance\.|DateTime\.(now|local|utc)\(\s*\)|randomUUID|randomBytes|set(Timeout|Interval|Immediate)\(|fetch\(|process\.|console\.)/

const pure: Rule = {
  says: 'time, ids, randomness and everything outside come into domain and use cases as arguments',
  faults: finds(/^src\/(domain|usecases)\//, AMBIENT, 'takes something from its surroundings'),
}

/** The rules that the README states, in its order, then the smaller ones. */
export const RULES = {
  domain,
  adapters,
  usecases,
  processes,
  playground,
  config,
  wiring,
  size,
  exportsByName,
  noModuleState,
  environment,
  pure,
} as const satisfies { readonly [name: string]: Rule }

function eachImport(where: string | RegExp, may: (one: Import, path: string) => boolean): Rule['faults'] {
  return (file) => {
    const applies = typeof where === 'string' ? file.path.startsWith(where) : where.test(file.path)
    if (!applies) return []
    return importsOf(file)
      .filter((one) => !may(one, file.path))
      .map(({ target }) => `${file.path} imports ${target}`)
  }
}

function finds(where: RegExp, pattern: RegExp, words: string): Rule['faults'] {
  return ({ path, text }) => (where.test(path) && pattern.test(withoutComments(text)) ? [`${path} ${words}`] : [])
}
