import type { Identity } from '#core/finding';
import { isAccountId, isRegion } from '#core/ids';

/**
 * A hyphen and six random characters follow the name (Secrets Manager API Reference, CreateSecret); the `!` is in names
 * of secrets that a service manages, such as `rds!cluster-…`.
 */
const secretArn =
  /^arn:aws[a-z-]{0,20}:secretsmanager:([a-z0-9-]{1,40}):(\d{12}):secret:([\w/+=.@!-]{1,512})-[A-Za-z0-9]{6}$/;

/** Which secret an ARN names; null where it names none in full: a wildcard, a name without the ending, another service. */
export function secretOfArn(arn: unknown): (Identity & { account: string; region: string }) | null {
  if (typeof arn !== 'string') return null;
  const [, region, account, name] = secretArn.exec(arn) ?? [];
  if (!isAccountId(account) || !isRegion(region) || name === undefined) return null;
  const key = `secret/${account}/${region}/${name}`;
  return { kind: 'secret', key, aliases: [key], arn, name, account, region };
}
