import assert from 'node:assert/strict'
import { flatActor } from '../../src/playground/aws/history/flat.ts'
import { namedKeyId } from '../../src/playground/aws/keyId.ts'
import { aRig, RESPONDER, type Rig, type RigOptions, type Seen } from './rig.ts'
import { hoursAgo } from './rigQuestions.ts'
import { readCsv, truth } from './rigTruth.ts'

/** The one account of a flat rig, and the key that made all its records. */
export const FLAT = '100000000001'
export const FLAT_KEY = namedKeyId('AKIA', FLAT, flatActor(0))

export type FlatRig = Rig & {
  /** A question that no other is like, so that it joins none; `since` and `end` are its window. */
  readonly question: () => { readonly text: string; readonly since: string; readonly end: string }
  /** LookupEvents served so far, and when, in milliseconds since 1970. */
  readonly pages: () => Promise<readonly number[]>
  /** Complete, and its CSV holds what the simulation holds, each record once. Gives how many pages that takes. */
  readonly assertWhole: (seen: Seen, window: { readonly since: string; readonly end: string }) => Promise<number>
}

/** A rig whose AWS holds one account of many like records: for tests of pages, where what they say does not matter. */
export async function aFlatRig(
  shape: { readonly regions: readonly string[]; readonly perRegion: number; readonly paceMs: number },
  options: RigOptions = {},
): Promise<FlatRig> {
  const { regions, perRegion, paceMs } = shape
  const rig = await aRig({
    ...options,
    aws: {
      fixture: { kind: 'flat', accounts: 1, regions, recordsPerAccountRegion: perRegion, actors: 1 },
      ...options.aws,
    },
    settings: {
      inventory: { from: 'list', accounts: [{ id: FLAT, name: 'flat-1' }] },
      roles: { responder: { ...RESPONDER, defaultAccounts: ['flat-1'] } },
      aws: { paceMs },
      ...options.settings,
    },
  })
  const since = hoursAgo(23)
  let asked = 0
  return {
    ...rig,
    question: () => {
      asked += 1
      const end = new Date(Date.parse(hoursAgo(1)) - asked * 1000).toISOString().replace('.000Z', 'Z')
      return { text: `key-activity ${FLAT_KEY} since ${since} until ${end} region=${regions.join(',')}`, since, end }
    },
    pages: async () => [...(await rig.lookups()).values()].flatMap(({ servedAt }) => servedAt),
    assertWhole: async (seen, window) => {
      assert.match(seen.message.text, /^COMPLETE/)
      const { since: start, end } = window
      const all = await Promise.all(regions.map((region) => truth(rig.aws, { account: FLAT, region, start, end })))
      const expected = all.map((records) =>
        records.filter(({ userIdentity }) => userIdentity?.accessKeyId === FLAT_KEY),
      )
      const ids = readCsv(seen.file?.content.toString('utf8') ?? '').map(({ eventID }) => eventID ?? '')
      assert.equal(new Set(ids).size, ids.length, 'no record twice')
      assert.deepEqual(
        ids.toSorted(),
        expected
          .flat()
          .map(({ eventID }) => eventID)
          .toSorted(),
        'none missing, none too many',
      )
      return expected.reduce((sum, records) => sum + Math.ceil(records.length / 50), 0)
    },
  }
}
