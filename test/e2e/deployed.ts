import { join, resolve } from 'node:path';
import type { TestProject } from 'vitest/node';
import { type Cloud, startCloud } from '../../local/cloud.ts';
import { givenEndpoint } from '../../local/given-engine.ts';

/** Users that simulated findings may touch here; every test takes one of its own. */
export const decoyNames = Array.from({ length: 20 }, (_, n) => `decoy-${n}`);
export const protectedName = 'break-glass';

const arn = (name: string) => `arn:aws:iam::000000000000:user/${name}`;

const settings = (suffix: string) => ({
  mode: 'enforce',
  simulation: true,
  decoys: [...decoyNames, protectedName].map((name) => arn(name + suffix)),
  protected: [arn(protectedName + suffix)],
  cutoffLeadSeconds: 1,
  newKeyPatienceSeconds: 10,
  canaryPatienceSeconds: 10,
});

declare module 'vitest' {
  interface ProvidedContext {
    deployed: Omit<Cloud, 'stop' | 'engine'> & { engine: Omit<Cloud['engine'], 'stop'> };
  }
}

/** The real app on the real engine, IAM enforced, once for all the files of this folder. */
export default async function deployed(project: TestProject): Promise<() => Promise<void>> {
  const dir = join(resolve(import.meta.dirname, '..', '..'), '.local', 'test');
  const cloud = await startCloud({ dir, settings, endpoint: givenEndpoint() });
  const { stop, engine, ...rest } = cloud;
  const { stop: _stop, ...engineData } = engine;
  project.provide('deployed', { ...rest, engine: engineData });
  return stop;
}
