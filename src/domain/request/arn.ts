/** The parts of an Amazon Resource Name. Region and account are empty where the service has none. */
export type Arn = {
  readonly partition: string
  readonly service: string
  readonly region: string
  readonly account: string
  readonly resource: string
}

/** Takes an ARN apart (`arn:partition:service:region:account:resource`); undefined when it is not one. */
export function parseArn(text: string): Arn | undefined {
  const found = /^arn:([a-z0-9-]{1,32}):([a-z0-9.-]{1,64}):([a-z0-9-]{0,32}):(\d{12}|aws|):(\S.*)$/s.exec(text)
  if (found === null) return undefined
  const [, partition = '', service = '', region = '', account = '', resource = ''] = found
  return { partition, service, region, account, resource }
}
