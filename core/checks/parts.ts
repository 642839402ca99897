import { ruleName, simulationBus } from '#core/ids';
import * as receivers from '#core/receivers';
import type { Settings } from '#core/settings';
import * as sources from '#core/sources';
import type { Source } from '#core/sources/source';
import { partnerBusOf } from '#core/sources/subjects';
import type { Part, Reader } from './check.ts';

const intake: Reader = {
  function: 'rescind-intake',
  queues: ['IntakeQueue', 'ControlQueue', 'ReceivedQueue'],
  deadLetters: ['DeadLetterQueue', 'UndeliveredQueue'],
};

const own: Part[] = [
  {
    name: 'watch',
    checks: ['rules', 'trail', 'region', 'reader', 'dead-letters'],
    rules: { names: ['rescind-watch'] },
    onlyIn: { regions: ['us-east-1'], what: 'changes in IAM by our own roles' },
    reader: { function: 'rescind-watch', queues: ['WatchQueue'], deadLetters: ['UnaccountedQueue'] },
  },
  { name: 'deployment', checks: ['reader', 'dead-letters', 'brakes', 'subscription'], reader: intake },
];

/** What there is to examine of a deployment with these settings, and the sources that it does not listen to. */
export function partsOf(settings: Settings): { parts: Part[]; off: string[] } {
  const all: Source[] = Object.values(sources);
  // What a person hands over has nothing to be switched on.
  const listening = all.filter(({ comesBy }) => comesBy !== 'hand');
  const isHeard = ({ name, comesBy }: Source): boolean => {
    if (comesBy === 'partner') return partnerBusOf(name, settings) !== undefined;
    return comesBy === undefined || Object.values(receivers).some((each) => each.name === name && each.isOn(settings));
  };
  const heard = listening.filter(isHeard).map(({ name, comesBy, needs, onlyIn, patterns }): Part => {
    const rules =
      comesBy === 'receiver' ? undefined : { names: namesOf(name, patterns), bus: partnerBusOf(name, settings) };
    const checks = [...(rules ? ['rules'] : []), ...needs, ...(onlyIn ? ['region'] : [])];
    return { name, checks, rules, onlyIn, reader: intake };
  });
  const simulated = all.flatMap(({ name, patterns }) => namesOf(`simulated-${name}`, patterns));
  const simulation: Part = {
    ...{ name: 'simulation', checks: ['rules'], reader: intake },
    rules: { names: simulated, bus: simulationBus },
  };
  return {
    parts: [...heard, ...(settings.simulation ? [simulation] : []), ...own],
    off: listening.filter((source) => !isHeard(source)).map(({ name }) => name),
  };
}

const namesOf = (source: string, patterns: Source['patterns']): string[] =>
  patterns.map((_, at) => ruleName(source, at));
