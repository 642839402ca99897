import { RescindError, RetryableError } from '#core/error';
import { parseAnswer } from '#core/facts/answer';
import { AwsRefusal } from '#core/ports';
import { parseSettings, type Settings } from '#core/settings';
import type { Asked, Check, CheckPorts, Part, Verdict } from './check.ts';
import * as registry from './index.ts';
import { partsOf } from './parts.ts';

export interface Around extends Omit<CheckPorts, 'ask' | 'settings'> {
  aws(operation: Asked, input: Record<string, unknown>): Promise<unknown>;
  /** The settings as they lie beside the code of the deployment. */
  deployedSettings(): Promise<unknown>;
}

/** A verdict with what it is about: a part, and `CHECK` or `CHECK/ABOUT` of it. */
export type Line = { part: string; check: string } & Omit<Verdict, 'about'> & { remedy?: string };

const checks = new Map<string, Check>(Object.values(registry).map((check) => [check.name, check]));

/** Examines a deployment, part by part, and names the sources that it does not listen to. It changes nothing. */
export async function examine(around: Around): Promise<{ lines: Line[]; off: string[] }> {
  const ask: CheckPorts['ask'] = async (operation, input, answer) =>
    parseAnswer(operation, answer, await around.aws(operation, input));
  const { settings, doubt } = await settingsOf(around);
  const { parts, off } = partsOf(settings);
  const lines = await Promise.all(parts.map((part) => linesOf(part, { ...around, ask, settings })));
  return { lines: [...lines.flat(), ...doubt], off: doubt.length > 0 ? [] : off };
}

async function linesOf(part: Part, ports: CheckPorts): Promise<Line[]> {
  const lines: Line[] = [];
  for (const name of part.checks) {
    const verdicts = await verdictsOf(checks.get(name), part, ports);
    for (const { about, ...verdict } of verdicts)
      lines.push({ part: part.name, check: about ? `${name}/${about}` : name, ...verdict });
  }
  return lines;
}

async function verdictsOf(check: Check | undefined, part: Part, ports: CheckPorts): Promise<Verdict[]> {
  try {
    return [(await check?.examine(part, ports)) ?? []].flat();
  } catch (error) {
    return [unknownBecause(error)];
  }
}

/** Where they cannot be had, what every deployment listens to is examined all the same. */
async function settingsOf({ deployedSettings }: Around): Promise<{ settings: Settings; doubt: Line[] }> {
  try {
    return { settings: parseSettings(await deployedSettings()), doubt: [] };
  } catch (error) {
    const { detail, remedy } = unknownBecause(error);
    const what = 'so nothing is told of okta, auth0, ssf, github and the simulation bus';
    const doubt: Line = {
      part: 'deployment',
      check: 'settings',
      state: 'unknown',
      detail: `${detail}, ${what}`,
      remedy,
    };
    return { settings: parseSettings({}), doubt: [doubt] };
  }
}

const denied = /^(AccessDenied|Unauthori[sz]ed|NotAuthorized|AuthorizationError)/;

/** A check that could not be made is never ok. What is a fault of ours is thrown on. */
function unknownBecause(error: unknown): Extract<Verdict, { remedy: string }> {
  const told = (detail: string, remedy: string) => ({ state: 'unknown' as const, detail, remedy });
  if (error instanceof AwsRefusal)
    return told(
      `${error.operation} was refused (${error.name})`,
      denied.test(error.name)
        ? 'assume the role of the output OperatorRole, of a stack of this version'
        : 'look into the console of the service',
    );
  if (error instanceof RetryableError) return told(error.message, 'try again');
  if (error instanceof RescindError) return told(error.message, 'deploy the stack and run the command in one version');
  throw error;
}
