import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Engine } from './engine.ts';
import { LocalError } from './local-error.ts';

const shown = (value: string) => JSON.stringify(value.slice(0, 100));

/** The endpoint in RESCIND_ENDPOINT, or nothing. Only a loopback address: what runs here makes users, with root's key. */
export function givenEndpoint(value = process.env.RESCIND_ENDPOINT): string | undefined {
  if (!value) return undefined;
  const refused = (why: string) =>
    new LocalError(
      'ENDPOINT_REFUSED',
      `RESCIND_ENDPOINT=${shown(value)} ${why}: give http://127.0.0.1:PORT of an engine on this machine, or unset it`,
    );
  if (!URL.canParse(value)) throw refused('is no URL');
  const { protocol, hostname, pathname, search, hash, username, password, origin } = new URL(value);
  if (protocol !== 'http:') throw refused('is not http');
  // The parser has made one dotted form of every way to write an IPv4 address, so that a name cannot pass for one.
  if (!/^127\.\d+\.\d+\.\d+$/.test(hostname) && hostname !== '[::1]' && hostname !== 'localhost')
    throw refused('is no loopback address');
  if (pathname !== '/' || search || hash || username || password) throw refused('has more than a host and a port');
  return origin;
}

/** An engine that somebody else started, checked to be one that enforces IAM. It is never stopped from here. */
export async function givenEngine(endpoint: string): Promise<Engine> {
  const unfit = (why: string, cause?: unknown) =>
    new LocalError(
      'ENDPOINT_UNFIT',
      `RESCIND_ENDPOINT=${endpoint} ${why}: start one with npm run demo -- --keep, or unset RESCIND_ENDPOINT`,
      { cause },
    );
  const version = await versionAt(endpoint).catch((cause) => {
    throw unfit('does not answer as a MiniStack', cause);
  });
  if (!(await refusesStrangers(endpoint))) throw unfit('serves a key that nobody has made, so it does not enforce IAM');
  return {
    endpoint,
    port: Number(new URL(endpoint).port || 80),
    version,
    root: { accessKeyId: 'test', secretAccessKey: 'test' },
    account: '000000000000',
    region: 'us-east-1',
    // What this run makes must not meet what another left there.
    suffix: `-${Date.now().toString(36)}`,
    stop: async () => undefined,
  };
}

async function versionAt(endpoint: string): Promise<string> {
  const answer = await fetch(`${endpoint}/_ministack/health`, {
    redirect: 'error',
    signal: AbortSignal.timeout(5_000),
  });
  const { version } = (await answer.json()) as { version?: unknown };
  if (!answer.ok || typeof version !== 'string') throw new Error(`HTTP ${answer.status}`);
  return version;
}

async function refusesStrangers(endpoint: string): Promise<boolean> {
  const credentials = { accessKeyId: 'AKIARESCINDSTRANGER0', secretAccessKey: 'made-up' };
  const sts = new STSClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
  try {
    await sts.send(new GetCallerIdentityCommand({}));
    return false;
  } catch (error) {
    return (error as Error).name === 'InvalidClientTokenId';
  } finally {
    sts.destroy();
  }
}
