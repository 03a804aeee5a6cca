import { BUCKET, HOME, hexId, inRole, OUTSIDE_ACCOUNT, REGION, SECOND, SECOND_BROWSER } from './cast.ts'
import type { Act } from './script.ts'

const GROUP = 'sg-0a91c27e55d3f8b40'

/** A bucket, ports and snapshots laid open. */
export function exposure(begins: number): readonly Act[] {
  const role = inRole(begins + 2700)
  const home = { phase: 'exposure', hand: SECOND_BROWSER, region: REGION, fromConsole: true } as const
  const other = { phase: 'exposure', hand: role, region: REGION } as const
  const open = {
    RestrictPublicBuckets: false,
    BlockPublicPolicy: false,
    BlockPublicAcls: false,
    IgnorePublicAcls: false,
  }
  const Host = `${BUCKET}.s3.${REGION}.amazonaws.com`
  const bucketPolicy = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${BUCKET}/*` }],
  }
  return [
    {
      ...home,
      at: 4210,
      what: 'Takes the block of public access off the exports bucket.',
      call: 's3:PutBucketPublicAccessBlock',
      request: { publicAccessBlock: '', bucketName: BUCKET, PublicAccessBlockConfiguration: open, Host },
    },
    {
      ...home,
      at: 4238,
      what: 'Lets everybody read the exports bucket.',
      call: 's3:PutBucketPolicy',
      request: { policy: '', bucketName: BUCKET, bucketPolicy, Host },
    },
    ingress(home.hand, 22, 4501, 'Opens SSH to the whole internet.'),
    ingress(home.hand, 5432, 4520, 'Opens the database port to the whole internet.'),
    {
      ...other,
      at: 4711,
      what: 'Shares a snapshot with an outside account.',
      call: 'ec2:ModifySnapshotAttribute',
      request: {
        snapshotId: 'snap-04d9e1c7f2b83a650',
        createVolumePermission: { add: { items: [{ userId: OUTSIDE_ACCOUNT }] } },
        attributeType: 'CREATE_VOLUME_PERMISSION',
      },
      response: { requestId: hexId('snapshot', 32), _return: true },
    },
    {
      ...other,
      at: 4738,
      what: 'Shares a database snapshot with an outside account.',
      call: 'rds:ModifyDBSnapshotAttribute',
      request: { dBSnapshotIdentifier: 'ledger-final', attributeName: 'restore', valuesToAdd: [OUTSIDE_ACCOUNT] },
      response: {
        dBSnapshotIdentifier: 'ledger-final',
        dBSnapshotAttributes: [{ attributeName: 'restore', attributeValues: [OUTSIDE_ACCOUNT] }],
      },
    },
    {
      ...other,
      hand: SECOND,
      at: 4820,
      what: 'Reads the master password of the payments database.',
      call: 'secretsmanager:GetSecretValue',
      request: { secretId: `arn:aws:secretsmanager:${REGION}:${HOME}:secret:payments/db-master-7GhT5r` },
    },
  ]
}

function ingress(hand: Act['hand'], port: number, at: number, what: string): Act {
  const rule = {
    ipProtocol: 'tcp',
    fromPort: port,
    toPort: port,
    cidrIpv4: '0.0.0.0/0',
    description: '=cmd|calc `temp` <@U0>',
  }
  return {
    at,
    phase: 'exposure',
    what,
    hand,
    fromConsole: true,
    call: 'ec2:AuthorizeSecurityGroupIngress',
    region: REGION,
    request: {
      groupId: GROUP,
      ipPermissions: {
        items: [
          {
            ipProtocol: 'tcp',
            fromPort: port,
            toPort: port,
            groups: {},
            ipRanges: { items: [{ cidrIp: '0.0.0.0/0', description: rule.description }] },
            ipv6Ranges: {},
            prefixListIds: {},
          },
        ],
      },
    },
    response: {
      requestId: hexId(`ingress ${port}`, 32),
      _return: true,
      securityGroupRuleSet: {
        items: [
          {
            groupOwnerId: HOME,
            groupId: GROUP,
            securityGroupRuleId: `sgr-0${hexId(`rule ${port}`, 16)}`,
            isEgress: false,
            ...rule,
          },
        ],
      },
    },
  }
}
