import { ACCOUNTS } from '../accounts.ts'
import { DEFAULT_REGIONS } from '../regions.ts'
import type { Activity } from './activity.ts'
import { brokenJobs } from './broken.ts'
import { type Estate, estateOf } from './estate.ts'
import { people } from './people.ts'
import { pipelines } from './pipelines.ts'
import { watching, workloads } from './workloads.ts'

/** Where the organisation works. */
const HOME_REGION = 'eu-west-1'

/** How busy an account is, 1 for the busiest; those left out have only AWS's own services. */
const BUSY: Readonly<Record<string, number>> = {
  'prod-payments': 1,
  'prod-web': 0.6,
  'prod-data': 0.5,
  'dev-payments': 0.2,
  'dev-platform': 0.25,
}

/** Everything that happens in the organisation on ordinary days: about 4 000 records a day, nearly all in one Region. */
export function everydayLife(): readonly Activity[] {
  const estates = ACCOUNTS.filter(({ status }) => status === 'ACTIVE').map((account) => estateOf(account, HOME_REGION))
  return [
    ...estates.flatMap((estate) => {
      const size = BUSY[estate.name]
      return size === undefined ? [] : [...workloads(estate, size), ...pipelines(estate, size), ...brokenJobs(estate)]
    }),
    ...estates.flatMap((estate) => everywhere(estate)),
    ...people(estates, HOME_REGION),
  ]
}

/** AWS's watchers look into each Region that is enabled everywhere, most often where something is. */
function everywhere(estate: Estate): readonly Activity[] {
  const perDay = estate.name.startsWith('prod-') ? 8 : 3
  return DEFAULT_REGIONS.flatMap((region) => watching(estate, region, region === HOME_REGION ? 60 : perDay))
}
