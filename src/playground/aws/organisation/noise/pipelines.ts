import { DEV_PLATFORM, LEGACY_KEY, uniqueId } from '../accounts.ts'
import { logDate } from '../dates.ts'
import { LEAKED_KEY, LEAKED_USER } from '../incident/cast.ts'
import { GLOBAL_REGION } from '../regions.ts'
import { foreignCaller, webIdentity } from '../userIdentity.ts'
import type { Activity, Actor, ApiCall } from './activity.ts'
import { pipeline, roleActor, terraform, userActor } from './actors.ts'
import { deploying, looking, lookingAtIam, reads, writes } from './calls.ts'
import type { Estate } from './estate.ts'
import { always, beforeSessions, every, nightly, office } from './schedule.ts'

/** Builds, deployments and terraform in an account. */
export function pipelines(estate: Estate, size: number): readonly Activity[] {
  return [...actions(estate, size), ...infrastructure(estate), ...oldUsers(estate, size)]
}

const GITHUB = 'token.actions.githubusercontent.com'

/** GitHub Actions: a token exchanged for a session each hour, then the deployment. */
function actions(estate: Estate, size: number): Activity[] {
  const { account, region } = estate
  const actor = pipeline(account, 'github-deploy', 'GitHubActions')
  const subject = `repo:harbour/${estate.name}:ref:refs/heads/main`
  const token: Actor = {
    account,
    name: subject,
    addresses: actor.addresses,
    agents: actor.agents,
    identity: () => webIdentity(account, GITHUB, 'sts.amazonaws.com', subject),
  }
  const issue = { actor: token, account, region, schedule: beforeSessions(actor, true), issues: actor }
  return [
    { ...issue, calls: [exchanged(account, subject)] },
    { actor, account, region, schedule: office(50 * size, 6, 19), calls: deploying(estate) },
    { actor, account, region, schedule: nightly(1, 12 * size), calls: deploying(estate) },
  ]
}

function exchanged(account: string, subject: string): ApiCall {
  const roleArn = `arn:aws:iam::${account}:role/github-deploy`
  return reads('sts:AssumeRoleWithWebIdentity', {
    request: () => ({ roleArn, roleSessionName: 'GitHubActions', durationSeconds: 3600 }),
    response: ({ session, time }) => ({
      credentials: {
        accessKeyId: session.accessKeyId,
        sessionToken: 'IQoJb3JpZ2luX2VjEHQaCWV1LXdlc3QtMSJIMEYCIQ',
        expiration: logDate(time + 3600),
      },
      subjectFromWebIdentityToken: subject,
      audience: 'sts.amazonaws.com',
      provider: `arn:aws:iam::${account}:oidc-provider/${GITHUB}`,
      assumedRoleUser: {
        assumedRoleId: `${uniqueId('AROA', account, 'github-deploy')}:GitHubActions`,
        arn: `arn:aws:sts::${account}:assumed-role/github-deploy/GitHubActions`,
      },
    }),
    additional: () => ({ identityProviderConnectionVerificationMethod: 'IAMTrustStore' }),
    resources: () => [{ accountId: account, type: 'AWS::IAM::Role', ARN: roleArn }],
  })
}

/** Terraform runs from the platform account: a role in each account, taken across accounts, looks at everything. */
function infrastructure(estate: Estate): Activity[] {
  const { account, region } = estate
  const actor = terraform(account)
  const hub = roleActor(DEV_PLATFORM, 'ci-hub', 'terraform-runner', { agents: actor.agents, sessionHours: 1 })
  const roleArn = `arn:aws:iam::${account}:role/terraform`
  const take = reads('sts:AssumeRole', {
    request: () => ({ roleArn, roleSessionName: 'terraform', durationSeconds: 3600 }),
    response: ({ session, time }) => ({
      credentials: {
        accessKeyId: session.accessKeyId,
        sessionToken: 'IQoJb3JpZ2luX2VjEJj//////////wEaCWV1LXdlc3QtMSJG',
        expiration: logDate(time + 3600),
      },
      assumedRoleUser: {
        assumedRoleId: `${uniqueId('AROA', account, 'terraform')}:terraform`,
        arn: `arn:aws:sts::${account}:assumed-role/terraform/terraform`,
      },
    }),
    resources: () => [{ accountId: account, type: 'AWS::IAM::Role', ARN: roleArn }],
  })
  const seenAs = foreignCaller(`${uniqueId('AROA', DEV_PLATFORM, 'ci-hub')}:terraform-runner`, DEV_PLATFORM)
  const planning = every(60 * 6, 1200)
  const taking: Activity = {
    actor: hub,
    account: DEV_PLATFORM,
    region,
    schedule: beforeSessions(actor, true),
    calls: [take],
    issues: actor,
  }
  return [
    account === DEV_PLATFORM ? taking : { ...taking, twin: { account, identity: seenAs } },
    { actor, account, region, schedule: six(18), calls: looking(estate) },
    { actor, account, region: GLOBAL_REGION, schedule: six(22), calls: lookingAtIam(estate) },
    { actor, account, region, schedule: planning, calls: [reads('sts:GetCallerIdentity')] },
    { actor, account, region: GLOBAL_REGION, schedule: office(0.5, 8, 16), calls: applied(estate) },
  ]
}

/** So many in each hour in which terraform plans: 0, 6, 12 and 18 o'clock. */
function six(count: number): Activity['schedule'] {
  const hours = [0, 6, 12, 18].map((hour) => nightly(hour, count))
  return (hour, hash, scale) => hours.flatMap((schedule) => schedule(hour, hash, scale))
}

function applied(estate: Estate): readonly ApiCall[] {
  const document = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::${estate.buckets[1]}/*` }],
  })
  return [
    writes('iam:PutRolePolicy', {
      targets: estate.roles,
      request: ({ target }) => ({ roleName: target, policyName: 'inline', policyDocument: document }),
    }),
    writes('iam:AttachRolePolicy', {
      targets: estate.roles,
      request: ({ target }) => ({
        roleName: target,
        policyArn: 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole',
      }),
    }),
  ]
}

/** Pipelines that still use a user's key: the one that will leak, and one whose key is from before 2019. */
function oldUsers(estate: Estate, size: number): Activity[] {
  const { account, region, name } = estate
  if (name === 'prod-payments') {
    const actor = userActor(account, LEAKED_USER, LEAKED_KEY)
    return [{ actor, account, region, schedule: office(14 * size, 8, 17), calls: deploying(estate) }]
  }
  if (name === 'prod-web') {
    const actor = userActor(account, LEGACY_KEY.user, LEGACY_KEY.accessKeyId)
    const calls = [reads('monitoring:ListMetrics', { request: () => ({ namespace: 'AWS/ApplicationELB' }) })]
    return [{ actor, account, region, schedule: always(48), calls }]
  }
  return []
}
