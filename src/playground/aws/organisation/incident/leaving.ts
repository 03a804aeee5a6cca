import { GLOBAL_REGION } from '../regions.ts'
import { HOME, LEAKED_KEY, LEAKED_USER, PLANTED_USER, REGION, SECOND, SECOND_KEY, SECOND_USER } from './cast.ts'
import type { Act } from './script.ts'

const FIRST_BACKUP_KEY = 'AKIAJH4RB0URBACKUP0A'

/** Traces removed; and the second key in use again after the server started, every quarter of an hour for a while. */
export function leaving(startsAfter: number): readonly Act[] {
  return [...cleanUp(), ...stillActive(startsAfter)]
}

function cleanUp(): Act[] {
  const common = { phase: 'clean-up', hand: SECOND, region: GLOBAL_REGION } as const
  return [
    {
      ...common,
      at: 9310,
      what: "Deletes the dormant user's first key.",
      call: 'iam:DeleteAccessKey',
      request: { userName: SECOND_USER, accessKeyId: FIRST_BACKUP_KEY },
    },
    {
      ...common,
      at: 9342,
      what: 'Deletes the inline policy that gave every right.',
      call: 'iam:DeleteUserPolicy',
      request: { userName: LEAKED_USER, policyName: 'ci-cache' },
    },
    {
      ...common,
      at: 9361,
      what: 'Deletes the leaked key itself.',
      call: 'iam:DeleteAccessKey',
      request: { userName: LEAKED_USER, accessKeyId: LEAKED_KEY },
    },
    {
      ...common,
      at: 9405,
      what: 'Deletes the console password.',
      call: 'iam:DeleteLoginProfile',
      request: { userName: SECOND_USER },
    },
    {
      ...common,
      at: 9440,
      what: 'Cannot delete the planted user while it has keys.',
      call: 'iam:DeleteUser',
      request: { userName: PLANTED_USER },
      error: { code: 'DeleteConflictException', message: 'Cannot delete entity, must delete access keys first.' },
    },
    {
      ...common,
      at: 9902,
      region: REGION,
      what: 'Deletes the logs of the planted function.',
      call: 'logs:DeleteLogGroup',
      request: { logGroupName: '/aws/lambda/cache-warmer' },
    },
  ]
}

/** Minutes after the server's start. */
const RETURNS = [4, 9, 16, 31, 47, 62, 90]

function stillActive(startsAfter: number): Act[] {
  const common = { phase: 'still active', hand: SECOND } as const
  return RETURNS.flatMap((minutes): Act[] => [
    {
      ...common,
      at: startsAfter + minutes * 60,
      what: `The second key ${SECOND_KEY.slice(0, 8)}… is used again.`,
      call: 'sts:GetCallerIdentity',
      region: GLOBAL_REGION,
    },
    {
      ...common,
      at: startsAfter + minutes * 60 + 8,
      what: 'Looks whether the function is still there.',
      call: 'lambda:GetFunction20150331v2',
      region: REGION,
      request: { functionName: `arn:aws:lambda:${REGION}:${HOME}:function:cache-warmer` },
    },
  ])
}
