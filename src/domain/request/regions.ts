export type Partition = 'aws' | 'aws-cn' | 'aws-us-gov'
export const PARTITIONS: readonly Partition[] = ['aws', 'aws-cn', 'aws-us-gov']

/** Region names by partition (the AWS SDK's partitions.json 1.1, 2026). New ones are added by `regions:` in ctq.yml. */
const REGIONS: { readonly [partition in Partition]: readonly string[] } = {
  aws: [
    ...['af-south-1', 'ap-east-1', 'ap-east-2', 'ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3'],
    ...['ap-south-1', 'ap-south-2', 'ap-southeast-1', 'ap-southeast-2', 'ap-southeast-3', 'ap-southeast-4'],
    ...['ap-southeast-5', 'ap-southeast-6', 'ap-southeast-7', 'ca-central-1', 'ca-west-1', 'eu-central-1'],
    ...['eu-central-2', 'eu-north-1', 'eu-south-1', 'eu-south-2', 'eu-west-1', 'eu-west-2', 'eu-west-3'],
    ...['il-central-1', 'me-central-1', 'me-south-1', 'me-west-1', 'mx-central-1', 'sa-east-1', 'sa-west-1'],
    ...['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2'],
  ],
  'aws-cn': ['cn-north-1', 'cn-northwest-1'],
  'aws-us-gov': ['us-gov-east-1', 'us-gov-west-1'],
}

/**
 * Where the global services (IAM, STS's global endpoint, CloudFront) write their records, by partition
 * (CloudTrail user guide, "Global service events": us-east-1 since 2021-11-22).
 */
const GLOBAL: { readonly [partition in Partition]: string } = {
  aws: 'us-east-1',
  'aws-cn': 'cn-north-1',
  'aws-us-gov': 'us-gov-west-1',
}

/** The Regions of a partition that ctq knows by name. */
export function regionsOf(partition: Partition): readonly string[] {
  return REGIONS[partition]
}

/** The Region that `global` stands for. */
export function globalRegion(partition: Partition): string {
  return GLOBAL[partition]
}

/** The partition that a Region's name belongs to, by its form: a Region too new for the table is placed too. */
export function partitionOfRegion(region: string): Partition {
  if (region.startsWith('cn-')) return 'aws-cn'
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
}
