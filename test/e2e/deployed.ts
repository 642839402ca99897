import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import type { TestProject } from 'vitest/node';
import { parseSettings } from '#core/settings';
import { type Cloud, startCloud } from '../../local/cloud.ts';
import type { Engine } from '../../local/engine.ts';
import { givenEndpoint } from '../../local/given-engine.ts';
import { type SeededUser, seeder } from '../../local/seed.ts';

/** Users that simulated findings may touch here; every test takes one of its own. */
export const decoyNames = Array.from({ length: 48 }, (_, n) => `decoy-${n}`).filter((_, n) => n < 20 || n > 26);
/** Roles that they may touch; the list holds 50 of both. */
export const decoyRoles = [0, 1, 2, 3, 4].map((n) => `decoy-role-${n}`);
/** As IAM Identity Center makes one. */
export const reserved = { name: 'AWSReservedSSO_Admins_0123456789abcdef', path: '/aws-reserved/sso.amazonaws.com/' };
/** All older sessions of this one may be cut at once. */
export const sweepableRole = 'decoy-role-1';
export const protectedName = 'break-glass';

export const issuer = 'https://idp.example.com/tenant-1';
export const audience = 'https://rescind.example.com/ssf';
export const transmitterKid = 'k1';
/** The user whom the table of that transmitter names; no finding of another source is about him. */
export const mappedDecoy = 'decoy-ssf';
/** Another one, named there with his unique id; so he is made before the deployment. */
const pinnedName = 'pinned-ssf';

export const trailOf = (suffix: string) => `rescind-test-trail${suffix}`;

const arn = (name: string) => `arn:aws:iam::000000000000:user/${name}`;
const roleArn = (name: string, path = '/') => `arn:aws:iam::000000000000:role${path}${name}`;

/** What signs GitHub's webhooks, as its owner puts it there before the deployment that names it. */
async function webhookSecret({ endpoint, region, root, suffix }: Engine, SecretString: string): Promise<string> {
  const secrets = new SecretsManagerClient({ endpoint, region, credentials: root });
  const { ARN = '' } = await secrets.send(new CreateSecretCommand({ Name: `github-webhook${suffix}`, SecretString }));
  secrets.destroy();
  return ARN;
}

interface Before {
  publicKey: JWK;
  secretArn: string;
  pinned: SeededUser;
}

const settings = (suffix: string, { publicKey, secretArn, pinned }: Before) => ({
  mode: 'enforce',
  simulation: true,
  decoys: [
    ...[...decoyNames, protectedName].map((name) => arn(name + suffix)),
    ...decoyRoles.map((name) => roleArn(name + suffix)),
    roleArn(reserved.name + suffix, reserved.path),
  ],
  sweepable: [roleArn(sweepableRole + suffix)],
  protected: [arn(protectedName + suffix)],
  // More than all files together cut: `test/local/flood.test.ts` has a small one.
  cutsPerHour: 200,
  cutoffLeadSeconds: 1,
  newKeyPatienceSeconds: 10,
  // So that closed cases are looked at while a test waits.
  longestSessionSeconds: 15,
  // The engine delivers no trail: tests put their own files there.
  trail: { bucket: trailOf(suffix), lagSeconds: 0 },
  canaryPatienceSeconds: 10,
  // As an operator sets it who wants no question about a key in a repository, nor about a session that is over.
  immediate: [
    ...parseSettings({}).immediate,
    ...['GitHub:aws_access_key_id', 'SSF:session-revoked', 'TruffleHog:verified'],
  ],
  github: { secretArn },
  identityProviders: {
    ssf: [
      {
        ...{ issuer, audience, keys: { keys: [{ ...publicKey, kid: transmitterKid }] } },
        subjects: {
          'mapped@example.com': `user/000000000000/${mappedDecoy}${suffix}`,
          'pinned@example.com': { identity: `user/000000000000/${pinned.name}`, uniqueId: pinned.uniqueId },
        },
      },
    ],
  },
});

declare module 'vitest' {
  interface ProvidedContext {
    /** The private key of the transmitter of shared signals. */
    transmitter: JWK;
    /** What GitHub and the receiver both know. */
    webhookSecret: string;
    pinned: SeededUser;
    deployed: Omit<Cloud, 'stop' | 'engine'> & { engine: Omit<Cloud['engine'], 'stop'> };
  }
}

/** The real app on the real engine, IAM enforced, once for all the files of this folder. */
export default async function deployed(project: TestProject): Promise<() => Promise<void>> {
  const dir = join(resolve(import.meta.dirname, '..', '..'), '.local', 'test');
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const shared = randomBytes(20).toString('hex');
  const settingsOn = async (engine: Engine) => {
    const seed = seeder(engine);
    const pinned = await seed.bystander(pinnedName);
    seed.close();
    project.provide('pinned', pinned);
    const secretArn = await webhookSecret(engine, shared);
    return settings(engine.suffix, { publicKey: await exportJWK(publicKey), secretArn, pinned });
  };
  const cloud = await startCloud({ dir, settings: settingsOn, endpoint: givenEndpoint() });
  project.provide('transmitter', await exportJWK(privateKey));
  project.provide('webhookSecret', shared);
  const { stop, engine, ...rest } = cloud;
  const { stop: _stop, ...engineData } = engine;
  project.provide('deployed', { ...rest, engine: engineData });
  return stop;
}
