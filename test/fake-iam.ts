import { createHash } from 'node:crypto';
import { awsError, type Clock, type Handle, type Input } from './fake-aws.ts';

export interface FakeKey {
  id: string;
  secret: string;
  status: 'Active' | 'Inactive';
  createdAt: Date;
  lastUsed?: Date;
  /** When the change of status has reached every endpoint. */
  spreadAt: number;
}
export interface FakeUser {
  name: string;
  arn: string;
  uniqueId: string;
  tags: Record<string, string>;
  keys: FakeKey[];
  policies: Map<string, string>;
  /** Has one for the console. */
  password?: boolean;
}

const text = (length: number, seed: string) =>
  createHash('sha512').update(seed).digest('hex').toUpperCase().slice(0, length);

/** Users and keys as the IAM API reference describes them; lists come page by page, one entry each. */
export function fakeIam(account: string, clock: Clock) {
  const users = new Map<string, FakeUser>();
  const deleted: string[] = [];
  const spread = { newKeySeconds: 0, cutSeconds: 0 };
  let made = 0;

  const userOf = ({ UserName }: Input): FakeUser => {
    const user = users.get(String(UserName));
    if (!user) throw awsError('NoSuchEntityException', `The user with name ${UserName} cannot be found.`, 404);
    return user;
  };
  const keyOf = (user: FakeUser, id: unknown): FakeKey => {
    const key = user.keys.find((each) => each.id === id);
    if (!key) throw awsError('NoSuchEntityException', `The Access Key with id ${id} cannot be found.`, 404);
    return key;
  };
  const newKey = (id?: string): FakeKey => {
    made += 1;
    const own = id ?? `AKIA${text(16, `key ${made}`)}`;
    const secret = `fake-secret-${text(40, `secret ${made}`)}`;
    return { id: own, secret, status: 'Active', createdAt: clock.now(), spreadAt: clock.ms() };
  };
  const addUser = (name: string, tags: Record<string, string> = {}, uniqueId = `AIDA${text(17, name)}`): FakeUser => {
    const arn = `arn:aws:iam::${account}:user/${name}`;
    const user: FakeUser = { name, arn, uniqueId, tags, keys: [], policies: new Map() };
    users.set(name, user);
    return user;
  };
  const addKey = (user: FakeUser, id?: string): FakeKey => {
    const key = newKey(id);
    user.keys.push(key);
    return key;
  };

  const handles = {
    'iam:GetUser': (input) => {
      const { name, arn, uniqueId, tags } = userOf(input);
      const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
      return { User: { UserName: name, Arn: arn, UserId: uniqueId, CreateDate: new Date(0), Tags } };
    },
    'iam:GetLoginProfile': (input) => {
      const { name, password } = userOf(input);
      if (!password) throw awsError('NoSuchEntityException', `Login Profile for User ${name} cannot be found.`, 404);
      return { LoginProfile: { UserName: name } };
    },
    'iam:ListAccessKeys': (input) => {
      const { keys } = userOf(input);
      const at = Number(input.Marker ?? 0);
      const page = keys.slice(at, at + 1);
      const more = at + 1 < keys.length;
      return {
        AccessKeyMetadata: page.map(({ id, status, createdAt }) => ({
          AccessKeyId: id,
          Status: status,
          CreateDate: createdAt,
        })),
        IsTruncated: more,
        ...(more && { Marker: String(at + 1) }),
      };
    },
    'iam:GetAccessKeyLastUsed': ({ AccessKeyId }) => {
      const owner = [...users.values()].find(({ keys }) => keys.some(({ id }) => id === AccessKeyId));
      if (!owner) throw awsError('AccessDenied', 'no such key', 403);
      const { lastUsed } = keyOf(owner, AccessKeyId);
      return {
        UserName: owner.name,
        AccessKeyLastUsed: { ServiceName: 'N/A', Region: 'N/A', ...(lastUsed && { LastUsedDate: lastUsed }) },
      };
    },
    'iam:UpdateAccessKey': (input) => {
      const key = keyOf(userOf(input), input.AccessKeyId);
      key.status = input.Status as FakeKey['status'];
      key.spreadAt = clock.ms() + spread.cutSeconds * 1000;
    },
    'iam:CreateAccessKey': (input) => {
      const user = userOf(input);
      if (user.keys.length >= 2)
        throw awsError('LimitExceededException', 'Cannot exceed quota for AccessKeysPerUser: 2', 409);
      const key = addKey(user);
      key.spreadAt = clock.ms() + spread.newKeySeconds * 1000;
      return { AccessKey: { UserName: user.name, AccessKeyId: key.id, Status: 'Active', SecretAccessKey: key.secret } };
    },
    'iam:DeleteAccessKey': (input) => {
      const user = userOf(input);
      const { id } = keyOf(user, input.AccessKeyId);
      user.keys = user.keys.filter((key) => key.id !== id);
      deleted.push(id);
    },
    'iam:PutUserPolicy': (input) => {
      const user = userOf(input);
      const policies = new Map(user.policies).set(String(input.PolicyName), String(input.PolicyDocument));
      if ([...policies.values()].join('').replace(/\s/g, '').length > 2048)
        throw awsError(
          'LimitExceededException',
          `Maximum policy size of 2048 bytes exceeded for user ${user.name}`,
          409,
        );
      user.policies = policies;
    },
    'iam:GetUserPolicy': (input) => {
      const user = userOf(input);
      const document = user.policies.get(String(input.PolicyName));
      if (document === undefined) throw awsError('NoSuchEntityException', 'The user policy cannot be found.', 404);
      return {
        UserName: user.name,
        PolicyName: input.PolicyName,
        PolicyDocument: encodeURIComponent(document),
      };
    },
    'iam:DeleteUserPolicy': (input) => {
      const user = userOf(input);
      if (!user.policies.delete(String(input.PolicyName)))
        throw awsError('NoSuchEntityException', 'The user policy cannot be found.', 404);
    },
  } satisfies Record<string, Handle>;

  /** GetCallerIdentity with a credential: unknown, inactive and deleted look alike. */
  const probe = ({ accessKeyId, secretAccessKey }: { accessKeyId: string; secretAccessKey: string }) => {
    const user = [...users.values()].find(({ keys }) => keys.some(({ id }) => id === accessKeyId));
    const key = user?.keys.find(({ id }) => id === accessKeyId);
    const isSpread = key !== undefined && clock.ms() >= key.spreadAt;
    const isServed = key !== undefined && (key.status === 'Active') === isSpread;
    if (!user || !key || !isServed) return { served: false as const, error: 'InvalidClientTokenId' };
    if (key.secret !== secretAccessKey) return { served: false as const, error: 'SignatureDoesNotMatch' };
    return { served: true as const, arn: user.arn };
  };

  return { users, deleted, spread, addUser, addKey, handles, probe };
}
