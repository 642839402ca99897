import { describe, expect, it } from 'vitest';
import { awsError } from './fake-aws.ts';
import { event, respond, type Seeded, seed } from './seed.ts';

/** Everything that the run has written, searched for every secret value that there is. */
async function leaks(made: Seeded, more: string[] = []): Promise<string[]> {
  const written = await made.written();
  return [...made.secretsSeen(), ...more].filter((value) => written.includes(value));
}

describe('the whole output of a run', () => {
  it('holds no secret value when all goes well', async () => {
    const made = seed();
    await respond(made);
    expect(await leaks(made)).toEqual([]);
  });

  it('holds no secret value when AWS quotes what it was sent in an error', async () => {
    const made = seed();
    made.before.rotate = () => {
      const { handles } = made.aws;
      const put = handles['secretsmanager:PutSecretValue'];
      handles['secretsmanager:PutSecretValue'] = (input) => {
        put(input);
        throw awsError('ValidationException', `Value '${input.SecretString}' at 'secretString' is too long`);
      };
    };
    const { found } = await respond(made);
    expect(found.facts.park?.error?.name).toBe('ValidationException');
    expect(await leaks(made)).toEqual([]);
  });

  it('holds no password that stands beside the key in the secret', async () => {
    const made = seed();
    const [version] = made.secret.versions.values();
    if (version) version.value = JSON.stringify({ ...JSON.parse(version.value ?? ''), password: 'correct-horse' });
    await respond(made);
    expect(await leaks(made, ['correct-horse'])).toEqual([]);
  });

  it('holds no secret value when the case is parked over a stray value under AWSPENDING', async () => {
    const made = seed();
    const stray = JSON.stringify({ accessKeyId: 'AKIA9999000099990000', secretAccessKey: 'stray-secret-value-0001' });
    made.secret.versions.set('stray', { value: stray, labels: new Set(['AWSPENDING']) });
    await respond(made, event());
    expect(await leaks(made, ['stray-secret-value-0001'])).toEqual([]);
  });
});
