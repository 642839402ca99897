import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyDocument } from 'aws-cdk-lib/aws-iam';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectLockRetention, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { lockOf, type Settings } from '#core/settings';
import { acknowledge } from './acknowledge.ts';
import {
  alarmsMayEncrypt,
  locksMustStay,
  mustNotBeHidden,
  mustNotVanish,
  signerAdministration,
} from './resource-policies.ts';

/**
 * What outlives a case: the register, the evidence, and the keys behind them. Evidence and its key stay when the stack
 * goes, in a trial too, because locked objects cannot be deleted and would be unreadable without the key.
 */
export class Storage extends Construct {
  readonly register: Table;
  readonly evidence: Bucket;
  readonly dataKey: Key;
  readonly signer: Key;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id);
    const { production } = settings;
    const removalPolicy = production ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;

    this.register = new Table(this, 'Register', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      // What was only heard, begun or noted for the watch; no row of a case has it.
      timeToLiveAttribute: 'until',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      // A customer key would ask every role, intake too, for the use of that key; the register holds no secret.
      encryption: TableEncryption.AWS_MANAGED,
      deletionProtection: production,
      removalPolicy,
    });
    this.register.addGlobalSecondaryIndex({
      indexName: 'cases',
      partitionKey: { name: 'listed', type: AttributeType.STRING },
      sortKey: { name: 'openedAt', type: AttributeType.STRING },
      projectionType: ProjectionType.ALL,
    });

    this.dataKey = new Key(this, 'DataKey', {
      description: 'Rescind: encrypts evidence and notices',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.dataKey.addToResourcePolicy(alarmsMayEncrypt());

    this.signer = new Key(this, 'Signer', {
      description: 'Rescind: signs the records of cases',
      keySpec: KeySpec.ECC_NIST_P256,
      keyUsage: KeyUsage.SIGN_VERIFY,
      policy: new PolicyDocument({ statements: [signerAdministration()] }),
      pendingWindow: production ? Duration.days(30) : Duration.days(7),
      removalPolicy,
    });
    if (production) for (const key of [this.dataKey, this.signer]) key.addToResourcePolicy(mustNotVanish());

    const { mode, days } = lockOf(settings);
    this.evidence = new Bucket(this, 'Evidence', {
      encryption: BucketEncryption.KMS,
      encryptionKey: this.dataKey,
      bucketKeyEnabled: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      versioned: true,
      objectLockEnabled: true,
      objectLockDefaultRetention: ObjectLockRetention[mode](Duration.days(days)),
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const objects = ['raw', 'cases'].map((part) => this.evidence.arnForObjects(`${part}/*`));
    this.evidence.addToResourcePolicy(mustNotBeHidden(objects));
    if (production) this.evidence.addToResourcePolicy(locksMustStay(objects));
    acknowledge(
      this.evidence,
      'S1',
      'Access logs would need a second bucket that nobody locks. Reads and writes of evidence are CloudTrail data events, and every record names its writer.',
    );
  }
}
