import type { SeededRole } from '../seed.ts';
import type { Addressee } from './readdress.ts';

interface Told {
  type: string;
  severity: number;
  accessKeyDetails: Record<string, string>;
  title: string;
  description: string;
}

/** The key of an IAM user was used from an address on a threat list. */
export const leakedKeyFinding = ({ decoy, account, region }: Addressee, at: Date): object =>
  finding({ account, region }, at, {
    type: 'UnauthorizedAccess:IAMUser/MaliciousIPCaller.Custom',
    severity: 5,
    accessKeyDetails: {
      accessKeyId: decoy.key.accessKeyId,
      principalId: decoy.uniqueId,
      userType: 'IAMUser',
      userName: decoy.name,
    },
    title: 'API PutItem was invoked from an IP address on a custom threat list.',
    description: `API PutItem was invoked, by ${decoy.name}, from the address 198.51.100.7.`,
  });

/** The session of an instance was used from outside of AWS. */
export const stolenSessionFinding = (
  { role, session, sessionKeyId }: { role: SeededRole; session: string; sessionKeyId: string },
  where: { account: string; region: string },
  at: Date,
): object =>
  finding(where, at, {
    type: 'UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS',
    severity: 8,
    accessKeyDetails: {
      accessKeyId: sessionKeyId,
      principalId: `${role.uniqueId}:${session}`,
      userType: 'AssumedRole',
      userName: role.name,
    },
    title: 'Credentials for an EC2 instance role were used from an external IP address.',
    description: `Credentials of ${session}, of the role ${role.name}, were used from the address 198.51.100.7.`,
  });

/** A GuardDuty finding as its user guide documents the format (schema 2.0). */
function finding({ account, region }: { account: string; region: string }, at: Date, told: Told): object {
  const id = `${at.getTime().toString(16)}`.padStart(32, '0');
  return {
    schemaVersion: '2.0',
    accountId: account,
    region,
    partition: 'aws',
    id,
    arn: `arn:aws:guardduty:${region}:${account}:detector/${'0'.repeat(32)}/finding/${id}`,
    type: told.type,
    resource: {
      resourceType: 'AccessKey',
      accessKeyDetails: told.accessKeyDetails,
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
    severity: told.severity,
    createdAt: at.toISOString(),
    updatedAt: at.toISOString(),
    title: told.title,
    description: told.description,
  };
}
