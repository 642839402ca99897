import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { stepPermissions } from '#adapters/permissions';
import type { Permission } from '#core/permission';
import { type StepName, stepNames } from '#core/pipeline';
import type { Settings } from '#core/settings';
import type { CodeOf } from './bundle.ts';
import type { Hub } from './permissions.ts';
import { StepFunction } from './step-function.ts';

/** What the app needs to know of a step: `core/steps` has the whole. */
export interface DeclaredStep {
  name: StepName;
  permissions: readonly Permission[];
}

/** All that a step's role is built from: what it declares, and what every step's adapters do. */
export const permissionsOf = ({ permissions }: DeclaredStep): Permission[] => [...permissions, ...stepPermissions];

/**
 * Seconds that a step may take: a minute of work, and the patience that settings allow it. Two secrets and two old
 * keys are the most that one user can have.
 */
export function secondsFor(name: StepName, settings: Settings): number {
  if (name === 'rotate') return 60 + 2 * settings.newKeyPatienceSeconds;
  if (name === 'verify') return 60 + settings.cutoffLeadSeconds + 2 * settings.canaryPatienceSeconds;
  return 60;
}

/** Contain stands between a finding and the cut and starts cold; triage asks policy too; the others wait for AWS. */
const memoryMiB = (name: StepName): number => ({ contain: 1024, triage: 512 })[name as string] ?? 256;

/** One Lambda a step of the pipeline. */
export class Steps extends Construct {
  readonly functions: Record<StepName, StepFunction>;

  constructor(
    scope: Construct,
    id: string,
    {
      declared,
      hub,
      settings,
      code,
    }: { declared: readonly DeclaredStep[]; hub: Hub; settings: Settings; code: CodeOf },
  ) {
    super(scope, id);
    const built = stepNames.map((name) => {
      const step = declared.find((each) => each.name === name);
      if (!step) throw new Error(`the pipeline has a step ${name} that core/steps does not register`);
      const made = new StepFunction(this, name, {
        name,
        permissions: permissionsOf(step),
        writes: 'cases',
        hub,
        settings,
        code,
        timeout: Duration.seconds(secondsFor(name, settings)),
        memoryMiB: memoryMiB(name),
      });
      return [name, made] as const;
    });
    this.functions = Object.fromEntries(built) as Record<StepName, StepFunction>;
  }
}
