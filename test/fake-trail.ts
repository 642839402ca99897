import type { AwsRefusal, Trail } from '#core/ports';

/** A trail's bucket in memory, with files as CloudTrail names and fills them. */
export function fakeTrail(account: string, prefix = '') {
  const files = new Map<string, Uint8Array | null>();
  let refusal: AwsRefusal | null = null;
  let made = 0;
  const checked = () => {
    if (refusal) throw refusal;
  };

  const trail: Trail = {
    async folders(below) {
      checked();
      const names = [...files.keys()].flatMap((key) =>
        key.startsWith(below) ? [key.slice(below.length).split('/')[0]] : [],
      );
      return [...new Set(names)].flatMap((name) => (name ? [name] : []));
    },
    async keys(below, most) {
      checked();
      return [...files.keys()]
        .filter((key) => key.startsWith(below))
        .toSorted()
        .slice(0, most);
    },
    async read(key) {
      checked();
      return files.get(key) ?? null;
    },
  };

  return {
    trail,
    files,
    refuse: (error: AwsRefusal) => {
      refusal = error;
    },
    /** A file that is delivered at a time; answers its key. */
    deliver(at: number | string, records: unknown[] | Uint8Array, region = 'us-east-1'): string {
      made += 1;
      const stamp = new Date(at).toISOString();
      const minute = stamp.slice(0, 16).replace(/[-:]/g, '');
      const random = `FakeRandom${made}`;
      const folder = `${prefix}AWSLogs/${account}/CloudTrail/${region}/${stamp.slice(0, 10).replaceAll('-', '/')}`;
      const key = `${folder}/${account}_CloudTrail_${region}_${minute}Z_${random}.json.gz`;
      files.set(key, records instanceof Uint8Array ? records : Buffer.from(JSON.stringify({ Records: records })));
      return key;
    },
  };
}
export type FakeTrail = ReturnType<typeof fakeTrail>;

let events = 0;
/** One record of a trail, as the CloudTrail User Guide, "CloudTrail record contents", shows them. */
export function trailRecord(at: number | string, userIdentity: object, overrides: object = {}) {
  events += 1;
  return {
    eventVersion: '1.11',
    eventID: `00000000-0000-4000-8000-${String(events).padStart(12, '0')}`,
    eventTime: `${new Date(at).toISOString().slice(0, 19)}Z`,
    eventSource: 'dynamodb.amazonaws.com',
    eventName: 'PutItem',
    awsRegion: 'us-east-1',
    userIdentity,
    ...overrides,
  };
}
