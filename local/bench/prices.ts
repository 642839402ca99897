/**
 * List prices in US East (N. Virginia), in US dollars, without free tiers, as of 2026-11. Step Functions and Lambda are
 * from stored copies of their pricing pages; DynamoDB on demand and KMS asymmetric requests from articles that quote
 * them; S3, SQS, SNS and Secrets Manager are the long-standing list prices and were not read off a page.
 */
export const prices = {
  stateTransition: 25e-6,
  lambdaRequest: 0.2e-6,
  /** arm64, first tier. */
  lambdaGbSecond: 0.0000133334,
  kmsSymmetric: 0.03 / 10_000,
  /** Signing with an ECC key, and reading its public key. */
  kmsAsymmetric: 0.15 / 10_000,
  s3Put: 0.005 / 1000,
  s3Get: 0.0004 / 1000,
  dynamoWriteUnit: 0.625e-6,
  dynamoReadUnit: 0.125e-6,
  sqsRequest: 0.4e-6,
  snsPublish: 0.5e-6,
  secretsCall: 0.05 / 10_000,
} as const;
