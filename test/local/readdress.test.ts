import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readEvent } from '#core/sources/read';
import { type Addressee, readdress } from '../../local/demo/readdress.ts';
import { noLists } from '../sources/read-finding.ts';

const home = resolve(import.meta.dirname, '..', '..');
const folder = join(process.env.RESCIND_CORPUS ?? join(home, '..', 'shared', 'corpus'), 'guardduty');
const present = existsSync(folder);
if (!present) console.warn('corpus: not found; set RESCIND_CORPUS to its folder to run this test');
const aboutUsers = present
  ? readdirSync(folder).filter((file) => /"userType": *"IAMUser"/i.test(readFileSync(join(folder, file), 'utf8')))
  : [];

const to: Addressee = {
  decoy: {
    name: 'payments-api',
    uniqueId: 'AIDAEXAMPLE000000001',
    arn: 'arn:aws:iam::111122223333:user/payments-api',
    key: { accessKeyId: 'AKIAEXAMPLE000000001', secretAccessKey: 'made-up' },
  } as Addressee['decoy'],
  sessionKeyId: 'ASIAEXAMPLE000000002',
  account: '111122223333',
  region: 'eu-central-1',
};

describe.skipIf(!present)('the demo, given a public GuardDuty finding about an IAM user,', () => {
  it('has some', () => expect(aboutUsers.length).toBeGreaterThan(3));

  it.each(aboutUsers)('makes it one about its own user, or a sample that nobody acts on: %s', (file) => {
    const { entry } = readdress(JSON.parse(readFileSync(join(folder, file), 'utf8')), to);
    const event = { source: entry.Source, 'detail-type': entry.DetailType, account: to.account, region: to.region };
    const [reading] = readEvent(JSON.stringify({ ...event, id: 'e', detail: JSON.parse(entry.Detail) }), {
      lists: noLists,
      simulated: true,
    });
    if (reading?.outcome === 'ignored') return expect(reading.reason).toMatch(/sample/);
    expect(reading).toMatchObject({
      outcome: 'finding',
      finding: { identity: { key: 'user/111122223333/payments-api' } },
    });
  });
});
