import type { Identity } from '#core/finding';
import { isAccountId, isIamName } from '#core/ids';

/** IAM User Guide, "IAM identifiers"; paths may hold every printable sign, names only those of an IAM name. */
const principalArn =
  /^arn:aws[a-z-]{0,20}:(iam|sts)::(\d{12}):(?:(root)|(user|role|assumed-role|federated-user)\/([!-~]{1,700}))$/;
/** RoleSessionName (STS API Reference, AssumeRole). */
const sessionName = /^[\w+=,.@-]{2,64}$/;

/**
 * Who an ARN of IAM or STS names; null where it names nobody in particular: a wildcard, a template's placeholder, an
 * AWS service, an ARN of another service. The account is the ARN's own.
 */
export function identityOfArn(arn: unknown): (Identity & { account: string }) | null {
  if (typeof arn !== 'string') return null;
  const [, service, account = '', root, form, rest = ''] = principalArn.exec(arn) ?? [];
  if (!isAccountId(account)) return null;
  const named = (kind: Identity['kind'], key: string, more: Partial<Identity> = {}) => ({
    kind,
    key,
    aliases: [key],
    arn,
    account,
    ...more,
  });
  if (root) return service === 'iam' ? named('root', `root/${account}`) : null;
  const parts = rest.split('/');
  const name = (form === 'assumed-role' ? parts[0] : parts.at(-1)) ?? '';
  if (!isIamName(name)) return null;
  switch (`${service} ${form}`) {
    case 'iam user':
      return named('iam-user', `user/${account}/${name}`, { name });
    case 'iam role':
      return named('iam-role', `role/${account}/${name}`, { name });
    case 'sts assumed-role': {
      const [, session = ''] = parts;
      const isSession = parts.length === 2 && sessionName.test(session);
      return isSession ? named('role-session', `role/${account}/${name}`, { name, session }) : null;
    }
    case 'sts federated-user':
      return parts.length === 1 ? named('federated-user', `federated/${account}/${name}`, { name }) : null;
    default:
      return null;
  }
}
