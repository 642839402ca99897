import * as v from 'valibot';
import { type Check, missing, ok, orAbsent } from './check.ts';

const secret = v.object({
  DeletedDate: v.optional(v.unknown()),
  KmsKeyId: v.optional(v.nullable(v.string())),
  VersionIdsToStages: v.optional(v.nullable(v.record(v.string(), v.array(v.string())))),
});

/** The secret that signs GitHub's webhook is there and has a value, which is not read. */
export const webhookSecret: Check = {
  name: 'webhook-secret',
  async examine(_, { ask, settings }) {
    const arn = settings.github?.secretArn ?? '';
    const found = await orAbsent(ask('secretsmanager:DescribeSecret', { SecretId: arn }, secret));
    const run = (command: string) => `aws secretsmanager ${command} --secret-id ${arn}`;
    if (!found) return missing(`there is no secret ${arn}`, 'make one, name it in github.secretArn, and deploy');
    if (found.DeletedDate) return missing(`${arn} is to be deleted`, run('restore-secret'));
    if (!Object.values(found.VersionIdsToStages ?? {}).some((stages) => stages.includes('AWSCURRENT')))
      return missing(`${arn} has no value`, `${run('put-secret-value')} --secret-string VALUE`);
    // No key is told where it is that of Secrets Manager (API Reference, DescribeSecret).
    return found.KmsKeyId && !found.KmsKeyId.endsWith('alias/aws/secretsmanager')
      ? missing(
          `the receiver may not use the key that ${arn} is encrypted with`,
          `${run('update-secret')} --kms-key-id alias/aws/secretsmanager`,
        )
      : ok('the secret is there and has a value');
  },
};
