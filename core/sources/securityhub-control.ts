import type { Folded } from './source.ts';

/**
 * Controls that older standards know by numbers of their own (Security Hub User Guide, "Consolidation impact on ASFF
 * fields and values"). Later standards write the control's own id, or beside it.
 */
const numbered: Record<string, string> = {
  ...{ '1.2.0/1.2': 'IAM.5', '1.2.0/1.3': 'IAM.8', '1.2.0/1.4': 'IAM.3', '1.2.0/1.5': 'IAM.11', '1.2.0/1.6': 'IAM.12' },
  ...{ '1.2.0/1.7': 'IAM.13', '1.2.0/1.8': 'IAM.14', '1.2.0/1.9': 'IAM.15', '1.2.0/1.10': 'IAM.16' },
  ...{ '1.2.0/1.11': 'IAM.17', '1.2.0/1.12': 'IAM.4', '1.2.0/1.13': 'IAM.9', '1.2.0/1.14': 'IAM.6' },
  ...{ '1.2.0/1.16': 'IAM.2', '1.2.0/1.20': 'IAM.18', '1.2.0/1.22': 'IAM.1' },
  ...{ '1.4.0/1.4': 'IAM.4', '1.4.0/1.5': 'IAM.9', '1.4.0/1.6': 'IAM.6', '1.4.0/1.8': 'IAM.15', '1.4.0/1.9': 'IAM.16' },
  ...{ '1.4.0/1.10': 'IAM.5', '1.4.0/1.12': 'IAM.22', '1.4.0/1.14': 'IAM.3', '1.4.0/1.16': 'IAM.1' },
  ...{ '1.4.0/1.17': 'IAM.18' },
  ...{ 'PCI.IAM.1': 'IAM.4', 'PCI.IAM.2': 'IAM.2', 'PCI.IAM.3': 'IAM.1', 'PCI.IAM.4': 'IAM.6', 'PCI.IAM.5': 'IAM.9' },
  ...{ 'PCI.IAM.6': 'IAM.19', 'PCI.IAM.7': 'IAM.8', 'PCI.IAM.8': 'IAM.10' },
};
const ownId = /^(IAM|SecretsManager)\.\d{1,3}$/i;
const service: Record<string, string> = { iam: 'IAM', secretsmanager: 'SecretsManager' };

/**
 * The one id of a control of IAM or Secrets Manager, out of what a finding says of it: the id itself, or the generator,
 * of which one control has one a standard. Null for every other control. The first that tells one counts.
 */
export function controlOf(...said: (Folded | undefined)[]): string | null {
  for (const text of said) {
    if (typeof text !== 'string' || text.length > 512) continue;
    const [, version, number] = /cis-aws-foundations-benchmark\/v\/([\d.]+)\/(?:rule\/)?([\d.]+)$/.exec(text) ?? [];
    const last = (text.split('/').at(-1) ?? '').replace(/^SH\./, '');
    const named = version === undefined ? last : `${version}/${number}`;
    const id = Object.hasOwn(numbered, named) ? (numbered[named] ?? '') : named;
    if (!ownId.test(id)) continue;
    const [name = '', at] = id.split('.');
    return `${service[name.toLowerCase()]}.${Number(at)}`;
  }
  return null;
}
