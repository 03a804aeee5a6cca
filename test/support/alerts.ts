/** GuardDuty's finding as a bot posts it in Slack: links, Slack's dates, an address made harmless. */
export const FINDING = `:rotating_light: *GuardDuty* <https://eu-west-1.console.aws.amazon.com/guardduty/home?region=eu-west-1#/findings?macros=current&amp;fs=id%3D12ab|UnauthorizedAccess:IAMUser/MaliciousIPCaller.Custom>
*Severity:* 5   *Account:* 111122223333 (prod-payments)   *Region:* eu-west-1
*Access key:* \`AKIAIOSFODNN7EXAMPLE\`  *User name:* ci-deploy
*Remote IP:* 203[.]0[.]113[.]66 (AS64500), also from 10.1.2.3
*First seen:* <!date^1795178463^{date_short_pretty} {time}|Nov 20, 2026 12:41 UTC>  *Last seen:* 2026-11-20T13:52:07.000Z
Finding ARN arn:aws:guardduty:eu-west-1:111122223333:detector/12abc/finding/34def`

/** A CloudTrail record in EventBridge's envelope, with ids that are no eventIDs and a session name that wants to be more. */
export const EVENT = JSON.stringify({
  version: '0',
  id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
  'detail-type': 'AWS API Call via CloudTrail',
  source: 'aws.iam',
  account: '111122223333',
  time: '2026-11-20T13:06:12Z',
  region: 'us-east-1',
  detail: {
    eventVersion: '1.11',
    userIdentity: {
      type: 'AssumedRole',
      principalId: 'AROACKCEVSQ6C2EXAMPLE:=2+5,@channel_-_oncall_',
      arn: 'arn:aws:sts::111122223333:assumed-role/data-maintenance/=2+5,@channel_-_oncall_',
      accountId: '111122223333',
      accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
      sessionContext: { sessionIssuer: { userName: 'data-maintenance' } },
    },
    eventTime: '2026-11-20T13:06:10Z',
    eventName: 'PutUserPolicy',
    sourceIPAddress: '203.0.113.67',
    userAgent: 'Mozilla/5.0 Chrome/120.0.0.0 Safari/537.36',
    requestParameters: { userName: 'backup' },
    requestID: '0f3c0f57-31d4-4cbb-8f0b-000000000001',
    eventID: '0f3c0f57-31d4-4cbb-8f0b-8f3f9a2a1101',
    readOnly: false,
  },
})

/** A CloudWatch alarm's mail. */
export const ALARM = `You are receiving this email because your Amazon CloudWatch Alarm "RootUsage" in the EU (Ireland) region has entered the ALARM state, because "Threshold Crossed: 1 out of the last 1 datapoints [1.0 (20/11/26 13:57:00)] was greater than or equal to the threshold (1.0)" at "Friday 20 November, 2026 14:02:33 UTC".
- Timestamp:                  Friday 20 November, 2026 14:02:33 UTC
- AWS Account:                111122223333
- Alarm Arn:                  arn:aws:cloudwatch:eu-west-1:111122223333:alarm:RootUsage
State Change Actions: - ALARM: [arn:aws:sns:eu-west-1:111122223333:alerts]`

/** Security Hub's finding as a JSON text inside another, as queues pass it on. */
export const SECURITY_HUB = JSON.stringify({
  Message: JSON.stringify({
    Id: 'arn:aws:securityhub:eu-west-1:111122223333:subscription/x/v/1.0/S3.8/finding/0f3c0f57-31d4-4cbb-8f0b-8f3f9a2a1199',
    AwsAccountId: '111122223333',
    UpdatedAt: '2026-11-20T10:00:00.000Z',
    Resources: [
      { Id: 'arn:aws:s3:::customer-exports' },
      { Id: 'arn:aws:ec2:eu-west-1:111122223333:instance/i-0a1b2c3d4e5f60718' },
    ],
  }),
})

/** What somebody writes at three in the morning. */
export const TALK = `prod is down since 14:05, I think it's \`sg-0a1b2c3d4e5f60718\` or somebody on i-0a1b2c3d4e5f60718; bucket: *customer-exports*.
The user: please check. _arn:aws:iam::111122223333:role/deploy_. MAC aa:bb:cc:dd:ee:ff 2001:db8::66, 0.0.0.0/0.
See https://console.aws.amazon.com/iam/home#/users/details/alice?section=x`
