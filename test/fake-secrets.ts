import { awsError, type Handle, type Input } from './fake-aws.ts';

export interface FakeSecret {
  arn: string;
  name: string;
  tags: Record<string, string>;
  /** By version id; a version without a value is one that a rotation has only begun. */
  versions: Map<string, { value: string | undefined; labels: Set<string> }>;
  rotationEnabled: boolean;
}

/** Secrets, versions and labels as the Secrets Manager API reference describes them; lists come two by two. */
export function fakeSecrets(account: string) {
  const secrets = new Map<string, FakeSecret>();

  const secretOf = ({ SecretId }: Input): FakeSecret => {
    const secret = [...secrets.values()].find(({ arn, name }) => arn === SecretId || name === SecretId);
    if (!secret) throw awsError('ResourceNotFoundException', `Secrets Manager can't find the specified secret.`);
    return secret;
  };
  const holder = ({ versions }: FakeSecret, label: string) =>
    [...versions].find(([, { labels }]) => labels.has(label))?.[0];
  /** A label stands on one version; AWSPREVIOUS follows the one that AWSCURRENT leaves. */
  const move = (secret: FakeSecret, label: string, to: string) => {
    const from = holder(secret, label);
    if (from === to) return;
    if (from !== undefined) secret.versions.get(from)?.labels.delete(label);
    secret.versions.get(to)?.labels.add(label);
    if (label !== 'AWSCURRENT') return;
    secret.versions.get(to)?.labels.delete('AWSPREVIOUS');
    if (from !== undefined) move(secret, 'AWSPREVIOUS', from);
  };

  const addSecret = (name: string, tags: Record<string, string>, value: string): FakeSecret => {
    const arn = `arn:aws:secretsmanager:eu-central-1:${account}:secret:${name}-AbCdEf`;
    const first = { value, labels: new Set(['AWSCURRENT']) };
    const versions = new Map([['00000000-first-version-of-it', first]]);
    const secret: FakeSecret = { arn, name, tags, versions, rotationEnabled: false };
    secrets.set(arn, secret);
    return secret;
  };

  const handles = {
    'secretsmanager:ListSecrets': ({ Filters, NextToken }) => {
      const [filter] = Filters as { Key: string; Values: string[] }[];
      const [prefix = ''] = filter?.Values ?? [];
      const fitting = [...secrets.values()].filter(({ tags }) =>
        Object.keys(tags).some((key) => key.startsWith(prefix)),
      );
      const at = Number(NextToken ?? 0);
      const SecretList = fitting.slice(at, at + 2).map(({ arn, name, tags }) => ({
        ARN: arn,
        Name: name,
        Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      }));
      return { SecretList, ...(at + 2 < fitting.length && { NextToken: String(at + 2) }) };
    },
    'secretsmanager:DescribeSecret': (input) => {
      const { arn, name, tags, versions, rotationEnabled } = secretOf(input);
      const labelled = [...versions].filter(([, { labels }]) => labels.size > 0);
      return {
        ARN: arn,
        Name: name,
        ...(rotationEnabled && { RotationEnabled: true }),
        Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
        VersionIdsToStages: Object.fromEntries(labelled.map(([id, { labels }]) => [id, [...labels]])),
      };
    },
    'secretsmanager:GetSecretValue': (input) => {
      const secret = secretOf(input);
      const id = holder(secret, String(input.VersionStage ?? 'AWSCURRENT'));
      if (input.VersionId !== undefined && input.VersionId !== id)
        throw awsError('InvalidRequestException', 'You provided a VersionStage that is not associated to the version.');
      const version = id === undefined ? undefined : secret.versions.get(id);
      if (version?.value === undefined)
        throw awsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret value.");
      return { ARN: secret.arn, VersionId: id, SecretString: version.value, VersionStages: [...version.labels] };
    },
    'secretsmanager:PutSecretValue': (input) => {
      const secret = secretOf(input);
      const { ClientRequestToken, SecretString, VersionStages } = input as {
        ClientRequestToken: string;
        SecretString: string;
        VersionStages: string[];
      };
      const standing = secret.versions.get(ClientRequestToken);
      if (standing?.value !== undefined && standing.value !== SecretString)
        throw awsError('ResourceExistsException', 'You can only create a new version with a new token.');
      if (standing) standing.value = SecretString;
      else secret.versions.set(ClientRequestToken, { value: SecretString, labels: new Set() });
      for (const label of VersionStages) move(secret, label, ClientRequestToken);
      return { ARN: secret.arn, VersionId: ClientRequestToken, VersionStages };
    },
    'secretsmanager:UpdateSecretVersionStage': (input) => {
      const secret = secretOf(input);
      const { VersionStage, MoveToVersionId, RemoveFromVersionId } = input as Record<string, string | undefined>;
      const label = VersionStage ?? '';
      const from = holder(secret, label);
      if (MoveToVersionId !== undefined && !secret.versions.has(MoveToVersionId))
        throw awsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret version.");
      if (from !== undefined && from !== MoveToVersionId && from !== RemoveFromVersionId)
        throw awsError('InvalidParameterException', `The label ${label} is attached to ${from}: name it to remove.`);
      if (RemoveFromVersionId !== undefined && from !== RemoveFromVersionId)
        throw awsError('InvalidParameterException', `The label ${label} is not attached to ${RemoveFromVersionId}.`);
      if (MoveToVersionId !== undefined) move(secret, label, MoveToVersionId);
      else secret.versions.get(from ?? '')?.labels.delete(label);
      return { ARN: secret.arn };
    },
  } satisfies Record<string, Handle>;

  return { secrets, addSecret, handles };
}
