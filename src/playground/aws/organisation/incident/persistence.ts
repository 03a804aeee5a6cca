import { uniqueId } from '../accounts.ts'
import { eventTime, iamDate } from '../dates.ts'
import { GLOBAL_REGION } from '../regions.ts'
import { HOME, OUTSIDE_ACCOUNT, PLANTED_KEY, PLANTED_USER, REGION, SECOND, SECOND_HOSTILE } from './cast.ts'
import type { Act } from './script.ts'

const FUNCTION = 'cache-warmer'

/** Ways to stay: a user, a trust, a function. */
export function persistence(begins: number): readonly Act[] {
  return [...identities(begins), ...lambda(begins)]
}

function identities(begins: number): Act[] {
  const common = { phase: 'persistence', hand: SECOND, region: GLOBAL_REGION } as const
  const userArn = `arn:aws:iam::${HOME}:user/${PLANTED_USER}`
  const trust = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' },
      { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${OUTSIDE_ACCOUNT}:root` }, Action: 'sts:AssumeRole' },
    ],
  }
  const userId = uniqueId('AIDA', HOME, PLANTED_USER)
  const key = { userName: PLANTED_USER, accessKeyId: PLANTED_KEY, status: 'Active', createDate: iamDate(begins + 3371) }
  return [
    {
      ...common,
      at: 3320,
      what: 'Makes a user whose name looks like another.',
      call: 'iam:CreateUser',
      request: { userName: PLANTED_USER, tags: [{ key: 'owner', value: '<!here> platform' }] },
      response: {
        user: { path: '/', userName: PLANTED_USER, userId, arn: userArn, createDate: iamDate(begins + 3320) },
      },
    },
    {
      ...common,
      at: 3344,
      what: 'Gives the new user administrator rights.',
      call: 'iam:AttachUserPolicy',
      request: { userName: PLANTED_USER, policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' },
    },
    {
      ...common,
      at: 3371,
      what: 'Makes a key for the new user.',
      call: 'iam:CreateAccessKey',
      request: { userName: PLANTED_USER },
      response: { accessKey: key },
    },
    {
      ...common,
      at: 3440,
      what: 'Lets an outside account into a role.',
      call: 'iam:UpdateAssumeRolePolicy',
      request: { roleName: 'payments-api', policyDocument: JSON.stringify(trust, null, 2) },
    },
  ]
}

function lambda(begins: number): Act[] {
  const common = { phase: 'persistence', hand: SECOND, region: REGION } as const
  const functionArn = `arn:aws:lambda:${REGION}:${HOME}:function:${FUNCTION}`
  const role = `arn:aws:iam::${HOME}:role/payments-webhook`
  const environment = { variables: { CALLBACK: 'https://203.0.113.66/c', DB_PASSWORD: 'correct-horse-battery' } }
  const statement = {
    Sid: 'web',
    Effect: 'Allow',
    Principal: '*',
    Action: 'lambda:InvokeFunctionUrl',
    Resource: functionArn,
  }
  return [
    {
      ...common,
      at: 3605,
      what: 'Plants a function.',
      call: 'lambda:CreateFunction20150331',
      request: {
        functionName: FUNCTION,
        runtime: 'python3.13',
        role,
        handler: 'index.handler',
        code: {},
        timeout: 60,
        publish: true,
        environment,
      },
      response: {
        functionName: FUNCTION,
        functionArn,
        runtime: 'python3.13',
        role,
        codeSize: 1189,
        state: 'Pending',
        environment,
      },
    },
    {
      ...common,
      at: 3628,
      what: 'Gives the function an address anybody can call.',
      call: 'lambda:CreateFunctionUrlConfig',
      request: { functionName: FUNCTION, authType: 'NONE' },
      response: { functionArn, functionUrl: `https://q7c4m2.lambda-url.${REGION}.on.aws/`, authType: 'NONE' },
    },
    {
      ...common,
      at: 3641,
      what: 'Lets everybody call the function.',
      call: 'lambda:AddPermission20150331v2',
      request: {
        functionName: FUNCTION,
        statementId: 'web',
        action: 'lambda:InvokeFunctionUrl',
        principal: '*',
        functionUrlAuthType: 'NONE',
      },
      response: { statement: JSON.stringify(statement) },
    },
    {
      ...common,
      hand: SECOND_HOSTILE,
      at: 3902,
      what: 'Changes the code of a function that is in use.',
      call: 'lambda:UpdateFunctionCode20150331v2',
      request: { functionName: 'payments-webhook', dryRun: false, publish: true },
      response: {
        functionName: 'payments-webhook',
        codeSize: 48_211,
        lastModified: eventTime(begins + 3902),
        state: 'Active',
      },
    },
  ]
}
