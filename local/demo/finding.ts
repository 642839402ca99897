import type { Addressee } from './readdress.ts';

/**
 * A GuardDuty finding as its user guide documents the format (schema 2.0): the key of an IAM user was used from an
 * address on a threat list. Ours is about the seeded decoy.
 */
export function leakedKeyFinding({ decoy, account, region }: Addressee, at: Date): object {
  const id = `${at.getTime().toString(16)}`.padStart(32, '0');
  return {
    schemaVersion: '2.0',
    accountId: account,
    region,
    partition: 'aws',
    id,
    arn: `arn:aws:guardduty:${region}:${account}:detector/${'0'.repeat(32)}/finding/${id}`,
    type: 'UnauthorizedAccess:IAMUser/MaliciousIPCaller.Custom',
    resource: {
      resourceType: 'AccessKey',
      accessKeyDetails: {
        accessKeyId: decoy.key.accessKeyId,
        principalId: decoy.uniqueId,
        userType: 'IAMUser',
        userName: decoy.name,
      },
    },
    service: {
      serviceName: 'guardduty',
      detectorId: '0'.repeat(32),
      action: {
        actionType: 'AWS_API_CALL',
        awsApiCallAction: {
          api: 'PutItem',
          serviceName: 'dynamodb.amazonaws.com',
          callerType: 'Remote IP',
          remoteIpDetails: { ipAddressV4: '198.51.100.7' },
        },
      },
      archived: false,
      count: 1,
      eventFirstSeen: at.toISOString(),
      eventLastSeen: at.toISOString(),
      resourceRole: 'TARGET',
    },
    severity: 5,
    createdAt: at.toISOString(),
    updatedAt: at.toISOString(),
    title: `API PutItem was invoked from an IP address on a custom threat list.`,
    description: `API PutItem was invoked, by ${decoy.name}, from the address 198.51.100.7.`,
  };
}
