import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { parseSettings } from '#core/settings';
import { RescindStack } from '#lib/rescind-stack';

/** The stack without its Lambdas' code, which no template test looks at. */
export function stackOf(settings: unknown = {}, app = new App({ analyticsReporting: false })): RescindStack {
  const code = () => Code.fromInline('exports.handler = async () => {};');
  return new RescindStack(app, 'Rescind', { settings: parseSettings(settings), code });
}

export const synthesise = (settings: unknown = {}): Template => Template.fromStack(stackOf(settings));

/** Text of a template value, references in angle brackets: `<StorageRegister.Arn>/…`, without CDK's hashes. */
export function plain(value: unknown): string {
  if (typeof value === 'string') return value;
  const [name, inner] = Object.entries(value as Record<string, unknown>)[0] ?? [];
  if (name === 'Fn::Join') return (inner as [string, unknown[]])[1].map(plain).join('');
  return `<${[inner]
    .flat()
    .join('.')
    .replace(/[0-9A-F]{8}(?=\.|$)/, '')}>`;
}

export interface Statement {
  effect: 'Allow' | 'Deny';
  actions: string[];
  resources: string[];
  condition: string;
}

interface Raw {
  Effect: 'Allow' | 'Deny';
  Action: string | string[];
  Resource: unknown;
  Condition?: Record<string, Record<string, unknown>>;
}

export const readStatement = ({ Effect, Action, Resource, Condition }: Raw): Statement => ({
  effect: Effect,
  actions: [Action].flat(),
  resources: [Resource].flat().map(plain),
  condition: Object.entries(Condition ?? {})
    .flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, wanted]) => `${operator} ${key} ${[wanted].flat().map(plain).join(' ')}`),
    )
    .join(', '),
});

/** Every role's statements, by the name of the role without `rescind-REGION-`. */
export function rolesOf(template: Template): Map<string, Statement[]> {
  const roles = Object.entries(template.findResources('AWS::IAM::Role'));
  const policies = Object.values(template.findResources('AWS::IAM::Policy'));
  return new Map(
    roles.map(([id, role]) => {
      const name = plain(role.Properties.RoleName).replace('rescind-<AWS::Region>-', '');
      const own = policies.filter(({ Properties }) =>
        Properties.Roles.some((each: { Ref: string }) => each.Ref === id),
      );
      return [name, own.flatMap(({ Properties }) => Properties.PolicyDocument.Statement.map(readStatement))];
    }),
  );
}
