import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { control, isControl } from './control.ts'
import { counters } from './counters.ts'
import { faults } from './faults.ts'
import { merge, type Source } from './history/entry.ts'
import { flatSource } from './history/flat.ts'
import { noiseSource } from './history/noise.ts'
import { shelf } from './history/shelf.ts'
import { sendJson } from './http.ts'
import { keyRing } from './keyring.ts'
import { incident } from './organisation/incident/incident.ts'
import type { Incident, Story } from './organisation/incident/story.ts'
import { everydayLife } from './organisation/noise/life.ts'
import { flatOrganisation, harbour, keyHolders, type Organisation } from './organisation/organisation.ts'
import { DEFAULT_REGIONS } from './organisation/regions.ts'
import { type Running, type Settings, serve } from './serve.ts'

export type FlatFixture = {
  readonly kind: 'flat'
  /** How many accounts alike, besides management and tooling. */
  readonly accounts: number
  /** Which Regions hold records. */
  readonly regions: readonly string[]
  readonly recordsPerAccountRegion: number
  /** The records end when the server starts and reach so many hours back; 24 unless told. */
  readonly hours?: number
  /** How many users make them, in turn; 20 unless told. */
  readonly actors?: number
}

export type AwsOptions = {
  /** 0 takes any free port. */
  readonly port?: number
  /** LookupEvents calls a second for each account and Region, and how many at once. 2 and 2 unless told. */
  readonly rate?: number
  readonly burst?: number
  readonly latencyMs?: number
  readonly jitterMs?: number
  /** How long after an event its record becomes visible. Milliseconds, 0 unless told. */
  readonly deliveryDelayMs?: number
  readonly seed?: number
  /** The clock of the organisation's life, of event history and of sessions. */
  readonly now?: () => Date
  /** The clock that signatures are checked against; the real one unless told. */
  readonly signingClock?: () => Date
  /** Multiplies the noise of the incident's organisation; 1 unless told, 0 for none. */
  readonly noisePerDay?: number
  readonly fixture?: 'incident' | FlatFixture
  /** Told of faults of the simulation itself; printed unless given. */
  readonly onError?: (error: unknown) => void
}

export type Aws = {
  readonly url: string
  readonly organisation: Organisation
  /** What happens in the incident, record by record; nothing in other fixtures. */
  readonly story: Story | undefined
  readonly close: () => Promise<void>
}

/** Longer than clients keep idle connections, so that none is closed under a request. */
const KEEP_ALIVE_MS = 65_000

/** Starts the simulated AWS on 127.0.0.1. */
export async function startAws(options: AwsOptions = {}): Promise<Aws> {
  const now = options.now ?? (() => new Date())
  const { organisation, past, told } = lifeOf(options, now())
  const kept = shelf()
  const delay = options.deliveryDelayMs ?? 0
  for (const record of told?.records ?? []) kept.keep({ ...record, visibleAt: record.visibleAt + delay })
  const settings = settingsOf(options)
  const history: Source = (query) => merge([kept.source, ...past.map((source) => delivered(source, settings))], query)
  const everything: Source = (query) => merge([kept.source, ...past], query)
  const running: Running = {
    world: { organisation, keys: keyRing(keyHolders(organisation)), history, everything, secret: randomBytes(32) },
    story: told?.story,
    faults: faults(),
    counters: counters(),
    keep: kept.keep,
    buckets: new Map(),
    now,
    signingClock: options.signingClock ?? (() => new Date()),
    settings,
  }
  const onError = options.onError ?? ((error) => console.error(error))
  const server = createServer((request, response) => {
    answer(running, request, response).catch((error: unknown) => {
      if (!request.destroyed) onError(error)
      response.destroy()
    })
  })
  server.keepAliveTimeout = KEEP_ALIVE_MS
  const port = await listen(server, options.port ?? 0)
  return { url: `http://127.0.0.1:${port}`, organisation, story: told?.story, close: () => close(server) }
}

function settingsOf({ rate, burst, latencyMs, jitterMs, deliveryDelayMs }: AwsOptions): Settings {
  return {
    rate: rate ?? 2,
    burst: burst ?? 2,
    latencyMs: latencyMs ?? 0,
    jitterMs: jitterMs ?? 0,
    deliveryDelayMs: deliveryDelayMs ?? 0,
  }
}

/** What happened too short a time ago is not delivered yet. */
function delivered(source: Source, settings: Settings): Source {
  return (query) => {
    const latest = Math.floor((query.now - settings.deliveryDelayMs) / 1000)
    return source(query.end <= latest ? query : { ...query, end: latest })
  }
}

async function answer(running: Running, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url === '/healthz') return sendJson(response, 200, { ok: true })
  if (isControl(request)) return control(running, request, response)
  return serve(running, request, response)
}

type Life = {
  readonly organisation: Organisation
  readonly past: readonly Source[]
  readonly told: Incident | undefined
}

function lifeOf(options: AwsOptions, start: Date): Life {
  const fixture = options.fixture ?? 'incident'
  const started = Math.floor(start.getTime() / 1000)
  if (fixture === 'incident') return { organisation: harbour(), past: [noise(options)], told: incident(started) }
  const organisation = flatOrganisation(fixture.accounts)
  const flat = flatSource({
    recordsPerAccountRegion: fixture.recordsPerAccountRegion,
    end: started,
    spanSeconds: (fixture.hours ?? 24) * 3600,
    actors: fixture.actors ?? 20,
    accounts: new Set(organisation.accounts.filter(({ name }) => name.startsWith('flat-')).map(({ id }) => id)),
    regions: new Set(fixture.regions.length === 0 ? DEFAULT_REGIONS : fixture.regions),
  })
  return { organisation, past: [flat], told: undefined }
}

function noise({ seed = 1, noisePerDay = 1 }: AwsOptions): Source {
  return noiseSource({ activities: everydayLife(), seed, scale: noisePerDay })
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      resolve(isAddress(address) ? address.port : port)
    })
  })
}

function isAddress(address: string | AddressInfo | null): address is AddressInfo {
  return typeof address === 'object' && address !== null
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()))
    server.closeAllConnections()
  })
}
