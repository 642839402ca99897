import { describe, expect, it } from 'vitest';
import { parseSettings } from '#core/settings';
import { type Call, callClasses, calls, typeOf } from '#core/sources/cloudtrail-calls';
import { mayOpen } from '#core/sources/read';
import { alice, root, served, sessionOf } from './cloudtrail-record.ts';
import { account, type Json, sessionKey, userKey } from './guardduty-finding.ts';
import { found } from './read-finding.ts';

const path = ({ service, name, variant }: Call) => [`${service}:${name}`, variant].filter(Boolean).join('/');
const administrator = 'arn:aws:iam::aws:policy/AdministratorAccess';

/** A record of each line of the table: by `userIdentity`, about the user or role `target`. */
function recordOf({ service, name, variant, about }: Call, userIdentity: Json, target: string): Json {
  const made = name === 'CreateAccessKey' ? { accessKey: { accessKeyId: 'AKIA9999888877776666' } } : null;
  return served(`${service}:${name}`, {
    userIdentity: variant === 'Root' ? root : userIdentity,
    requestParameters: {
      ...(about === 'user' && { userName: target }),
      ...(about === 'role' && { roleName: target }),
      ...(variant === 'Administrator' && { policyArn: administrator }),
      ...(name === 'CreatePolicyVersion' && { setAsDefault: true }),
      ...(name === 'UpdateDetector' && { enable: false }),
    },
    responseElements: service === 'signin' ? { [name]: 'Success' } : made,
  });
}
const changes = calls.filter(({ about }) => about !== 'caller').map((call) => ({ call, path: path(call) }));
const acts = calls.filter(({ about }) => about === 'caller').map((call) => ({ call, path: path(call) }));

describe('a change of a user or a role', () => {
  it.each(changes)('by somebody else is about whom it is made to, and names no credential: $path', ({ call }) => {
    const isUser = call.about === 'user';
    const key = `${isUser ? 'user' : 'role'}/${account}/victim`;
    const by = sessionOf('admin');
    expect(found(recordOf(call, by, 'victim'))).toMatchObject({
      type: typeOf(call, false),
      signal: call.signal,
      account,
      identity: { kind: isUser ? 'iam-user' : 'iam-role', key, name: 'victim' },
      credential: {},
    });
    const { aliases } = found(recordOf(call, by, 'victim')).identity;
    expect(aliases).not.toContain(`role/${account}/admin`);
    expect(aliases).not.toContain(`access-key/${by.accessKeyId}`);
  });

  it.each(changes)('by its own holder is about the caller: $path', ({ call }) => {
    const [by, key] =
      call.about === 'user'
        ? [alice, `user/${account}/alice`]
        : [sessionOf('web', { accessKeyId: sessionKey }), `role/${account}/web`];
    const finding = found(recordOf(call, by, String(key.split('/')[2])));
    expect(finding).toMatchObject({
      type: typeOf(call, true),
      signal: call.bySelf,
      identity: { kind: call.about === 'user' ? 'iam-user' : 'role-session', key },
    });
    expect(finding.identity.aliases).toContain(`access-key/${call.about === 'user' ? userKey : sessionKey}`);
  });

  it('names the key that its own holder made it with, unless it is everyday', () => {
    const put = calls.find(({ name }) => name === 'PutUserPolicy') as Call;
    expect(found(recordOf(put, alice, 'alice')).credential).toEqual({ accessKeyId: userKey });
    const everyday = calls.find(({ name }) => name === 'CreateServiceSpecificCredential') as Call;
    expect(found(recordOf(everyday, alice, 'alice')).credential).toEqual({});
  });
});

describe('an act against the account', () => {
  it.each(acts)('is about whoever called: $path', ({ call }) => {
    const isRoot = call.variant === 'Root';
    const { identity, type, signal } = found(recordOf(call, alice, ''));
    expect({ type, signal, key: identity.key }).toEqual({
      type: typeOf(call, true),
      signal: call.signal,
      key: isRoot ? `root/${account}` : `user/${account}/alice`,
    });
  });

  it('names the key of its caller, unless it is everyday', () => {
    expect(found(served('cloudtrail:StopLogging')).credential).toEqual({ accessKeyId: userKey });
    expect(found(served('ec2:DeleteFlowLogs')).credential).toEqual({});
  });

  it('opens a case, unless it is everyday', () => {
    expect(mayOpen(found(served('cloudtrail:DeleteTrail')))).toBe(true);
    expect(mayOpen(found(served('organizations:MoveAccount')))).toBe(false);
  });
});

describe('the table of calls', () => {
  const types = calls.flatMap((call) => [typeOf(call, true), typeOf(call, false)]);

  it('has each call once, and each name for one service and one kind of identity', () => {
    expect(new Set(calls.map(path)).size).toBe(calls.length);
    const meanings = calls.map(({ name, service, about }) => `${name} ${service} ${about}`);
    expect(new Set(meanings).size).toBe(new Set(calls.map(({ name }) => name)).size);
  });

  it('makes types that settings can list', () => {
    for (const type of types) expect(type).toMatch(/^[A-Z][A-Za-z0-9]+:[A-Za-z]+(\/[A-Z][A-Za-z]+){0,2}$/);
    expect(parseSettings({ immediate: types.slice(0, 200) }).immediate).toHaveLength(types.length);
  });

  it('keeps the types of keys, which teams may have listed', () => {
    expect(types.slice(0, 2)).toEqual(['IAM:CreateAccessKey/BySelf', 'IAM:CreateAccessKey/ByOther']);
  });

  it('gives every type the class of its line', () => {
    const classOf = (type: string) =>
      callClasses.find(({ types: fits }) => (fits.endsWith('*') ? type.startsWith(fits.slice(0, -1)) : fits === type));
    for (const call of calls) {
      expect(classOf(typeOf(call, false)), path(call)).toMatchObject({ signal: call.signal });
      expect(classOf(typeOf(call, true)), path(call)).toMatchObject({ signal: call.bySelf });
      expect(classOf(typeOf(call, false))?.why, path(call)).toBe(call.why);
    }
  });
});
