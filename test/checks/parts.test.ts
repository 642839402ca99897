import { describe, expect, it } from 'vitest';
import * as checks from '#core/checks';
import { partsOf } from '#core/checks/parts';
import { parseSettings } from '#core/settings';
import * as sources from '#core/sources';
import { plain, synthesise } from '../lib/synthesise.ts';
import { everySource } from './build-check.ts';

const of = (settings: unknown) => partsOf(parseSettings(settings));
const checksOf = (name: string, settings: unknown) => of(settings).parts.find((part) => part.name === name)?.checks;

describe('what is examined', () => {
  it('is every source that the settings listen to, and names the others', () => {
    const own = ['watch', 'deployment'];
    const quiet = ['auth0', 'github', 'okta', 'ssf'];
    // Nothing needs to be switched on for what a person hands over.
    const names = Object.values(sources)
      .map(({ name }) => name)
      .filter((name) => name !== 'trufflehog');
    expect(of({}).off).toEqual(quiet);
    expect(of({}).parts.map(({ name }) => name)).toEqual([...names.filter((name) => !quiet.includes(name)), ...own]);
    expect(of(everySource).off).toEqual([]);
    expect(of(everySource).parts.map(({ name }) => name)).toEqual([...names, 'simulation', ...own]);
  });

  it.each([
    ['guardduty', ['rules', 'detector']],
    ['cloudtrail', ['rules', 'trail', 'region']],
    ['health', ['rules', 'region']],
    ['okta', ['rules', 'partner-bus']],
    ['ssf', ['receiver', 'key-set']],
    ['github', ['receiver', 'webhook-secret']],
  ])('is of %s what it needs: %j', (name, expected) => {
    expect(checksOf(name, everySource)).toEqual(expected);
  });

  it('has a check for whatever is needed, and no check that nothing needs', () => {
    const needed = new Set(of(everySource).parts.flatMap((part) => part.checks));
    expect([...needed].toSorted()).toEqual(
      Object.values(checks)
        .map(({ name }) => name)
        .toSorted(),
    );
  });

  it('is every rule that is deployed, on its own bus, and no other', { timeout: 30_000 }, () => {
    const deployed = Object.values(synthesise(everySource).findResources('AWS::Events::Rule')).map(({ Properties }) => [
      Properties.Name,
      plain(Properties.EventBusName ?? '').replace('<SimulationBus>', 'rescind-simulation'),
    ]);
    const examined = of(everySource).parts.flatMap(({ rules }) =>
      (rules?.names ?? []).map((name) => [name, rules?.bus ?? '']),
    );
    expect(examined.toSorted()).toEqual(deployed.toSorted());
  });

  it('reads queues and topic by outputs that the stack has', { timeout: 30_000 }, () => {
    const outputs = Object.keys(synthesise(everySource).findOutputs('*'));
    const read = of(everySource).parts.flatMap(({ reader }) => [...reader.queues, ...reader.deadLetters]);
    expect([...read, 'Topic', 'ReceiverUrl', 'CaseMachine'].filter((name) => !outputs.includes(name))).toEqual([]);
  });
});
