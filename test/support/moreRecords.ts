import type { CloudTrailRecord } from '../../src/domain/record.ts'
import { aCall } from './leakedKey.ts'

/** Somebody at a browser, in a role of IAM Identity Center, whose session is named after them. */
const ALICE: CloudTrailRecord = {
  sourceIPAddress: '198.51.100.7',
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  userIdentity: {
    type: 'AssumedRole',
    principalId: 'AROACKCEVSQ6C2EXAMPLE:alice@example.com',
    arn: 'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Administrators_0123456789abcdef/alice@example.com',
    accountId: '111122223333',
    accessKeyId: 'ASIARTX3GSDSYEEXALCE',
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: 'AROACKCEVSQ6C2EXAMPLE',
        arn: 'arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Administrators_0123456789abcdef',
        accountId: '111122223333',
        userName: 'AWSReservedSSO_Administrators_0123456789abcdef',
      },
    },
  },
}

const TRUST =
  '%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%7B%22AWS%22%3A%22arn%3Aaws%3Aiam%3A%3A999988887777%3Aroot%22%7D%2C%22Action%22%3A%22sts%3AAssumeRole%22%7D%7D'

/** Identities made and changed, and tried to: by a person, and with a leaked key. */
export const IAM_RECORDS: readonly CloudTrailRecord[] = [
  aCall('09:10:05', 'iam:CreateUser', { ...ALICE, requestParameters: { userName: 'bob' } }),
  aCall('09:10:40', 'iam:AddUserToGroup', { ...ALICE, requestParameters: { userName: 'bob', groupName: 'readers' } }),
  aCall('12:53:00', 'iam:CreateUser', { errorCode: 'AccessDenied', requestParameters: { userName: 'svc-metrcis' } }),
  aCall('12:53:09', 'iam:CreateUser', { errorCode: 'AccessDenied', requestParameters: { userName: 'svc-metrics' } }),
  aCall('13:31:00', 'iam:UpdateAssumeRolePolicy', {
    requestParameters: { roleName: 'data-maintenance', policyDocument: TRUST },
  }),
  aCall('13:32:10', 'iam:AttachUserPolicy', {
    requestParameters: { userName: 'backup', policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' },
  }),
]

/** Sign-ins to the console: alice's of every day, and three tries at backup's of which the last succeeded. */
export const SIGN_INS: readonly CloudTrailRecord[] = [
  signIn('08:58:12', 'alice', '198.51.100.7', 'Success', 'Yes'),
  signIn('13:20:01', 'backup', '203.0.113.67', 'Failure', 'No'),
  signIn('13:20:44', 'backup', '203.0.113.67', 'Failure', 'No'),
  signIn('13:24:30', 'backup', '203.0.113.67', 'Success', 'No'),
]

function signIn(time: string, userName: string, address: string, ended: string, mfa: string): CloudTrailRecord {
  return aCall(time, 'signin:ConsoleLogin', {
    userIdentity: {
      type: 'IAMUser',
      accountId: '111122223333',
      userName,
      arn: `arn:aws:iam::111122223333:user/${userName}`,
    },
    sourceIPAddress: address,
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    responseElements: { ConsoleLogin: ended },
    additionalEventData: { MFAUsed: mfa },
    ...(ended === 'Failure' ? { errorMessage: 'Failed authentication' } : {}),
  })
}
