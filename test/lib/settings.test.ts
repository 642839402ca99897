import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSettings } from '#lib/settings';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'settings-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const file = (text: string): string => {
  const path = join(folder, 'settings.json');
  writeFileSync(path, text);
  return path;
};

describe('The settings of a deployment', () => {
  it('are the defaults where no file is named: observe, nothing protected, no simulation', () => {
    expect(readSettings(undefined)).toMatchObject({
      mode: 'observe',
      production: false,
      simulation: false,
      protected: [],
    });
  });

  it('are overridden by the file where it says something', () => {
    expect(readSettings(file('{"mode":"enforce","cutoffLeadSeconds":1}'))).toMatchObject({
      mode: 'enforce',
      cutoffLeadSeconds: 1,
      canaryPatienceSeconds: 60,
    });
  });

  it.each([
    ['{', /settings\.json: the file is not JSON$/],
    ['[]', /settings\.json: the file: /],
    ['{"mode":"off"}', /settings\.json: mode: /],
    ['{"evidence":[]}', /settings\.json: evidence: is a list and must be an object/],
    ['{"modes":"enforce"}', /settings\.json: modes: /],
    [
      '{"identityProviders":{"okta":{"eventBus":"default","subjects":{}}}}',
      /okta\.eventBus: is not an event bus of okta\.com/,
    ],
    [
      '{"identityProviders":{"auth0":{"eventBus":"aws.partner/auth0.com/a/b","subjects":{"x":"user/*"}}}}',
      /subjects\.x: is not an id/,
    ],
    [
      '{"identityProviders":{"okta":{"eventBus":"aws.partner/okta.com/a/b","subjects":{"A@b.c":"user/111122223333/a","a@b.c":"user/111122223333/b"}}}}',
      /names one address twice/,
    ],
    ['{"evidence":{"retentionDays":0}}', /settings\.json: evidence\.retentionDays: /],
    ['{"protected":["arn:aws:iam::111122223333:user/*"]}', /settings\.json: protected\.0: .*no wildcards/],
    ['{"logRetentionDays":2}', /settings\.json: logRetentionDays: /],
    ['{"mode":1,"simulation":"yes"}', /settings\.json: mode: .*; simulation: /],
  ])('are refused in one line that names the file and the place: %s', (text, message) => {
    expect(() => readSettings(file(text))).toThrow(message);
    expect(() => readSettings(file(text))).toThrow(/^the settings are not valid: [^\n]*$/);
  });

  it('are refused where the file cannot be read', () => {
    expect(() => readSettings(join(folder, 'none.json'))).toThrow(
      /none\.json: the file cannot be read: RESCIND_SETTINGS must name a JSON file$/,
    );
  });
});
